/** @param {string} text */
export function fromHex(text: string): Uint8Array<ArrayBuffer>;
/** @param {Uint8Array} bytes */
export function toHex(bytes: Uint8Array): string;
/** @param {...Uint8Array} parts */
export function concat(...parts: Uint8Array[]): Uint8Array<ArrayBuffer>;
/**
 * Negative, zero or positive, as byte strings are ordered.
 * @param {Uint8Array} left
 * @param {Uint8Array} right
 */
export function compare(left: Uint8Array, right: Uint8Array): number;
/**
 * @param {Uint8Array} left
 * @param {Uint8Array} right
 */
export function equal(left: Uint8Array, right: Uint8Array): boolean;
/** @param {Uint8Array} bytes */
export function littleEndian(bytes: Uint8Array): bigint;
/** @param {Uint8Array} bytes */
export function bigEndian(bytes: Uint8Array): bigint;
/**
 * 8 bytes, highest first.
 * @param {number | bigint} number
 */
export function uint64(number: number | bigint): Uint8Array<ArrayBuffer>;
export function utf8(text: string): Uint8Array<ArrayBuffer>;
