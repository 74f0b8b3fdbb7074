// What this browser has checked itself: headers by their signatures, from the first block that it trusted, and entries
// of the state by their proofs. A node can refuse or be silent here, not deceive.
//
// The first visit trusts the genesis that the node shows (its hash can be compared with the community's); from then on
// it is kept, and another one is refused.

import {
  AHEAD_MS,
  decode,
  follow,
  fromHex,
  hasWebCrypto,
  lightBlock,
  MAX_LIGHT_BLOCK_BYTES,
  PBFT,
  POA,
  stateProof,
  TRUSTING_MS,
  toHex,
  trust,
  VerifyError,
  verifyState,
} from "../../../verifier/index.js";
import { get, type Schemas } from "../api/client";
import { forget, load, save } from "../data/database";
import { chainNow, status } from "../data/node";

type Trusted = Awaited<ReturnType<typeof trust>>;
type LightBlock = ReturnType<typeof lightBlock>;
type Kept = { genesisHash: string; chainId: string; head: Trusted };

const PROOF_LIMIT = 1 << 20;
const MOST_CHANGES = 1_000;
const ANCHOR = "anchor";

/** Why this browser cannot check anything. */
export class CannotVerify extends Error {
  constructor(readonly reason: "insecure" | "no_ed25519") {
    super(reason);
    this.name = "CannotVerify";
  }
}

/** The node shows another chain than the one that was trusted before. */
export class WrongChain extends Error {
  constructor(
    readonly known: string,
    readonly shown: string,
  ) {
    super(`${shown} is not ${known}`);
    this.name = "WrongChain";
  }
}

let head: Trusted | null = null;
let lane: Promise<unknown> = Promise.resolve();

async function blockOf(height: number | "latest"): Promise<LightBlock> {
  const answer = await get<Schemas["LightBlockAnswer"]>(`/v1/light/blocks/${height}`);
  return lightBlock(decode(fromHex(answer.block), MAX_LIGHT_BLOCK_BYTES));
}

function termsOf() {
  const found = status.value;
  if (!found) throw new Error("the node's status is not known yet");
  return {
    chainId: found.chain_id,
    genesisHash: fromHex(found.genesis_hash),
    mode: found.mode === "poa" ? POA : PBFT,
    trustingMs: TRUSTING_MS,
    aheadMs: AHEAD_MS,
  };
}

/** The genesis that this browser trusts: of its first visit, else the one that the node shows now. */
export async function trustedGenesis(): Promise<string> {
  const kept = await load<Kept>("trust", ANCHOR).catch(() => undefined);
  return kept?.genesisHash ?? status.value?.genesis_hash ?? "";
}

async function begin(): Promise<Trusted> {
  const found = status.value;
  if (!found) throw new Error("the node's status is not known yet");
  const kept = await load<Kept>("trust", ANCHOR).catch(() => undefined);
  if (kept) {
    if (kept.genesisHash !== found.genesis_hash) throw new WrongChain(kept.chainId, found.chain_id);
    return kept.head;
  }
  const genesis = await blockOf(0);
  return trust(genesis.header, genesis.nextMembers.length ? genesis.nextMembers : genesis.members);
}

async function step(offered: LightBlock): Promise<void> {
  if (!head) return;
  head = await follow(termsOf(), head, offered, BigInt(Math.max(chainNow(), Date.now())));
}

/** Over every change of the set that lies before the offered header, where a skip does not reach. */
async function walk(offered: LightBlock): Promise<void> {
  if (!head || offered.header.height <= head.header.height) return;
  try {
    await step(offered);
  } catch (error) {
    if (!(error instanceof VerifyError) || error.code !== "skipped_too_far") throw error;
    const from = Number(head.header.height) + 1;
    const { changes } = await get<Schemas["SetChanges"]>("/v1/light/changes", { from, limit: MOST_CHANGES });
    for (const height of changes.filter((each) => each >= from && BigInt(each) < offered.header.height)) {
      await step(await blockOf(height));
    }
    await step(offered);
  }
}

async function reached(offered: LightBlock): Promise<Trusted> {
  if (!globalThis.isSecureContext) throw new CannotVerify("insecure");
  if (!(await hasWebCrypto())) throw new CannotVerify("no_ed25519");
  head ??= await begin();
  await walk(offered);
  const found = status.value;
  if (found) {
    const kept: Kept = { genesisHash: found.genesis_hash, chainId: found.chain_id, head };
    save("trust", ANCHOR, kept).catch(() => undefined);
  }
  return head;
}

export type Proven = { height: number; values: (Uint8Array | null)[] };

async function prove(fullKeys: readonly string[]): Promise<Proven> {
  const answer = await get<Schemas["StateProofs"]>("/v1/light/state", { key: [...fullKeys] });
  const offered = lightBlock(decode(fromHex(answer.block), MAX_LIGHT_BLOCK_BYTES));
  const trusted = await reached(offered);
  if (
    trusted.header.height !== offered.header.height ||
    toHex(trusted.header.stateRoot) !== toHex(offered.header.stateRoot)
  ) {
    throw new VerifyError(
      "old_state",
      `block ${offered.header.height}, and ${trusted.header.height} is known`,
    );
  }
  const values: (Uint8Array | null)[] = [];
  for (const [place, key] of fullKeys.entries()) {
    const proof = stateProof(decode(fromHex(answer.proofs[place] ?? ""), PROOF_LIMIT));
    values.push(await verifyState(trusted.header.stateRoot, fromHex(key), proof));
  }
  return { height: Number(offered.header.height), values };
}

/** State entries at the node's head, proven; null where one is absent. One at a time: they share the trusted header. */
export function proven(fullKeys: readonly string[]): Promise<Proven> {
  const next = lane.then(() => prove(fullKeys));
  lane = next.catch(() => undefined);
  return next;
}

/** Trust what this node shows from now on: only when the reader has compared the genesis hash. */
export async function trustAnew(): Promise<void> {
  head = null;
  await forget("trust", ANCHOR);
}
