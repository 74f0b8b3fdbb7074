// Which screen: the part of the address after #, so that any node can serve the page as plain files.

import { signal } from "@preact/signals";

export type Place = { name: string; rest: readonly string[] };

/** `#/explorer/block/12` is the screen `explorer` with `block`, `12`. */
export function placeOf(hash: string): Place {
  const [name = "", ...rest] = hash.replace(/^#\/?/, "").split("/").map(decoded);
  return { name: name || "today", rest };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export const place = signal<Place>(placeOf(globalThis.location?.hash ?? ""));

export const linkTo = (...parts: (string | number)[]): string =>
  `#/${parts.map((each) => encodeURIComponent(each)).join("/")}`;

export function go(...parts: (string | number)[]): void {
  location.hash = linkTo(...parts).slice(1);
}

/** Follow the address; after each move the reader, too, begins at the top. */
export function route(moved: () => void): void {
  window.addEventListener("hashchange", () => {
    place.value = placeOf(location.hash);
    moved();
  });
}
