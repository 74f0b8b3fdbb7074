// What is marked as verified is what stands on the screen: a node that shows one thing and proves another is found out.

import { beforeEach, describe, expect, test, vi } from "vitest";
import { encode, VerifyError } from "../../verifier/index.js";
import { addressBytes } from "../src/data/codec";
import { type Account, checkAccount, Differs } from "../src/trust/account";
import { checkOrders, type Orders } from "../src/trust/entries";

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
