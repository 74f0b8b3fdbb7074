// What is marked as verified is what stands on the screen: a node that shows one thing and proves another is found out.

import { beforeEach, describe, expect, test, vi } from "vitest";
import { encode, fromHex, VerifyError } from "../../verifier/index.js";
import { addressBytes } from "../src/data/codec";
import { type Account, checkAccount, Differs } from "../src/trust/account";
import { checkOrders, type Orders } from "../src/trust/entries";
import { checkRun } from "../src/trust/sharing";

const OWNER = "nrg1pt33vyycm3dlntzzms5kzm49qc95nlzkq0lklx";
const OWNER_BYTES = addressBytes(OWNER) as Uint8Array;
const ASSETS = [
  { number: 1, name: "ENT", symbol: "ENT", decimals: 9 },
  { number: 2, name: "EEURO", symbol: "eEuro", decimals: 9 },
] as unknown as Parameters<typeof checkAccount>[1];
const HEAD = 10;

const { answers, held } = vi.hoisted(() => ({
  answers: new Map<string, unknown>(),
  held: { values: [] as (Uint8Array | null)[] },
}));
vi.mock("../src/trust/proven", () => ({
  proven: async () => ({
    standing: { height: 10, asOfMs: 0, isFresh: true, behind: 0 },
    values: held.values,
  }),
}));
vi.mock("../src/data/assets", () => ({ assets: async () => ASSETS }));
vi.mock("../src/api/client", async (original) => ({
  ...(await original<object>()),
  get: async (path: string, query: object) => answers.get(`${path} ${JSON.stringify(query)}`),
}));

const codeOf = async (work: Promise<unknown>): Promise<string> => {
  const error: unknown = await work.then(
    () => null,
    (found) => found,
  );
  return error instanceof VerifyError ? error.code : error instanceof Differs ? "differs" : String(error);
};

const account = (height: number, tokens: string): Account =>
  ({
    height,
    address: OWNER,
    balances: [{ asset: "EEURO", symbol: "eEuro", available: { tokens }, total: { tokens } }],
  }) as unknown as Account;

const order = (number: number, tokens: string) => ({
  number,
  product: 1,
  owner: OWNER,
  side: "sell",
  base: "ENT",
  quote: "EEURO",
  price: { tokens: "0.25" },
  quantity: { tokens },
  expires_ms: 0,
});
const orders = (height: number, ...found: object[]): Orders =>
  ({ height, orders: found, next: null }) as unknown as Orders;
const entryOf = (number: number, base: bigint) =>
  encode([BigInt(number), OWNER_BYTES, 1n, 1n, 250_000_000n, base, 0n]);

beforeEach(() => answers.clear());

describe("a balance", () => {
  beforeEach(() => {
    held.values = [encode([5_000_000_000n])];
    answers.set(`/v1/accounts/${OWNER} ${JSON.stringify({ height: HEAD })}`, account(HEAD, "5"));
  });

  test("that was shown at an earlier height and is the same is proven", async () => {
    expect((await checkAccount(account(HEAD - 1, "5"), ASSETS)).height).toBe(HEAD);
  });

  test("that is false at the proven height differs", async () => {
    expect(await codeOf(checkAccount(account(HEAD, "999"), ASSETS))).toBe("differs");
  });

  test("that is false at an earlier height is not proven by the true one of the proven height", async () => {
    expect(await codeOf(checkAccount(account(HEAD - 1, "999"), ASSETS))).toBe("moved_on");
  });
});

describe("a list of orders", () => {
  const at = `/v1/market/orders ${JSON.stringify({ owner: OWNER, include: "ended", height: HEAD })}`;
  beforeEach(() => {
    held.values = [encode([1n]), entryOf(7, 2_000_000_000n)];
    answers.set(at, orders(HEAD, order(7, "2")));
  });

  test("that was shown at an earlier height and is the same is proven", async () => {
    expect((await checkOrders(OWNER, orders(HEAD - 1, order(7, "2")))).height).toBe(HEAD);
  });

  test("with a false number is not proven, at the proven height and before it", async () => {
    expect(await codeOf(checkOrders(OWNER, orders(HEAD, order(7, "3"))))).toBe("differs");
    expect(await codeOf(checkOrders(OWNER, orders(HEAD - 1, order(7, "3"))))).toBe("moved_on");
  });

  test("that leaves one out is not proven", async () => {
    held.values = [encode([2n]), entryOf(7, 2_000_000_000n)];
    expect(await codeOf(checkOrders(OWNER, orders(HEAD, order(7, "2"))))).toBe("not_all");
  });
});

/** Of points 1, 2 and 70, which stand in two chunks, the second: as `ledger.sharing.roots` makes them. */
const ROWS_ROOT = "f86e8cf7273bb6a3aa43ee58de82e757155968df7633974ef9765f9066ef417a";
const ROW = "9602c4140ae3161098dc5bf9ac42dc29616ea5060b49fc56ce000f4240ce00061a80ce02625a00cd03e8";
const ROW_PROOF =
  "93c42023a596f264d56d18e7e8ef020e225ef40c39be7b083690bbd29eef92a1a1dbda930102c420741dec86793302bea10e22f9671c6ca105bdfdb754a88c9a36a92073e56a6cab930002c4204e224bd4b5fe1271c4bf30e28d0babe43184966274265c6f775b96ba1b3648bd";
const INPUTS_ROOT = "2f9d67ac76efe57595e75355ea86aa6badc3880ea37f1a855e5996db35d4c0c8";
const INPUT = "940101ce000f4242ce000f4240";
const INPUT_PROOF =
  "93c420564b2fb7b6491548bf4b28fa41e15816086cfbae9d1cd73349adc2e9634b9848930102c42051caf9be360b18d6f0b803442f0eb67ebac38de2e8b6d36cce1d0fdfb120866a930002c4207f5ff0e3679754598cf7623fb4f494779c8faae884ae4d06be34b514e8367042";

/** The same inputs with rows of the slot: point 70 gives point 1 a half and point 2 a quarter (SC20). */
const WITH_ROWS = {
  root: "e41eb4911ae2cfdf74e25a24428788e4d184684dcf1d8b07fb1f30880e35e186",
  input:
    "93c420564b2fb7b6491548bf4b28fa41e15816086cfbae9d1cd73349adc2e9634b9848930102c42051caf9be360b18d6f0b803442f0eb67ebac38de2e8b6d36cce1d0fdfb120866a930003c440cd03ee508d158a99787f02a73945b4e0f9ee294cc13e5ce6983e44e736226a9a9e56a4038a4f5145023cb00890c2cc2af8b55de1db6ba7fb1cfab643305767f4",
  leaf: "9202919246ce0ee6b280",
  proof:
    "93c420ceb32cdd6393004b10d57a38252f1b2569ed687e136557016e383b05903759b493c42085679bcecf122c5e6f0338d27c55607c03badccac05283f18a0d29b62fb4936a930102c42091ef5652ce812c2571fbe6c01efcdd8ca7c62c5e73bf0c203e16d7dfa40761eb930103c440ff5abc8a566802938b012525bf6252eb0ef41b7189413cfd2328d3eb7ac5c3daf6d565d007b7ef929b5edf0cfb02c884278a79eb7c9de97cf95e5694ec3d8173930203c4409eba3699df87a9489a4cb5845e357367ad96b453fba4d9e3682d916a9d8ac76fcd03ee508d158a99787f02a73945b4e0f9ee294cc13e5ce6983e44e736226a9a",
};

describe("a run", () => {
  const settled = (sharedMwh: number, amount: string, proof: string) =>
    ({
      height: HEAD,
      scheme: 1,
      run: {
        slot: 7,
        run: 2,
        version: 1,
        substituted: 0,
        slot_rows: "none",
        inputs_root: INPUTS_ROOT,
        rows_root: ROWS_ROOT,
      },
      injected_mwh: 900_000,
      taken_mwh: 3_000_000,
      shared_mwh: sharedMwh,
      paid: { tokens: "0.12" },
      fees: { tokens: "0.000003" },
      rows: [
        {
          point: 2,
          account: OWNER,
          counted_mwh: 1_000_000,
          shared_mwh: 400_000,
          amount: { tokens: amount },
          fee: { tokens: "0.000001" },
          row: ROW,
          row_proof: proof,
          input: INPUT,
          input_proof: INPUT_PROOF,
          sides: [],
          point_rows: "",
          point_rows_proof: "",
        },
      ],
    }) as unknown as Parameters<typeof checkRun>[0];
  beforeEach(() => {
    const sums = [900_000n, 3_000_000n, 800_000n, 120_000_000n, 3_000n];
    held.values = [encode([2n, 1n, 0n, 0n, fromHex(INPUTS_ROOT), fromHex(ROWS_ROOT), sums])];
    answers.set("/v1/sharing/terms undefined", { asset: "EEURO" });
  });

  test("is proven with its sums, and a row by the path over its chunk", async () => {
    expect((await checkRun(settled(800_000, "0.04", ROW_PROOF))).height).toBe(HEAD);
  });

  test("with another sum, or another figure in a row, differs", async () => {
    expect(await codeOf(checkRun(settled(800_001, "0.04", ROW_PROOF)))).toBe("differs");
    expect(await codeOf(checkRun(settled(800_000, "0.05", ROW_PROOF)))).toBe("differs");
  });

  test("with rows that came with the slot proves those of each point, and no others", async () => {
    const sums = [900_000n, 3_000_000n, 800_000n, 120_000_000n, 3_000n];
    held.values = [encode([2n, 1n, 0n, 1n, fromHex(WITH_ROWS.root), fromHex(ROWS_ROOT), sums])];
    const shown = (share: number, from = "imported") => {
      const found = settled(800_000, "0.04", ROW_PROOF);
      Object.assign(found.run, { slot_rows: from, inputs_root: WITH_ROWS.root });
      Object.assign(found.rows[0] as object, {
        input_proof: WITH_ROWS.input,
        sides: [{ other: 70, share }],
        point_rows: WITH_ROWS.leaf,
        point_rows_proof: WITH_ROWS.proof,
      });
      return found;
    };
    expect((await checkRun(shown(250_000_000))).height).toBe(HEAD);
    expect(await codeOf(checkRun(shown(250_000_001)))).toBe("differs");
    expect(await codeOf(checkRun(shown(250_000_000, "substituted")))).toBe("differs");
  });

  test("with the path of something else is not proven", async () => {
    expect(await codeOf(checkRun(settled(800_000, "0.04", INPUT_PROOF)))).toBe("bad_proof");
    expect(await codeOf(checkRun(settled(800_000, "0.04", "c0")))).toBe("bad_proof");
  });
});
