// Byte strings: hex, joining, comparing.

export function fromHex(text) {
  if (typeof text !== "string" || text.length % 2 || !/^[0-9a-f]*$/.test(text)) throw new TypeError("not hex");
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

export function toHex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function concat(...parts) {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

// Negative, zero or positive, as byte strings are ordered.
export function compare(left, right) {
  const shared = Math.min(left.length, right.length);
  for (let at = 0; at < shared; at++) {
    if (left[at] !== right[at]) return left[at] - right[at];
  }
  return left.length - right.length;
}

export function equal(left, right) {
  return compare(left, right) === 0;
}

export function littleEndian(bytes) {
  return BigInt(`0x${toHex(bytes.slice().reverse()) || "0"}`);
}

export function bigEndian(bytes) {
  return BigInt(`0x${toHex(bytes) || "0"}`);
}

// 8 bytes, highest first.
export function uint64(number) {
  return fromHex(BigInt(number).toString(16).padStart(16, "0"));
}

export const utf8 = (text) => new TextEncoder().encode(text);
