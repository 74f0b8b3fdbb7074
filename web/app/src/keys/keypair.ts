// Ed25519 keys of this browser: the secret goes into a CryptoKey that no script can read out again.

import { addressOf } from "@nodechain/client/address.js";
import { ed25519Key, memoSecretOf, type Signer } from "@nodechain/client/keys.js";
import type { MemoKey } from "@nodechain/client/memo.js";
import { addressText } from "../data/codec";

export type Keypair = {
  /** The byte of the algorithm, then the key. */
  publicKey: Uint8Array;
  address: string;
  sign: (message: Uint8Array) => Promise<Uint8Array>;
  /** The account's key for memos, which opens them and spends nothing; its cryptography is loaded for it. */
  memo: () => Promise<MemoKey>;
};

/** A key that signs; what is kept of the secret cannot be read out of the browser's key store. */
export const keypairOf = async (secret: Uint8Array): Promise<Keypair> =>
  keypair({ ...(await ed25519Key(secret)), memoSecret: await memoSecretOf(secret) });

/** The client's signer with its address as text. */
export const keypair = async ({
  publicKey,
  sign,
  memoSecret,
}: Signer & { memoSecret: Uint8Array }): Promise<Keypair> => ({
  publicKey,
  address: addressText(await addressOf(publicKey)),
  sign,
  memo: async () => (await import("@nodechain/client/memo.js")).memoKeyOf(memoSecret),
});
