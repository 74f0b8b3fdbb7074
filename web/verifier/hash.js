// SHA-256 by WebCrypto, plain and tagged (rule E4).

import { concat, utf8 } from "./bytes.js";

export async function sha256(...parts) {
  return new Uint8Array(await globalThis.crypto.subtle.digest("SHA-256", concat(...parts)));
}

export function tagged(tag) {
  const name = utf8(tag);
  return concat(Uint8Array.of(name.length), name);
}

export function taggedHash(tag, ...parts) {
  return sha256(tagged(tag), ...parts);
}

// What a signature covers.
export function signingBytes(domain, genesisHash, message) {
  return concat(tagged(domain), genesisHash, message);
}
