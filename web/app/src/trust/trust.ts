// What this browser trusts: a genesis, and headers that it has followed from there by the signatures of the validators. A
// node can refuse or be silent here, not deceive.
//
// The first visit trusts the genesis hash that the node shows (it can be compared with the community's); from then on it
// is kept, and another one is refused. Mode, clock and first validators are the genesis', not what the node says of them;
// what it says of the assets, by which amounts are written and read, must be what the genesis says.

import { computed, effect, signal, untracked } from "@preact/signals";
import {
  AHEAD_MS,
  decode,
  follow,
  fromHex,
  type Genesis,
  type GenesisAsset,
  hasWebCrypto,
  type LightBlock,
  lightBlock,
  MAX_LIGHT_BLOCK_BYTES,
  readGenesis,
  type Terms,
  TRUSTING_MS,
  type Trusted,
  toHex,
  trust,
  VerifyError,
} from "../../../verifier/index.js";

import { get, type Schemas } from "../api/client";
import { assets, forgetAssets } from "../data/assets";
import { forget, load, save } from "../data/database";
import { chainNow, status } from "../data/node";

/** `first`: the genesis block, from which every header can be reached; `head`: the furthest that was followed to. */
export type Anchor = { genesis: Genesis; first: Trusted; head: Trusted };

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
    readonly knownHash: string,
    readonly shown: string,
    readonly shownHash: string,
  ) {
    super(`${shown} is not ${known}`);
    this.name = "WrongChain";
  }
}

let anchor: Anchor | null = null;
/** The chain that is trusted, where the node shows another one: then nothing is verified and nothing signed. */
export const strange = signal<WrongChain | null>(null);

async function blockOf(height: number): Promise<LightBlock> {
  const answer = await get<Schemas["LightBlockAnswer"]>(`/v1/light/blocks/${height}`);
  return lightBlock(decode(fromHex(answer.block), MAX_LIGHT_BLOCK_BYTES));
}

async function genesisOf(hash: Uint8Array): Promise<Genesis> {
  const { genesis } = await get<Schemas["GenesisAnswer"]>("/v1/genesis");
  return readGenesis(fromHex(genesis), hash);
}

/** The genesis that a node shows now, and its block with the validators that the genesis names. */
async function firstVisit(hash: string): Promise<Anchor> {
  const genesis = await genesisOf(fromHex(hash));
  const { header } = await blockOf(0);
  const first = await trust(header, genesis.members);
  return { genesis, first, head: first };
}

/** What this browser trusts of the chain. Raises `WrongChain`, `VerifyError`, `Refusal`, `Unreachable`. */
export async function anchored(): Promise<Anchor> {
  const shown = status.value;
  if (!shown) throw new Error("the node's status is not known yet");
  if (!globalThis.isSecureContext) throw new CannotVerify("insecure");
  anchor ??= (await load<Anchor>("trust", ANCHOR).catch(() => undefined)) ?? null;
  if (!anchor) {
    anchor = await firstVisit(shown.genesis_hash);
    save("trust", ANCHOR, anchor).catch(() => undefined);
  }
  const { chainId, hash } = anchor.genesis;
  strange.value =
    toHex(hash) === shown.genesis_hash
      ? null
      : new WrongChain(chainId, toHex(hash), shown.chain_id, shown.genesis_hash);
  if (strange.value) throw strange.value;
  await checkAssets(anchor);
  return anchor;
}

/** A node that says other decimals would have people sign other amounts than they read. Raises `VerifyError`. */
async function checkAssets(found: Anchor): Promise<void> {
  // Kept by an earlier version of this page, which took no assets from it.
  if (!found.genesis.assets) found.genesis = await genesisOf(found.genesis.hash);
  const shown = await assets();
  const said = ({ name, symbol, decimals }: GenesisAsset) => JSON.stringify([name, symbol, decimals]);
  const isSame =
    shown.length === found.genesis.assets.length &&
    found.genesis.assets.every(
      (asset, place) => shown[place]?.number === place + 1 && said(shown[place]) === said(asset),
    );
  if (isSame) return;
  forgetAssets();
  throw new VerifyError("wrong_chain", "the node's assets are not those of the genesis");
}

export const termsOf = ({ chainId, hash, mode }: Genesis): Terms => ({
  chainId,
  genesisHash: hash,
  mode,
  trustingMs: TRUSTING_MS,
  aheadMs: AHEAD_MS,
});

/** The own clock; only a chain whose genesis says so has no other time than the node's. */
export const clockMs = ({ simulatedClock }: Genesis): number => (simulatedClock ? chainNow() : Date.now());

/** A simulated day may be played faster than this page asks for its time. */
const latestMs = (genesis: Genesis): bigint => BigInt(Math.max(clockMs(genesis), Date.now()));

/** From a trusted header to an offered one, over every change of the set in between where a skip does not reach. */
async function walk(genesis: Genesis, start: Trusted, offered: LightBlock): Promise<Trusted> {
  const terms = termsOf(genesis);
  const step = (from: Trusted, to: LightBlock) => follow(terms, from, to, latestMs(genesis));
  try {
    return await step(start, offered);
  } catch (error) {
    if (!(error instanceof VerifyError) || error.code !== "skipped_too_far") throw error;
    const from = Number(start.header.height) + 1;
    const { changes } = await get<Schemas["SetChanges"]>("/v1/light/changes", { from, limit: MOST_CHANGES });
    let reached = start;
    for (const height of changes.filter((each) => each >= from && BigInt(each) < offered.header.height)) {
      reached = await step(reached, await blockOf(height));
    }
    return step(reached, offered);
  }
}

/** An offered header as trusted, also one below what was reached before: it may be old and true. */
export async function reach(offered: LightBlock): Promise<Trusted> {
  const found = await anchored();
  if (!(await hasWebCrypto())) throw new CannotVerify("no_ed25519");
  const { genesis, first, head } = found;
  const { height } = offered.header;
  if (height === 0n) throw new VerifyError("not_signed", "nobody signs the genesis block");
  if (height < head.header.height) return walk(genesis, first, offered);
  if (height > head.header.height) {
    found.head = await walk(genesis, head, offered);
    save("trust", ANCHOR, found).catch(() => undefined);
  }
  return found.head;
}

const shownGenesis = computed(() => status.value?.genesis_hash);

/** Compare each genesis hash that a node shows with the trusted one; of the first visit it is kept. */
export function watchChain(): void {
  effect(() => {
    if (shownGenesis.value) untracked(() => anchored().catch(() => undefined));
  });
}

/** Trust what this node shows from now on: only when the reader has compared the genesis hash. */
export async function trustAnew(): Promise<void> {
  anchor = null;
  strange.value = null;
  await forget("trust", ANCHOR);
}
