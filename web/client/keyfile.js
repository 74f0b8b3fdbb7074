// Key files: one secret under a password, JSON of EIP-2335's shape, as the command line reads and writes them.
//
// scrypt and PBKDF2 are read; PBKDF2-HMAC-SHA-256 with 600,000 rounds is written, since browsers have that without a
// package. A file may come from a stranger: what makes opening it expensive is bounded before any work is done.

import { concat, equal, fromHex, toHex } from "../verifier/bytes.js";
import { sha256 } from "../verifier/hash.js";
import { checkPublicKey } from "./address.js";
import { ClientError, refuseUnless } from "./errors.js";
import { keyFromSecret, memoSecretOf, randomBytes } from "./keys.js";

/** @typedef {"account" | "validator" | "node" | "meter"} KeyKind */
/**
 * @typedef {object} Keyfile what a file says without its password
 * @property {string} name
 * @property {KeyKind} kind
 * @property {Uint8Array} publicKey
 * @property {string} path
 * @property {any} crypto
 */

export const PBKDF2_ROUNDS = 600_000;
export const MAX_PBKDF2_ROUNDS = 2 ** 21;
export const MAX_SCRYPT_WORK = 2 ** 21;
export const MAX_KEYFILE_CHARACTERS = 16 * 1024;
const KINDS = ["account", "validator", "node", "meter"];
const VERSION = 4;
const SALT_BYTES = 32;
const IV_BYTES = 16;

/** @param {unknown} condition @param {string} detail @returns {asserts condition} */
function expect(condition, detail) {
  refuseUnless(condition, "bad_keyfile", detail, "Take the file as the command line or this client wrote it");
}

/** @param {unknown} text @param {number} least @param {number} most @param {string} what */
function hex(text, least, most, what) {
  expect(typeof text === "string" && /^([0-9a-fA-F]{2})*$/.test(text), `${what} is not hexadecimal`);
  expect(text.length >= 2 * least && text.length <= 2 * most, `${what} has ${text.length / 2} bytes, expected ${least} to ${most}`);
  return fromHex(text.toLowerCase());
}

/**
 * NFKD, without C0, C1 and Delete, as UTF-8.
 * @param {string} password
 */
export function passwordBytes(password) {
  const kept = password.normalize("NFKD").replace(/[\u0000-\u001f\u007f-\u009f]/g, "");
  refuseUnless(kept.length > 0, "bad_password", "the password is empty", "Choose one");
  refuseUnless(!/[\ud800-\udfff]/u.test(kept), "bad_password", "the password holds characters that are no text");
  return new TextEncoder().encode(kept);
}

/**
 * What a key file says, without opening it.
 * @param {string} text
 * @returns {Keyfile}
 */
export function readKeyfile(text) {
  expect(text.length <= MAX_KEYFILE_CHARACTERS, "it is too large for a key file");
  let data;
  try {
    data = JSON.parse(text);
  } catch {
    expect(false, "it is no JSON");
  }
  expect(data?.version === VERSION && data.crypto?.kdf && data.crypto.checksum && data.crypto.cipher, "it is no key file of version 4");
  expect(typeof data.name === "string" && typeof data.path === "string" && KINDS.includes(data.kind), "name, kind or path is missing");
  return { name: data.name, kind: data.kind, path: data.path, publicKey: checkPublicKey(hex(data.pubkey, 33, 34, "pubkey")), crypto: data.crypto };
}

/**
 * @param {Uint8Array} secret
 * @param {Uint8Array} salt
 * @param {number} rounds
 */
async function pbkdf2(secret, salt, rounds) {
  const { subtle } = globalThis.crypto;
  const key = await subtle.importKey("raw", concat(secret), "PBKDF2", false, ["deriveBits"]);
  const terms = { name: "PBKDF2", hash: "SHA-256", salt: concat(salt), iterations: rounds };
  return new Uint8Array(await subtle.deriveBits(terms, key, 256));
}

/**
 * 32 bytes of the password; all bounds are checked before the work starts.
 * @param {any} kdf
 * @param {string} password
 */
async function derive(kdf, password) {
  const { function: name, params, message } = kdf;
  expect(params?.dklen === 32 && message === "", "the derivation is not that of EIP-2335");
  const salt = hex(params.salt, 8, 64, "kdf.params.salt");
  const secret = passwordBytes(password);
  if (name === "pbkdf2") {
    const rounds = params.c;
    expect(params.prf === "hmac-sha256" && Number.isInteger(rounds) && rounds >= 1 && rounds <= MAX_PBKDF2_ROUNDS, "its PBKDF2 is not allowed");
    return pbkdf2(secret, salt, rounds);
  }
  const { n, r, p } = params;
  const whole = [n, r, p].every((each) => Number.isInteger(each) && each >= 1);
  expect(name === "scrypt" && whole && n >= 2 && Number.isInteger(Math.log2(n)) && r <= 64 && p <= 16 && n * r * p <= MAX_SCRYPT_WORK, "its scrypt is not allowed: n is a power of two, n*r*p at most 2^21");
  const { scryptAsync } = await import("@noble/hashes/scrypt.js");
  return scryptAsync(secret, salt, { N: n, r, p, dkLen: 32 });
}

/**
 * The same in both directions.
 * @param {Uint8Array} derived
 * @param {Uint8Array} iv
 * @param {Uint8Array} data
 */
async function aesCtr(derived, iv, data) {
  const { subtle } = globalThis.crypto;
  const key = await subtle.importKey("raw", concat(derived.subarray(0, 16)), "AES-CTR", false, ["encrypt"]);
  return new Uint8Array(await subtle.encrypt({ name: "AES-CTR", counter: concat(iv), length: 128 }, key, concat(data)));
}

/**
 * The key behind a file, to sign with; and the secret of its key for memos, which opens them and spends nothing.
 * @param {Keyfile} keyfile
 * @param {string} password
 */
export async function openKeyfile(keyfile, password) {
  const { kdf, checksum, cipher } = keyfile.crypto;
  expect(checksum.function === "sha256" && cipher.function === "aes-128-ctr", "its cipher or checksum is not that of EIP-2335");
  const message = hex(cipher.message, 1, 64, "cipher.message");
  const iv = hex(cipher.params?.iv, IV_BYTES, IV_BYTES, "cipher.params.iv");
  const expected = hex(checksum.message, 32, 32, "checksum.message");
  const derived = await derive(kdf, password);
  if (!equal(await sha256(derived.subarray(16), message), expected)) {
    throw new ClientError("wrong_password", "the password does not open this key", "Passwords tell upper and lower case apart");
  }
  const secret = await aesCtr(derived, iv, message);
  const key = await keyFromSecret(keyfile.publicKey[0], secret);
  const memoSecret = await memoSecretOf(secret);
  secret.fill(0);
  expect(equal(key.publicKey, keyfile.publicKey), "the file names another public key than its secret has: it was changed");
  return { ...key, memoSecret };
}

/**
 * A secret under a password, as text for a file that `nodechain keys import` takes.
 * @param {number} algorithm ED25519 or P256
 * @param {Uint8Array} secret 32 bytes
 * @param {string} password
 * @param {{ name: string, kind?: KeyKind, path?: string, rounds?: number }} about `path`: where in the tree of the words it comes from
 */
export async function writeKeyfile(algorithm, secret, password, { name, kind = "account", path = "", rounds = PBKDF2_ROUNDS }) {
  const { publicKey } = await keyFromSecret(algorithm, secret);
  const salt = randomBytes(SALT_BYTES);
  const iv = randomBytes(IV_BYTES);
  const derived = await pbkdf2(passwordBytes(password), salt, rounds);
  const message = await aesCtr(derived, iv, secret);
  const crypto = {
    kdf: { function: "pbkdf2", params: { dklen: 32, c: rounds, prf: "hmac-sha256", salt: toHex(salt) }, message: "" },
    checksum: { function: "sha256", params: {}, message: toHex(await sha256(derived.subarray(16), message)) },
    cipher: { function: "aes-128-ctr", params: { iv: toHex(iv) }, message: toHex(message) },
  };
  const data = { name, kind, pubkey: toHex(publicKey), path, uuid: globalThis.crypto.randomUUID(), version: VERSION, crypto, description: "" };
  return `${JSON.stringify(data, null, 2)}\n`;
}
