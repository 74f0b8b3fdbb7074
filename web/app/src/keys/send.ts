// Signing and sending: the next nonce is asked for, the transaction is signed here, the node says what became of it.

import { get, post, type Schemas } from "../api/client";
import { status } from "../data/node";
import { type Payload, signed } from "./transactions";
import { unlocked } from "./vault";

export type Answer = Schemas["TransactionAnswer"];

const WAIT_S = 10;
/** It may stand in a block for so many heights; afterwards it can be signed anew without fear of both. */
const VALID_HEIGHTS = 1_000;

/** Nobody's key is unlocked. */
export class Locked extends Error {
  constructor() {
    super("no key is unlocked");
    this.name = "Locked";
  }
}

/** Sign and send; the answer after the decision, or after ten seconds without one. Raises `Refusal`, `Unreachable`. */
export async function send(payload: Payload): Promise<Answer> {
  const key = unlocked.value;
  const chain = status.value;
  if (!key || !chain) throw new Locked();
  const account = await get<Schemas["AccountView"]>(`/v1/accounts/${key.address}`);
  const identity = { chainId: chain.chain_id, genesisHash: chain.genesis_hash };
  const terms = { nonce: account.next_nonce, validUntil: account.height + VALID_HEIGHTS, fee: 0n };
  const raw = await signed(identity, key, terms, payload);
  return post<Answer>("/v1/transactions", { wait: "decided", timeout: WAIT_S }, raw);
}

/** What became of one that had not been decided. */
export const lookUp = (id: string): Promise<Answer> => get<Answer>(`/v1/transactions/${id}`);
