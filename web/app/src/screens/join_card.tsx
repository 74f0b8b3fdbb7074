// Who is no member asks to be one, with meters and roles, in one transaction that costs nothing; and sees how it stands.

import { useState } from "preact/hooks";
import { get, type Schemas } from "../api/client";
import { addressBytes } from "../data/codec";
import { type Resource, useAnswer } from "../data/resource";
import { NoTerms, readTerms, type WishedMeter } from "../keys/meter_terms";
import { PAYLOADS } from "../keys/transactions";
import { linkTo } from "../router";
import { who } from "../text/events";
import { date } from "../text/format";
import { named, t } from "../text/messages";
import { AddressField, FileField } from "../ui/fields";
import { Card, Copy, Notice } from "../ui/parts";
import { QrCode } from "../ui/qr";
import { Sign } from "../ui/sign";
import { Wishes } from "./wishes";

const NO_ATTESTATION = new Uint8Array(32);
const MOST_METERS = 2;

type Application = Schemas["ApplicationView"];

export function JoinCard({ own }: { own: string }) {
  const terms: Resource<Schemas["JoiningAnswer"]> = useAnswer("joining", () => get("/v1/joining"));
  const asked: Resource<Schemas["OwnApplication"]> = useAnswer(`application/${own}`, () =>
    get(`/v1/applications/accounts/${own}`),
  );
  const application = asked.error ? null : (asked.value?.application ?? null);
  const found = terms.value;
  return (
    <Card title={t("join.title")}>
      <p>{t("join.what")}</p>
      {application && <Stands of={application} />}
      {found?.demanded && (
        <p>{t("join.demanded", { kind: named("attestation", found.demanded).toLowerCase() })}</p>
      )}
      {found && !found.room && !application && <Notice tone="mild">{t("join.full")}</Notice>}
      {found && found.room > 0 && !found.room_this_hour && <Notice tone="mild">{t("join.paused")}</Notice>}
      {application?.status !== "dismissed" && <Request {...{ own }} isAgain={application !== null} />}
      <Passed own={own} />
    </Card>
  );
}

function Stands({ of }: { of: Application }) {
  const when = date(of.ends_ms);
  const key = of.status === "dismissed" ? "join.dismissed" : "join.stands";
  return (
    <Notice tone={of.status === "dismissed" ? "mild" : "good"}>
      <strong>{t(key, { number: of.number, when })}</strong>
      <Wishes of={of} />
    </Notice>
  );
}

function Request({ own, isAgain }: { own: string; isAgain: boolean }) {
  const [meters, setMeters] = useState<readonly WishedMeter[]>([]);
  const [isWrong, setWrong] = useState(false);
  const [voter, setVoter] = useState(false);
  const [referrer, setReferrer] = useState("");
  const take = async (file: File | undefined) => {
    setWrong(false);
    if (!file) return setMeters([]);
    try {
      const found = await readTerms(await file.text());
      const others = meters.filter(({ terms }) => terms.kind !== found.terms.kind);
      setMeters([...others, found].slice(-MOST_METERS));
    } catch (error) {
      if (!(error instanceof NoTerms)) console.warn(error);
      setWrong(true);
    }
  };
  const isRead = !referrer.trim() || addressBytes(referrer) !== null;
  const payload = PAYLOADS.askToJoin({
    referrer: referrer.trim() || own,
    attestation_hash: NO_ATTESTATION,
    meters: [...meters],
    units: [],
    voter,
  });
  return (
    <form onSubmit={(event) => event.preventDefault()} noValidate>
      <FileField label={t("join.meter")} onFile={take} />
      {isWrong && <Notice tone="mild">{t("join.meter.wrong")}</Notice>}
      {meters.length > 0 && <p>{t("join.meters", { count: meters.length })}</p>}
      <label>
        <input type="checkbox" checked={voter} onChange={(event) => setVoter(event.currentTarget.checked)} />
        {t("join.voter")}
      </label>
      <AddressField label={t("join.referrer")} value={referrer} onValue={setReferrer} />
      <Sign
        says={t(isAgain ? "join.does.again" : "join.does", { count: meters.length, who: who(own) })}
        label={t("join.sign")}
        payload={isRead && !isWrong ? payload : null}
      />
    </form>
  );
}

/** The link by which a voter admits without a request. */
function Passed({ own }: { own: string }) {
  const link = `${location.origin}/${linkTo("votes", "admit", own)}`;
  return (
    <details>
      <summary>{t("admission.title")}</summary>
      <p>{t("admission.what")}</p>
      <Copy value={link} shown={link} label={t("admission.link")} />
      <QrCode text={link} what={t("admission.link")} />
    </details>
  );
}
