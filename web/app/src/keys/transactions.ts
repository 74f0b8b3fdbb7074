// The transactions that this page signs; their bytes are the client's (docs/protocol/transactions.md, X1 to X5), which is
// loaded when something is signed.

import type { Payloads } from "@nodechain/client/payloads.js";
import { decode, fromHex } from "../../../verifier/index.js";
import type { Action } from "./actions";
import type { Keypair } from "./keypair";

const NO_OVERDRAFT = 0n;
/** No line of a bank's statement is named. */
const NO_REFERENCE = new Uint8Array(32);
const MOST_ACTION_BYTES = 65_536;

type Of<T extends keyof Payloads> = readonly [type: T, payload: Payloads[T]];
/** A vote's action is known by its bytes, in hex: what the ledger holds is what is signed. */
type VotePayload = readonly [type: "cast_vote", said: { action: string; approve: boolean }];
type FirstVotePayload = readonly [type: "cast_vote", said: { action: Action; approve: true }];
/** A text for one reader, whose key is proven. */
export type MemoText = { text: string; reader: string; readerKey: Uint8Array; longest: number };
/** A payload with a memo: sealed when it is signed, by the key that signs. */
type MemoPayload = readonly [type: "with_memo", said: { carried: Of<"transfer">; memo: MemoText }];
/** A type and its payload. */
export type Payload =
  | Of<"transfer">
  | Of<"place_order">
  | Of<"cancel_order">
  | Of<"open_session">
  | Of<"close_session">
  | Of<"lock_withdrawal">
  | Of<"mint_currency">
  | Of<"burn_currency">
  | Of<"unlock_currency">
  | Of<"mark_withdrawal">
  | Of<"take_back_withdrawal">
  | Of<"change_scheme">
  | Of<"register_point">
  | Of<"change_point">
  | Of<"close_point">
  | Of<"pay_bill">
  | Of<"cast_ballot">
  | Of<"request_membership">
  | Of<"authorise_agent">
  | Of<"revoke_agent">
  | Of<"reserve_origin">
  | Of<"open_deal">
  | Of<"release_deal">
  | Of<"dispute_deal">
  | Of<"rule_deal">
  | Of<"cancel_deal">
  | Of<"offer_swap">
  | Of<"take_swap">
  | Of<"cancel_swap">
  | Of<"issue_certificate">
  | Of<"offer_certificate">
  | Of<"take_certificate">
  | Of<"withdraw_certificate">
  | Of<"retire_certificate">
  | Of<"report_feed">
  | Of<"join_board">
  | Of<"leave_board">
  | Of<"finalise_bills">
  | Of<"record_payment">
  | Of<"assign_tariff">
  | Of<"set_group_shares">
  | Of<"transfer_group_share">
  | Of<"leave_group">
  | Of<"distribute_group">
  | Of<"pay_from_group">
  | Of<"set_memo_key">
  | MemoPayload
  | FirstVotePayload
  | VotePayload;

/** Amounts in base units, prices in base units per whole token, times in ms; `expiresMs` 0: till taken back. */
export const PAYLOADS = {
  transfer: (asset: number, recipient: string, amount: bigint): Payload => [
    "transfer",
    { asset, recipient, amount },
  ],
  order: (
    product: number,
    side: "buy" | "sell",
    price: bigint,
    quantity: bigint,
    expiresMs: number,
  ): Payload => ["place_order", { product, side, kind: "limit", price, quantity, expires_ms: expiresMs }],
  cancel: (product: number, number: number): Payload => ["cancel_order", { product, number }],
  open: (unit: string, amount: bigint): Payload => [
    "open_session",
    { unit, amount, overdraft: NO_OVERDRAFT },
  ],
  close: (unit: string): Payload => ["close_session", { unit }],
  payOut: (asset: number, amount: bigint): Payload => ["lock_withdrawal", { asset, amount }],
  mint: (asset: number, recipient: string, amount: bigint): Payload => [
    "mint_currency",
    { asset, recipient, amount, reference: NO_REFERENCE },
  ],
  mark: (asset: number, holder: string, amount: bigint): Payload => [
    "mark_withdrawal",
    { asset, holder, amount },
  ],
  takeBack: (asset: number, amount: bigint): Payload => ["take_back_withdrawal", { asset, amount }],
  burn: (asset: number, holder: string, amount: bigint, mark: number): Payload => [
    "burn_currency",
    { asset, holder, amount, mark, reference: NO_REFERENCE },
  ],
  /** Of a mark, or (0) of what is not marked. */
  unlock: (asset: number, holder: string, amount: bigint, mark: number): Payload => [
    "unlock_currency",
    { asset, holder, amount, mark },
  ],
  changeScheme: (change: Payloads["change_scheme"]): Payload => ["change_scheme", change],
  registerPoint: (point: Payloads["register_point"]): Payload => ["register_point", point],
  changePoint: (number: number, zone: string, commissionedMs: number): Payload => [
    "change_point",
    { number, zone, commissioned_ms: commissionedMs },
  ],
  closePoint: (number: number, untilSlot: number): Payload => [
    "close_point",
    { number, until_slot: untilSlot },
  ],
  payBill: (number: bigint, asset: number, amount: bigint): Payload => [
    "pay_bill",
    { number, asset, amount },
  ],
  finaliseBills: (run: Payloads["finalise_bills"]): Payload => ["finalise_bills", run],
  notePayment: (payment: Payloads["record_payment"]): Payload => ["record_payment", payment],
  assignTariff: (tariff: number, fromSlot: number, points: bigint[]): Payload => [
    "assign_tariff",
    { tariff, from_slot: fromSlot, points },
  ],
  setShares: (group: number, fromSlot: number, rows: Payloads["set_group_shares"]["rows"]): Payload => [
    "set_group_shares",
    { group, from_slot: fromSlot, rows },
  ],
  giveShare: (transfer: Payloads["transfer_group_share"]): Payload => ["transfer_group_share", transfer],
  leaveGroup: (group: number, fromSlot: number): Payload => ["leave_group", { group, from_slot: fromSlot }],
  distribute: (group: number): Payload => ["distribute_group", { group }],
  payFromGroup: (payment: Payloads["pay_from_group"]): Payload => ["pay_from_group", payment],
  openVote: (action: Action): Payload => ["cast_vote", { action, approve: true }],
  openDeal: (deal: Payloads["open_deal"]): Payload => ["open_deal", deal],
  releaseDeal: (deal: number): Payload => ["release_deal", { deal }],
  cancelDeal: (deal: number): Payload => ["cancel_deal", { deal }],
  disputeDeal: (deal: number, evidence: Uint8Array): Payload => [
    "dispute_deal",
    { deal, evidence_hash: evidence },
  ],
  ruleDeal: (deal: number, asset: number, toSeller: bigint): Payload => [
    "rule_deal",
    { deal, asset, to_seller: toSeller },
  ],
  offerSwap: (swap: Payloads["offer_swap"]): Payload => ["offer_swap", swap],
  takeSwap: (swap: number, asset: number, amount: bigint): Payload => ["take_swap", { swap, asset, amount }],
  cancelSwap: (swap: number): Payload => ["cancel_swap", { swap }],
  askToJoin: (request: Payloads["request_membership"]): Payload => ["request_membership", request],
  ballot: (resolution: number, option: number): Payload => ["cast_ballot", { resolution, option }],
  issueCertificate: (days: Payloads["issue_certificate"]): Payload => ["issue_certificate", days],
  offerCertificate: (offer: Payloads["offer_certificate"]): Payload => ["offer_certificate", offer],
  takeCertificate: (part: Payloads["take_certificate"]): Payload => ["take_certificate", part],
  withdrawCertificate: (certificate: number): Payload => ["withdraw_certificate", { certificate }],
  retireCertificate: (use: Payloads["retire_certificate"]): Payload => ["retire_certificate", use],
  joinBoard: (nickname: string): Payload => ["join_board", { nickname }],
  leaveBoard: (): Payload => ["leave_board", {}],
  reportFeed: (feed: number, value: bigint, timeMs: number): Payload => [
    "report_feed",
    { feed, value, time_ms: timeMs, document: new Uint8Array() },
  ],
  reserveOrigin: (unit: string): Payload => ["reserve_origin", { unit }],
  setMemoKey: (key: Uint8Array): Payload => ["set_memo_key", { key }],
  withMemo: (asset: number, recipient: string, amount: bigint, memo: MemoText): Payload => [
    "with_memo",
    { carried: ["transfer", { asset, recipient, amount }], memo },
  ],
  vote: (action: string, approve: boolean): Payload => ["cast_vote", { action, approve }],
} as const;

export type ChainIdentity = { chainId: string; hash: Uint8Array };

/** The account's next nonce; the last height at which it may stand in a block, 0: no limit; the fee in base units. */
export type Terms = { nonce: number; validUntil: number; fee: bigint };

/** What is signed of a payload; the action of an open vote is the one of its bytes. A memo needs a key: `signed`. */
export async function payloadOf([type, said]: Payload): Promise<Payloads[Payload[0]]> {
  if (type === "with_memo") throw new TypeError("a memo is sealed by who signs it");
  if (type !== "cast_vote") return said;
  const { action, approve } = said;
  if (typeof action !== "string") return { action, approve };
  const { fromArray } = await import("@nodechain/client/struct.js");
  return fromArray("CastVote", [
    decode(fromHex(action), MOST_ACTION_BYTES),
    approve,
  ]) as Payloads["cast_vote"];
}

async function contentOf(payload: Payload, hash: Uint8Array, key: Keypair): Promise<Payloads[Payload[0]]> {
  if (payload[0] !== "with_memo") return payloadOf(payload);
  const { carried, memo } = payload[1];
  const { sealed } = await import("./memos");
  return sealed(hash, key, carried, carried[1], memo);
}

/** The wire bytes of a transaction, signed. */
export async function signed(
  { chainId, hash }: ChainIdentity,
  key: Keypair,
  { nonce, validUntil, fee }: Terms,
  payload: Payload,
): Promise<Uint8Array> {
  const { signTransaction } = await import("@nodechain/client/transaction.js");
  const terms = {
    chainId,
    type: payload[0],
    senderKey: key.publicKey,
    nonce,
    validUntilHeight: validUntil,
    fee,
    payload: await contentOf(payload, hash, key),
  };
  return (await signTransaction(terms, hash, key)).raw;
}
