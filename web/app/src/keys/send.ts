// Signing and sending: the next nonce is asked for, the transaction is signed here, the node says what became of it.

import { get, post, type Schemas } from "../api/client";
import { anchored } from "../trust/trust";
import { type Payload, signed } from "./transactions";
import { unlocked } from "./vault";

export type Answer = Schemas["TransactionAnswer"];

export const WAIT_S = 10;
/** It may stand in a block for so many heights; afterwards it can be signed anew without fear of both. */
const VALID_HEIGHTS = 1_000;

/** Nobody's key is unlocked. */
export class Locked extends Error {
  constructor() {
    super("no key is unlocked");
    this.name = "Locked";
  }
}

/** Sign and send; the answer after the decision, or after ten seconds without one. Raises `Refusal`, `Unreachable`, `WrongChain`. */
export async function send(payload: Payload): Promise<Answer> {
  const key = unlocked.value;
  if (!key) throw new Locked();
  const { genesis } = await anchored();
  const { nonce, height } = await nextNonce(payload, key.address);
  const terms = { nonce, validUntil: height + VALID_HEIGHTS, fee: 0n };
  const raw = await signed(genesis, key, terms, payload);
  return post<Answer>("/v1/transactions", { wait: "decided", timeout: WAIT_S }, raw);
}

/** The account's next one; who asks to be admitted has none yet, and signs with the chain's time (JO2). */
async function nextNonce([type]: Payload, address: string): Promise<{ nonce: number; height: number }> {
  if (type === "request_membership") {
    const { time_ms, height } = await get<Schemas["JoiningAnswer"]>("/v1/joining");
    return { nonce: time_ms, height };
  }
  const { next_nonce, height } = await get<Schemas["AccountView"]>(`/v1/accounts/${address}`);
  return { nonce: next_nonce, height };
}

/** What became of one that had not been decided. */
export const lookUp = (id: string): Promise<Answer> => get<Answer>(`/v1/transactions/${id}`);
