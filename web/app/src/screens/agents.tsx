// Agents: who may act for the reader and within which limits, for whom the reader may act, and letting somebody act.

import { pages, type Schemas } from "../api/client";
import { address } from "../data/account";
import { type Asset, assets, symbolOf } from "../data/assets";
import { type Resource, useAnswer } from "../data/resource";
import type { Payload } from "../keys/transactions";
import { unlocked } from "../keys/vault";
import { linkTo } from "../router";
import { who } from "../text/events";
import { date, exact } from "../text/format";
import { named, t } from "../text/messages";
import { partsText } from "../text/parts";
import { Card, Empty, Pairs, Screen, Skeleton } from "../ui/parts";
import { Sign } from "../ui/sign";
import { Age, Pending, Problem, Said } from "../ui/states";
import { PayOutAgentForm, TradingAgentForm } from "./agent_forms";

type Agent = Schemas["AgentView"];

const answered = (page: Schemas["AccountAgents"]) => page.agents;

export default function Agents() {
  const own = address.value;
  const found: Resource<readonly Agent[]> = useAnswer(own ? `agents/${own}` : null, () =>
    pages(`/v1/agents/accounts/${own}`, {}, answered),
  );
  const owners: Resource<readonly Agent[]> = useAnswer(own ? `owners/${own}` : null, () =>
    pages(`/v1/agents/owners/${own}`, {}, answered),
  );
  const known = useAnswer("assets", assets).value ?? [];
  const agents = found.value ?? [];
  const says = agents.length ? t("agents.some", { count: agents.length }) : t("agents.none");
  return (
    <Screen
      says={found.value || !own ? says : <Pending of={found} />}
      under={
        found.value && (
          <>
            <Said />
            <Age of={found} />
          </>
        )
      }
    >
      {found.error && <Problem error={found.error} />}
      {own && !found.value && !found.error && <Skeleton height={200} />}
      {agents.map((each) => (
        <Card key={each.number} title={t("agents.title", { agent: who(each.agent) })} aside={until(each)}>
          <Terms of={each} known={known} />
          <Revoke of={each} />
        </Card>
      ))}
      {found.value && !agents.length && (
        <Card title={t("agents.who")}>
          <Empty>{t("agents.what")}</Empty>
        </Card>
      )}
      {(owners.value ?? []).map((each) => (
        <Card key={each.number} title={t("agents.owner", { owner: who(each.owner) })} aside={until(each)}>
          <Terms of={each} known={known} />
        </Card>
      ))}
      {own && unlocked.value && <TradingAgentForm known={known} />}
      {own && unlocked.value && <PayOutAgentForm known={known} />}
    </Screen>
  );
}

const until = (of: Agent): string =>
  of.over ? t("agents.over") : t("agents.until", { when: date(of.expires_ms) });

const symbol = (known: readonly Asset[], number: number): string =>
  symbolOf(known.find((each) => each.number === number)?.name ?? "");

function Terms({ of, known }: { of: Agent; known: readonly Asset[] }) {
  const money = (asset: number, tokens: string) => `${exact(tokens)} ${symbol(known, asset)}`;
  return (
    <Pairs
      pairs={[
        [t("agents.types"), of.types.map((type) => named("agents.type", type)).join(", ") || "–"],
        ...of.day_limits.map(
          (limit) =>
            [
              t("agents.today", { unit: symbol(known, limit.asset) }),
              t("agents.used", { used: exact(limit.used.tokens), amount: exact(limit.amount.tokens) }),
            ] as const,
        ),
        ...of.prices.map(
          (bound) =>
            [
              t(bound.side === "sell" ? "agents.sells" : "agents.buys"),
              t("agents.product", { price: exact(bound.price.tokens), product: bound.product }),
            ] as const,
        ),
        ...of.sweeps.map(
          (sweep) =>
            [
              t("agents.sweeps"),
              t("agents.sweep", {
                floor: money(sweep.asset, sweep.floor.tokens),
                reference: sweep.reference,
              }),
            ] as const,
        ),
        [t("agents.commission"), partsText(of.commission)],
      ]}
    />
  );
}

function Revoke({ of }: { of: Agent }) {
  if (!unlocked.value)
    return (
      <p>
        <a href={linkTo("account")}>{t("sign.unlock")}</a>
      </p>
    );
  const payload: Payload = ["revoke_agent", { agent: of.agent }];
  return (
    <Sign
      plain
      says={t("agents.revoke.does", { agent: who(of.agent) })}
      label={t("agents.revoke")}
      payload={payload}
    />
  );
}
