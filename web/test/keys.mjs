// `node web/test/keys.mjs`: from one JSON object a line to one answer a line; what tests/web/test_client_keys.py asks.

import { createInterface } from "node:readline";

import { ClientError, fromHex, openKeyfile, readKeyfile, toHex, writeKeyfile } from "../client/index.js";
import { checkWords, deriveSecret, seedOf, wordsOf } from "../client/words.js";

const ASKED = {
  async open({ file, password, message }) {
    const key = await openKeyfile(readKeyfile(file), password);
    return { public_key: toHex(key.publicKey), signature: toHex(await key.sign(fromHex(message))) };
  },
  async write({ algorithm, secret, password, about }) {
    return { file: await writeKeyfile(algorithm, fromHex(secret), password, about) };
  },
  async derive({ words, passphrase, paths }) {
    const seed = await seedOf(words, passphrase);
    return { seed: toHex(seed), secrets: paths.map((path) => toHex(deriveSecret(seed, path))) };
  },
  async check({ words }) {
    return { words: checkWords(words) };
  },
  async words({ entropy }) {
    return { words: wordsOf(fromHex(entropy)) };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { ask, ...rest } = JSON.parse(line);
  try {
    console.log(JSON.stringify(await ASKED[ask](rest)));
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    console.log(JSON.stringify({ code: error.code }));
  }
}
