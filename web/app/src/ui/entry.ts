// What people type as amounts: a comma or a point, no more decimals than the asset has.

import { toBase } from "../data/amounts";

/** Base units of a typed amount above zero; null where it is none. */
export function typedAmount(text: string, decimals = 9): bigint | null {
  const tidy = text.trim().replace(/\s/g, "").replace(",", ".");
  try {
    const base = toBase(tidy, decimals);
    return base > 0n ? base : null;
  } catch {
    return null;
  }
}

/** Base units of a typed price, which may be 0; null where it is none. */
export function typedPrice(text: string, decimals = 9): bigint | null {
  const tidy = text.trim().replace(/\s/g, "").replace(",", ".");
  if (/^0+(\.0*)?$/.test(tidy)) return 0n;
  return typedAmount(text, decimals);
}
