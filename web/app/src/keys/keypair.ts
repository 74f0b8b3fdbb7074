// Ed25519 keys of this browser: the secret goes into a CryptoKey that no script can read out again.

import { taggedHash } from "../../../verifier/hash.js";
import { addressText } from "../data/codec";

const ED25519 = 1;
/** What stands before the 32 bytes of a secret in PKCS #8 (RFC 8410). */
const PKCS8 = Uint8Array.from([48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32]);
const ADDRESS_BYTES = 20;

export type Keypair = {
  /** The byte of the algorithm, then the key. */
  publicKey: Uint8Array;
  address: string;
  sign: (message: Uint8Array) => Promise<Uint8Array>;
};

const importSecret = (secret: Uint8Array, extractable: boolean): Promise<CryptoKey> =>
  crypto.subtle.importKey("pkcs8", Uint8Array.from([...PKCS8, ...secret]), "Ed25519", extractable, ["sign"]);

function fromBase64Url(text: string): Uint8Array {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (each) => each.charCodeAt(0));
}

/** The public key of a secret, with the byte of its algorithm. */
export async function publicKeyOf(secret: Uint8Array): Promise<Uint8Array> {
  const { x } = await crypto.subtle.exportKey("jwk", await importSecret(secret, true));
  return Uint8Array.from([ED25519, ...fromBase64Url(x ?? "")]);
}

/** A key that signs; what is kept of the secret cannot be read out of the browser's key store. */
export async function keypairOf(secret: Uint8Array): Promise<Keypair> {
  const publicKey = await publicKeyOf(secret);
  const key = await importSecret(secret, false);
  const hash: Uint8Array = await taggedHash("nodechain/address", publicKey);
  return {
    publicKey,
    address: addressText(hash.slice(0, ADDRESS_BYTES)),
    sign: async (message) =>
      new Uint8Array(await crypto.subtle.sign("Ed25519", key, message as BufferSource)),
  };
}
