// Metering points: one's own, the consent to a new one, registering and closing; and what operators' files were imported.

import { useState } from "preact/hooks";
import { toHex } from "../../../verifier/index.js";
import { address } from "../data/account";
import { useAccount } from "../data/holdings";
import { chainNow } from "../data/node";
import { useAnswer } from "../data/resource";
import { type Clock, clockOf, importedFiles, type Point, usePoints, useSlotTerms } from "../data/sharing";
import type { PointTerms, RegisterPoint } from "../keys/consent";
import { sharedBy } from "../keys/shared";
import { PAYLOADS } from "../keys/transactions";
import { unlocked } from "../keys/vault";
import { who } from "../text/events";
import { moment, short } from "../text/format";
import { momentIn } from "../text/local_time";
import { named, t } from "../text/messages";
import { saveFile } from "../trust/proof_file";
import { checkPoints } from "../trust/sharing";
import { useChecked } from "../trust/useChecked";
import { Card, Copy, Empty, Field, Notice, Screen, Skeleton, Table } from "../ui/parts";
import { Select } from "../ui/select";
import { Sign } from "../ui/sign";
import { Age, Pending, Problem, Said } from "../ui/states";
import { ConsentFile } from "./consent_file";
import { OpenMark, SharingLinks } from "./sharing_links";
import { pointName } from "./sharing_sources";

export function SharingPoints() {
  const points = usePoints(address.value);
  const slots = useSlotTerms();
  const roles = useAccount(address.value).value?.roles ?? [];
  const shown = points.oldMs ? null : points.value;
  const check = useChecked(shown?.points.length ? `points/${address.value}@${shown.height}` : null, () =>
    checkPoints(shown as NonNullable<typeof shown>, address.value),
  );
  const isRegistrar = slots.value?.registrars.includes(address.value) ?? false;
  const clock = slots.value && clockOf(slots.value);
  const mine = points.value?.points ?? [];
  return (
    <Screen
      says={
        points.value || !address.value ? t("point.says", { count: mine.length }) : <Pending of={points} />
      }
      under={
        <>
          <Said />
          <Age of={points} />
        </>
      }
    >
      {points.error && <Problem error={points.error} />}
      {clock && (
        <Card title={t("point.mine")} aside={mine.length > 0 && <OpenMark check={check} />}>
          {!mine.length && <Empty>{t("point.none")}</Empty>}
          <ul class="list">
            {mine.map((point) => (
              <li key={point.number}>
                <OnePoint {...{ point, clock }} />
              </li>
            ))}
          </ul>
        </Card>
      )}
      {!clock && <Skeleton height={120} />}
      {clock && address.value && <Consent clock={clock} />}
      {clock && (isRegistrar || roles.includes("voter")) && (
        <Register clock={clock} isRegistrar={isRegistrar} />
      )}
      <Imports custodians={slots.value?.custodians ?? []} />
      <SharingLinks />
    </Screen>
  );
}

function OnePoint({ point, clock }: { point: Point; clock: Clock }) {
  const untilSlot = Math.floor(chainNow() / clock.slotMs) + 2;
  const until = momentIn(clock.zone, untilSlot * clock.slotMs);
  return (
    <div class="stack">
      <h3>{pointName(point)}</h3>
      <span>
        {t(point.own_meter ? "point.ownMeter" : "point.operatorsMeter")}{" "}
        {point.zone && t("point.zone", { zone: point.zone })}{" "}
        {t("point.since", { when: momentIn(clock.zone, point.from_ms) })}
      </span>
      {point.id_hash && (
        <span class="small">
          {t("point.idHash")} <Copy value={point.id_hash} label={t("point.idHash")} />
        </span>
      )}
      <details>
        <summary>{t("point.close")}</summary>
        <Sign
          says={t("point.close.does", { point: pointName(point), when: until })}
          label={t("point.close.sign")}
          payload={PAYLOADS.closePoint(point.number, untilSlot)}
          plain
        />
      </details>
    </div>
  );
}

const SALT_BYTES = 16;

/** A member agrees to a point; the file goes to who registers it. */
function Consent({ clock }: { clock: Clock }) {
  const [direction, setDirection] = useState<"offtake" | "injection">("offtake");
  const [zone, setZone] = useState("");
  const [id, setId] = useState("");
  const [ownMeter, setOwnMeter] = useState(true);
  const [made, setMade] = useState<{ text: string; salt: string } | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const key = unlocked.value;
  const shared = sharedBy(key, address.value);
  const canSign = key && (key.address === address.value || shared);
  const fromSlot = Math.floor(chainNow() / clock.slotMs) + 1;
  const sign = async () => {
    setError(null);
    try {
      const { consented, idHash } = await import("../keys/consent");
      const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
      const terms: PointTerms = {
        owner: address.value,
        direction,
        zone: zone.trim(),
        commissioned_ms: 0,
        id_hash: id.trim() ? await idHash(salt, id.trim()) : new Uint8Array(32),
        own_meter: ownMeter,
        from_slot: fromSlot,
        signed_ms: chainNow(),
      };
      setMade({ text: await consented(terms, shared), salt: id.trim() ? toHex(salt) : "" });
    } catch (failure) {
      setError(failure as Error);
    }
  };
  return (
    <Card title={t("consent.title")}>
      <p class="quiet">{t("consent.what")}</p>
      <details>
        <summary>{t("consent.show")}</summary>
        <form onSubmit={(event) => event.preventDefault()} noValidate>
          <Select
            label={t("consent.direction")}
            value={direction}
            options={(["offtake", "injection"] as const).map((each) => [
              each,
              named("point.direction", each),
            ])}
            onValue={(value) => setDirection(value as typeof direction)}
          />
          <Field
            label={t("consent.zone")}
            value={zone}
            onInput={(event) => setZone(event.currentTarget.value)}
          />
          <Field
            label={t("consent.id")}
            hint={t("consent.id.hint")}
            value={id}
            autocomplete="off"
            spellcheck={false}
            onInput={(event) => setId(event.currentTarget.value)}
          />
          <p>
            <label class="tick">
              <input
                type="checkbox"
                checked={ownMeter}
                onChange={(event) => setOwnMeter(event.currentTarget.checked)}
              />
              {t("consent.ownMeter")}
            </label>
          </p>
          <div class="says">
            {t("consent.does", {
              direction: named("point.direction", direction),
              when: momentIn(clock.zone, fromSlot * clock.slotMs),
              source: t(ownMeter ? "point.ownMeter" : "point.operatorsMeter"),
            })}
          </div>
          <p class="buttons">
            <button type="button" class="main" disabled={!canSign} onClick={sign}>
              {t("consent.sign")}
            </button>
          </p>
          {!canSign && <p class="quiet small">{t("consent.unlock")}</p>}
        </form>
      </details>
      {error && <Problem error={error} />}
      {made && (
        <Notice tone="good">
          <strong>{t("consent.done")}</strong>
          {made.salt && (
            <span>
              {t("consent.salt")} <Copy value={made.salt} label={t("consent.salt")} />
            </span>
          )}
          <span class="buttons">
            <button type="button" onClick={() => saveFile("point.json", new TextEncoder().encode(made.text))}>
              {t("consent.save")}
            </button>
            <Copy value={made.text} shown="point.json" label={t("consent.file")} />
          </span>
        </Notice>
      )}
    </Card>
  );
}

/** The terms of a consent in a sentence. */
export function consentText({ terms }: RegisterPoint, clock: Clock | null): string {
  const slot = Number(terms.from_slot);
  return t("register.terms", {
    who: who(String(terms.owner)),
    direction: named("point.direction", String(terms.direction)),
    source: t(terms.own_meter ? "point.ownMeter" : "point.operatorsMeter"),
    when: clock ? momentIn(clock.zone, slot * clock.slotMs) : String(slot),
  });
}

/** Who registers takes an owner's file; voters decide of it where nobody may register alone. */
function Register({ clock, isRegistrar }: { clock: Clock; isRegistrar: boolean }) {
  const [text, setText] = useState("");
  const found = useAnswer(text.trim() ? `consent/${text.length}/${text.slice(-40)}` : null, async () => {
    const { missingOf, readConsent } = await import("../keys/consent");
    const point = await readConsent(text);
    return { point, missing: missingOf(point) };
  });
  const read = found.value;
  const ready = read && read.missing === 0 ? read.point : null;
  return (
    <Card title={t("register.title")}>
      <p class="quiet">{t(isRegistrar ? "register.what" : "register.byVote")}</p>
      <details>
        <summary>{t("register.show")}</summary>
        <form onSubmit={(event) => event.preventDefault()} noValidate>
          <ConsentFile text={text} onText={setText} />
          {found.error && <Notice tone="mild">{t("register.wrong")}</Notice>}
          {read && read.missing > 0 && <Notice>{t("register.missing", { count: read.missing })}</Notice>}
          <Sign
            says={read ? `${t("register.does")} ${consentText(read.point, clock)}` : t("register.fillIn")}
            label={t(isRegistrar ? "register.sign" : "openVote.sign")}
            payload={
              ready &&
              (isRegistrar
                ? PAYLOADS.registerPoint(ready)
                : PAYLOADS.openVote({ kind: "admit_point", point: ready }))
            }
          />
        </form>
      </details>
    </Card>
  );
}

/** Which operators' files were imported, by whom; files themselves are read and sent by the command line. */
function Imports({ custodians }: { custodians: readonly string[] }) {
  const found = useAnswer("slots/files", importedFiles);
  const files = [...(found.value ?? [])].sort((one, other) => other.issued_ms - one.issued_ms);
  return (
    <Card title={t("imports.title")}>
      <p>
        {custodians.length
          ? t("imports.custodians", { names: custodians.map(who).join(", "), count: custodians.length })
          : t("imports.nobody")}
      </p>
      {custodians.includes(address.value) && (
        <p class="quiet small">
          {t("imports.how")} <span class="code">nodechain sharing import FILE</span>
        </p>
      )}
      {found.error && <Problem error={found.error} />}
      {!found.value && !found.error && <Skeleton height={60} />}
      {found.value && !files.length && <Empty>{t("imports.none")}</Empty>}
      {files.length > 0 && (
        <Table
          caption={t("imports.title")}
          columns={[
            { title: t("imports.issued") },
            { title: t("imports.by") },
            { title: t("imports.parts"), number: true },
            { title: t("imports.hash") },
          ]}
          rows={files.map(({ file, custodian, issued_ms, parts }) => [
            moment(issued_ms),
            <span key="by" translate={false}>
              {who(custodian)}
            </span>,
            String(parts),
            <Copy key="hash" value={file} shown={short(file)} label={t("imports.hash")} />,
          ])}
        />
      )}
    </Card>
  );
}
