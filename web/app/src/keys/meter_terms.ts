// What a meter says of itself in the file that `nodechain meter opening` writes: its terms, and its signature on them.

import type { Payloads } from "@nodechain/client/payloads.js";
import { decode, fromHex, toHex } from "../../../verifier/index.js";
import { anchored, WrongChain } from "../trust/trust";

const LIMIT = 65_536;

export type WishedMeter = Payloads["request_membership"]["meters"][number];

/** No file of a meter's terms, or of another form. */
export class NoTerms extends Error {
  constructor() {
    super("no terms of a meter");
    this.name = "NoTerms";
  }
}

/** The wish that a file's text comes to. Raises `NoTerms`, `WrongChain`; what its signature is worth the ledger says. */
export async function readTerms(text: string): Promise<WishedMeter> {
  const { fromArray } = await import("@nodechain/client/struct.js");
  let found: { genesis_hash?: unknown; terms: WishedMeter["terms"]; meter_signature: Uint8Array };
  try {
    const file = JSON.parse(text);
    found = {
      genesis_hash: file.genesis_hash,
      terms: fromArray("MeterTerms", decode(fromHex(file.terms), LIMIT)) as WishedMeter["terms"],
      meter_signature: fromHex(file.meter_signature),
    };
  } catch {
    throw new NoTerms();
  }
  if (found.meter_signature.length !== 64) throw new NoTerms();
  const { genesis } = await anchored();
  const known = toHex(genesis.hash);
  if (found.genesis_hash !== known)
    throw new WrongChain(genesis.chainId, known, "", String(found.genesis_hash));
  return { terms: found.terms, meter_signature: found.meter_signature };
}
