// A recovery phrase and the account key that it stands for: BIP 39, SLIP-0010, the path of docs/home.md.

import { entropyToMnemonic, mnemonicToEntropy, mnemonicToSeed } from "@scure/bip39";
import { wordlist } from "@scure/bip39/wordlists/english.js";

export const WORDS = 24;
const ENTROPY_BYTES = 32;
const HARDENED = 2 ** 31;
const COIN = 0x6e7267;
const ACCOUNT = 0;

export const pathOf = (index: number): string => `m/44'/${COIN}'/${ACCOUNT}'/${index}'`;

/** 24 new words. */
export const newPhrase = (): string =>
  entropyToMnemonic(crypto.getRandomValues(new Uint8Array(ENTROPY_BYTES)), wordlist);

/** The words as they are written; null where they are no phrase: a word or their order is wrong. */
export function tidied(text: string): string | null {
  const phrase = text.normalize("NFKD").toLowerCase().trim().split(/\s+/).join(" ");
  try {
    mnemonicToEntropy(phrase, wordlist);
    return phrase;
  } catch {
    return null;
  }
}

type Node = { secret: Uint8Array; chainCode: Uint8Array };

async function split(key: Uint8Array, data: Uint8Array): Promise<Node> {
  const hmac = await crypto.subtle.importKey(
    "raw",
    key as BufferSource,
    { name: "HMAC", hash: "SHA-512" },
    false,
    ["sign"],
  );
  const digest = new Uint8Array(await crypto.subtle.sign("HMAC", hmac, data as BufferSource));
  return { secret: digest.slice(0, 32), chainCode: digest.slice(32) };
}

/** The secret of a seed at a path whose steps are all hardened. */
export async function derive(seed: Uint8Array, path: readonly number[]): Promise<Uint8Array> {
  let node = await split(new TextEncoder().encode("ed25519 seed"), seed);
  for (const step of path) {
    const data = new Uint8Array(37);
    data.set(node.secret, 1);
    new DataView(data.buffer).setUint32(33, HARDENED + step);
    node = await split(node.chainCode, data);
  }
  return node.secret;
}

/** The secret of the first account of a phrase. */
export const accountSecret = async (phrase: string, index = 0): Promise<Uint8Array> =>
  derive(await mnemonicToSeed(phrase), [44, COIN, ACCOUNT, index]);
