// Today: what was used, where it came from, what was given, what it cost; and what is under way.

import { useEffect, useState } from "preact/hooks";
import { get, type Schemas } from "../api/client";
import { address } from "../data/account";
import { fromBase } from "../data/amounts";
import { ENERGY } from "../data/assets";
import { type Range, rangeOf, type Span } from "../data/days";
import { type Account, currenciesOf, holdingOf, useAccount, useAccountCheck } from "../data/holdings";
import { chainNow } from "../data/node";
import {
  type Money,
  moneyOf,
  type Readings,
  readingsOf,
  type Slot,
  type Totals,
  totalsOf,
} from "../data/readings";
import { type Resource, useAnswer } from "../data/resource";
import { movementsWithin } from "../data/statement";
import { linkTo } from "../router";
import {
  clock,
  date,
  day,
  energy,
  energyText,
  energyTokens,
  exact,
  exactKwh,
  moment,
  money,
  percent,
  shortDay,
  zoneName,
} from "../text/format";
import { type MessageKey, t } from "../text/messages";
import { checkSessions, type Sessions } from "../trust/entries";
import { type Check, useChecked } from "../trust/useChecked";
import { EnergyChart, FlowBar, Gauge, Legend, slotName } from "../ui/chart";
import { Card, Choice, Empty, Figure, Screen, Skeleton, Table } from "../ui/parts";
import { Age, Mark, Pending, Problem, Said } from "../ui/states";
import { Statement } from "./statement";

const QUARTER_MS = 900_000;

/** The last quarter of an hour that is over belongs to the day that is shown first. */
const lastQuarter = (): number => Math.floor(chainNow() / QUARTER_MS) * QUARTER_MS - 1;

export default function Today() {
  return address.value ? <Household key={address.value} of={address.value} /> : null;
}

type View = { span: Span; step: number };

function Household({ of }: { of: string }) {
  const [view, setView] = useState<View>({ span: "day", step: 0 });
  const account = useAccount(of);
  const check = useAccountCheck(account);
  const range = rangeOf(view.span, lastQuarter(), view.step);
  const readings = useAnswer(`readings/${of}/${view.span}/${range.fromMs}`, async () => {
    const slots = await readingsOf(of, view.span, range);
    // A year of a household's receipts is too much to read for a sum: its trades are shown by shorter ranges.
    const movements = view.span === "year" ? null : await movementsWithin(of, range);
    return { slots, movements, money: moneyOf(movements ?? [], of) };
  });
  const found = readings.value;
  if (account.error && !account.value) return <Problem error={account.error} />;
  return (
    <Screen
      says={
        found ? (
          <Sentence {...{ view, range, readings: found, account: account.value }} />
        ) : (
          <Pending of={readings} />
        )
      }
      under={
        <>
          <span>{t("today.under", { range: rangeText(view, range), zone: zoneName() })}</span>
          <Said />
          <Age of={account} />
        </>
      }
    >
      {readings.error && <Problem error={readings.error} />}
      {found && <Energy {...{ view, setView, range, readings: found }} />}
      {!found && !readings.error && <Waiting />}
      <div class="columns">
        {account.value ? <Holdings account={account.value} check={check} /> : <Skeleton height={140} />}
        <OpenSessions of={of} account={account.value} />
        {found?.movements && <Trading money={found.money} account={account.value} />}
      </div>
      {found?.movements && <Statement movements={found.movements} range={range} />}
    </Screen>
  );
}

function Waiting() {
  return (
    <>
      <Skeleton height={128} />
      <Skeleton height={330} />
    </>
  );
}

function rangeText({ span, step }: View, range: Range): string {
  if (span === "day") {
    const now = chainNow();
    const until = step === 0 && now < range.toMs ? `, ${t("today.until", { time: clock(now) })}` : "";
    return `${day(range.fromMs)}${until}`;
  }
  return `${shortDay(range.fromMs)} \u2013 ${date(range.toMs - 1)}`;
}

type Told = { view: View; range: Range; readings: Readings; account: Account | null };

/** The answer: used, from where, given, and the balance of buying and selling. */
function Sentence({ view, range, readings, account }: Told) {
  const sum = totalsOf(readings.slots);
  const used = sum.drawn + sum.imported;
  const given = sum.stored + sum.exported;
  const isNow = view.step === 0 && view.span === "day" && chainNow() < range.toMs;
  if (!readings.slots.some(({ missing }) => !missing))
    return <>{t(isNow ? "today.nothingYet" : "today.nothing")}</>;
  const parts = [t(isNow ? "today.usedToday" : "today.used", { energy: energyText(used) })];
  if (used > 0) parts.push(t("today.share", { share: percent(sum.drawn / used) }));
  if (given > 0) parts.push(t("today.given", { energy: energyText(given) }));
  const ahead = readings.money.earned - readings.money.paid;
  const symbol = account ? (currenciesOf(account, ENERGY)[0]?.symbol ?? "") : "";
  if (ahead !== 0n && symbol) {
    parts.push(
      t(ahead > 0n ? "today.earned" : "today.paid", {
        amount: `${money(fromBase(ahead < 0n ? -ahead : ahead))}\u00a0${symbol}`,
      }),
    );
  }
  return <>{parts.join(" ")}</>;
}

type Shown = { view: View; setView: (view: View) => void; range: Range; readings: Readings };

function Energy({ view, setView, range, readings }: Shown) {
  const sum = totalsOf(readings.slots);
  const used = sum.drawn + sum.imported;
  const { slots } = readings;
  const { value, unit } = energy(used);
  return (
    <>
      <Card title={t("today.from")} aside={exactKwh(used)}>
        <FlowBar
          id="flow"
          label={t("today.flowLabel", {
            total: `${value} ${unit}`,
            near: exactKwh(sum.drawn),
            grid: exactKwh(sum.imported),
          })}
          parts={[
            ["near", sum.drawn],
            ["grid", sum.imported],
          ]}
        />
        <Legend id="flow-legend" entries={legendOf(sum)} />
      </Card>
      <Card title={t(`today.${view.span}` as MessageKey)} aside={<Spans view={view} setView={setView} />}>
        <EnergyChart
          id="day"
          {...{ range, slots, span: view.span }}
          nowMs={chainNow()}
          label={t("today.chartLabel", {
            range: rangeText(view, range),
            used: exactKwh(used),
            given: exactKwh(sum.stored + sum.exported),
          })}
        />
        <Missing slots={slots} span={view.span} />
        <details>
          <summary>{t("chart.table")}</summary>
          <SlotTable slots={slots} span={view.span} sum={sum} />
        </details>
      </Card>
    </>
  );
}

function legendOf(sum: Totals) {
  const entries = [
    ["near", t("flow.near"), exactKwh(sum.drawn)],
    ["grid", t("flow.grid"), exactKwh(sum.imported)],
  ] as ["near" | "grid" | "sold" | "away", string, string][];
  if (sum.stored > 0) entries.push(["sold", t("flow.stored"), exactKwh(sum.stored)]);
  if (sum.exported > 0) entries.push(["away", t("flow.exported"), exactKwh(sum.exported)]);
  return entries;
}

function Spans({ view, setView }: Pick<Shown, "view" | "setView">) {
  const spans = (["day", "week", "month", "year"] as const).map(
    (span) => [span, t(`span.${span}` as MessageKey)] as const,
  );
  return (
    <div class="buttons">
      <button type="button" class="plain" onClick={() => setView({ ...view, step: view.step - 1 })}>
        {t("span.earlier")}
      </button>
      {view.step < 0 && (
        <button type="button" class="plain" onClick={() => setView({ ...view, step: view.step + 1 })}>
          {t("span.later")}
        </button>
      )}
      <Choice
        label={t("span.label")}
        options={spans}
        value={view.span}
        onChange={(span) => setView({ span, step: 0 })}
      />
    </div>
  );
}

const MOST_MISSING = 3;

function Missing({ slots, span }: { slots: readonly Slot[]; span: Span }) {
  const missing = slots.filter((each) => each.missing);
  if (!missing.length) return null;
  const named = missing.slice(0, MOST_MISSING).map((each) => slotName(each, span));
  const rest = missing.length - named.length;
  return (
    <p class="quiet small">
      {t("today.missing", { intervals: named.join(", "), count: missing.length })}
      {rest > 0 && ` ${t("today.missingMore", { count: rest })}`}
    </p>
  );
}

function SlotTable({ slots, span, sum }: { slots: readonly Slot[]; span: Span; sum: Totals }) {
  const columns = [
    { title: t("chart.interval") },
    ...(["near", "grid", "stored", "exported"] as const).map((each) => ({
      title: `${t(`flow.${each}`)}, Wh`,
      number: true,
    })),
  ];
  const cells = (each: Totals) =>
    [each.drawn, each.imported, each.stored, each.exported].map((wh) => exact(String(wh)));
  const rows = slots.map((slot) => [
    `${slotName(slot, span)}${slot.missing ? ` (${t("today.incomplete")})` : ""}`,
    ...cells(slot),
  ]);
  return (
    <Table caption={t("chart.table")} columns={columns} rows={[...rows, [t("chart.sum"), ...cells(sum)]]} />
  );
}

function Holdings({ account, check }: { account: Account; check: Check }) {
  const held = holdingOf(account, ENERGY);
  const { value, unit } = energyTokens(held?.total.tokens ?? "0");
  return (
    <Card title={t("today.hold")} aside={<Mark check={check} />}>
      <Figure
        value={value}
        unit={`${unit} ${t("today.holdEnergy")}`}
        exactly={`${held?.total.tokens ?? 0} ENT`}
      />
      {currenciesOf(account, ENERGY).map(({ asset, symbol, total }) => (
        <Figure key={asset} value={money(total.tokens)} unit={symbol} exactly={`${total.tokens} ${symbol}`} />
      ))}
      <Locked account={account} />
    </Card>
  );
}

function Locked({ account }: { account: Account }) {
  const lines = account.balances.flatMap((holding) =>
    (["session", "waiting", "reservation", "order", "withdrawal"] as const).flatMap((purpose) => {
      const tokens =
        (holding as unknown as Record<string, { tokens: string } | undefined>)[purpose]?.tokens ?? "0";
      return tokens === "0"
        ? []
        : [t(`locked.${purpose}` as MessageKey, { amount: `${exact(tokens)} ${holding.symbol}` })];
    }),
  );
  if (!lines.length) return null;
  return <p class="quiet small">{lines.join("; ")}</p>;
}

type Forms = typeof import("./session_form");

/** What signs comes after the figures: most who look do not act. */
function useForms(): Forms | null {
  const [forms, setForms] = useState<Forms | null>(null);
  useEffect(() => {
    void import("./session_form").then((found) => setForms(found));
  }, []);
  return forms;
}

function OpenSessions({ of, account }: { of: string; account: Account | null }) {
  const found: Resource<Sessions> = useAnswer(`sessions/${of}`, () => get("/v1/sessions", { consumer: of }));
  const forms = useForms();
  const open = found.value?.sessions ?? [];
  const listed = found.oldMs ? null : found.value;
  const check = useChecked(listed && `sessions/${of}@${listed.height}`, () =>
    checkSessions(of, listed as Sessions),
  );
  return (
    <Card title={t("session.title")} aside={listed && <Mark check={check} />}>
      {found.error && <Problem error={found.error} />}
      {!found.value && !found.error && <Skeleton height={60} />}
      {found.value && !open.length && <Empty>{t("session.none")}</Empty>}
      {open.map((session) => (
        <SessionLine key={session.number} {...{ session, forms }} />
      ))}
      {!forms && <Skeleton height={24} />}
      {forms && found.value && !open.length && account && <forms.OpenSession account={account} />}
    </Card>
  );
}

function SessionLine({ session, forms }: { session: Schemas["SessionView"]; forms: Forms | null }) {
  const { value, unit } = energy(session.energy_wh);
  const length = session.deadline_ms - session.opened_ms;
  const left = Math.min(Math.max(session.deadline_ms - chainNow(), 0), length);
  return (
    <>
      <Figure value={value} unit={`${unit} ${t("session.left")}`} />
      <Gauge part={1 - left / length} label={t("session.until", { when: moment(session.deadline_ms) })} />
      <p class="quiet small">{t("session.until", { when: moment(session.deadline_ms) })}</p>
      {forms && <forms.CloseSession session={session} />}
    </>
  );
}

function Trading({ money: sums, account }: { money: Money; account: Account | null }) {
  const symbol = account ? (currenciesOf(account, ENERGY)[0]?.symbol ?? "") : "";
  const net = sums.earned - sums.paid;
  const none = sums.bought === 0n && sums.sold === 0n;
  return (
    <Card title={t("trading.title")}>
      {none ? (
        <Empty>{t("trading.none")}</Empty>
      ) : (
        <>
          <Figure
            value={money(fromBase(net))}
            unit={`${symbol} ${t(net < 0n ? "trading.youPay" : "trading.youGet")}`}
            exactly={`${fromBase(net)} ${symbol}`}
          />
          {sums.sold > 0n && (
            <p class="quiet small">{t("trading.sold", lineOf(sums.sold, sums.earned, symbol))}</p>
          )}
          {sums.bought > 0n && (
            <p class="quiet small">{t("trading.bought", lineOf(sums.bought, sums.paid, symbol))}</p>
          )}
        </>
      )}
      <p>
        <a href={linkTo("market")}>{t("nav.market")}</a>
      </p>
    </Card>
  );
}

const lineOf = (energyBase: bigint, moneyBase: bigint, symbol: string) => {
  const { value, unit } = energyTokens(fromBase(energyBase));
  return { energy: `${value}\u00a0${unit}`, amount: `${money(fromBase(moneyBase))}\u00a0${symbol}` };
};
