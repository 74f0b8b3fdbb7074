// A settled quarter of an hour: its rows as the node gives them, and one's own wherever they stand.

import { get, type Schemas } from "../api/client";

export type Settled = Schemas["SettledSlotView"];
export type Row = Settled["rows"][number];

/** Rows of one answer. */
export const MOST_ROWS = 1_000;
/** Own points that are asked for one by one, where they lie beyond the first answer. */
const MOST_OWN = 50;

export const pathOf = (scheme: number, slot: number): string => `/v1/sharing/schemes/${scheme}/slots/${slot}`;
/** The cursor of a list by points: what comes after this one. */
const after = (point: number): string => point.toString(16).padStart(16, "0");

/** Who may read all rows gets the first ones, and its own; a newer run meanwhile shows itself with the next block. */
export async function settledSlot(scheme: number, slot: number, mine: string): Promise<Settled> {
  const path = pathOf(scheme, slot);
  const first = await get<Settled>(path, { limit: MOST_ROWS });
  if (!first.next || !mine) return first;
  const last = first.rows.at(-1)?.point ?? 0;
  const { points } = await get<Schemas["Points"]>("/v1/points", { owner: mine });
  const beyond = points.filter(({ number: point }) => point > last).slice(0, MOST_OWN);
  const answers = await Promise.all(
    beyond.map(async ({ number: point }) => {
      const { run, rows } = await get<Settled>(path, { limit: 1, cursor: after(point - 1) });
      return run.run === first.run.run ? rows.filter((row) => row.point === point) : [];
    }),
  );
  const own = answers.flat();
  return { ...first, rows: [...first.rows, ...own] };
}
