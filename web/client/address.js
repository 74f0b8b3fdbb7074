// Addresses and public keys: their bytes, and the Bech32m text that people see (rule E4).

import { bech32m } from "@scure/base";

import { compare, equal } from "../verifier/bytes.js";
import { taggedHash } from "../verifier/hash.js";
import { encode } from "../verifier/msgpack.js";
import { ClientError, refuseUnless } from "./errors.js";

/** @typedef {import("./payloads.js").SenderKey} SenderKey */
/** @typedef {import("./payloads.js").AddressLike} AddressLike */

export const ADDRESS_BYTES = 20;
export const ADDRESS_PREFIX = "nrg";
export const KEY_PREFIX = "nrgpub";
export const MAX_MULTISIG_KEYS = 16;
const KEY_BYTES = new Map([[1, 33], [2, 34]]);

/**
 * @param {string} text
 * @param {string} prefix
 */
function read(text, prefix) {
  let found;
  try {
    found = bech32m.decodeToBytes(text);
  } catch (error) {
    throw new ClientError("bad_address", `'${String(text).slice(0, 100)}' is not Bech32m`, `Copy it whole: a character is wrong or missing (${error instanceof Error ? error.message : error})`);
  }
  refuseUnless(found.prefix === prefix, "bad_address", `it begins with '${found.prefix}1', expected '${prefix}1'`);
  return found.bytes;
}

/** @param {Uint8Array} address */
export function formatAddress(address) {
  refuseUnless(address.length === ADDRESS_BYTES, "bad_address", `an address has ${ADDRESS_BYTES} bytes, not ${address.length}`);
  return bech32m.encodeFromBytes(ADDRESS_PREFIX, address);
}

/** @param {string} text */
export function parseAddress(text) {
  const address = read(text, ADDRESS_PREFIX);
  refuseUnless(address.length === ADDRESS_BYTES, "bad_address", `it holds ${address.length} bytes, an address has ${ADDRESS_BYTES}`);
  return address;
}

/**
 * The 20 bytes of an address, in whichever form it comes.
 * @param {AddressLike} address
 */
export function addressBytes(address) {
  return parseAddress(typeof address === "string" ? address : formatAddress(address));
}

/** @param {Uint8Array} key */
export function checkPublicKey(key) {
  const size = KEY_BYTES.get(key[0]);
  refuseUnless(size === key.length, "bad_key", "a public key is 01 and 32 bytes (Ed25519) or 02 and 33 bytes (P-256)");
  return key;
}

/** @param {Uint8Array} key */
export function formatKey(key) {
  return bech32m.encodeFromBytes(KEY_PREFIX, checkPublicKey(key));
}

/** @param {string} text */
export function parseKey(text) {
  return checkPublicKey(read(text, KEY_PREFIX));
}

/**
 * The key of an account of which `threshold` of `keys` must sign; the order of the keys does not matter.
 * @param {number} threshold
 * @param {readonly Uint8Array[]} keys
 */
export function multisigKey(threshold, keys) {
  const sorted = keys.map(checkPublicKey).sort(compare);
  refuseUnless(sorted.length >= 1 && sorted.length <= MAX_MULTISIG_KEYS, "bad_key", `a multi-signature account has 1 to ${MAX_MULTISIG_KEYS} keys`);
  refuseUnless(sorted.every((key, at) => at === 0 || !equal(key, sorted[at - 1])), "bad_key", "a key stands there twice");
  refuseUnless(Number.isInteger(threshold) && threshold >= 1 && threshold <= sorted.length, "bad_key", `${threshold} of ${sorted.length} keys can never sign`);
  return Object.freeze({ threshold: BigInt(threshold), keys: Object.freeze(sorted) });
}

/**
 * The 20 bytes of a sender's address.
 * @param {SenderKey} key
 */
export async function addressOf(key) {
  const hash = key instanceof Uint8Array
    ? await taggedHash("nodechain/address", checkPublicKey(key))
    : await taggedHash("nodechain/address-multisig", encode([BigInt(key.threshold), [...key.keys]]));
  return hash.slice(0, ADDRESS_BYTES);
}
