// A scheme's rule, prices and sources as sentences; `terms` as the interface shows them.

import { who } from "../text/events";
import { exact, number, span } from "../text/format";
import { named, t } from "../text/messages";

type Money = { tokens: string };
export type PairShare = { producer: number; consumer: number; share: number };
type Method = { kind: string; levels?: readonly Method[]; rows?: readonly PairShare[] };
export type Participant = { point: number; keys: readonly number[]; factor: number };
export type Terms = {
  name: string;
  participants?: readonly Participant[];
  rule: { method: Method; delivery: string; no_self_share: boolean; hourly: boolean };
  prices: { kind: string; price?: Money; retail?: Money; feed_in?: Money };
  fee: Money;
  fee_account: string;
  sources: string;
  bound_mwh: number;
  cut_off_ms: number;
  settlement: string;
};

export const WHOLE_PARTS = 1_000_000_000;

/** 1.5e8 parts of 10^9 are 15 %. */
export const shareText = (parts: number): string => `${number((parts / WHOLE_PARTS) * 100, 0)}\u00a0%`;

/** By which rule what is shared is divided, what holds beside it. */
export function ruleText({ rule }: Terms): string {
  const levels = rule.method.levels?.map(({ kind }) => named("scheme.rule", kind));
  const parts = [levels ? levels.join(" → ") : named("scheme.rule", rule.method.kind)];
  const { kind, rows = [] } = rule.method;
  if (kind === "pairs_each_slot")
    parts.push(t(rows.length ? "scheme.standIn" : "scheme.noStandIn", { count: rows.length }));
  if (rule.delivery === "by_age") parts.push(t("scheme.byAge"));
  if (rule.hourly) parts.push(t("scheme.hourly"));
  if (rule.no_self_share) parts.push(t("scheme.noSelf"));
  return parts.join(" ");
}

/** What a shared kWh costs. */
export function priceText({ prices, fee, fee_account }: Terms, symbol: string): string {
  const amount = (money: Money | undefined) => `${exact(money?.tokens ?? "0")}\u00a0${symbol}`;
  const values = {
    price: amount(prices.price),
    retail: amount(prices.retail),
    feedIn: amount(prices.feed_in),
    middle: prices.retail && prices.feed_in ? middle(prices.retail, prices.feed_in, symbol) : "",
  };
  const parts = [named("scheme.price", prices.kind, values)];
  if (Number(fee.tokens) > 0) parts.push(t("scheme.feeTo", { fee: amount(fee), who: who(fee_account) }));
  return parts.join(" ");
}

const middle = (one: Money, other: Money, symbol: string): string =>
  `${exact(String((Number(one.tokens) + Number(other.tokens)) / 2))}\u00a0${symbol}`;

/** Whose values count, from which difference on one is told, how long missing ones are waited for, when money moves. */
export function countingText({ sources, bound_mwh, cut_off_ms, settlement }: Terms): string {
  return [
    named("scheme.sources", sources),
    t("scheme.bound", { bound: `${number(bound_mwh / 1_000, 3).replace(/[.,]0+$/, "")}\u00a0Wh` }),
    t("scheme.cutOff", { span: span(cut_off_ms) }),
    named("scheme.settlement", settlement),
  ].join(" ");
}
