// Shares: parts of 10^9, as percent with all their digits.

import { fromBase } from "../data/amounts";
import { exact } from "./format";

export const PERCENT_DECIMALS = 7;

export const partsText = (parts: number | bigint): string =>
  `${exact(fromBase(BigInt(parts), PERCENT_DECIMALS))}\u00a0%`;
