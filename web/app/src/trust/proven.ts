// Entries of the state, proven under a header that is followed to, and when that state was last called the newest: a node
// can show an old state as truly as a new one (H10, H12).

import {
  decode,
  freshAsOf,
  freshHead,
  fromHex,
  LONGEST_SILENCE_MS,
  lightBlock,
  MAX_FRESH_HEAD_BYTES,
  MAX_LIGHT_BLOCK_BYTES,
  stateProof,
  type Trusted,
  toHex,
  VerifyError,
  verifyState,
} from "../../../verifier/index.js";
import { get, Refusal, type Schemas, Unreachable } from "../api/client";
import { behind } from "../data/node";
import { type Anchor, anchored, clockMs, reach, termsOf } from "./trust";

const PROOF_LIMIT = 1 << 20;
const SOON_MS = 5_000;
const AGAIN_MS = 15_000;

/** A proven state: of which height, when it was surely the newest, and how many blocks are known above it. */
export type Standing = {
  height: number;
  asOfMs: number;
  isFresh: boolean;
  behind: number;
  /** After so long it may have become another one. */
  againMs: number;
};

export type Proven = { standing: Standing; values: (Uint8Array | null)[] };

let said = { height: -1, asOfMs: 0 };

/** When a quorum last said that a head is the newest; never before its own time. */
async function asOf({ genesis }: Anchor, trusted: Trusted, oldestMs: number): Promise<number> {
  const own = Number(trusted.header.timeMs);
  const height = Number(trusted.header.height);
  if (own >= oldestMs) return own;
  if (said.height === height && said.asOfMs >= oldestMs) return said.asOfMs;
  try {
    const answer = await get<Schemas["FreshHeadAnswer"]>("/v1/light/freshness");
    if (answer.height !== height) return own;
    const shown = freshHead(decode(fromHex(answer.fresh), MAX_FRESH_HEAD_BYTES));
    said = { height, asOfMs: Number(await freshAsOf(termsOf(genesis), trusted, shown)) };
    return said.asOfMs;
  } catch (error) {
    // Statements that do not hold, or are kept back, say nothing: then the block's own time counts.
    const saysNothing = [VerifyError, Refusal, Unreachable].some((kind) => error instanceof kind);
    if (saysNothing) return own;
    throw error;
  }
}

async function standingOf(trusted: Trusted): Promise<Standing> {
  const anchor = await anchored();
  const longestMs = Number(LONGEST_SILENCE_MS + anchor.genesis.driftMs);
  const nowMs = clockMs(anchor.genesis);
  const asOfMs = await asOf(anchor, trusted, nowMs - longestMs);
  const height = Number(trusted.header.height);
  const unseen = Number(anchor.head.header.height) - height;
  const isFresh = unseen === 0 && nowMs - asOfMs <= longestMs;
  const againMs = isFresh ? Math.max(asOfMs + longestMs - nowMs, SOON_MS) : AGAIN_MS;
  return { height, asOfMs, isFresh, behind: Math.max(unseen, behind.value), againMs };
}

async function prove(fullKeys: readonly string[]): Promise<Proven> {
  const answer = await get<Schemas["StateProofs"]>("/v1/light/state", { key: [...fullKeys] });
  const offered = lightBlock(decode(fromHex(answer.block), MAX_LIGHT_BLOCK_BYTES));
  const trusted = await reach(offered);
  if (toHex(trusted.header.stateRoot) !== toHex(offered.header.stateRoot))
    throw new VerifyError("other_block", `not the block ${trusted.header.height} that was followed to`);
  const values: (Uint8Array | null)[] = [];
  for (const [place, key] of fullKeys.entries()) {
    const proof = stateProof(decode(fromHex(answer.proofs[place] ?? ""), PROOF_LIMIT));
    values.push(await verifyState(trusted.header.stateRoot, fromHex(key), proof));
  }
  return { standing: await standingOf(trusted), values };
}

let lane: Promise<unknown> = Promise.resolve();

/** State entries at the node's head, proven; null where one is absent. One at a time: they share the trusted header. */
export function proven(fullKeys: readonly string[]): Promise<Proven> {
  const next = lane.then(() => prove(fullKeys));
  lane = next.catch(() => undefined);
  return next;
}
