// SHA-256 by WebCrypto, plain and tagged (rule E4).

import { concat, utf8 } from "./bytes.js";

/** @param {...Uint8Array} parts */
export async function sha256(...parts) {
  return new Uint8Array(await globalThis.crypto.subtle.digest("SHA-256", concat(...parts)));
}

/** @param {string} tag */
export function tagged(tag) {
  const name = utf8(tag);
  return concat(Uint8Array.of(name.length), name);
}

/**
 * @param {string} tag
 * @param {...Uint8Array} parts
 */
export function taggedHash(tag, ...parts) {
  return sha256(tagged(tag), ...parts);
}

/**
 * What a signature covers.
 * @param {string} domain
 * @param {Uint8Array} genesisHash
 * @param {Uint8Array} message
 */
export function signingBytes(domain, genesisHash, message) {
  return concat(tagged(domain), genesisHash, message);
}
