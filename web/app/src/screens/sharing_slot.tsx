// Why a quarter of an hour came to what it did: values, rule and arithmetic in words, each value proven.

import { useEffect, useState } from "preact/hooks";
import { get } from "../api/client";
import { address } from "../data/account";
import { useAnswer } from "../data/resource";
import { priceText, ruleText, type Terms } from "../data/scheme_words";
import { MOST_ROWS, pathOf, type Row, type Settled, settledSlot } from "../data/settled_slot";
import { type Clock, clockOf, useSharingTerms, useSlotTerms } from "../data/sharing";
import { linkTo } from "../router";
import { energyText, exact, number } from "../text/format";
import { dayIn, intervalIn } from "../text/local_time";
import { named, t } from "../text/messages";
import { exactMwh } from "../text/mwh";
import { checkRun } from "../trust/sharing";
import { useChecked } from "../trust/useChecked";
import { Card, Copy, Empty, Pairs, Screen, Skeleton } from "../ui/parts";
import { Pending, Problem, Said } from "../ui/states";
import { OpenMark, SharingLinks } from "./sharing_links";
import { RowsFrom, Sides } from "./sharing_rows";

/** So many of others are written at once: each is a card of its own. */
const STEP = 25;

const kwh = (mwh: number): string => `${exactMwh(mwh)}\u00a0kWh`;

export function SharingSlot({ scheme, slot }: { scheme: number; slot: number }) {
  const mine = address.value;
  const place = `sharing/schemes/${scheme}/slots/${slot}/${mine}`;
  const found = useAnswer(place, () => settledSlot(scheme, slot, mine));
  const slots = useSlotTerms().value;
  const symbol = useSharingTerms().value?.symbol ?? "";
  const settled = found.value;
  const clock = slots && clockOf(slots);
  const name = clock ? intervalIn(clock.zone, slot * clock.slotMs, (slot + 1) * clock.slotMs) : "";
  return (
    <Screen
      says={
        settled && clock ? (
          t("why.says", {
            interval: name,
            shared: energyText(settled.shared_mwh / 1_000),
            taken: energyText(settled.taken_mwh / 1_000),
          })
        ) : (
          <Pending of={found} />
        )
      }
      under={
        <>
          {clock && (
            <span>
              {t("sharing.under", { day: dayIn(clock.zone, slot * clock.slotMs), zone: clock.zone })}
            </span>
          )}
          <Said />
        </>
      }
    >
      {found.error && <Problem error={found.error} />}
      {!settled && !found.error && <Skeleton height={300} />}
      {settled && <Reasons {...{ settled, symbol, clock }} />}
      <p class="buttons">
        <a class="button" href={linkTo("sharing", "slot", scheme, slot - 1)}>
          {t("span.earlier")}
        </a>
        <a class="button" href={linkTo("sharing", "slot", scheme, slot + 1)}>
          {t("span.later")}
        </a>
      </p>
      <SharingLinks />
    </Screen>
  );
}

type Hour = NonNullable<Settled["hour"]>;

const hourValues = (hour: Hour, { zone, slotMs }: Clock) => ({
  interval: intervalIn(zone, hour.first_slot * slotMs, (hour.first_slot + hour.slots) * slotMs),
  injected: kwh(hour.injected_mwh),
  taken: kwh(hour.taken_mwh),
  shared: kwh(hour.shared_mwh),
});

function Reasons({ settled, symbol, clock }: { settled: Settled; symbol: string; clock: Clock | null }) {
  const { run, rows } = settled;
  const terms = settled.terms as unknown as Terms;
  const mine = rows.filter(({ account }) => account === address.value);
  const others = rows.filter(({ account }) => account !== address.value);
  const key = `run/${settled.scheme}/${run.slot}/${run.run}@${settled.height}/${rows.length}`;
  const check = useChecked(key, () => checkRun(settled));
  return (
    <>
      <Card title={t("why.community")} aside={<OpenMark check={check} />}>
        <p>
          {t("why.sums", {
            injected: kwh(settled.injected_mwh),
            taken: kwh(settled.taken_mwh),
            shared: kwh(settled.shared_mwh),
            paid: `${exact(settled.paid.tokens)}\u00a0${symbol}`,
          })}
        </p>
        {settled.hour && clock && <p>{t("why.hour", hourValues(settled.hour, clock))}</p>}
        <p>{ruleText(terms)}</p>
        <p>{priceText(terms, symbol)}</p>
        <p class="quiet small">
          {t(run.final ? "why.final" : "why.provisional", { run: run.run, version: run.version })}{" "}
          {run.substituted > 0 && t("why.substituted", { count: run.substituted })} <RowsFrom run={run} />
        </p>
        {settled.folded && (
          <p class="quiet small">
            {t("why.folded")}{" "}
            <span class="code" translate={false}>
              nodechain sharing why {run.slot} --scheme {settled.scheme}
            </span>
          </p>
        )}
        <p class="quiet small">
          <a href={linkTo("sharing", "scheme", settled.scheme)}>
            {t("scheme.name", { number: settled.scheme, name: terms.name })}
          </a>
        </p>
      </Card>
      {!mine.length && <Empty>{t("why.notMine")}</Empty>}
      {mine.map((row) => (
        <Reason key={row.point} {...{ row, settled, terms, symbol }} />
      ))}
      {others.length > 0 && <Others {...{ others, settled, terms, symbol }} />}
      <Card title={t("why.proof")}>
        <p class="quiet small">{t("why.proof.what")}</p>
        <Pairs
          pairs={[
            [t("why.inputsRoot"), <Copy key="i" value={run.inputs_root} label={t("why.inputsRoot")} />],
            [t("why.rowsRoot"), <Copy key="r" value={run.rows_root} label={t("why.rowsRoot")} />],
          ]}
        />
        <p class="code small" translate={false}>
          nodechain sharing replay {run.slot} --scheme {settled.scheme}
        </p>
      </Card>
    </>
  );
}

/** The rows of others, some at a time; the node is asked for the next ones when those that it gave are written. */
function Others({ others, settled, terms, symbol }: Omit<Of, "row"> & { others: readonly Row[] }) {
  const [isOpen, setOpen] = useState(false);
  const [count, setCount] = useState(STEP);
  const [later, setLater] = useState<{ rows: Row[]; next: string | null }>({ rows: [], next: settled.next });
  const [error, setError] = useState<Error | null>(null);
  const { scheme, run, next } = settled;
  // A newer run has other rows.
  useEffect(() => setLater({ rows: [], next }), [run.run, next]);
  const known = new Set(others.map(({ point }) => point));
  const all = [...others, ...later.rows.filter(({ point }) => !known.has(point))];
  const more = async () => {
    setError(null);
    try {
      if (count + STEP > all.length && later.next) {
        const page = await get<Settled>(pathOf(scheme, run.slot), { limit: MOST_ROWS, cursor: later.next });
        if (page.run.run !== run.run) return;
        await checkRun(page);
        const theirs = page.rows.filter(({ account }) => account !== address.value);
        setLater({ rows: [...later.rows, ...theirs], next: page.next });
      }
      setCount(count + STEP);
    } catch (found) {
      setError(found as Error);
    }
  };
  const hasMore = count < all.length || later.next !== null;
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t(later.next === null ? "why.others" : "why.othersMore", { count: all.length })}</summary>
      {isOpen && (
        <div class="stack">
          {all.slice(0, count).map((row) => (
            <Reason key={row.point} {...{ row, settled, terms, symbol }} />
          ))}
          {error && <Problem error={error} />}
          {hasMore && (
            <p class="buttons">
              <button type="button" onClick={() => void more()}>
                {t("why.more", { count: STEP })}
              </button>
            </p>
          )}
        </div>
      )}
    </details>
  );
}

type Of = { row: Row; settled: Settled; terms: Terms; symbol: string };

function Reason({ row, settled, terms, symbol }: Of) {
  const consumes = row.direction === "offtake";
  return (
    <Card title={t("point.name", { number: row.point, direction: named("point.direction", row.direction) })}>
      <ol class="list">
        <li>
          {t(consumes ? "why.took" : "why.gave", {
            energy: kwh(row.energy_mwh),
            state: named("sharing.state", row.state),
            source: named("sharing.source", row.source),
          })}{" "}
          {row.counted_mwh !== row.energy_mwh && t("why.counted", { energy: kwh(row.counted_mwh) })}
        </li>
        <Sides row={row} run={settled.run} />
        <li>{partText(row, settled, terms)}</li>
        {row.zones.map((part) => (
          <li key={part.zone}>{zoneText(part, symbol)}</li>
        ))}
        <li>
          {t(consumes ? "why.restFrom" : "why.restTo", { energy: kwh(row.counted_mwh - row.shared_mwh) })}
        </li>
        <li>{moneyText(row, terms, symbol)}</li>
      </ol>
    </Card>
  );
}

/** Whence a part of a share came, and what the grid asked for the way. */
function zoneText({ zone, energy_mwh, pair, rate, fee }: Row["zones"][number], symbol: string): string {
  const values = { energy: kwh(energy_mwh), zone: zone || "–" };
  if (!pair || !rate || !fee) return t("why.zone", values);
  const [price, amount] = [rate, fee].map(({ tokens }) => `${exact(tokens)}\u00a0${symbol}`);
  return t("why.zoneFee", { ...values, pair, price: price ?? "", fee: amount ?? "" });
}

/** How the part follows from the rule: the arithmetic of the simple rules, of others what goes in. */
function partText(row: Row, { taken_mwh, injected_mwh, shared_mwh, hour }: Settled, terms: Terms): string {
  const values = {
    shared: kwh(shared_mwh),
    mine: kwh(row.counted_mwh),
    part: kwh(row.shared_mwh),
    all: kwh(row.direction === "offtake" ? taken_mwh : injected_mwh),
    key: row.keys.map((key) => number(key)).join(", "),
  };
  if (hour) {
    const hours = { hourMine: kwh(row.hour_counted_mwh), hourPart: kwh(row.hour_shared_mwh) };
    return t("why.part.hour", { ...values, ...hours });
  }
  if (row.direction === "injection") {
    const isPaired = terms.rule.no_self_share || /pairs|cascade/.test(terms.rule.method.kind);
    return t(isPaired || terms.rule.delivery === "by_age" ? "why.part.rule" : "why.part.delivered", values);
  }
  switch (terms.rule.method.kind) {
    case "dynamic":
      return t(terms.rule.no_self_share ? "why.part.rule" : "why.part.dynamic", values);
    case "static":
      return t(terms.rule.no_self_share ? "why.part.rule" : "why.part.static", values);
    case "static_redistributed":
      return t("why.part.redistributed", values);
    default:
      return t("why.part.rule", values);
  }
}

function moneyText(row: Row, terms: Terms, symbol: string): string {
  const amount = `${exact(row.amount.tokens)}\u00a0${symbol}`;
  const consumes = row.direction === "offtake";
  const perKwh = row.shared_mwh ? (Number(row.amount.tokens) * 1_000_000) / row.shared_mwh : 0;
  const price = `${number(perKwh, 4).replace(/([.,]\d\d\d*?)0+$/, "$1")}\u00a0${symbol}`;
  const parts = [t(consumes ? "why.pays" : "why.receives", { part: kwh(row.shared_mwh), price, amount })];
  if (Number(row.fee.tokens) > 0)
    parts.push(t("why.fee", { fee: `${exact(row.fee.tokens)}\u00a0${symbol}` }));
  if (terms.settlement === "period") parts.push(t("why.atPeriod"));
  return parts.join(" ");
}
