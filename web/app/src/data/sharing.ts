// What is asked of slots and sharing, and what an account's figures of a day come to. Energy in mWh (10^-6 kWh), money in
// base units.

import { reader } from "../api/access";
import { get, pages, type Schemas } from "../api/client";
import { knownZone } from "../text/local_time";
import { toBase } from "./amounts";
import type { Range } from "./days";
import { type Resource, useAnswer } from "./resource";

export type Clock = { slotMs: number; zone: string };
export type AccountSlots = Schemas["AccountSlots"];
export type Scheme = Schemas["SchemeView"];
export type Sums = Schemas["SchemeSums"]["slots"][number];
export type Point = Schemas["PointView"];
export type SlotValue = Schemas["SlotView"];
export type SharingTerms = Schemas["SharingTermsView"];

/** Slots that the node answers at once. */
const MOST_SLOTS = 300;
/** Points of a scheme (SC1), and how many the node answers at once. */
const MOST_MEMBERS = 10_000;
const MOST_MEMBERS_A_PAGE = 1_000;

export function useSlotTerms(): Resource<Schemas["SlotsView"]> {
  return useAnswer("slots", () => get<Schemas["SlotsView"]>("/v1/slots"));
}

export const clockOf = ({ slot_ms, zone }: Schemas["SlotsView"]): Clock => ({
  slotMs: slot_ms,
  zone: knownZone(zone),
});

export function useSchemes(): Resource<Schemas["Schemes"]> {
  return useAnswer("sharing/schemes", () => get<Schemas["Schemes"]>("/v1/sharing/schemes"));
}

type Members = Schemas["SchemeMembers"];
let members: { place: string; found: Promise<Members["members"]> } | undefined;

/** Who takes part in a version, which never changes: asked for once, page by page; by another reader anew. */
export function membersOf({ scheme, version, from_slot }: Scheme): Promise<Members["members"]> {
  const place = `${reader.peek()} ${scheme} ${version}`;
  if (members?.place !== place) {
    const path = `/v1/sharing/schemes/${scheme}/members`;
    const query = { slot: from_slot, limit: MOST_MEMBERS_A_PAGE };
    members = { place, found: pages(path, query, (page: Members) => page.members, MOST_MEMBERS) };
    members.found.catch(() => {
      members = undefined;
    });
  }
  return members.found;
}

export function useSharingTerms(): Resource<SharingTerms> {
  return useAnswer("sharing/terms", () => get<SharingTerms>("/v1/sharing/terms"));
}

export function useShares(of: string): Resource<Schemas["AccountShares"]> {
  return useAnswer(of ? `sharing/${of}` : null, () =>
    get<Schemas["AccountShares"]>(`/v1/sharing/accounts/${of}`),
  );
}

export type Credits = Schemas["AccountCredits"];

/** Of schemes by the month: what an account was credited, and its claims. */
export function useCredits(of: string): Resource<Credits> {
  return useAnswer(of ? `credits/${of}` : null, () => get<Credits>(`/v1/sharing/accounts/${of}/credits`));
}

export function usePoints(of: string): Resource<Schemas["Points"]> {
  return useAnswer(of ? `points/${of}` : null, () => get<Schemas["Points"]>("/v1/points", { owner: of }));
}

const slotsIn = ({ slotMs }: Clock, { fromMs, toMs }: Range) => ({
  from: Math.floor(fromMs / slotMs),
  to: Math.min(Math.floor(toMs / slotMs), Math.floor(fromMs / slotMs) + MOST_SLOTS),
});

export const accountSlots = (of: string, clock: Clock, range: Range): Promise<AccountSlots> =>
  get<AccountSlots>(`/v1/sharing/accounts/${of}/slots`, slotsIn(clock, range));

export const schemeSums = (scheme: number, clock: Clock, range: Range): Promise<Schemas["SchemeSums"]> =>
  get<Schemas["SchemeSums"]>(`/v1/sharing/schemes/${scheme}/sums`, slotsIn(clock, range));

export const differencesIn = (
  scheme: number,
  clock: Clock,
  { fromMs, toMs }: Range,
): Promise<Schemas["Differences"]> =>
  get<Schemas["Differences"]>(`/v1/sharing/schemes/${scheme}/differences`, {
    from: Math.floor(fromMs / clock.slotMs),
    to: Math.floor(toMs / clock.slotMs),
  });

export const importedFiles = (): Promise<Schemas["ImportedFileView"][]> =>
  pages("/v1/slots/files", {}, (page: Schemas["SlotFiles"]) => page.files);

export type Source = "own" | "operator";

export const pointSlots = (point: number, source: Source, { fromMs, toMs }: Range): Promise<SlotValue[]> =>
  get<Schemas["PointSlots"]>(`/v1/points/${point}/slots`, {
    source,
    from_time: fromMs,
    to_time: toMs,
  }).then(({ slots }) => slots);

/** An account's part of a slot, over all its points and schemes. */
export type Share = {
  slot: number;
  startMs: number;
  endMs: number;
  scheme: number;
  /** What was taken in all, and what of it was bought in the community; what was given, and what of it was sold. */
  taken: number;
  bought: number;
  given: number;
  sold: number;
  cost: bigint;
  revenue: bigint;
  fee: bigint;
  states: readonly string[];
  isFinal: boolean;
};

type Part = Pick<Share, "taken" | "bought" | "given" | "sold" | "cost" | "revenue" | "fee">;
const NOTHING: Part = { taken: 0, bought: 0, given: 0, sold: 0, cost: 0n, revenue: 0n, fee: 0n };

function added(one: Part, other: Part): Part {
  return {
    taken: one.taken + other.taken,
    bought: one.bought + other.bought,
    given: one.given + other.given,
    sold: one.sold + other.sold,
    cost: one.cost + other.cost,
    revenue: one.revenue + other.revenue,
    fee: one.fee + other.fee,
  };
}

export const sumOf = (shares: readonly Part[]): Part => shares.reduce<Part>(added, NOTHING);

/** By slot: a point in several schemes was metered once, and shared in each of them. */
export function sharesOf({ slots, slot_ms }: AccountSlots, decimals: number): Share[] {
  const found = new Map<number, Share>();
  const metered = new Set<string>();
  for (const { scheme, slot, start_ms, final, points } of slots) {
    const before = found.get(slot);
    let sum: Part = before ?? NOTHING;
    const states = new Set(before?.states);
    for (const point of points) {
      const key = `${slot} ${point.point}`;
      const energy = metered.has(key) ? 0 : point.energy_mwh;
      metered.add(key);
      states.add(point.state);
      const amount = toBase(point.amount.tokens, decimals);
      const fee = toBase(point.fee.tokens, decimals);
      sum = added(
        sum,
        point.direction === "offtake"
          ? { ...NOTHING, taken: energy, bought: point.shared_mwh, cost: amount, fee }
          : { ...NOTHING, given: energy, sold: point.shared_mwh, revenue: amount },
      );
    }
    const isFinal = final && (before?.isFinal ?? true);
    found.set(slot, {
      ...sum,
      slot,
      startMs: start_ms,
      endMs: start_ms + slot_ms,
      scheme: before?.scheme ?? scheme,
      states: [...states].sort(),
      isFinal,
    });
  }
  return [...found.values()].sort((one, other) => one.slot - other.slot);
}

/** What the grid takes and pays for a kWh, in base units. */
export type Contract = { retail: bigint; feedIn: bigint };

const MWH_A_KWH = 1_000_000n;

/** By how much the same energy would have been dearer, or brought less, with the grid alone; below 0: the other way. */
export function advantageOf(
  { bought, sold, cost, revenue, fee }: Part,
  { retail, feedIn }: Contract,
): bigint {
  const worth = (mwh: number, price: bigint) => (BigInt(mwh) * price) / MWH_A_KWH;
  return worth(bought, retail) - cost - fee + revenue - worth(sold, feedIn);
}

type Money = { tokens: string };

/** The reference prices of a scheme; none where it has one price of its own. */
export function contractOf({ terms }: Scheme, decimals: number): Contract | null {
  const { retail, feed_in } = terms.prices as { retail?: Money; feed_in?: Money };
  return retail && feed_in
    ? { retail: toBase(retail.tokens, decimals), feedIn: toBase(feed_in.tokens, decimals) }
    : null;
}

/** How many slots of a day have values of each state. */
export function statesOf(shares: readonly Share[]): [state: string, count: number][] {
  const found = new Map<string, number>();
  for (const { states } of shares) for (const state of states) found.set(state, (found.get(state) ?? 0) + 1);
  return [...found].sort(([one], [other]) => one.localeCompare(other));
}

/** A slot of a point by both sources. */
export type Pair = {
  startMs: number;
  endMs: number;
  own: SlotValue;
  operator: SlotValue;
  more: number | null;
};

/** Both sources side by side; `more`: the operator's value less ours, where both are there. */
export function pairsOf(own: readonly SlotValue[], operator: readonly SlotValue[]): Pair[] {
  const theirs = new Map(operator.map((each) => [each.slot, each]));
  return own.flatMap((ours) => {
    const other = theirs.get(ours.slot);
    if (!other || (ours.energy_mwh === null && other.energy_mwh === null)) return [];
    const both = ours.energy_mwh !== null && other.energy_mwh !== null;
    const more = both ? (other.energy_mwh as number) - (ours.energy_mwh as number) : null;
    return [{ startMs: ours.start_ms, endMs: ours.end_ms, own: ours, operator: other, more }];
  });
}

/** Semicolons, numbers with points, no quotes: what every table reads. A text that a table would run is told as text. */
export const csvOf = (rows: readonly (readonly (string | number)[])[]): string =>
  `${rows.map((row) => row.map(cell).join(";")).join("\r\n")}\r\n`;

const cell = (value: string | number): string => {
  if (typeof value === "number") return String(value);
  const isNumber = /^-?\d+(\.\d+)?$/.test(value);
  const safe = !isNumber && /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[;"\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};
