/**
 * Base units of an amount in whole tokens, as in `7.35`.
 * @param {string} text
 * @param {number} [decimals] of the asset
 */
export function parseAmount(text: string, decimals?: number): bigint;
/**
 * Base units as whole tokens, without trailing zeros; a difference may be negative.
 * @param {bigint} value
 * @param {number} [decimals]
 */
export function formatAmount(value: bigint, decimals?: number): string;
/**
 * Wh of `7 kWh`, `7.857kWh`, `1 MWh`, `7857 Wh` or `7857`.
 * @param {string} text
 */
export function parseEnergy(text: string): bigint;
/**
 * `857 Wh` below one kWh, `7.857 kWh` from there on.
 * @param {bigint} energyWh
 */
export function formatEnergy(energyWh: bigint): string;
export const TOKEN_DECIMALS: 9;
export const MAX_INTEGER: bigint;
