// An open order, and an open vote, by their numbers.

import { get, Refusal, type Schemas } from "../api/client";
import { type Resource, useAnswer } from "../data/resource";
import { linkTo } from "../router";
import { who } from "../text/events";
import { date, exact, moment, price } from "../text/format";
import { named, t } from "../text/messages";
import { Card, Pairs, Screen, Skeleton } from "../ui/parts";
import { Said } from "../ui/states";
import { Search } from "./explorer";
import { Missing } from "./explorer_blocks";
import { actionText } from "./votes";

export function OrderView({ name }: { name: string }) {
  const found: Resource<Schemas["OrderAnswer"]> = useAnswer(`order/${name}`, () =>
    get(`/v1/market/orders/${name}`),
  );
  if (found.error) return <Missing error={found.error} />;
  const order = found.value?.order;
  if (!order) return <Skeleton height={300} />;
  return (
    <Screen
      says={t("orderView.says", { number: order.number, side: named("value", order.side) })}
      under={<Said />}
    >
      <Search />
      <Card title={t("orderView.title")}>
        <Pairs
          pairs={[
            [
              t("orderView.owner"),
              <a key="o" href={linkTo("explorer", "account", order.owner)} translate={false}>
                {who(order.owner)}
              </a>,
            ],
            [t("orderView.quantity"), `${exact(order.quantity.tokens)} ${order.base}`],
            [t("market.price", { symbol: order.quote }), price(order.price.tokens)],
            [t("orderView.until"), order.expires_ms ? moment(order.expires_ms) : t("orderView.noEnd")],
          ]}
        />
      </Card>
    </Screen>
  );
}

async function voteOf(name: string): Promise<Schemas["VoteView"]> {
  const { votes } = await get<Schemas["Votes"]>("/v1/votes");
  const vote = votes.find(({ number }) => String(number) === name);
  if (!vote) throw new Refusal(404, "not_found", t("voteView.closed"), "", true);
  return vote;
}

export function VoteView({ name }: { name: string }) {
  const found = useAnswer(`vote/${name}`, () => voteOf(name));
  if (found.error) return <Missing error={found.error} />;
  const vote = found.value;
  if (!vote) return <Skeleton height={300} />;
  return (
    <Screen says={actionText(vote.action)} under={<Said />}>
      <Search />
      <Card title={t("voteView.title", { number: vote.number })}>
        <Pairs
          pairs={[
            [t("voteView.openedBy"), who(vote.opened_by)],
            [t("voteView.ends"), date(vote.expires_ms)],
            [
              t("voteView.yes"),
              `${vote.yes.map(who).join(", ") || "–"} (${t("votes.state", { count: vote.yes.length, needed: vote.needed })})`,
            ],
            [
              t("voteView.bytes"),
              <span key="b" class="code" translate={false}>
                {vote.action_bytes}
              </span>,
            ],
          ]}
        />
      </Card>
    </Screen>
  );
}
