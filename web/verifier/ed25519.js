// Ed25519 as libsodium verifies it (rule E4). Browsers accept more: keys and points of small order, and keys that are
// not in their one form. These are refused here first, so that nobody's verifier differs from the validators'.

import { concat, littleEndian } from "./bytes.js";

const PRIME = 2n ** 255n - 19n;
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const LOW_255 = 2n ** 255n - 1n;
const ORDER_8 = 0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n;
const SMALL_ORDER = new Set([0n, 1n, PRIME - 1n, PRIME, PRIME + 1n, ORDER_8, PRIME - ORDER_8]);

/**
 * @param {Uint8Array} key
 * @param {Uint8Array} signature
 */
function isForm(key, signature) {
  if (key.length !== 32 || signature.length !== 64) return false;
  const y = littleEndian(key) & LOW_255;
  const r = littleEndian(signature.subarray(0, 32)) & LOW_255;
  return y < PRIME && !SMALL_ORDER.has(y) && !SMALL_ORDER.has(r) && littleEndian(signature.subarray(32)) < ORDER;
}

/**
 * @param {Uint8Array} key
 * @param {Uint8Array} message
 * @param {Uint8Array} signature
 */
async function byWebCrypto(key, message, signature) {
  const { subtle } = globalThis.crypto;
  const imported = await subtle.importKey("raw", concat(key), { name: "Ed25519" }, false, ["verify"]);
  return subtle.verify({ name: "Ed25519" }, imported, concat(signature), concat(message));
}

let implementation = byWebCrypto;

/**
 * For browsers without Ed25519 in WebCrypto: `nacl` is the module tweetnacl. It compares R as libsodium does.
 * @param {any} nacl
 */
export function useTweetnacl(nacl) {
  implementation = async (key, message, signature) => nacl.sign.detached.verify(message, signature, key);
}

export function useWebCrypto() {
  implementation = byWebCrypto;
}

export async function hasWebCrypto() {
  try {
    await globalThis.crypto.subtle.generateKey({ name: "Ed25519" }, false, ["sign", "verify"]);
    return true;
  } catch {
    return false;
  }
}

/**
 * @param {Uint8Array} key
 * @param {Uint8Array} message
 * @param {Uint8Array} signature
 */
export async function verifyEd25519(key, message, signature) {
  if (!isForm(key, signature)) return false;
  try {
    return await implementation(key, message, signature);
  } catch (error) {
    // A key that is no point is refused when it is imported; a missing algorithm must not look like a bad signature.
    if (error instanceof Error && error.name === "NotSupportedError") throw error;
    return false;
  }
}
