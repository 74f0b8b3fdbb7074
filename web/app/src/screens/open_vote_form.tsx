// A voter opens a vote about an account: who becomes a member or a voter, and who no longer is. The address may come with
// the page's own (`#/votes/admit/nrg1...`), as who asks for admission passes it on.

import { useState } from "preact/hooks";
import type { LedgerEvent, Schemas } from "../api/client";
import { address } from "../data/account";
import { addressBytes } from "../data/codec";
import { type AccountAction, PAYLOADS } from "../keys/transactions";
import { linkTo } from "../router";
import { sentence, who } from "../text/events";
import { type MessageKey, t } from "../text/messages";
import { AddressField } from "../ui/fields";
import { Card, Notice } from "../ui/parts";
import { Sign } from "../ui/sign";

type Kind = AccountAction["kind"];
type Vote = Schemas["VoteView"];

const KINDS: readonly (readonly [Kind, MessageKey])[] = [
  ["admit_member", "openVote.admit"],
  ["expel_member", "openVote.expel"],
  ["add_voter", "openVote.addVoter"],
  ["remove_voter", "openVote.removeVoter"],
];

/** The address that a link asks to admit; empty where none does. */
export const askedToAdmit = ([kind, name]: readonly string[]): string =>
  kind === "admit" && name && addressBytes(name) ? name : "";

/** The open vote about the same; the ledger counts a yes there. */
export const sameVote = (votes: readonly Vote[], action: AccountAction): Vote | undefined =>
  votes.find((each) => each.action.kind === action.kind && each.action.address === action.address);

export function OpenVoteForm({
  asked,
  votes,
  isVoter,
}: {
  asked: string;
  votes: readonly Vote[];
  isVoter: boolean;
}) {
  const [kind, setKind] = useState<Kind>("admit_member");
  const [text, setText] = useState(asked);
  if (!isVoter) return asked ? <Asked asked={asked} /> : null;
  const about = addressBytes(text) ? text.trim() : "";
  const action: AccountAction | null = about ? { kind, address: about } : null;
  const same = action && sameVote(votes, action);
  const hasSaid = same?.yes.includes(address.value);
  return (
    <Card title={t("openVote.title")}>
      {asked && <p>{t("openVote.asked", { who: who(asked) })}</p>}
      <form onSubmit={(event) => event.preventDefault()} noValidate>
        <label>
          {t("openVote.what")}
          <select value={kind} onChange={(event) => setKind(event.currentTarget.value as Kind)}>
            {KINDS.map(([name, key]) => (
              <option key={name} value={name}>
                {t(key)}
              </option>
            ))}
          </select>
        </label>
        <AddressField label={t("openVote.whom")} value={text} onValue={setText} />
        <Sign
          says={action ? consequence(action, same ?? null, address.value) : t("form.fillIn")}
          label={t(same ? "votes.sayYes" : "openVote.sign")}
          payload={action && !hasSaid ? PAYLOADS.openVote(action) : null}
        />
      </form>
      <p class="quiet small">{t("openVote.others")}</p>
    </Card>
  );
}

/** What signing does: opens a vote, or says yes in the one that is open about the same. */
function consequence(action: AccountAction, same: Vote | null, voter: string): string {
  const values = { action: sentence(action as LedgerEvent, "action"), number: same?.number ?? 0 };
  if (!same) return t("openVote.does", values);
  return t(same.yes.includes(voter) ? "openVote.said" : "openVote.same", values);
}

/** Somebody has followed a link who cannot do what it asks. */
function Asked({ asked }: { asked: string }) {
  return (
    <Notice tone="mild">
      <strong>{t("openVote.asked", { who: who(asked) })}</strong>
      <span>{t("openVote.notVoter")}</span>
      <a href={linkTo("account")}>{t("nav.account")}</a>
    </Notice>
  );
}
