// `node web/test/memos.mjs VECTORS`: memos sealed and opened by the client; what tests/web/test_client_memos.py asks.

import { readFileSync } from "node:fs";

import { fromHex, toHex } from "../client/index.js";
import { memoKey, openMemo, padMemo, sealMemo, unpadMemo } from "../client/memo.js";

const vectors = JSON.parse(readFileSync(process.argv[2], "utf8"));
const genesisHash = fromHex(vectors.genesis_hash);
const { A, B } = vectors.keys;
const keys = { A: await memoKey(fromHex(A.account_secret)), B: await memoKey(fromHex(B.account_secret)) };
const bytesOf = ({ reader, ...fields }) => ({ reader, ...Object.fromEntries(Object.entries(fields).map(([name, hex]) => [name, fromHex(hex)])) });
const hexOf = ({ reader, ...fields }) => ({ reader, ...Object.fromEntries(Object.entries(fields).map(([name, bytes]) => [name, toHex(bytes)])) });

/** @param {() => unknown} act */
async function codeOf(act) {
  try {
    return { done: await act() };
  } catch (error) {
    return error.code;
  }
}

const opening = (memo, key) => codeOf(() => openMemo(bytesOf(memo), { genesisHash, sender: A.address, key }));

console.log(JSON.stringify({
  keys: { A: toHex(keys.A.publicKey), B: toHex(keys.B.publicKey) },
  memos: await Promise.all(vectors.memos.map(async ({ text, memo }) => ({
    filled: toHex(padMemo(text)),
    sealed: hexOf(await sealMemo(text, {
      genesisHash, sender: A.address, key: keys.A, reader: B.address, readerKey: keys.B.publicKey, salt: fromHex(memo.salt),
    })),
    opened: [await opening(memo, keys.A), await opening(memo, keys.B)],
  }))),
  fresh: toHex((await sealMemo("x", { genesisHash, sender: A.address, key: keys.A, reader: B.address, readerKey: keys.B.publicKey })).salt),
  refused: await Promise.all(vectors.refused.map(({ memo }) => opening(memo, keys.B))),
  unfilled: await Promise.all(vectors.unfilled.map((hex) => codeOf(() => unpadMemo(fromHex(hex))))),
  texts: await Promise.all([["x".repeat(1024)], ["x".repeat(64), 64], [""], ["\ud800"]].map((asked) => codeOf(() => padMemo(...asked)))),
}));
