// Numbers as people write them, and the integers that the ledger counts in: base units, Wh, parts per 10^9.
//
// Exact both ways: nothing is rounded, and what is written reads back to the same integer.

import { ClientError, refuseUnless } from "./errors.js";

export const TOKEN_DECIMALS = 9;
export const MAX_INTEGER = 2n ** 63n - 1n;

const MAX_CHARACTERS = 64;
/** @type {Readonly<Record<string, number>>} */
const ENERGY_DECIMALS = { "": 0, Wh: 0, wh: 0, kWh: 3, kwh: 3, MWh: 6 };

/** @param {string} text */
function advice(text) {
  if (!text) return "It is empty";
  if (text.includes(",")) return "Use a point for decimals and no thousands separators";
  if (/^[+-]/.test(text)) return "Leave out the sign";
  if (/\s/.test(text)) return "Leave out the spaces";
  if (/e/i.test(text)) return "Write it out, without an exponent";
  return "Write digits with at most one point between them, as in 7.35";
}

/**
 * @param {string} text
 * @param {number} decimals
 * @param {string} finest
 */
function scaled(text, decimals, finest) {
  const found = text.length <= MAX_CHARACTERS ? /^([0-9]+)(?:\.([0-9]+))?$/.exec(text) : null;
  if (found === null) throw new ClientError("bad_amount", `'${text.slice(0, 32)}' is no number`, advice(text));
  const fraction = found[2] ?? "";
  const kept = fraction.slice(0, decimals).padEnd(decimals, "0");
  refuseUnless(/^0*$/.test(fraction.slice(decimals)), "bad_amount", `'${text}' has too many decimals`, `The ledger counts ${finest}`);
  const value = BigInt(found[1] + kept);
  refuseUnless(value <= MAX_INTEGER, "bad_amount", `'${text}' is more than the ledger can count`);
  return value;
}

/**
 * Base units of an amount in whole tokens, as in `7.35`.
 * @param {string} text
 * @param {number} [decimals] of the asset
 */
export function parseAmount(text, decimals = TOKEN_DECIMALS) {
  const value = scaled(text, decimals, "base units");
  const written = (text.split(".")[1] ?? "").length;
  refuseUnless(written <= decimals, "bad_amount", `'${text}' has more than ${decimals} decimals`);
  return value;
}

/**
 * Base units as whole tokens, without trailing zeros; a difference may be negative.
 * @param {bigint} value
 * @param {number} [decimals]
 */
export function formatAmount(value, decimals = TOKEN_DECIMALS) {
  const digits = (value < 0n ? -value : value).toString().padStart(decimals + 1, "0");
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, "");
  const whole = digits.slice(0, digits.length - decimals);
  return `${value < 0n ? "-" : ""}${whole}${decimals > 0 && fraction ? `.${fraction}` : ""}`;
}

/**
 * Wh of `7 kWh`, `7.857kWh`, `1 MWh`, `7857 Wh` or `7857`.
 * @param {string} text
 */
export function parseEnergy(text) {
  const found = text.length <= MAX_CHARACTERS ? /^([0-9.]+) ?([A-Za-z]*)$/.exec(text) : null;
  refuseUnless(found, "bad_amount", `'${text.slice(0, 32)}' is no energy`, "Write it as in '7.857 kWh' or '7857 Wh'");
  const decimals = ENERGY_DECIMALS[found[2]];
  refuseUnless(decimals !== undefined, "bad_amount", `'${found[2]}' is no unit of energy here`, "Use Wh, kWh or MWh");
  return scaled(found[1], decimals, "whole watt-hours");
}

/**
 * `857 Wh` below one kWh, `7.857 kWh` from there on.
 * @param {bigint} energyWh
 */
export function formatEnergy(energyWh) {
  return energyWh > -1000n && energyWh < 1000n ? `${energyWh} Wh` : `${formatAmount(energyWh, 3)} kWh`;
}
