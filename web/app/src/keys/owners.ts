// The key of an account of several owners, and its address.

import { addressOf, formatAddress, multisigKey, parseKey } from "@nodechain/client/address.js";
import { fromHex, toHex } from "../../../verifier/index.js";
import type { Shared } from "./shared";

export const senderKeyOf = ({ threshold, keys }: Shared) => multisigKey(threshold, keys.map(fromHex));

/** The account of which `threshold` of some keys (`nrgpub1...`) must sign. Raises the client's errors. */
export async function sharedOf(threshold: number, texts: readonly string[]): Promise<Shared> {
  const key = multisigKey(threshold, texts.map(parseKey));
  return { address: formatAddress(await addressOf(key)), threshold, keys: key.keys.map(toHex) };
}
