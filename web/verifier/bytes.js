// Byte strings: hex, joining, comparing.

/** @param {string} text */
export function fromHex(text) {
  if (typeof text !== "string" || text.length % 2 || !/^[0-9a-f]*$/.test(text)) throw new TypeError("not hex");
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

/** @param {Uint8Array} bytes */
export function toHex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @param {...Uint8Array} parts */
export function concat(...parts) {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/**
 * Negative, zero or positive, as byte strings are ordered.
 * @param {Uint8Array} left
 * @param {Uint8Array} right
 */
export function compare(left, right) {
  const shared = Math.min(left.length, right.length);
  for (let at = 0; at < shared; at++) {
    if (left[at] !== right[at]) return left[at] - right[at];
  }
  return left.length - right.length;
}

/**
 * @param {Uint8Array} left
 * @param {Uint8Array} right
 */
export function equal(left, right) {
  return compare(left, right) === 0;
}

/** @param {Uint8Array} bytes */
export function littleEndian(bytes) {
  return BigInt(`0x${toHex(bytes.slice().reverse()) || "0"}`);
}

/** @param {Uint8Array} bytes */
export function bigEndian(bytes) {
  return BigInt(`0x${toHex(bytes) || "0"}`);
}

/**
 * 8 bytes, highest first.
 * @param {number | bigint} number
 */
export function uint64(number) {
  return fromHex(BigInt(number).toString(16).padStart(16, "0"));
}

/** @param {string} text */
export const utf8 = (text) => new TextEncoder().encode(text);
