// A household's intervals from its statement: what each accepted reading brought, and from when to when.
//
// In a receipt the events of a reading stand before the `readings_accepted` that closes it. A reading goes from its
// meter's reading before to its own time; import and export are never netted.

import type { LedgerEvent, Movement } from "../api/client";
import { toBase } from "./amounts";

const QUARTER_MS = 900_000;

/** Wh of one interval of one meter. `drawn` from storage, `imported` from the grid; `stored`, `exported` given away. */
export type Slot = {
  startMs: number;
  endMs: number;
  drawn: number;
  imported: number;
  stored: number;
  exported: number;
  /** Why its reading does not count, where it does not. */
  missing: string;
};

export type Money = { paid: bigint; earned: bigint; bought: bigint; sold: bigint };
export type Totals = { drawn: number; imported: number; stored: number; exported: number };
export type Readings = { slots: Slot[]; money: Money };

const NOTHING = { drawn: 0, imported: 0, stored: 0, exported: 0 };

type Wh = keyof typeof NOTHING;
const COUNTED: Record<string, [Wh, string]> = {
  energy_drawn: ["drawn", "consumer"],
  excess_drawn: ["drawn", "consumer"],
  grid_imported: ["imported", "account"],
  energy_stored: ["stored", "producer"],
  grid_exported: ["exported", "account"],
};

const amountOf = (entry: LedgerEvent, name: string): bigint =>
  toBase((entry[name] as { tokens: string }).tokens);

function addTrade(money: Money, entry: LedgerEvent, address: string): void {
  if (entry.buyer === address) {
    money.paid += amountOf(entry, "payment");
    money.bought += amountOf(entry, "quantity");
  }
  if (entry.seller === address) {
    money.earned += amountOf(entry, "payment");
    money.sold += amountOf(entry, "quantity");
  }
}

/** The readings of an account's movements (oldest first) that end within a range, and its trades there. */
export function readingsOf(
  movements: readonly Movement[],
  address: string,
  fromMs: number,
  toMs: number,
): Readings {
  const before = new Map<string, number>();
  const slots: Slot[] = [];
  const money: Money = { paid: 0n, earned: 0n, bought: 0n, sold: 0n };
  for (const movement of movements) {
    let gathered = { ...NOTHING };
    const inside = movement.time_ms > fromMs && movement.time_ms <= toMs;
    for (const entry of movement.events as LedgerEvent[]) {
      const counted = COUNTED[entry.kind];
      if (counted && entry[counted[1]] === address) gathered[counted[0]] += Number(entry.energy_wh);
      else if (entry.kind === "traded" && inside) addTrade(money, entry, address);
      else if (entry.kind === "readings_accepted" || entry.kind === "reading_quarantined") {
        const endMs = Number(entry.time_ms);
        const meter = String(entry.meter_key);
        const startMs = before.get(meter) ?? endMs - QUARTER_MS * Number(entry.count ?? 1);
        const refused = entry.kind === "reading_quarantined";
        if (!refused) before.set(meter, endMs);
        if (endMs > fromMs && endMs <= toMs) {
          slots.push({ startMs, endMs, ...gathered, missing: refused ? String(entry.reason) : "" });
        }
        gathered = { ...NOTHING };
      }
    }
  }
  return { slots: merged(slots), money };
}

/** One slot for all meters that were read for the same interval. */
function merged(slots: Slot[]): Slot[] {
  const found = new Map<string, Slot>();
  for (const slot of slots) {
    const key = `${slot.startMs}-${slot.endMs}`;
    const there = found.get(key);
    if (!there) found.set(key, { ...slot });
    else {
      for (const name of Object.keys(NOTHING) as Wh[]) there[name] += slot[name];
      there.missing ||= slot.missing;
    }
  }
  return [...found.values()].sort((a, b) => a.endMs - b.endMs || a.startMs - b.startMs);
}

/** The sum of what is shown. */
export function totalsOf(slots: readonly Slot[]): Totals {
  const sum = { ...NOTHING };
  for (const slot of slots) for (const name of Object.keys(sum) as Wh[]) sum[name] += slot[name];
  return sum;
}

/** The slots of each range as one. */
export function bundled(slots: readonly Slot[], ranges: readonly { fromMs: number; toMs: number }[]): Slot[] {
  return ranges.map(({ fromMs, toMs }) => {
    const inside = slots.filter(({ endMs }) => endMs > fromMs && endMs <= toMs);
    return { startMs: fromMs, endMs: toMs, ...totalsOf(inside), missing: inside.length ? "" : "none" };
  });
}
