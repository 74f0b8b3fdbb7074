// What meters said, by slots of time as the node lists them, and what trades moved; import and export are never netted.

import { get, type LedgerEvent, type Movement, type Schemas } from "../api/client";
import { zone } from "../text/format";
import { toBase } from "./amounts";
import type { Range, Span } from "./days";

type SeriesSlot = Schemas["SeriesSlot"];
type Series = Schemas["SeriesView"];

/** Wh of one slot. `drawn` from storage, `imported` from the grid; `stored`, `exported` given away. */
export type Slot = {
  /** When its interval began: before the slot, where readings were missing. */
  startMs: number;
  endMs: number;
  drawn: number;
  imported: number;
  stored: number;
  exported: number;
  /** Whether a reading of it is not there. */
  missing: boolean;
};

export type Money = { paid: bigint; earned: bigint; bought: bigint; sold: bigint };
export type Readings = { slots: Slot[]; money: Money };
export type Totals = { drawn: number; imported: number; stored: number; exported: number };

const STEPS: Record<Span, "quarter" | "day" | "month"> = {
  day: "quarter",
  week: "day",
  month: "day",
  year: "month",
};

const slotOf = (slot: SeriesSlot): Slot => ({
  startMs: slot.since_ms ?? slot.start_ms,
  endMs: slot.end_ms,
  drawn: slot.drawn_wh ?? 0,
  imported: slot.imported_wh ?? 0,
  stored: slot.stored_wh ?? 0,
  exported: slot.exported_wh ?? 0,
  missing: slot.missing,
});

/** The slots of a series; a missing one that a later reading covers is part of that reading's interval. */
export function slotsOf(series: readonly SeriesSlot[]): Slot[] {
  const slots = series.map(slotOf);
  const covers = (each: Slot, other: Slot) =>
    other !== each && !other.missing && other.startMs <= each.startMs && other.endMs >= each.endMs;
  return slots.filter(
    (each) => !(each.missing && isEmpty(each) && slots.some((other) => covers(each, other))),
  );
}

const isEmpty = ({ drawn, imported, stored, exported }: Totals): boolean =>
  drawn + imported + stored + exported === 0;

/** What was metered for an account in a range; raises `Refusal`, `Unreachable`. */
export async function readingsOf(address: string, span: Span, range: Range): Promise<Slot[]> {
  const found: SeriesSlot[] = [];
  let from: number | null = range.fromMs;
  while (from !== null && from < range.toMs) {
    const query: Record<string, string | number> = {
      from_time: from,
      to_time: range.toMs,
      step: STEPS[span],
      zone: zone(),
    };
    const page: Series = await get<Series>(`/v1/accounts/${address}/series`, query);
    found.push(...page.slots);
    from = page.next;
  }
  return slotsOf(found);
}

const amountOf = (entry: LedgerEvent, name: string): bigint =>
  toBase((entry[name] as { tokens: string }).tokens);

/** What an account paid and earned by trading, and the energy tokens that moved. */
export function moneyOf(movements: readonly Movement[], address: string): Money {
  const money: Money = { paid: 0n, earned: 0n, bought: 0n, sold: 0n };
  for (const entry of movements.flatMap(({ events }) => events as LedgerEvent[])) {
    if (entry.kind !== "traded") continue;
    if (entry.buyer === address) {
      money.paid += amountOf(entry, "payment");
      money.bought += amountOf(entry, "quantity");
    }
    if (entry.seller === address) {
      money.earned += amountOf(entry, "payment");
      money.sold += amountOf(entry, "quantity");
    }
  }
  return money;
}

/** The sum of what is shown. */
export function totalsOf(slots: readonly Slot[]): Totals {
  const sum = { drawn: 0, imported: 0, stored: 0, exported: 0 };
  for (const slot of slots) for (const name of Object.keys(sum) as (keyof Totals)[]) sum[name] += slot[name];
  return sum;
}
