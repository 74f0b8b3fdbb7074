// What is attested of an account: one's own on the account's screen, of whom a vote is about for voters.

import { get, type Schemas } from "../api/client";
import { address } from "../data/account";
import { status } from "../data/node";
import { type Resource, useAnswer } from "../data/resource";
import { who } from "../text/events";
import { date } from "../text/format";
import { named, t } from "../text/messages";
import { Card } from "../ui/parts";
import { useApplication, Wishes } from "./wishes";

type Attestation = Schemas["AttestationView"];
type Page = Schemas["AccountAttestations"];

const stands = (of: Attestation): string =>
  t(of.counts ? "attested.counts" : of.revoked_ms ? "attested.revoked" : "attested.void");

function useAbout(account: string | null): Resource<Page> {
  const isOn = status.value?.modules.includes("attestations") ?? false;
  return useAnswer(isOn && account ? `attestations/${account}` : null, () =>
    get(`/v1/attestations/subjects/${account}`),
  );
}

function Lines({ of }: { of: readonly Attestation[] }) {
  return (
    <ul class="list">
      {of.map((each) => (
        <li key={each.number}>
          {t("attested.line", {
            kind: named("attestation", each.kind),
            who: who(each.attester),
            when: date(each.expires_ms),
          })}{" "}
          <strong>{stands(each)}</strong>
        </li>
      ))}
    </ul>
  );
}

/** One's own; where nothing is attested, or may be read, there is no card. */
export function OwnAttestations() {
  const found = useAbout(address.value || null);
  const all = found.error ? [] : (found.value?.attestations ?? []);
  if (!all.length) return null;
  return (
    <Card title={t("attested.title")}>
      <p class="quiet">{t("attested.what")}</p>
      <Lines of={all} />
    </Card>
  );
}

export function AttestedAbout({ account }: { account: string }) {
  const found = useAbout(account);
  if (found.error || !found.value) return null;
  const all = found.value.attestations;
  return (
    <>
      <p>{t(all.length ? "attested.title" : "attested.none")}</p>
      {all.length > 0 && <Lines of={all} />}
    </>
  );
}

/** Of whom a vote is about: the account that it names, or who made the application. */
export function AttestedOf({ action }: { action: Record<string, unknown> }) {
  const isAdmission = action.kind === "admit_application";
  const application = useApplication(isAdmission ? Number(action.application) : null);
  const about = isAdmission ? application?.account : (action.address ?? action.owner ?? action.account);
  if (typeof about !== "string" || !about) return null;
  return (
    <>
      {application && <Wishes of={application} />}
      <AttestedAbout account={about} />
    </>
  );
}
