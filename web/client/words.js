// 24 words on paper (BIP 39, English), and the keys that come of them (SLIP-0010 for Ed25519): the command line's tree.

import { hmac } from "@noble/hashes/hmac.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { entropyToMnemonic, generateMnemonic, mnemonicToSeed, validateMnemonic } from "@scure/bip39";
import { wordlist } from "@scure/bip39/wordlists/english.js";

import { concat, utf8 } from "../verifier/bytes.js";
import { refuseUnless } from "./errors.js";

export { wordlist };

const HARDENED = 2 ** 31;
const COIN_TYPE = 0x6e7267;
const KINDS = ["account", "validator", "node", "meter"];

/** 24 words that nobody had before. */
export function newWords() {
  return generateMnemonic(wordlist, 256);
}

/**
 * The words of 16 to 32 random bytes.
 * @param {Uint8Array} entropy
 */
export function wordsOf(entropy) {
  return entropyToMnemonic(entropy, wordlist);
}

/** @param {string} words */
function normalized(words) {
  return words.normalize("NFKD").toLowerCase().trim().split(/\s+/);
}

/**
 * The words as they count; refuses what is no recovery phrase, and says which word is wrong, never the word.
 * @param {string} words
 */
export function checkWords(words) {
  const split = normalized(words);
  refuseUnless([12, 15, 18, 21, 24].includes(split.length), "bad_words", `${split.length} words; a recovery phrase has 24 (or 12, 15, 18, 21)`);
  const unknown = split.findIndex((word) => !wordlist.includes(word));
  refuseUnless(unknown < 0, "bad_words", `word ${unknown + 1} is not in the English list of BIP 39`, "Check its spelling");
  refuseUnless(validateMnemonic(split.join(" "), wordlist), "bad_words", "the checksum does not fit: a word is wrong, or two have changed places");
  return split.join(" ");
}

/**
 * 64 bytes; another passphrase gives another, equally valid seed.
 * @param {string} words
 * @param {string} [passphrase]
 */
export function seedOf(words, passphrase = "") {
  return mnemonicToSeed(checkWords(words), passphrase);
}

/**
 * The path of the `index`-th key of a kind.
 * @param {import("./keyfile.js").KeyKind} kind
 * @param {number} [index]
 */
export function keyPath(kind, index = 0) {
  return `m/44'/${COIN_TYPE}'/${KINDS.indexOf(kind)}'/${index}'`;
}

/**
 * The secret of an Ed25519 key, 32 bytes, at a path of hardened steps.
 * @param {Uint8Array} seed
 * @param {string} path
 */
export function deriveSecret(seed, path) {
  refuseUnless(/^m(\/[0-9]{1,10}')*$/.test(path), "bad_path", "a path is m and numbers followed by ' (hardened), as in m/44'/0'");
  let node = hmac(sha512, utf8("ed25519 seed"), seed);
  for (const step of path.split("/").slice(1)) {
    const index = Number(step.slice(0, -1));
    refuseUnless(index < HARDENED, "bad_path", `a step lies in [0, 2^31), not ${index}`);
    const place = new Uint8Array(4);
    new DataView(place.buffer).setUint32(0, HARDENED + index);
    node = hmac(sha512, node.slice(32), concat(Uint8Array.of(0), node.slice(0, 32), place));
  }
  return node.slice(0, 32);
}
