// Ed25519 keys of this browser: the secret goes into a CryptoKey that no script can read out again.

import { addressOf } from "@nodechain/client/address.js";
import { ed25519Key, type Signer } from "@nodechain/client/keys.js";
import { addressText } from "../data/codec";

export type Keypair = {
  /** The byte of the algorithm, then the key. */
  publicKey: Uint8Array;
  address: string;
  sign: (message: Uint8Array) => Promise<Uint8Array>;
};

/** A key that signs; what is kept of the secret cannot be read out of the browser's key store. */
export const keypairOf = async (secret: Uint8Array): Promise<Keypair> => keypair(await ed25519Key(secret));

/** The client's signer with its address as text. */
export const keypair = async ({ publicKey, sign }: Signer): Promise<Keypair> => ({
  publicKey,
  address: addressText(await addressOf(publicKey)),
  sign,
});
