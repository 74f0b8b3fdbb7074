// Votes: what is decided next, what it means in words, how far it is; and what was decided, with everybody's choice.

import { get, type LedgerEvent, type Schemas } from "../api/client";
import { address } from "../data/account";
import { useAccount } from "../data/holdings";
import { chainNow } from "../data/node";
import { type Resource, useAnswer } from "../data/resource";
import { PAYLOADS } from "../keys/transactions";
import { linkTo, place } from "../router";
import { sentence, who } from "../text/events";
import { date, moment, number, span } from "../text/format";
import { named, t } from "../text/messages";
import { Gauge } from "../ui/chart";
import { Card, Empty, Screen, Skeleton, Table } from "../ui/parts";
import { Sign } from "../ui/sign";
import { Age, Pending, Problem, Said } from "../ui/states";
import { Applications } from "./applications";
import { AttestedOf } from "./attested";
import { CommunityVote, isOfCommunity } from "./community_vote";
import { askedToAdmit, OpenVoteForm } from "./open_vote_form";
import { SchemeVote } from "./sharing_vote";

const LAST_VOTES = 20;

type Vote = Schemas["VoteView"];
type Parameter = Schemas["ParameterView"];

export default function Votes() {
  const votes: Resource<Schemas["Votes"]> = useAnswer("votes", () => get("/v1/votes"));
  const account = useAccount(address.value);
  const isVoter = account.value?.roles.includes("voter") ?? false;
  const found = votes.value;
  const count = found?.votes.length ?? 0;
  const says = count ? t("votes.open", { count }) : t("votes.none");
  const asked = askedToAdmit(place.value.rest);
  const form = found && <OpenVoteForm {...{ asked, isVoter }} votes={found.votes} />;
  return (
    <Screen
      says={found ? says : <Pending of={votes} />}
      under={
        found && (
          <>
            <span>{t(isVoter ? "votes.voter" : "votes.voters", { count: found.voters })}</span>
            <Said />
            <Age of={votes} />
          </>
        )
      }
    >
      {votes.error && <Problem error={votes.error} />}
      {asked && form}
      {found?.votes.map((vote) => (
        <OpenVote key={vote.number} vote={vote} isVoter={isVoter} />
      ))}
      {found && !count && (
        <Card title={t("votes.next")}>
          <Empty>{t("votes.none.what")}</Empty>
        </Card>
      )}
      {!asked && form}
      {isVoter && found && <Applications votes={found.votes} />}
      <Closed />
      <Rules />
    </Screen>
  );
}

/** An action in words. */
export const actionText = (action: Record<string, unknown>): string =>
  sentence(action as LedgerEvent, "action");

/** A rule's new value, written as its present one is. */
export function newValue(rule: Pick<Parameter, "text" | "value" | "choices">, value: number): string {
  const found = /^(-?[\d.]+)(.*)$/.exec(rule.text);
  if (rule.choices.length) return rule.choices[value] ?? String(value);
  if (!found || rule.value === 0 || Number(found[1]) === 0) return String(value);
  return `${Number(((value * Number(found[1])) / rule.value).toPrecision(12))}${found[2]}`;
}

function RuleChange({ action }: { action: Record<string, unknown> }) {
  const found: Resource<Schemas["Parameters"]> = useAnswer("parameters", () => get("/v1/parameters"));
  const rule = found.value?.parameters.find(({ name }) => name === action.name);
  if (!rule) return null;
  return (
    <p>
      <span lang="en">{rule.meaning}</span>{" "}
      <strong>
        {rule.text} → {newValue(rule, Number(action.value))}
      </strong>
    </p>
  );
}

function OpenVote({ vote, isVoter }: { vote: Vote; isVoter: boolean }) {
  const mine = vote.yes.includes(address.value);
  const left = vote.expires_ms - chainNow();
  const state = t("votes.state", { count: vote.yes.length, needed: vote.needed });
  return (
    <Card
      title={actionText(vote.action)}
      aside={t("votes.ends", { when: date(vote.expires_ms), left: span(Math.max(left, 0)) })}
    >
      {vote.action.kind === "set_parameter" && <RuleChange action={vote.action} />}
      {isOfCommunity(vote.action) && <CommunityVote action={vote.action} />}
      {vote.action.kind === "set_scheme" && <SchemeVote action={vote.action} number={vote.number} />}
      {isVoter && <AttestedOf action={vote.action} />}
      <p>{t("votes.openedBy", { voter: who(vote.opened_by), number: vote.number })}</p>
      <Gauge part={vote.needed ? vote.yes.length / vote.needed : 0} label={state} />
      <p class="under small">
        <span>{state}</span>
        {isVoter && <strong>{t(mine ? "votes.mine.yes" : "votes.mine.none")}</strong>}
      </p>
      {vote.yes.length > 0 && (
        <p class="quiet small">{t("votes.yes", { voters: vote.yes.map(who).join(", ") })}</p>
      )}
      <p class="quiet small">{t("votes.effect")}</p>
      {isVoter && (
        <Sign
          says={t(mine ? "votes.withdraw.does" : "votes.yes.does", { action: actionText(vote.action) })}
          label={t(mine ? "votes.withdraw" : "votes.sayYes")}
          payload={PAYLOADS.vote(vote.action_bytes, !mine)}
          plain={mine}
        />
      )}
      <p class="small">
        <a href={linkTo("explorer", "vote", vote.number)}>{t("votes.details")}</a>
      </p>
    </Card>
  );
}

/** Past votes, with everybody's last word. */
function Closed() {
  const found: Resource<Schemas["ClosedVotes"]> = useAnswer("votes/closed", () =>
    get("/v1/votes/closed", { limit: LAST_VOTES }),
  );
  const votes = found.value?.votes ?? [];
  const columns = [
    { title: t("votes.what") },
    { title: t("market.when") },
    { title: t("votes.result") },
    { title: t("votes.choices") },
  ];
  return (
    <Card title={t("votes.decided")}>
      {found.error && <Problem error={found.error} />}
      {!found.value && !found.error && <Skeleton height={80} />}
      {found.value && !votes.length && <Empty>{t("votes.decided.none")}</Empty>}
      {votes.length > 0 && (
        <Table
          caption={t("votes.decided")}
          columns={columns}
          rows={votes.map((vote) => [
            actionText(vote.action),
            <a key="when" href={linkTo("explorer", "block", vote.height)}>
              {moment(vote.time_ms)}
            </a>,
            named("value", vote.result),
            vote.choices.map(({ voter, choice }) => `${who(voter)}: ${named("choice", choice)}`).join(", ") ||
              "–",
          ])}
        />
      )}
    </Card>
  );
}

/** What votes can change. */
function Rules() {
  const found: Resource<Schemas["Parameters"]> = useAnswer("parameters", () => get("/v1/parameters"));
  const rules = found.value?.parameters ?? [];
  const columns = [
    { title: t("rules.name") },
    { title: t("rules.value"), number: true },
    { title: t("rules.bounds") },
    { title: t("rules.meaning") },
  ];
  const changed = rules.filter((rule) => rule.text !== rule.default);
  return (
    <Card
      title={t("rules.title")}
      aside={rules.length ? t("rules.count", { count: number(rules.length) }) : undefined}
    >
      {found.error && <Problem error={found.error} />}
      {!found.value && !found.error && <Skeleton height={80} />}
      {rules.length > 0 && (
        <>
          <p>
            {changed.length
              ? t("rules.changed", { names: changed.map(({ name }) => name).join(", ") })
              : t("rules.default")}
          </p>
          <details>
            <summary>{t("rules.show")}</summary>
            <Table caption={t("rules.title")} columns={columns} rows={rules.map(rowOf)} />
          </details>
        </>
      )}
    </Card>
  );
}

const rowOf = (rule: Parameter) => [
  <span key="name" translate={false}>
    {rule.name}
  </span>,
  rule.text,
  `${rule.minimum} – ${rule.maximum}`,
  <span key="meaning" lang="en">
    {rule.meaning}
  </span>,
];
