// Keys that sign: Ed25519 by WebCrypto where it is there, else by @noble/curves; P-256 as RFC 6979 says, with low s.
//
// A key is a `Signer`: what a hardware token or an agent offers as well. Secrets go in and never come out.

import { bigEndian, concat, fromHex } from "../verifier/bytes.js";
import { hasWebCrypto } from "../verifier/ed25519.js";
import { taggedHash } from "../verifier/hash.js";
import { refuseUnless } from "./errors.js";

/**
 * @typedef {object} Signer
 * @property {Uint8Array} publicKey the byte of the algorithm first
 * @property {(message: Uint8Array) => Promise<Uint8Array>} sign 64 bytes
 */

export const ED25519 = 1;
export const P256 = 2;
const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const PKCS8_ED25519 = fromHex("302e020100300506032b657004220420");

/** @type {Promise<boolean> | undefined} */
let webCrypto;

/** @param {Uint8Array} seed */
async function byWebCrypto(seed) {
  const { subtle } = globalThis.crypto;
  const pkcs8 = concat(PKCS8_ED25519, seed);
  const readable = await subtle.importKey("pkcs8", pkcs8, { name: "Ed25519" }, true, ["sign"]);
  const { x } = await subtle.exportKey("jwk", readable);
  const key = await subtle.importKey("pkcs8", pkcs8, { name: "Ed25519" }, false, ["sign"]);
  pkcs8.fill(0);
  const point = Uint8Array.from(atob(String(x).replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
  return {
    publicKey: concat(Uint8Array.of(ED25519), point),
    /** @param {Uint8Array} message */
    sign: async (message) => new Uint8Array(await subtle.sign({ name: "Ed25519" }, key, concat(message))),
  };
}

/** @param {Uint8Array} seed */
async function byNoble(seed) {
  const { ed25519 } = await import("@noble/curves/ed25519.js");
  const secret = seed.slice();
  return {
    publicKey: concat(Uint8Array.of(ED25519), ed25519.getPublicKey(secret)),
    /** @param {Uint8Array} message */
    sign: async (message) => ed25519.sign(message, secret),
  };
}

/**
 * An Ed25519 key from its seed of 32 bytes; by WebCrypto it cannot be read again, by nobody.
 * @param {Uint8Array} seed
 * @param {{ fallback?: boolean }} [options] `fallback`: not by WebCrypto, also where it is there
 * @returns {Promise<Signer>}
 */
export async function ed25519Key(seed, { fallback = false } = {}) {
  refuseUnless(seed instanceof Uint8Array && seed.length === 32, "bad_key", "an Ed25519 secret has 32 bytes");
  webCrypto ??= hasWebCrypto();
  return !fallback && (await webCrypto) ? byWebCrypto(seed) : byNoble(seed);
}

/**
 * A P-256 key from its scalar, 32 bytes with the highest first. WebCrypto is no use here: its signatures differ each time.
 * @param {Uint8Array} scalar
 * @returns {Promise<Signer>}
 */
export async function p256Key(scalar) {
  const value = scalar instanceof Uint8Array && scalar.length === 32 ? bigEndian(scalar) : 0n;
  refuseUnless(value > 0n && value < P256_ORDER, "bad_key", "a P-256 secret has 32 bytes and lies below the order of the group");
  const { p256 } = await import("@noble/curves/nist.js");
  const secret = scalar.slice();
  return {
    publicKey: concat(Uint8Array.of(P256), p256.getPublicKey(secret, true)),
    sign: async (message) => p256.sign(message, secret, { prehash: true, lowS: true, format: "compact" }),
  };
}

/**
 * The key of an algorithm's secret bytes, as key files hold them.
 * @param {number} algorithm ED25519 or P256
 * @param {Uint8Array} secret
 */
export function keyFromSecret(algorithm, secret) {
  refuseUnless(algorithm === ED25519 || algorithm === P256, "bad_key", `the algorithm ${algorithm} is unknown`);
  return algorithm === ED25519 ? ed25519Key(secret) : p256Key(secret);
}

/**
 * The secret of an account's key for memos (rule ME5): it opens memos, and spends nothing.
 * @param {Uint8Array} secret the account's, 32 bytes
 */
export function memoSecretOf(secret) {
  return taggedHash("nodechain/memo-key", secret);
}

/** @param {number} size */
export function randomBytes(size) {
  return globalThis.crypto.getRandomValues(new Uint8Array(size));
}
