// A recovery phrase and the account key that it stands for: the client's words, one path (docs/home.md).

import { checkWords, deriveSecret, keyPath, newWords, seedOf } from "@nodechain/client/words.js";

export const WORDS = 24;

export const pathOf = (index: number): string => keyPath("account", index);

/** 24 new words. */
export const newPhrase = (): string => newWords();

/** The words as they are written; null where they are no phrase: a word or their order is wrong. */
export function tidied(text: string): string | null {
  try {
    return checkWords(text);
  } catch {
    return null;
  }
}

/** The secret of a seed at a path whose steps are all hardened. */
export const derive = (seed: Uint8Array, path: readonly number[]): Uint8Array =>
  deriveSecret(seed, ["m", ...path.map((step) => `${step}'`)].join("/"));

/** The secret of an account of a phrase. */
export const accountSecret = async (phrase: string, index = 0): Promise<Uint8Array> =>
  deriveSecret(await seedOf(phrase), pathOf(index));
