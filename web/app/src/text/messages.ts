// The words of the page: one file a language in messages/, the same keys in each (a test compares them).

import { signal } from "@preact/signals";
import type agents from "../messages/agents/agents.en.json";
import type bills from "../messages/bills/bills.en.json";
import type certificates from "../messages/certificates/certificates.en.json";
import type community from "../messages/community/community.en.json";
import type deals from "../messages/deals/deals.en.json";
import type english from "../messages/en.json";
import type feeds from "../messages/feeds/feeds.en.json";
import type fund from "../messages/fund/fund.en.json";
import type keys from "../messages/keys/keys.en.json";
import type memos from "../messages/memos/memos.en.json";
import type operator from "../messages/operator/operator.en.json";
import type origin from "../messages/origin/origin.en.json";
import type resolutions from "../messages/resolutions/resolutions.en.json";
import type sharing from "../messages/sharing/sharing.en.json";
import type together from "../messages/together/together.en.json";
import type { PARTS } from "./word_parts";

export const LANGUAGES = {
  en: "English",
  de: "Deutsch",
  fr: "Français",
  it: "Italiano",
  es: "Español",
  el: "Ελληνικά",
} as const;
export type Language = keyof typeof LANGUAGES;

type Stem<K> = K extends `${infer S}#one` ? S : K extends `${infer S}#other` ? S : K;
/** A message's name; of one with plural forms the part before `#`. */
export type MessageKey = Stem<
  | keyof typeof english
  | keyof typeof agents
  | keyof typeof bills
  | keyof typeof certificates
  | keyof typeof community
  | keyof typeof deals
  | keyof typeof feeds
  | keyof typeof keys
  | keyof typeof memos
  | keyof typeof operator
  | keyof typeof fund
  | keyof typeof origin
  | keyof typeof resolutions
  | keyof typeof sharing
  | keyof typeof together
>;
export type Values = Record<string, string | number>;

export type Loaders = Record<Language, () => Promise<{ default: Record<string, string> }>>;

const LOADERS: Loaders = {
  en: () => import("../messages/en.json"),
  de: () => import("../messages/de.json"),
  fr: () => import("../messages/fr.json"),
  it: () => import("../messages/it.json"),
  es: () => import("../messages/es.json"),
  el: () => import("../messages/el.json"),
};

const spoken = new Set<Loaders>();

export const language = signal<Language>("en");
const table = signal<Record<string, string>>({});

/** What the reader chose, else the first of the browser's languages that there is, else English. */
export function preferred(chosen: string | null, wanted: readonly string[]): Language {
  const known = (text: string): text is Language => text in LANGUAGES;
  const found = [chosen ?? "", ...wanted.map((each) => each.slice(0, 2).toLowerCase())].find(known);
  return found ?? "en";
}

export async function speak(wanted: Language): Promise<void> {
  let files: { default: Record<string, string> }[];
  let parts: number;
  do {
    parts = spoken.size; // A screen may ask for its words meanwhile.
    files = await Promise.all([LOADERS[wanted](), ...[...spoken].map((part) => part[wanted]())]);
  } while (parts !== spoken.size);
  table.value = Object.assign({}, ...files.map((file) => file.default));
  language.value = wanted;
  document.documentElement.lang = wanted;
}

/** What a screen is loaded by, with its words: all at once. */
export async function withWords<T>(
  names: readonly (keyof typeof PARTS)[],
  load: () => Promise<T>,
): Promise<T> {
  const screen = load();
  const files = (await import("./word_parts")).PARTS;
  const unspoken = names.map((name) => files[name]).filter((part) => !spoken.has(part));
  for (const part of unspoken) spoken.add(part);
  while (unspoken.length) {
    const wanted = language.peek();
    const words = await Promise.all(unspoken.map((part) => part[wanted]()));
    if (wanted !== language.peek()) continue;
    table.value = Object.assign({}, table.peek(), ...words.map((each) => each.default));
    break;
  }
  return screen;
}

/**
 * A message with its values put in; `count` chooses the plural form where there is one. Romance languages have a form of
 * their own for whole millions ("un million de blocs"): what is counted here does not reach them, `#other` is said.
 */
export function fill(
  messages: Record<string, string>,
  locale: string,
  key: string,
  values: Values = {},
): string {
  let text = messages[key];
  if (text === undefined) {
    const form = new Intl.PluralRules(locale).select(Number(values.count ?? 0));
    text = messages[`${key}#${form}`] ?? messages[`${key}#other`] ?? key;
  }
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

export const t = (key: MessageKey, values: Values = {}): string =>
  fill(table.value, language.value, key, values);

/** A message for something that the ledger names: the first of the keys that there is, else the name in words. */
export function named(prefix: string, name: string, values: Values = {}): string {
  const key = `${prefix}.${name}`;
  const has = key in table.value || `${key}#other` in table.value;
  return has ? fill(table.value, language.value, key, values) : name.replaceAll("_", " ");
}

export const messageTable = (): Record<string, string> => table.value;

export const hasMessage = (key: string): boolean => key in table.value || `${key}#other` in table.value;
