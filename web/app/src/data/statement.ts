// The movements of an account within a range of block times.

import { type Movement, pages, type Schemas } from "../api/client";
import type { Range } from "./days";

type Page = Schemas["StatementView"];

const PAGE = 500;
const MOST = 20_000;

/** Movements of a range, oldest first. Raises `Refusal`, `Unreachable`. */
export function movementsWithin(address: string, range: Range): Promise<Movement[]> {
  const query = { from_time: range.fromMs, to_time: range.toMs, limit: PAGE };
  return pages(`/v1/accounts/${address}/statement`, query, (page: Page) => page.movements, MOST);
}
