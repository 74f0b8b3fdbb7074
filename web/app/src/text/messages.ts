// The words of the page: one file a language in messages/, the same keys in each (a test compares them).

import { signal } from "@preact/signals";
import type bills from "../messages/bills/bills.en.json";
import type community from "../messages/community/community.en.json";
import type deals from "../messages/deals/deals.en.json";
import type english from "../messages/en.json";
import type feeds from "../messages/feeds/feeds.en.json";
import type keys from "../messages/keys/keys.en.json";
import type operator from "../messages/operator/operator.en.json";
import type fund from "../messages/fund/fund.en.json";
import type resolutions from "../messages/resolutions/resolutions.en.json";
import type sharing from "../messages/sharing/sharing.en.json";

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
  | keyof typeof bills
  | keyof typeof community
  | keyof typeof deals
  | keyof typeof feeds
  | keyof typeof keys
  | keyof typeof operator
  | keyof typeof fund
  | keyof typeof resolutions
  | keyof typeof sharing
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

/** Words of screens that most do not open: loaded with them, beside those of every screen. */
export const PARTS = {
  sharing: {
    en: () => import("../messages/sharing/sharing.en.json"),
    de: () => import("../messages/sharing/sharing.de.json"),
    fr: () => import("../messages/sharing/sharing.fr.json"),
    it: () => import("../messages/sharing/sharing.it.json"),
    es: () => import("../messages/sharing/sharing.es.json"),
    el: () => import("../messages/sharing/sharing.el.json"),
  },
  deals: {
    en: () => import("../messages/deals/deals.en.json"),
    de: () => import("../messages/deals/deals.de.json"),
    fr: () => import("../messages/deals/deals.fr.json"),
    it: () => import("../messages/deals/deals.it.json"),
    es: () => import("../messages/deals/deals.es.json"),
    el: () => import("../messages/deals/deals.el.json"),
  },
  keys: {
    en: () => import("../messages/keys/keys.en.json"),
    de: () => import("../messages/keys/keys.de.json"),
    fr: () => import("../messages/keys/keys.fr.json"),
    it: () => import("../messages/keys/keys.it.json"),
    es: () => import("../messages/keys/keys.es.json"),
    el: () => import("../messages/keys/keys.el.json"),
  },
  operator: {
    en: () => import("../messages/operator/operator.en.json"),
    de: () => import("../messages/operator/operator.de.json"),
    fr: () => import("../messages/operator/operator.fr.json"),
    it: () => import("../messages/operator/operator.it.json"),
    es: () => import("../messages/operator/operator.es.json"),
    el: () => import("../messages/operator/operator.el.json"),
  },
  feeds: {
    en: () => import("../messages/feeds/feeds.en.json"),
    de: () => import("../messages/feeds/feeds.de.json"),
    fr: () => import("../messages/feeds/feeds.fr.json"),
    it: () => import("../messages/feeds/feeds.it.json"),
    es: () => import("../messages/feeds/feeds.es.json"),
    el: () => import("../messages/feeds/feeds.el.json"),
  },
  fund: {
    en: () => import("../messages/fund/fund.en.json"),
    de: () => import("../messages/fund/fund.de.json"),
    fr: () => import("../messages/fund/fund.fr.json"),
    it: () => import("../messages/fund/fund.it.json"),
    es: () => import("../messages/fund/fund.es.json"),
    el: () => import("../messages/fund/fund.el.json"),
  },
  resolutions: {
    en: () => import("../messages/resolutions/resolutions.en.json"),
    de: () => import("../messages/resolutions/resolutions.de.json"),
    fr: () => import("../messages/resolutions/resolutions.fr.json"),
    it: () => import("../messages/resolutions/resolutions.it.json"),
    es: () => import("../messages/resolutions/resolutions.es.json"),
    el: () => import("../messages/resolutions/resolutions.el.json"),
  },
  community: {
    en: () => import("../messages/community/community.en.json"),
    de: () => import("../messages/community/community.de.json"),
    fr: () => import("../messages/community/community.fr.json"),
    it: () => import("../messages/community/community.it.json"),
    es: () => import("../messages/community/community.es.json"),
    el: () => import("../messages/community/community.el.json"),
  },
  bills: {
    en: () => import("../messages/bills/bills.en.json"),
    de: () => import("../messages/bills/bills.de.json"),
    fr: () => import("../messages/bills/bills.fr.json"),
    it: () => import("../messages/bills/bills.it.json"),
    es: () => import("../messages/bills/bills.es.json"),
    el: () => import("../messages/bills/bills.el.json"),
  },
} as const satisfies Record<string, Loaders>;

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

const parts = () => import("./word_parts");
type Part = keyof Awaited<ReturnType<typeof parts>>["PARTS"];

/** What a screen is loaded by, with its words: all at once. */
export async function withWords<T>(names: readonly Part[], load: () => Promise<T>): Promise<T> {
  const screen = load();
  const { PARTS } = await parts();
  const unspoken = names.map((name) => PARTS[name]).filter((part) => !spoken.has(part));
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
