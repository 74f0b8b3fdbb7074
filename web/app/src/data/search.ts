// What a reader looks for, from what it typed: one field for everything.

import { addressBytes } from "./codec";

export type Target = readonly [
  kind: "block" | "transaction" | "account" | "key" | "order" | "vote",
  name: string,
];

/** As each language's hint says it (`explorer.search.hint`); whatever language is spoken, all are understood. */
const NAMES: Record<"block" | "transaction" | "order" | "vote", readonly string[]> = {
  block: ["block", "bloc", "blocco", "bloque", "μπλοκ"],
  transaction: ["transaction", "transaktion", "transazione", "transacción", "συναλλαγή"],
  order: ["order", "auftrag", "ordre", "ordine", "orden", "εντολή"],
  vote: ["vote", "abstimmung", "votazione", "votación", "ψηφοφορία"],
};

/** Without the accents, which people leave out. */
const bare = (text: string): string => text.toLowerCase().normalize("NFD").replaceAll(/\p{M}/gu, "");

const WORDS = new Map(
  Object.entries(NAMES).flatMap(([kind, names]) => names.map((name) => [bare(name), kind as Target[0]])),
);

/** Where a text leads; null where it leads nowhere. */
export function targetOf(text: string): Target | null {
  const found = text.trim();
  const [word = "", name = ""] = bare(found).split(/[\s:#]+/);
  const kind = WORDS.get(word);
  if (kind && (/^\d+$/.test(name) || (kind !== "order" && /^[0-9a-f]{64}$/.test(name)))) return [kind, name];
  const digits = found.replaceAll(/[.,'\s]/g, "");
  if (/^\d{1,15}$/.test(digits)) return ["block", digits];
  if (/^[0-9a-f]{64}$/i.test(found)) return ["transaction", found.toLowerCase()];
  if (found.startsWith("nrgpub1")) return ["key", found];
  return addressBytes(found) ? ["account", found] : null;
}
