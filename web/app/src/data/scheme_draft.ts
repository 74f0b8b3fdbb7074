// A scheme as a form has it, in text, and the terms that it comes to; null where something is not filled in rightly.

import { typedPrice } from "../ui/entry";
import { fromBase } from "./amounts";
import { addressBytes } from "./codec";
import { type PairShare, type Participant, type Terms, WHOLE_PARTS } from "./scheme_words";

const HOUR_MS = 3_600_000;
/** Points that one change carries (SC1): a scheme of more comes, and is changed, by several. */
export const MOST_POINTS = 400;

export const RULES = ["dynamic", "static", "static_redistributed", "pairs_each_slot"] as const;
export const PRICES = ["fixed_price", "mid_market", "supply_demand_ratio", "bill_sharing"] as const;
export const SOURCES = ["own", "operator", "own_then_operator"] as const;
export const SETTLEMENTS = ["slot", "period"] as const;

export type Draft = {
  name: string;
  /** One of `RULES`, or `kept`: the rule of the version before, which this form does not write. */
  rule: (typeof RULES)[number] | "kept";
  byAge: boolean;
  /** Of rows that come with each slot, those that stand in: a line `producer consumer 10%` each. */
  standIns: string;
  prices: (typeof PRICES)[number] | "kept";
  price: string;
  retail: string;
  feedIn: string;
  fee: string;
  feeAccount: string;
  sources: (typeof SOURCES)[number];
  boundWh: string;
  cutOffHours: string;
  settlement: (typeof SETTLEMENTS)[number];
  /** A line for each point: its number, a consumer's keys, and the share of it where that is not the whole. */
  points: string;
};

export const EMPTY: Draft = {
  name: "",
  rule: "dynamic",
  byAge: false,
  standIns: "",
  prices: "fixed_price",
  price: "",
  retail: "",
  feedIn: "",
  fee: "0",
  feeAccount: "",
  sources: "own",
  boundWh: "1",
  cutOffHours: "72",
  settlement: "slot",
  points: "",
};

/** What the ledger takes: base units, parts, ms. */
export type SignedTerms = Record<string, unknown>;

const lineOf = ({ point, keys, factor }: Participant): string =>
  [point, ...keys, ...(factor === WHOLE_PARTS ? [] : [`${(factor / WHOLE_PARTS) * 100}%`])].join(" ");

const isIn = <T extends string>(names: readonly T[], name: string): name is T =>
  (names as readonly string[]).includes(name);

/** The version before, as text to be changed. */
export function draftOf(terms: Terms): Draft {
  const { rule, prices } = terms;
  return {
    name: terms.name,
    rule: isIn(RULES, rule.method.kind) && !rule.no_self_share && !rule.hourly ? rule.method.kind : "kept",
    byAge: rule.delivery === "by_age",
    standIns: (rule.method.rows ?? []).map(standInLine).join("\n"),
    prices: isIn(PRICES, prices.kind) ? prices.kind : "kept",
    price: prices.price?.tokens ?? "",
    retail: prices.retail?.tokens ?? "",
    feedIn: prices.feed_in?.tokens ?? "",
    fee: terms.fee.tokens,
    feeAccount: terms.fee_account,
    sources: isIn(SOURCES, terms.sources) ? terms.sources : "own",
    boundWh: String(terms.bound_mwh / 1_000),
    cutOffHours: String(terms.cut_off_ms / HOUR_MS),
    settlement: isIn(SETTLEMENTS, terms.settlement) ? terms.settlement : "slot",
    points: (terms.participants ?? []).map(lineOf).join("\n"),
  };
}

/** The points of lines like `7 3 60%`, in rising order; null where a line is none, a point stands twice, or too many do. */
export function participantsOf(text: string): Participant[] | null {
  const found: Participant[] = [];
  for (const line of text
    .split("\n")
    .map((each) => each.trim())
    .filter(Boolean)) {
    const read = /^(\d+)((?:[\s;,]+\d+)*)(?:[\s;,]+(\d+(?:[.,]\d+)?)\s*%)?$/.exec(line);
    if (!read) return null;
    const percent = Number((read[3] ?? "100").replace(",", "."));
    const keys = (read[2] ?? "")
      .split(/[\s;,]+/)
      .filter(Boolean)
      .map(Number);
    if (!(percent > 0 && percent <= 100) || !keys.every(Number.isSafeInteger)) return null;
    found.push({ point: Number(read[1]), keys, factor: Math.round((percent / 100) * WHOLE_PARTS) });
  }
  if (found.length > MOST_POINTS) return null;
  found.sort((one, other) => one.point - other.point);
  return found.every(({ point }, place) => place === 0 || point > (found[place - 1]?.point ?? 0))
    ? found
    : null;
}

const standInLine = ({ producer, consumer, share }: PairShare): string =>
  `${producer} ${consumer} ${(share / WHOLE_PARTS) * 100}%`;

/** Lines like `3 7 12.5%` as rows in rising order; null where one is none, stands twice, or gives more than the whole. */
export function standInsOf(text: string): PairShare[] | null {
  const found: PairShare[] = [];
  for (const line of text.split("\n").filter((each) => each.trim())) {
    const read = /^(\d+)[\s;,]+(\d+)[\s;,]+(\d+(?:[.,]\d{1,7})?)\s*%$/.exec(line.trim());
    if (!read) return null;
    const share = Math.round((Number((read[3] ?? "").replace(",", ".")) / 100) * WHOLE_PARTS);
    found.push({ producer: Number(read[1]), consumer: Number(read[2]), share });
  }
  found.sort((one, other) => one.producer - other.producer || one.consumer - other.consumer);
  const sums = new Map<number, number>();
  for (const [place, { producer, consumer, share }] of found.entries()) {
    const last = found[place - 1];
    if (last?.producer === producer && last.consumer === consumer) return null;
    sums.set(producer, (sums.get(producer) ?? 0) + share);
    if ((sums.get(producer) ?? 0) > WHOLE_PARTS) return null;
  }
  return found;
}

function rawRule(draft: Draft, before: Terms | null): unknown {
  if (draft.rule === "kept") return before && untold(before.rule);
  if (draft.rule === "pairs_each_slot") {
    const rows = standInsOf(draft.standIns);
    return (
      rows && {
        method: { kind: draft.rule, rows },
        delivery: "proportional",
        no_self_share: false,
        hourly: false,
      }
    );
  }
  return {
    method: { kind: draft.rule },
    delivery: draft.byAge ? "by_age" : "proportional",
    no_self_share: false,
    hourly: false,
  };
}

function rawPrices(draft: Draft, decimals: number, before: Terms | null): unknown {
  if (draft.prices === "kept") return before && untold(before.prices);
  const [price, retail, feedIn] = [draft.price, draft.retail, draft.feedIn].map((text) =>
    typedPrice(text, decimals),
  );
  if (draft.prices === "fixed_price") return price === null ? null : { kind: draft.prices, price };
  if (retail == null || feedIn == null || retail < feedIn) return null;
  return { kind: draft.prices, retail, feed_in: feedIn };
}

/** What the interface shows as the ledger has it: amounts in base units. */
function untold(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(untold);
  if (typeof value !== "object" || value === null) return value;
  if ("base" in value && "tokens" in value) return BigInt(value.base as number);
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, untold(each)]));
}

const wholeAbove = (text: string, factor: number): bigint | null => {
  const found = Math.round(Number(text.trim().replace(",", ".")) * factor);
  return text.trim() && Number.isSafeInteger(found) && found > 0 ? BigInt(found) : null;
};

/** The terms of a draft, `asset` being the number of the currency. */
export function termsOf(
  draft: Draft,
  asset: number,
  decimals: number,
  before: Terms | null,
): SignedTerms | null {
  const participants = participantsOf(draft.points);
  const rule = rawRule(draft, before);
  const prices = rawPrices(draft, decimals, before);
  const fee = typedPrice(draft.fee || "0", decimals);
  const bound = wholeAbove(draft.boundWh, 1_000);
  const cutOff = wholeAbove(draft.cutOffHours, HOUR_MS);
  const payee = draft.feeAccount.trim();
  const isFeeRight = fee === 0n ? !payee : addressBytes(payee) !== null;
  if (
    !draft.name.trim() ||
    !participants ||
    !rule ||
    !prices ||
    fee === null ||
    !bound ||
    !cutOff ||
    !isFeeRight
  )
    return null;
  return {
    name: draft.name.trim(),
    asset,
    participants,
    rule,
    prices,
    fee,
    fee_account: payee ? payee : new Uint8Array(),
    sources: draft.sources,
    bound_mwh: bound,
    cut_off_ms: cutOff,
    settlement: draft.settlement,
  };
}

/** The same as the interface would show it, for sentences. */
export function shownTerms(terms: SignedTerms, decimals: number): Terms {
  const money = (value: unknown) => ({ tokens: fromBase(value as bigint, decimals) });
  const prices = terms.prices as Record<string, unknown>;
  return {
    ...(terms as unknown as Terms),
    prices: Object.fromEntries(
      Object.entries(prices).map(([name, value]) => [name, typeof value === "bigint" ? money(value) : value]),
    ) as Terms["prices"],
    fee: money(terms.fee),
    fee_account: typeof terms.fee_account === "string" ? terms.fee_account : "",
    bound_mwh: Number(terms.bound_mwh),
    cut_off_ms: Number(terms.cut_off_ms),
  };
}
