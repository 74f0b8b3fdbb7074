// What a vote on a scheme would have changed for the reader over its own last days: the ledger's rule over past slots.

import { get, type Schemas } from "../api/client";
import { address } from "../data/account";
import { fromBase, toBase } from "../data/amounts";
import { ownPrices } from "../data/contract";
import { useAnswer } from "../data/resource";
import type { SharingTerms } from "../data/sharing";
import { type Action, actionHex } from "../keys/actions";
import { energyText, exact, money, number } from "../text/format";
import { named, t } from "../text/messages";
import { exactMwh } from "../text/mwh";
import { typedPrice } from "../ui/entry";
import { Empty, Skeleton, Table } from "../ui/parts";
import { Problem } from "../ui/states";

type Answer = Schemas["SharingPreview"];
type Change = Answer["points"][number];

/** So many answers, each going on where the one before ended, are put together. */
const MOST_ANSWERS = 8;

type Asked = { vote: number } | { action: Action };

function contractQuery(decimals: number): { retail?: string; feed_in?: string } {
  const retail = typedPrice(ownPrices.value.retail, decimals);
  const feedIn = typedPrice(ownPrices.value.feedIn, decimals);
  return retail === null || feedIn === null ? {} : { retail: String(retail), feed_in: String(feedIn) };
}

async function asked(what: Asked, decimals: number): Promise<Answer[]> {
  const query = {
    ...("vote" in what ? { vote: what.vote } : { action: await actionHex(what.action) }),
    ...contractQuery(decimals),
  };
  const found: Answer[] = [await get<Answer>("/v1/sharing/preview", query)];
  for (let next = found[0]?.next_day; next && found.length < MOST_ANSWERS; next = found.at(-1)?.next_day)
    found.push(await get<Answer>("/v1/sharing/preview", { ...query, first_day: next }));
  return found;
}

const keyOf = (what: Asked): string =>
  "vote" in what
    ? `vote/${what.vote}`
    : JSON.stringify(what.action, (_name, value) => (typeof value === "bigint" ? String(value) : value));

export function Preview({ sharing, ...what }: Asked & { sharing: SharingTerms }) {
  const contract = JSON.stringify(contractQuery(sharing.decimals));
  const found = useAnswer(`preview/${keyOf(what)}/${contract}/${address.value}`, () =>
    asked(what, sharing.decimals),
  );
  return (
    <section aria-label={t("preview.title")} class="stack">
      <h3>{t("preview.title")}</h3>
      {found.error && <Problem error={found.error} />}
      {!found.value && !found.error && <Skeleton height={60} />}
      {found.value?.[0] && <Told answers={found.value} sharing={sharing} />}
    </section>
  );
}

/** A point's gain and figures over all answers. */
type Sum = { gain: bigint; before: bigint; after: bigint; beforeMwh: number; afterMwh: number };

function sumOf(changes: readonly Change[], decimals: number): Sum {
  const base = ({ tokens }: { tokens: string }) => toBase(tokens, decimals);
  return changes.reduce<Sum>(
    (sum, { gain, before, after }) => ({
      gain: sum.gain + base(gain),
      before: sum.before + base(before.balance),
      after: sum.after + base(after.balance),
      beforeMwh: sum.beforeMwh + before.shared_mwh,
      afterMwh: sum.afterMwh + after.shared_mwh,
    }),
    { gain: 0n, before: 0n, after: 0n, beforeMwh: 0, afterMwh: 0 },
  );
}

function Told({ answers, sharing }: { answers: readonly Answer[]; sharing: SharingTerms }) {
  const { decimals, symbol } = sharing;
  const [first] = answers;
  const last = answers.at(-1);
  if (!first || !last) return null;
  const slots = answers.reduce((sum, each) => sum + each.slots, 0);
  const mine = answers.flatMap(({ points }) => points.filter(({ account }) => account === address.value));
  const tokens = (base: bigint) => `${money(fromBase(base < 0n ? -base : base, decimals))}\u00a0${symbol}`;
  if (!slots) return <Empty>{t("preview.noSlots", { first: first.first_day, last: last.last_day })}</Empty>;
  if (!mine.length) return <Empty>{t("preview.notMine")}</Empty>;
  const all = sumOf(mine, decimals);
  const key = all.gain > 0n ? "preview.better" : all.gain < 0n ? "preview.worse" : "preview.same";
  return (
    <>
      <p>
        <strong>{t(key, { amount: tokens(all.gain) })}</strong>{" "}
        {t("preview.energy", {
          before: energyText(all.beforeMwh / 1_000),
          after: energyText(all.afterMwh / 1_000),
        })}
      </p>
      <p class="quiet small">
        {t("preview.over", { first: first.first_day, last: last.last_day, count: number(slots) })}{" "}
        {named("preview.prices", first.prices_from, {
          retail: `${exact(first.retail.tokens)}\u00a0${symbol}`,
          feedIn: `${exact(first.feed_in.tokens)}\u00a0${symbol}`,
        })}
      </p>
      <details>
        <summary>{t("chart.table")}</summary>
        <Table
          caption={t("preview.title")}
          columns={[
            { title: t("point.one") },
            { title: `${t("preview.sharedNow")}, kWh`, number: true },
            { title: `${t("preview.sharedThen")}, kWh`, number: true },
            { title: `${t("preview.balanceNow")}, ${symbol}`, number: true },
            { title: `${t("preview.balanceThen")}, ${symbol}`, number: true },
            { title: `${t("preview.gain")}, ${symbol}`, number: true },
          ]}
          rows={[...new Set(mine.map(({ point }) => point))].map((point) => {
            const sum = sumOf(
              mine.filter((each) => each.point === point),
              decimals,
            );
            return [
              number(point),
              exactMwh(sum.beforeMwh),
              exactMwh(sum.afterMwh),
              exact(fromBase(sum.before, decimals)),
              exact(fromBase(sum.after, decimals)),
              exact(fromBase(sum.gain, decimals)),
            ];
          })}
        />
      </details>
    </>
  );
}
