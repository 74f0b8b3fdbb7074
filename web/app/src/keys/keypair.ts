// Ed25519 keys of this browser: the secret goes into a CryptoKey that no script can read out again.

import { addressOf } from "@nodechain/client/address.js";
import { ed25519Key } from "@nodechain/client/keys.js";
import { addressText } from "../data/codec";

export type Keypair = {
  /** The byte of the algorithm, then the key. */
  publicKey: Uint8Array;
  address: string;
  sign: (message: Uint8Array) => Promise<Uint8Array>;
};

/** The public key of a secret, with the byte of its algorithm. */
export const publicKeyOf = async (secret: Uint8Array): Promise<Uint8Array> =>
  (await ed25519Key(secret)).publicKey;

/** A key that signs; what is kept of the secret cannot be read out of the browser's key store. */
export async function keypairOf(secret: Uint8Array): Promise<Keypair> {
  const { publicKey, sign } = await ed25519Key(secret);
  return { publicKey, address: addressText(await addressOf(publicKey)), sign };
}
