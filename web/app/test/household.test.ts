// A household's accounts: which is the next one of the words on paper, and which memos an account's movements bring.

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { fromHex, toHex } from "../../verifier/index.js";
import type { Movement } from "../src/api/client";
import { addressesOf, nextOf } from "../src/data/household";
import type { Keyfile } from "../src/keys/keyfile";
import { keypairOf } from "../src/keys/keypair";
import { accountSecret, newPhrase, pathOf } from "../src/keys/phrase";
import { memosOf } from "../src/screens/memos";

const vectors = JSON.parse(
  readFileSync(new URL("../../../tests/vectors/memos.json", import.meta.url), "utf8"),
);

const fileOf = async (phrase: string, index: number, path = pathOf(index)): Promise<Keyfile> => {
  const { publicKey } = await keypairOf(await accountSecret(phrase, index));
  return { name: "a", kind: "account", pubkey: toHex(publicKey), path, uuid: "", version: 4, crypto: {} };
};

test("the next account follows the last one of these words that is here", async () => {
  const [mine, other] = [newPhrase(), newPhrase()];
  const files = await Promise.all([
    fileOf(mine, 0),
    fileOf(other, 7),
    fileOf(mine, 2),
    fileOf(mine, 9, "m/44'/1'/0'/9'"),
  ]);
  expect(await nextOf(mine, files)).toEqual({ secret: await accountSecret(mine, 3), path: pathOf(3) });
  expect(await nextOf(newPhrase(), files)).toBe("household.fault.others");
  expect(await nextOf(mine.replace(/^\w+/, "nonsense"), files)).toBe("household.fault.words");
  const [first] = await addressesOf(files);
  expect(first?.address).toBe((await keypairOf(await accountSecret(mine, 0))).address);
});

test("a key has the account's key for memos beside it, the command line's", async () => {
  for (const { account_secret, memo_key } of Object.values(vectors.keys) as Record<string, string>[]) {
    const key = await keypairOf(fromHex(account_secret ?? ""));
    expect(toHex((await key.memo()).publicKey)).toBe(memo_key);
  }
});

test("memos stand newest first, and nothing else does", () => {
  const movement = (height: number, ...kinds: string[]) =>
    ({ height, index: 1, events: kinds.map((kind) => ({ kind, height })) }) as unknown as Movement;
  const found = memosOf([
    movement(1, "memo_sent", "transferred"),
    movement(2, "fee_paid"),
    movement(3, "memo_sent"),
  ]);
  expect(found.map(({ movement: { height } }) => height)).toEqual([3, 1]);
});
