// The grid operator's and the regulator's view: sums of each day by scheme, differences between the sources, as a file.

import { useState } from "preact/hooks";
import type { Schemas } from "../api/client";
import { fromBase, toBase } from "../data/amounts";
import { type Range, rangeOf } from "../data/days";
import { chainNow } from "../data/node";
import { useAnswer } from "../data/resource";
import type { Terms } from "../data/scheme_words";
import {
  type Clock,
  clockOf,
  csvOf,
  differencesIn,
  type Scheme,
  type SharingTerms,
  type Sums,
  schemeSums,
  useSchemes,
  useSharingTerms,
  useSlotTerms,
} from "../data/sharing";
import { energyText, exact, number } from "../text/format";
import { intervalIn, isoDay, momentIn, monthName } from "../text/local_time";
import { t } from "../text/messages";
import { exactMwh } from "../text/mwh";
import { saveFile } from "../trust/proof_file";
import { Card, Empty, Screen, Skeleton, Steps, Table } from "../ui/parts";
import { Select } from "../ui/select";
import { Pending, Problem, Said } from "../ui/states";
import { SharingLinks } from "./sharing_links";
import { asksForRows, MissingRows } from "./sharing_rows";

const HALF_DAY_MS = 43_200_000;
const DAY_MS = 86_400_000;

export function SharingSums() {
  const schemes = useSchemes();
  const terms = useSharingTerms();
  const slots = useSlotTerms();
  const [chosen, setChosen] = useState(0);
  const [step, setStep] = useState(0);
  const listed = schemes.value?.schemes ?? [];
  const scheme = listed.find((each) => each.scheme === chosen) ?? listed[0];
  if (!schemes.value || !terms.value || !slots.value) {
    const error = schemes.error ?? terms.error ?? slots.error;
    return (
      <Screen says={<Pending of={schemes} />}>
        {error ? <Problem error={error} /> : <Skeleton height={300} />}
      </Screen>
    );
  }
  if (!scheme) {
    return (
      <Screen says={t("scheme.says", { count: 0 })}>
        <Empty>{t("scheme.none")}</Empty>
        <SharingLinks />
      </Screen>
    );
  }
  const clock = clockOf(slots.value);
  return (
    <Month
      key={`${scheme.scheme}/${step}`}
      {...{ scheme, clock, step, setStep }}
      terms={terms.value}
      choose={
        listed.length > 1 && (
          <Select
            label={t("scheme.one")}
            value={String(scheme.scheme)}
            options={listed.map((each) => [
              String(each.scheme),
              t("scheme.name", { number: each.scheme, name: (each.terms as unknown as Terms).name }),
            ])}
            onValue={(value) => setChosen(Number(value))}
          />
        )
      }
    />
  );
}

/** A local day's sums; money in base units. */
export type DaySum = {
  day: string;
  slots: number;
  substituted: number;
  injected: number;
  taken: number;
  shared: number;
  paid: bigint;
  fees: bigint;
  isFinal: boolean;
};

export function daySum(day: string, slots: readonly Sums[], decimals: number): DaySum {
  const empty: DaySum = {
    day,
    slots: 0,
    substituted: 0,
    injected: 0,
    taken: 0,
    shared: 0,
    paid: 0n,
    fees: 0n,
    isFinal: slots.length > 0,
  };
  return slots.reduce(
    (sum, each) => ({
      day,
      slots: sum.slots + 1,
      substituted: sum.substituted + each.substituted,
      injected: sum.injected + each.injected_mwh,
      taken: sum.taken + each.taken_mwh,
      shared: sum.shared + each.shared_mwh,
      paid: sum.paid + toBase(each.paid.tokens, decimals),
      fees: sum.fees + toBase(each.fees.tokens, decimals),
      isFinal: sum.isFinal && each.final,
    }),
    empty,
  );
}

/** The local days of a range that have begun. */
function daysOf(range: Range, zone: string, nowMs: number): Range[] {
  const found: Range[] = [];
  for (let at = range.fromMs; at < Math.min(range.toMs, nowMs); ) {
    const day = rangeOf("day", at + HALF_DAY_MS / 12, 0, zone);
    found.push(day);
    at = day.toMs;
  }
  return found;
}

type Shown = {
  scheme: Scheme;
  clock: Clock;
  terms: SharingTerms;
  step: number;
  setStep: (step: number) => void;
  choose: preact.ComponentChildren;
};

function Month({ scheme, clock, terms, step, setStep, choose }: Shown) {
  const range = rangeOf("month", chainNow(), step, clock.zone);
  const place = `${scheme.scheme}/${range.fromMs}`;
  const sums = useAnswer(`sums/${place}`, async () => {
    const found: DaySum[] = [];
    for (const day of daysOf(range, clock.zone, chainNow())) {
      const { slots } = await schemeSums(scheme.scheme, clock, day);
      if (slots.length) found.push(daySum(isoDay(clock.zone, day.fromMs), slots, terms.decimals));
    }
    return found;
  });
  const different = useAnswer(`differences/${place}`, () =>
    differencesIn(scheme.scheme, clock, monthPart(range)),
  );
  const days = sums.value ?? [];
  const shared = days.reduce((sum, each) => sum + each.shared, 0);
  const taken = days.reduce((sum, each) => sum + each.taken, 0);
  const month = monthName(isoDay(clock.zone, range.fromMs).slice(0, 7));
  return (
    <Screen
      says={
        sums.value ? (
          t(days.length ? "sums.says" : "sums.saysNone", {
            month,
            shared: energyText(shared / 1_000),
            taken: energyText(taken / 1_000),
          })
        ) : (
          <Pending of={sums} />
        )
      }
      under={
        <>
          <span>{t("sums.under", { zone: clock.zone })}</span>
          <Said />
        </>
      }
    >
      {choose}
      <Card title={t("sums.days")} aside={<Steps {...{ step, setStep }} />}>
        {sums.error && <Problem error={sums.error} />}
        {!sums.value && !sums.error && <Skeleton height={200} />}
        {sums.value && !days.length && <Empty>{t("sums.none")}</Empty>}
        {days.length > 0 && <DayTable {...{ days, scheme, terms }} />}
      </Card>
      {asksForRows(scheme.terms) && <MissingRows {...{ scheme, clock }} />}
      <DifferenceCard of={different} {...{ clock, scheme }} />
      <SharingLinks />
    </Screen>
  );
}

/** What the node compares at once: at most 3,000 slots, a month of quarter hours. */
const monthPart = ({ fromMs, toMs }: Range): Range => ({
  fromMs,
  toMs: Math.min(toMs, fromMs + 31 * DAY_MS),
});

function DayTable({ days, scheme, terms }: { days: readonly DaySum[]; scheme: Scheme; terms: SharingTerms }) {
  const amount = (base: bigint) => fromBase(base, terms.decimals);
  const heads = [
    t("sums.day"),
    t("sums.slots"),
    t("sums.substituted"),
    `${t("sums.injected")}, kWh`,
    `${t("sums.taken")}, kWh`,
    `${t("sums.shared")}, kWh`,
    `${t("sharing.cost")}, ${terms.symbol}`,
    `${t("sharing.fee")}, ${terms.symbol}`,
    t("sums.final"),
  ];
  const file = () =>
    csvOf([
      [
        "scheme",
        "day",
        "slots",
        "substituted",
        "injected_kwh",
        "taken_kwh",
        "shared_kwh",
        "paid",
        "fees",
        "final",
      ],
      ...days.map((each) => [
        scheme.scheme,
        each.day,
        each.slots,
        each.substituted,
        fromBase(BigInt(each.injected), 6),
        fromBase(BigInt(each.taken), 6),
        fromBase(BigInt(each.shared), 6),
        amount(each.paid),
        amount(each.fees),
        each.isFinal ? 1 : 0,
      ]),
    ]);
  const total = totalOf(days);
  const row = (each: DaySum, name: string, isFinal: string) => [
    name,
    number(each.slots),
    number(each.substituted),
    exactMwh(each.injected),
    exactMwh(each.taken),
    exactMwh(each.shared),
    exact(amount(each.paid)),
    exact(amount(each.fees)),
    isFinal,
  ];
  return (
    <>
      <Table
        caption={t("sums.days")}
        columns={heads.map((title, place) => ({ title, number: place > 0 && place < 8 }))}
        rows={[
          ...days.map((each) => row(each, each.day, t(each.isFinal ? "word.yes" : "word.no"))),
          row(total, t("chart.sum"), ""),
        ]}
      />
      <SaveCsv name={`scheme-${scheme.scheme}-${days[0]?.day.slice(0, 7)}.csv`} text={file} />
    </>
  );
}

function totalOf(days: readonly DaySum[]): DaySum {
  const total = daySum("", [], 0);
  for (const each of days) {
    for (const name of ["slots", "substituted", "injected", "taken", "shared"] as const)
      total[name] += each[name];
    total.paid += each.paid;
    total.fees += each.fees;
  }
  return total;
}

function SaveCsv({ name, text }: { name: string; text: () => string }) {
  return (
    <p class="buttons">
      <button type="button" onClick={() => saveFile(name, new TextEncoder().encode(text()))}>
        {t("sums.save")}
      </button>
    </p>
  );
}

type Difference = Schemas["DifferenceView"];

function DifferenceCard({
  of,
  clock,
  scheme,
}: {
  of: { value: Schemas["Differences"] | null; error: Error | null };
  clock: Clock;
  scheme: Scheme;
}) {
  const found: readonly Difference[] = of.value?.differences ?? [];
  const end = (startMs: number) => startMs + clock.slotMs;
  return (
    <Card title={t("sums.differences")}>
      <p class="quiet">{t("sums.differences.what")}</p>
      {of.error && <Problem error={of.error} />}
      {!of.value && !of.error && <Skeleton height={80} />}
      {of.value && !found.length && <Empty>{t("sums.differences.none")}</Empty>}
      {found.length > 0 && (
        <>
          <Table
            caption={t("sums.differences")}
            columns={[
              { title: t("point.one") },
              { title: t("chart.interval") },
              { title: `${t("sources.own")}, kWh`, number: true },
              { title: `${t("sources.operator")}, kWh`, number: true },
              { title: `${t("sources.difference")}, kWh`, number: true },
            ]}
            rows={found.map(({ point, start_ms, own_mwh, operator_mwh }) => [
              String(point),
              `${momentIn(clock.zone, start_ms)} (${intervalIn(clock.zone, start_ms, end(start_ms))})`,
              exactMwh(own_mwh),
              exactMwh(operator_mwh),
              exactMwh(operator_mwh - own_mwh),
            ])}
          />
          <SaveCsv
            name={`scheme-${scheme.scheme}-differences.csv`}
            text={() =>
              csvOf([
                ["scheme", "point", "start_utc", "own_kwh", "operator_kwh", "difference_kwh"],
                ...found.map(({ point, start_ms, own_mwh, operator_mwh }) => [
                  scheme.scheme,
                  point,
                  new Date(start_ms).toISOString(),
                  fromBase(BigInt(own_mwh), 6),
                  fromBase(BigInt(operator_mwh), 6),
                  fromBase(BigInt(operator_mwh - own_mwh), 6),
                ]),
              ])
            }
          />
        </>
      )}
    </Card>
  );
}
