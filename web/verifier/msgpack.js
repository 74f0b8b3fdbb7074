// Canonical MessagePack (rules E1 to E3): what is decoded is encoded again and must be the same bytes.
//
// Numbers become BigInt, byte strings Uint8Array, strings strings, arrays arrays. Maps and floats do not exist.

import { concat, equal, utf8 } from "./bytes.js";
import { refuseUnless, VerifyError } from "./errors.js";

/** @typedef {null | boolean | bigint | string | Uint8Array | any[]} Value arrays hold values again */

const MAX_DEPTH = 16;

/**
 * @param {Uint8Array} data
 * @param {number} limit in bytes
 * @returns {Value}
 */
export function decode(data, limit) {
  refuseUnless(data.length <= limit, "input_too_large", `${data.length} bytes, at most ${limit} are allowed`);
  const reader = new Reader(data);
  const value = reader.value(0);
  refuseUnless(reader.at === data.length, "malformed_input", "bytes follow the value");
  refuseUnless(equal(encode(value), data), "not_canonical", "the input is not the one encoding of its value");
  return value;
}

class Reader {
  /** @param {Uint8Array} data */
  constructor(data) {
    this.data = data;
    this.view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    this.at = 0;
  }

  /** @param {number} count */
  take(count) {
    refuseUnless(this.at + count <= this.data.length, "malformed_input", "the input is cut off");
    const start = this.at;
    this.at += count;
    return start;
  }

  /** @param {number} bytes */
  number(bytes) {
    const start = this.take(bytes);
    if (bytes === 8) return this.view.getBigUint64(start);
    return BigInt(bytes === 1 ? this.view.getUint8(start) : bytes === 2 ? this.view.getUint16(start) : this.view.getUint32(start));
  }

  /** @param {number} bytes */
  signed(bytes) {
    return BigInt.asIntN(8 * bytes, this.number(bytes));
  }

  /** @param {number} count */
  bytes(count) {
    const start = this.take(count);
    return this.data.slice(start, start + count);
  }

  /** @param {number} count */
  text(count) {
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(this.bytes(count));
    } catch (error) {
      throw error instanceof VerifyError ? error : new VerifyError("malformed_input", "a string that is no UTF-8");
    }
  }

  /**
   * @param {number} count
   * @param {number} depth
   * @returns {Value[]}
   */
  array(count, depth) {
    refuseUnless(depth < MAX_DEPTH && count <= this.data.length, "malformed_input", "arrays too deep or too long");
    return Array.from({ length: count }, () => this.value(depth + 1));
  }

  /**
   * @param {number} depth
   * @returns {Value}
   */
  value(depth) {
    const kind = Number(this.number(1));
    if (kind <= 0x7f) return BigInt(kind);
    if (kind >= 0xe0) return BigInt(kind - 0x100);
    if (kind >= 0x90 && kind <= 0x9f) return this.array(kind & 0x0f, depth);
    if (kind >= 0xa0 && kind <= 0xbf) return this.text(kind & 0x1f);
    switch (kind) {
      case 0xc0: return null;
      case 0xc2: return false;
      case 0xc3: return true;
      case 0xc4: return this.bytes(Number(this.number(1)));
      case 0xc5: return this.bytes(Number(this.number(2)));
      case 0xc6: return this.bytes(Number(this.number(4)));
      case 0xcc: return this.number(1);
      case 0xcd: return this.number(2);
      case 0xce: return this.number(4);
      case 0xcf: return this.number(8);
      case 0xd0: return this.signed(1);
      case 0xd1: return this.signed(2);
      case 0xd2: return this.signed(4);
      case 0xd3: return this.signed(8);
      case 0xd9: return this.text(Number(this.number(1)));
      case 0xda: return this.text(Number(this.number(2)));
      case 0xdb: return this.text(Number(this.number(4)));
      case 0xdc: return this.array(Number(this.number(2)), depth);
      case 0xdd: return this.array(Number(this.number(4)), depth);
      default: throw new VerifyError("malformed_input", `byte ${kind.toString(16)} begins no value`);
    }
  }
}

/** @param {Value} value */
export function encode(value) {
  /** @type {Uint8Array[]} */
  const parts = [];
  write(value, parts);
  return concat(...parts);
}

/**
 * @param {number} kind
 * @param {number | bigint} number
 * @param {number} bytes
 */
function head(kind, number, bytes) {
  const made = new Uint8Array(1 + bytes);
  made[0] = kind;
  let left = BigInt.asUintN(8 * bytes, BigInt(number));
  for (let at = bytes; at > 0; at--, left >>= 8n) made[at] = Number(left & 0xffn);
  return made;
}

/**
 * @param {number} length
 * @param {number | null} short
 * @param {number} shortMost
 * @param {readonly [number | null, number, number]} kinds
 */
function sized(length, short, shortMost, kinds) {
  if (short !== null && length <= shortMost) return Uint8Array.of(short | length);
  if (kinds[0] !== null && length < 2 ** 8) return head(kinds[0], length, 1);
  return length < 2 ** 16 ? head(kinds[1], length, 2) : head(kinds[2], length, 4);
}

/** @param {bigint} number */
function integer(number) {
  if (number >= 0n) {
    if (number < 0x80n) return Uint8Array.of(Number(number));
    if (number < 2n ** 8n) return head(0xcc, number, 1);
    if (number < 2n ** 16n) return head(0xcd, number, 2);
    return number < 2n ** 32n ? head(0xce, number, 4) : head(0xcf, number, 8);
  }
  if (number >= -32n) return Uint8Array.of(Number(0x100n + number));
  if (number >= -(2n ** 7n)) return head(0xd0, number, 1);
  if (number >= -(2n ** 15n)) return head(0xd1, number, 2);
  return number >= -(2n ** 31n) ? head(0xd2, number, 4) : head(0xd3, number, 8);
}

/**
 * @param {Value} value
 * @param {Uint8Array[]} parts
 */
function write(value, parts) {
  if (value === null) parts.push(Uint8Array.of(0xc0));
  else if (typeof value === "boolean") parts.push(Uint8Array.of(value ? 0xc3 : 0xc2));
  else if (typeof value === "bigint") parts.push(integer(value));
  else if (typeof value === "string") {
    const data = utf8(value);
    parts.push(sized(data.length, 0xa0, 31, [0xd9, 0xda, 0xdb]), data);
  } else if (value instanceof Uint8Array) parts.push(sized(value.length, null, 0, [0xc4, 0xc5, 0xc6]), value);
  else if (Array.isArray(value)) {
    parts.push(sized(value.length, 0x90, 15, [null, 0xdc, 0xdd]));
    for (const item of value) write(item, parts);
  } else throw new TypeError(`no encoding for ${typeof value}`);
}
