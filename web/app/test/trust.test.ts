// What the page begins to trust at its first visit: a genesis of the hash that it is shown, and that genesis' validators.

import { readFileSync } from "node:fs";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { encode, fromHex, readGenesis, toHex, VerifyError } from "../../verifier/index.js";
import { forgetAssets } from "../src/data/assets";
import { type Status, status } from "../src/data/node";
import { anchored, trustAnew, WrongChain } from "../src/trust/trust";

const vectors = JSON.parse(
  readFileSync(new URL("../../../tests/vectors/transactions.json", import.meta.url), "utf8"),
);
const { bytes, hash } = vectors.genesis as { bytes: string; hash: string };
const codeOf = async (work: Promise<unknown>): Promise<string> => {
  const error: unknown = await work.then(
    () => null,
    (found) => found,
  );
  return error instanceof VerifyError ? error.code : String(error);
};

describe("a genesis", () => {
  test("says of the chain what Python says", async () => {
    const genesis = await readGenesis(fromHex(bytes), fromHex(hash));
    expect(genesis.chainId).toBe(vectors.chain_id);
    expect(genesis).toMatchObject({ mode: 1, driftMs: 2_000n, simulatedClock: false });
    expect(genesis.members.map(({ power }) => power)).toEqual([1n]);
    expect(toHex(genesis.hash)).toBe(hash);
    expect(genesis.assets).toEqual(ASSETS.map(({ name, symbol, decimals }) => ({ name, symbol, decimals })));
  });

  test("of another hash is none of this chain", async () => {
    const changed = fromHex(bytes);
    changed[changed.length - 1] = (changed.at(-1) as number) ^ 1;
    expect(await codeOf(readGenesis(changed, fromHex(hash)))).toBe("wrong_chain");
  });
});

/** A genesis block whose header names these validators; the page reads no other field of it before it trusts it. */
function blockOf(setHash: Uint8Array): string {
  const empty = new Uint8Array(32);
  const header = [
    1n,
    1n,
    vectors.chain_id,
    0n,
    empty,
    1_700_000_000_000n,
    new Uint8Array(20),
    empty,
    empty,
    empty,
    setHash,
    setHash,
    empty,
    0n,
    empty,
    1n,
  ];
  return toHex(encode([header, [0n, 0n, empty, []], [], []]));
}

/** The assets as the genesis says them, and as an honest node does. */
const ASSETS = [
  { number: 1, name: "ENT", symbol: "ENT", decimals: 9, code: "", supply: "meters" },
  { number: 2, name: "EEURO", symbol: "eEuro", decimals: 9, code: "EUR", supply: "banker" },
];

function nodeWith(block: string, assets: readonly object[] = ASSETS): void {
  const answers: Record<string, object> = {
    "/v1/genesis": { chain_id: vectors.chain_id, hash, genesis: bytes },
    "/v1/assets": { assets, fee_asset: "EEURO" },
  };
  vi.stubGlobal("isSecureContext", true);
  vi.stubGlobal("fetch", async (path: string) => Response.json(answers[path] ?? { height: 0, block }));
  status.value = { genesis_hash: hash, chain_id: vectors.chain_id } as Status;
}

/** V2, as the header of the genesis block names it. */
async function hashOfSet(): Promise<Uint8Array> {
  const { members } = await readGenesis(fromHex(bytes), fromHex(hash));
  const tagged = (tag: string, data: Uint8Array) =>
    crypto.subtle.digest("SHA-256", Uint8Array.from([tag.length, ...new TextEncoder().encode(tag), ...data]));
  const set = [];
  for (const { key, power } of members) {
    const address = new Uint8Array(await tagged("nodechain/validator", key)).slice(0, 20);
    set.push([address, key, power]);
  }
  return new Uint8Array(await tagged("nodechain/validators", encode(set)));
}

describe("the first visit", () => {
  beforeEach(trustNothing);

  test("trusts the validators that the genesis names", async () => {
    nodeWith(blockOf(await hashOfSet()));
    expect((await anchored()).genesis.chainId).toBe(vectors.chain_id);
  });

  test("refuses a first block with others, also of the right hash", async () => {
    nodeWith(blockOf(new Uint8Array(32)));
    expect(await codeOf(anchored())).toBe("bad_set");
  });

  const [energy, currency] = ASSETS;
  test.each([
    ["other decimals", [energy, { ...currency, decimals: 12 }]],
    ["another symbol", [energy, { ...currency, symbol: "eCent" }]],
    ["another order", [currency, energy]],
    ["another number", [energy, { ...currency, number: 3 }]],
    ["less", [energy]],
    ["more", [...ASSETS, { ...currency, number: 3, name: "POINTS" }]],
  ])("refuses a node that says of the assets what the genesis does not: %s", async (_what, assets) => {
    nodeWith(blockOf(await hashOfSet()), assets as object[]);
    expect(await codeOf(anchored())).toBe("wrong_chain");
    nodeWith(blockOf(await hashOfSet()));
    expect((await anchored()).genesis.chainId).toBe(vectors.chain_id);
  });

  test("holds for all later ones: another chain is refused", async () => {
    nodeWith(blockOf(await hashOfSet()));
    await anchored();
    status.value = { ...(status.value as Status), genesis_hash: "00".repeat(32), chain_id: "other-00000000" };
    await expect(anchored()).rejects.toBeInstanceOf(WrongChain);
  });
});

/** There is no store of a browser here, so forgetting it fails after the memory is empty. */
async function trustNothing(): Promise<void> {
  forgetAssets();
  await trustAnew().catch(() => undefined);
}
