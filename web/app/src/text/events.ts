// An event of the ledger as a sentence, with the reader as "you" where it is one of the two.

import type { LedgerEvent } from "../api/client";
import { type Of, ofWhich } from "../api/units";
import { address, labelOf } from "../data/account";
import { ENERGY, feeAsset, pairOf, symbolOf } from "../data/assets";
import { energyText, exact, moment, price, short } from "./format";
import { fill, hasMessage, language, messageTable, named, t, type Values } from "./messages";
import { partsText } from "./parts";

type Amount = { base: number; tokens: string };

const isAmount = (value: unknown): value is Amount =>
  typeof value === "object" && value !== null && "tokens" in value && "base" in value;

/** How an account is called: you, by its label, or by its address in short; one whose name is kept back is somebody. */
export function who(found: string): string {
  if (!found) return t("who.somebody");
  if (found === address.value) return t("who.you");
  return labelOf(found) || short(found);
}

/** Amounts by the ledger's types; of other numbers the name says what they count. */
function shown(name: string, value: unknown, entry: LedgerEvent): string {
  if (isAmount(value)) {
    // A part of an action has no kind: its asset stands beside it.
    return amountText(value, entry.kind ? ofWhich(entry.kind, name) : "field", entry);
  }
  if (typeof value === "number" && name === "share") return partsText(value);
  if (typeof value === "number" && name.endsWith("_mwh")) return energyText(value / 1_000);
  if (typeof value === "number" && name.endsWith("_wh")) return energyText(value);
  if (typeof value === "number" && name.endsWith("_ms")) return value ? moment(value) : t("word.noEnd");
  if (typeof value === "string" && value.startsWith("nrg1")) return who(value);
  if (typeof value === "string" && /^[0-9a-f]{32,}$/.test(value)) return short(value);
  if (typeof value === "boolean") return t(value ? "word.yes" : "word.no");
  if (Array.isArray(value)) return value.map((each) => shown(name, each, entry)).join(", ");
  if (typeof value === "object" && value !== null) return partText(value as Record<string, unknown>, entry);
  return named("value", String(value));
}

/** A value inside of another: a voted action, or a few fields of their own. */
function partText(part: Record<string, unknown>, entry: LedgerEvent): string {
  if (typeof part.kind === "string") return sentence(part as LedgerEvent, "action");
  return Object.entries(part)
    .map(([name, value]) => `${name.replaceAll("_", " ")} ${shown(name, value, entry)}`)
    .join(", ");
}

/** The name of the asset that an amount is of; empty where this release does not know it. */
function assetOf(of: Of | undefined, entry: LedgerEvent): string {
  switch (of) {
    case "energy":
      return ENERGY;
    case "fees":
      return feeAsset.value;
    case "field":
      return String(entry.asset ?? "");
    case "base":
      return String(entry.base ?? pairOf(Number(entry.product))?.base ?? "");
    case "quote":
    case "price":
      return String(entry.quote ?? pairOf(Number(entry.product))?.quote ?? "");
    default:
      return "";
  }
}

function amountText({ tokens }: Amount, of: Of | undefined, entry: LedgerEvent): string {
  return `${of === "price" ? price(tokens) : exact(tokens)}\u00a0${symbolOf(assetOf(of, entry))}`.trim();
}

/** What is taken away, or begun anew, has a form of its own. */
function variantOf(key: string, entry: LedgerEvent): string {
  if ((entry.on === false || entry.active === false) && hasMessage(`${key}.off`)) return `${key}.off`;
  return (entry.scheme === 0 || entry.tariff === 0) && hasMessage(`${key}.new`) ? `${key}.new` : key;
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
  return variantOf(key, entry);
}

/** What stands inside of a value, under its own name: a voted action often has one part, which the sentence is about. */
function partsOf(entry: LedgerEvent): Values {
  const found: Values = {};
  for (const part of Object.values(entry)) {
    if (typeof part !== "object" || part === null || Array.isArray(part) || isAmount(part)) continue;
    const inner = part as LedgerEvent;
    Object.assign(found, partsOf(inner));
    for (const [name, value] of Object.entries(inner)) found[name] = shown(name, value, inner);
  }
  return found;
}

/** An event (or a voted action) in words; one that has no sentence yet is shown with its fields. */
export function sentence(entry: LedgerEvent, prefix: "event" | "action" = "event"): string {
  const values: Values = {};
  for (const [name, value] of Object.entries(entry))
    if (name !== "kind") values[name] = shown(name, value, entry);
  const key = formOf(prefix, entry);
  if (hasMessage(key)) {
    const all = prefix === "action" ? { ...partsOf(entry), ...values } : values;
    return fill(messageTable(), language.value, key, all);
  }
  const fields = Object.entries(values).map(([name, text]) => `${name.replaceAll("_", " ")} ${text}`);
  return `${entry.kind.replaceAll("_", " ")}: ${fields.join(", ")}`;
}
