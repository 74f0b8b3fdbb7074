// The movements of an account within a range of time: heights are found by halving, pages are read one by one.

import { get, type Movement, pages, type Schemas } from "../api/client";
import type { Range } from "./days";

type Page = Schemas["StatementView"];
type Headers = Schemas["BlockViews"];

const PAGE = 500;
const MOST = 20_000;

async function timeAt(height: number): Promise<number> {
  const found = await get<Headers>("/v1/headers", { from: height, to: height });
  return found.blocks[0]?.time_ms ?? 0;
}

/** The lowest height whose block is later than an instant; the head + 1 if none is. */
export async function heightAfter(
  ms: number,
  head: number,
  time: (height: number) => Promise<number> = timeAt,
): Promise<number> {
  let low = 0;
  let high = head + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((await time(middle)) > ms) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Readings may be late: movements are read so far beyond the range. */
const LATE_MS = 7 * 86_400_000;

/** Movements of a range of time and the week after it, oldest first. */
export async function movementsWithin(address: string, range: Range, head: number): Promise<Movement[]> {
  const from = await heightAfter(range.fromMs, head);
  if (from > head) return [];
  const to = Math.min(await heightAfter(range.toMs + LATE_MS, head), head);
  const query = { from, to, limit: PAGE };
  return pages(`/v1/accounts/${address}/statement`, query, (page: Page) => page.movements, MOST);
}
