// Whose page this is: accounts that are watched, without a key or with one. Kept in this browser only.

import { computed, signal } from "@preact/signals";

export type Watched = { address: string; label: string };

const KEY = "nodechain.watched";

function read(): Watched[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(found)
      ? (found as Watched[]).filter((each) => typeof each?.address === "string")
      : [];
  } catch {
    return [];
  }
}

export const watched = signal<Watched[]>(read());
/** The account that the screens are about; empty where none is watched. */
export const address = computed(() => watched.value[0]?.address ?? "");

function write(accounts: Watched[]): void {
  watched.value = accounts;
  try {
    localStorage.setItem(KEY, JSON.stringify(accounts));
  } catch {
    // Without a store the choice lasts as long as the page.
  }
}

/** Watch an account and make it the one that the screens are about. */
export function watch(found: string, label = ""): void {
  const known = watched.value.find((each) => each.address === found);
  const others = watched.value.filter((each) => each.address !== found);
  write([{ address: found, label: label || known?.label || "" }, ...others]);
}

export const unwatch = (found: string): void => write(watched.value.filter((each) => each.address !== found));

/** How the reader calls an account of its own. */
export const labelOf = (found: string): string =>
  watched.value.find((each) => each.address === found)?.label ?? "";
