// Exact amounts: whole tokens as text on the wire, base units as BigInt here. Floats are for pictures only.

export const ENERGY_DECIMALS = 9;

/** Base units of an amount that is written in whole tokens. */
export function toBase(tokens: string, decimals: number = ENERGY_DECIMALS): bigint {
  const found = /^(-?)(\d+)(?:\.(\d+))?$/.exec(tokens);
  const fraction = found?.[3] ?? "";
  if (!found || fraction.length > decimals)
    throw new RangeError(`no amount of ${decimals} decimals: ${tokens}`);
  const base =
    BigInt(found[2] as string) * 10n ** BigInt(decimals) + BigInt(fraction.padEnd(decimals, "0") || "0");
  return found[1] ? -base : base;
}

/** Whole tokens of base units, as short as they can be written exactly. */
export function fromBase(base: bigint, decimals: number = ENERGY_DECIMALS): string {
  const sign = base < 0n ? "-" : "";
  const digits = (base < 0n ? -base : base).toString().padStart(decimals + 1, "0");
  const cut = digits.length - decimals;
  const fraction = digits.slice(cut).replace(/0+$/, "");
  return `${sign}${digits.slice(0, cut)}${fraction ? `.${fraction}` : ""}`;
}
