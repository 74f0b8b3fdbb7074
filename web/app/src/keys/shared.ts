// Accounts of several owners that this browser knows: how many of which keys must sign. Kept in this browser only.

import { signal } from "@preact/signals";
import { toHex } from "../../../verifier/index.js";
import type { Keypair } from "./keypair";

/** `keys` in hex, with the byte of their algorithm, in their order. */
export type Shared = { address: string; threshold: number; keys: readonly string[] };

const PLACE = "nodechain.shared";

function read(): Shared[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(PLACE) ?? "[]");
    return Array.isArray(found) ? (found as Shared[]).filter(({ keys }) => Array.isArray(keys)) : [];
  } catch {
    return [];
  }
}

export const shared = signal<readonly Shared[]>(read());

function write(accounts: readonly Shared[]): void {
  shared.value = accounts;
  try {
    localStorage.setItem(PLACE, JSON.stringify(accounts));
  } catch {
    // Without a store it lasts as long as the page.
  }
}

export const keepShared = (found: Shared): void =>
  write([found, ...shared.value.filter(({ address }) => address !== found.address)]);

export const removeShared = (address: string): void =>
  write(shared.value.filter((each) => each.address !== address));

/** The account of several owners at an address, if a key is one of theirs. */
export function sharedBy(key: Keypair | null, address: string): Shared | null {
  const found = shared.value.find((each) => each.address === address);
  return key && found?.keys.includes(toHex(key.publicKey)) ? found : null;
}
