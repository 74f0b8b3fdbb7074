/** 24 words that nobody had before. */
export function newWords(): string;
/**
 * The words of 16 to 32 random bytes.
 * @param {Uint8Array} entropy
 */
export function wordsOf(entropy: Uint8Array): string;
/**
 * The words as they count; refuses what is no recovery phrase, and says which word is wrong, never the word.
 * @param {string} words
 */
export function checkWords(words: string): string;
/**
 * 64 bytes; another passphrase gives another, equally valid seed.
 * @param {string} words
 * @param {string} [passphrase]
 */
export function seedOf(words: string, passphrase?: string): Promise<Uint8Array<ArrayBufferLike> & Uint8Array<ArrayBuffer>>;
/**
 * The path of the `index`-th key of a kind.
 * @param {import("./keyfile.js").KeyKind} kind
 * @param {number} [index]
 */
export function keyPath(kind: import("./keyfile.js").KeyKind, index?: number): string;
/**
 * The secret of an Ed25519 key, 32 bytes, at a path of hardened steps.
 * @param {Uint8Array} seed
 * @param {string} path
 */
export function deriveSecret(seed: Uint8Array, path: string): Uint8Array<ArrayBuffer>;
export { wordlist };
import { wordlist } from "@scure/bip39/wordlists/english.js";
