// An event of the ledger as a sentence, with the reader as "you" where it is one of the two.

import type { LedgerEvent } from "../api/client";
import { address, labelOf } from "../data/account";
import { ENERGY, symbolOf } from "../data/assets";
import { energyText, exact, moment, price, short } from "./format";
import { fill, hasMessage, language, messageTable, named, t, type Values } from "./messages";

type Amount = { base: number; tokens: string };

const isAmount = (value: unknown): value is Amount =>
  typeof value === "object" && value !== null && "tokens" in value && "base" in value;

/** Amounts of money, of energy; any other is of the event's own `asset`. Prices are of money per kWh. */
const MONEY_FIELDS = new Set(["payment", "released", "price"]);
const ENERGY_FIELDS = new Set([
  "minted",
  "burned",
  "provider_share",
  "cost",
  "returned",
  "reservation",
  "quantity",
  "remaining",
  "rate",
  "difference",
  "paid",
]);

/** How an account is called: you, by its label, or by its address in short; one whose name is kept back is somebody. */
export function who(found: string): string {
  if (!found) return t("who.somebody");
  if (found === address.value) return t("who.you");
  return labelOf(found) || short(found);
}

function shown(name: string, value: unknown, entry: LedgerEvent): string {
  if (isAmount(value)) return amountText(name, value, entry);
  if (typeof value === "number" && name.endsWith("_wh")) return energyText(value);
  if (typeof value === "number" && name.endsWith("_ms")) return value ? moment(value) : t("word.noEnd");
  if (typeof value === "string" && value.startsWith("nrg1")) return who(value);
  if (typeof value === "string" && /^[0-9a-f]{32,}$/.test(value)) return short(value);
  if (typeof value === "boolean") return t(value ? "word.yes" : "word.no");
  if (typeof value === "object" && value !== null) return sentence(value as LedgerEvent, "action");
  return named("value", String(value));
}

function amountText(name: string, value: Amount, entry: LedgerEvent): string {
  const asset = String(entry.asset ?? "");
  const isEnergy = ENERGY_FIELDS.has(name) || asset === "";
  const symbol = MONEY_FIELDS.has(name)
    ? symbolOf(String(entry.quote ?? asset))
    : symbolOf(isEnergy ? ENERGY : asset);
  return `${name === "price" ? price(value.tokens) : exact(value.tokens)}\u00a0${symbol}`.trim();
}

/** The forms of a sentence: one where the reader is the first party, one where it is the second, one for others. */
function formOf(prefix: string, entry: LedgerEvent): string {
  const mine = address.value;
  const key = `${prefix}.${entry.kind}`;
  if (mine) {
    for (const [name, value] of Object.entries(entry)) {
      if (value === mine && hasMessage(`${key}.${name}`)) return `${key}.${name}`;
    }
  }
  return key;
}

/** An event (or a voted action) in words; one that has no sentence yet is shown with its fields. */
export function sentence(entry: LedgerEvent, prefix: "event" | "action" = "event"): string {
  const values: Values = {};
  for (const [name, value] of Object.entries(entry))
    if (name !== "kind") values[name] = shown(name, value, entry);
  const key = formOf(prefix, entry);
  if (hasMessage(key)) return fill(messageTable(), language.value, key, values);
  const fields = Object.entries(values).map(([name, text]) => `${name.replaceAll("_", " ")} ${text}`);
  return `${entry.kind.replaceAll("_", " ")}: ${fields.join(", ")}`;
}
