// The accounts of a household: whose keys are in this browser, and which is the next one of their words.

import { addressOf } from "@nodechain/client/address.js";
import { fromHex, toHex } from "../../../verifier/index.js";
import type { Keyfile } from "../keys/keyfile";
import { addressText } from "./codec";

/** Each file with the address of its account. */
export const addressesOf = (files: readonly Keyfile[]): Promise<{ file: Keyfile; address: string }[]> =>
  Promise.all(
    files.map(async (file) => ({ file, address: addressText(await addressOf(fromHex(file.pubkey))) })),
  );

export type Next = { secret: Uint8Array; path: string };
export type NoNext = "household.fault.words" | "household.fault.others";

/** Which account of its phrase a path leads to; null: it is none of ours. */
const placeOf = (path: string): number | null => {
  const found = /^m\/44'\/7238247'\/0'\/([0-9]{1,9})'$/.exec(path);
  return found ? Number(found[1]) : null;
};

/** The account after the last one of these words that is here, or why there is none. */
export async function nextOf(words: string, files: readonly Keyfile[]): Promise<Next | NoNext> {
  const [{ accountSecret, pathOf, tidied }, { keypairOf }] = await Promise.all([
    import("../keys/phrase"),
    import("../keys/keypair"),
  ]);
  const phrase = tidied(words);
  if (!phrase) return "household.fault.words";
  const places = await Promise.all(
    files.map(async ({ path, pubkey }) => {
      const place = placeOf(path);
      if (place === null) return -1;
      const { publicKey } = await keypairOf(await accountSecret(phrase, place));
      return toHex(publicKey) === pubkey ? place : -1;
    }),
  );
  const last = Math.max(-1, ...places);
  if (last < 0) return "household.fault.others";
  return { secret: await accountSecret(phrase, last + 1), path: pathOf(last + 1) };
}
