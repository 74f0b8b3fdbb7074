// Transactions as canonical bytes (docs/protocol/transactions.md, X1 to X5): the payloads that this page signs.

import { signingBytes } from "../../../verifier/hash.js";
import { decode, encode, fromHex, type Value } from "../../../verifier/index.js";
import { addressBytes } from "../data/codec";
import type { Keypair } from "./keypair";

const VERSION = 1n;
const DOMAIN = "nodechain/tx";
const NUMBERS = {
  transfer: 48n,
  cast_vote: 72n,
  open_session: 144n,
  close_session: 145n,
  place_order: 216n,
  cancel_order: 217n,
} as const;

export type TypeName = keyof typeof NUMBERS;
/** A type and its payload: fields in the order of the protocol. */
export type Payload = readonly [type: TypeName, fields: Value[]];

const SIDES = { buy: 0n, sell: 1n } as const;
const LIMIT = 0n;
const MOST_ACTION_BYTES = 65_536;

function raw(address: string): Uint8Array {
  const bytes = addressBytes(address);
  if (!bytes) throw new RangeError(`no address: ${address}`);
  return bytes;
}

/** Amounts in base units, prices in base units per whole token, times in ms; `expiresMs` 0: till taken back. */
export const PAYLOADS = {
  transfer: (asset: number, recipient: string, amount: bigint): Payload => [
    "transfer",
    [BigInt(asset), raw(recipient), amount],
  ],
  order: (
    product: number,
    side: keyof typeof SIDES,
    price: bigint,
    quantity: bigint,
    expiresMs: number,
  ): Payload => ["place_order", [BigInt(product), SIDES[side], LIMIT, price, quantity, BigInt(expiresMs)]],
  cancel: (product: number, number: number): Payload => ["cancel_order", [BigInt(product), BigInt(number)]],
  open: (unit: string, amount: bigint): Payload => ["open_session", [raw(unit), amount, 0n]],
  close: (unit: string): Payload => ["close_session", [raw(unit)]],
  vote: (action: string, approve: boolean): Payload => [
    "cast_vote",
    [decode(fromHex(action), MOST_ACTION_BYTES), approve],
  ],
} as const;

export type ChainIdentity = { chainId: string; genesisHash: string };

/** The account's next nonce; the last height at which it may stand in a block, 0: no limit; the fee in base units. */
export type Terms = { nonce: number; validUntil: number; fee: bigint };

/** The wire bytes of a transaction, signed. */
export async function signed(
  chain: ChainIdentity,
  key: Keypair,
  { nonce, validUntil, fee }: Terms,
  [type, fields]: Payload,
): Promise<Uint8Array> {
  const numbers = [BigInt(nonce), BigInt(validUntil), fee];
  const envelope = encode([VERSION, chain.chainId, NUMBERS[type], key.publicKey, ...numbers, encode(fields)]);
  const message = signingBytes(DOMAIN, fromHex(chain.genesisHash), envelope);
  return encode([envelope, [[0n, await key.sign(message)]]]);
}
