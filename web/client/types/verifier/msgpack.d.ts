/**
 * @param {Uint8Array} data
 * @param {number} limit in bytes
 * @returns {Value}
 */
export function decode(data: Uint8Array, limit: number): Value;
/** @param {Value} value */
export function encode(value: Value): Uint8Array<ArrayBuffer>;
/**
 * arrays hold values again
 */
export type Value = null | boolean | bigint | string | Uint8Array | any[];
