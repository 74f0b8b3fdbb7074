// What strangers ask for, for voters: each with what is attested of it, and a yes that opens the vote on all of it.

import { pages, type Schemas } from "../api/client";
import { address } from "../data/account";
import { status } from "../data/node";
import { type Resource, useAnswer } from "../data/resource";
import { PAYLOADS } from "../keys/transactions";
import { who } from "../text/events";
import { date } from "../text/format";
import { t } from "../text/messages";
import { Card, Empty } from "../ui/parts";
import { Sign } from "../ui/sign";
import { Problem } from "../ui/states";
import { AttestedAbout } from "./attested";
import { Wishes } from "./wishes";

type Application = Schemas["ApplicationView"];
type Vote = Schemas["VoteView"];

const allApplications = (): Promise<readonly Application[]> =>
  pages("/v1/applications", {}, (page: Schemas["MembershipApplications"]) => page.applications);

export function Applications({ votes }: { votes: readonly Vote[] }) {
  const isOn = status.value?.modules.includes("joining") ?? false;
  const found: Resource<readonly Application[]> = useAnswer(isOn ? "applications" : null, allApplications);
  if (!isOn) return null;
  const open = (found.value ?? []).filter((each) => each.status === "open");
  return (
    <Card title={t("applications.title")}>
      {found.error && <Problem error={found.error} />}
      {found.value && !open.length && <Empty>{t("applications.none")}</Empty>}
      {open.map((each) => (
        <One key={each.number} of={each} votes={votes} />
      ))}
    </Card>
  );
}

/** The open vote on an application, whoever is named as its sponsor. */
const voteOn = (votes: readonly Vote[], of: Application): Vote | undefined =>
  votes.find(({ action }) => action.kind === "admit_application" && action.application === of.number);

function One({ of, votes }: { of: Application; votes: readonly Vote[] }) {
  const vote = voteOn(votes, of);
  const hasSaid = vote?.yes.includes(address.value) ?? false;
  const payload = vote
    ? PAYLOADS.vote(vote.action_bytes, true)
    : PAYLOADS.openVote({ kind: "admit_application", application: of.number, sponsor: of.account });
  return (
    <section aria-label={t("applications.one", { number: of.number, who: who(of.account) })}>
      <h3>{t("applications.one", { number: of.number, who: who(of.account) })}</h3>
      <Wishes of={of} />
      {of.referrer && <p>{t("applications.referrer", { who: who(of.referrer) })}</p>}
      <p class="quiet small">{t("applications.until", { when: date(of.ends_ms) })}</p>
      <AttestedAbout account={of.account} />
      <Sign
        says={t(hasSaid ? "applications.said" : "applications.does", { who: who(of.account) })}
        label={t("votes.sayYes")}
        payload={hasSaid ? null : payload}
      />
    </section>
  );
}
