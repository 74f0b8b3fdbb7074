// What a reader looks for, from what it typed: one field for everything.

import { addressBytes } from "./codec";

export type Target = readonly [
  kind: "block" | "transaction" | "account" | "key" | "order" | "vote",
  name: string,
];

const WORDS: Record<string, Target[0]> = {
  block: "block",
  order: "order",
  auftrag: "order",
  vote: "vote",
  abstimmung: "vote",
  transaction: "transaction",
  "block:": "block",
};

/** Where a text leads; null where it leads nowhere. */
export function targetOf(text: string): Target | null {
  const found = text.trim();
  const [word = "", name = ""] = found.toLowerCase().split(/[\s:#]+/);
  const kind = WORDS[word];
  if (kind && (/^\d+$/.test(name) || (kind !== "order" && /^[0-9a-f]{64}$/.test(name)))) return [kind, name];
  const digits = found.replaceAll(/[.,'\s]/g, "");
  if (/^\d{1,15}$/.test(digits)) return ["block", digits];
  if (/^[0-9a-f]{64}$/i.test(found)) return ["transaction", found.toLowerCase()];
  if (found.startsWith("nrgpub1")) return ["key", found];
  return addressBytes(found) ? ["account", found] : null;
}
