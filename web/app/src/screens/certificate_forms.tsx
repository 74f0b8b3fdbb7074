// What one signs about certificates: days of a generator certified, a part used up, offered, taken.

import { useState } from "preact/hooks";
import { get, pages, type Schemas } from "../api/client";
import { address } from "../data/account";
import { fromBase } from "../data/amounts";
import type { Asset } from "../data/assets";
import { chainNow } from "../data/node";
import { type Resource, useAnswer } from "../data/resource";
import { PAYLOADS } from "../keys/transactions";
import { who } from "../text/events";
import { exact, exactKwh } from "../text/format";
import { t } from "../text/messages";
import { typedAmount, typedPrice } from "../ui/entry";
import { Field, Skeleton } from "../ui/parts";
import { Sign } from "../ui/sign";
import { Problem } from "../ui/states";

const DAY_MS = 86_400_000;
const MOST_DAYS = 31;
const MOST_PURPOSE = 64;

type Certificate = Schemas["CertificateView"];
type Day = Schemas["GeneratorDayView"];

/** Days of certificates are those of UTC, wherever the reader is. */
export const utcDay = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

function KwhField({
  label,
  value,
  onValue,
  isWrong,
}: {
  label: string;
  value: string;
  onValue: (text: string) => void;
  isWrong: boolean;
}) {
  return (
    <Field
      label={label}
      inputMode="decimal"
      autocomplete="off"
      value={value}
      onInput={(event) => onValue(event.currentTarget.value)}
      {...(value && isWrong ? { error: t("form.wrong") } : {})}
    />
  );
}

/** Wh of typed kWh, up to what there is; null where it is none, or more. */
function typedWh(text: string, most: number): bigint | null {
  const typed = typedAmount(text, 3);
  return typed !== null && typed <= BigInt(most) ? typed : null;
}

const quiet = (event: Event) => event.preventDefault();

export function RetireForm({ of, free }: { of: Certificate; free: number }) {
  const [text, setText] = useState("");
  const [purpose, setPurpose] = useState("");
  const own = address.value;
  const energy = typedWh(text, free);
  const isReady = energy !== null && purpose.trim() !== "" && purpose.trim().length <= MOST_PURPOSE;
  if (!own || !free) return null;
  return (
    <details>
      <summary>{t("certificates.retire")}</summary>
      <form onSubmit={quiet} noValidate>
        <KwhField
          label={t("certificates.retire.kwh")}
          value={text}
          onValue={setText}
          isWrong={energy === null}
        />
        <Field
          label={t("certificates.purpose")}
          maxLength={MOST_PURPOSE}
          value={purpose}
          onInput={(event) => setPurpose(event.currentTarget.value)}
        />
        <Sign
          says={t(isReady ? "certificates.retire.does" : "certificates.retire.fillIn", {
            energy: exactKwh(Number(energy ?? 0n)),
            purpose: purpose.trim(),
            first: utcDay(of.first_ms),
            last: utcDay(of.end_ms - 1),
          })}
          label={t("certificates.retire.sign")}
          payload={
            isReady
              ? PAYLOADS.retireCertificate({
                  certificate: of.number,
                  energy_wh: energy,
                  beneficiary: own,
                  purpose: purpose.trim(),
                  from_ms: of.first_ms,
                  until_ms: of.end_ms,
                })
              : null
          }
        />
      </form>
    </details>
  );
}

export function OfferForm({ of, free, known }: { of: Certificate; free: number; known: readonly Asset[] }) {
  const [text, setText] = useState("");
  const [asked, setAsked] = useState("");
  const sums = useAnswer("certificates/sums", () =>
    get<Schemas["CertificatesView"]>("/v1/certificates"),
  ).value;
  const asset = known.find((each) => each.number === sums?.asset);
  if (!asset || !free) return null;
  const energy = typedWh(text, free);
  const price = typedPrice(asked, asset.decimals);
  const isReady = energy !== null && price !== null;
  return (
    <details>
      <summary>{t("certificates.offer")}</summary>
      <form onSubmit={quiet} noValidate>
        <KwhField
          label={t("certificates.offer.kwh")}
          value={text}
          onValue={setText}
          isWrong={energy === null}
        />
        <Field
          label={t("certificates.price", { unit: asset.symbol })}
          inputMode="decimal"
          autocomplete="off"
          value={asked}
          onInput={(event) => setAsked(event.currentTarget.value)}
          {...(asked && price === null ? { error: t("form.wrong") } : {})}
        />
        <Sign
          says={t(isReady ? "certificates.offer.does" : "certificates.offer.fillIn", {
            energy: exactKwh(Number(energy ?? 0n)),
            price: asked.trim(),
            unit: asset.symbol,
          })}
          label={t("certificates.offer.sign")}
          payload={
            isReady
              ? PAYLOADS.offerCertificate({
                  certificate: of.number,
                  energy_wh: energy,
                  asset: asset.number,
                  price,
                })
              : null
          }
        />
      </form>
    </details>
  );
}

export function TakeForm({ of, known }: { of: Schemas["CertificateOfferView"]; known: readonly Asset[] }) {
  const [text, setText] = useState("");
  const asset = known.find((each) => each.number === of.asset);
  if (!asset) return null;
  const energy = typedWh(text, of.energy_wh);
  // Rounded up to a base unit, as the ledger does.
  const cost = energy === null ? 0n : (energy * BigInt(of.price.base) + 999n) / 1_000n;
  const values = {
    owner: who(of.owner),
    left: exactKwh(of.energy_wh),
    price: exact(of.price.tokens),
    unit: asset.symbol,
    energy: exactKwh(Number(energy ?? 0n)),
    cost: exact(fromBase(cost, asset.decimals)),
  };
  return (
    <form onSubmit={quiet} noValidate>
      <p class="small">{t("certificates.offeredBy", values)}</p>
      <KwhField label={t("certificates.take.kwh")} value={text} onValue={setText} isWrong={energy === null} />
      <Sign
        says={t(energy === null ? "certificates.take.fillIn" : "certificates.take.does", values)}
        label={t("certificates.take")}
        payload={
          energy === null
            ? null
            : PAYLOADS.takeCertificate({
                certificate: of.certificate.number,
                owner: of.owner,
                energy_wh: energy,
                asset: of.asset,
                amount: cost,
              })
        }
      />
    </form>
  );
}

/** The first days in a row, over and without a certificate, up to as many as one certificate may have. */
export function openDays(
  days: readonly Day[],
  nowMs: number,
): { first: number; end: number; energy: number } | null {
  const end = nowMs - (nowMs % DAY_MS);
  const begin = days.find(({ certificate, first_ms }) => !certificate && first_ms < end);
  if (!begin) return null;
  const first = begin.first_ms;
  const stop = days.find(({ certificate, first_ms }) => certificate && first_ms > first)?.first_ms ?? end;
  const last = Math.min(first + MOST_DAYS * DAY_MS, stop, end);
  const within = days.filter(({ first_ms }) => first_ms >= first && first_ms < last);
  return { first, end: last, energy: within.reduce((all, { energy_wh }) => all + energy_wh, 0) };
}

export function IssueForm({ of }: { of: Schemas["GeneratorView"] }) {
  const found: Resource<readonly Day[]> = useAnswer(`generators/${of.unit}/${of.account}`, () =>
    pages(
      `/v1/generators/${of.account}/days`,
      { unit: of.unit },
      (page: Schemas["GeneratorDays"]) => page.days,
    ),
  );
  if (found.error) return <Problem error={found.error} />;
  if (!found.value) return <Skeleton height={60} />;
  const open = openDays(found.value, chainNow());
  if (!open) return <p>{t("certificates.issue.nothing")}</p>;
  return (
    <Sign
      says={t("certificates.issue.does", {
        energy: exactKwh(open.energy),
        first: utcDay(open.first),
        last: utcDay(open.end - 1),
      })}
      label={t("certificates.issue")}
      payload={PAYLOADS.issueCertificate({ unit: of.unit, first_ms: open.first, end_ms: open.end })}
    />
  );
}
