// What this page tells of one's account while it is open: chosen kinds, what there is to tell now, what was shown before.

import { signal } from "@preact/signals";
import { get, type Schemas } from "../api/client";
import { fromBase, toBase } from "./amounts";
import { assets } from "./assets";
import { chainNow, status } from "./node";

export const KINDS = ["low_balance", "unpaid", "silent_meter", "vote_open", "bill_ready"] as const;
export type NoticeKind = (typeof KINDS)[number];
/** `name` is the same whenever the same is found again; `values` are those of its words. */
export type Notice = {
  name: string;
  kind: NoticeKind;
  values: Record<string, string | number>;
  timeMs?: number;
};
export type Wishes = { kinds: NoticeKind[]; least: string; inBrowser: boolean };

const PLACE = "nodechain.notices";
const SILENT_MS = 2 * 3_600_000;
const DAY_MS = 86_400_000;
const SHOWN_KEY = 12;
const MOST_SHOWN = 200;

export const DEFAULTS: Wishes = { kinds: [...KINDS], least: "5", inBrowser: false };

/** What was stored, field by field: another release, or a person, may have written it. */
export function wishesIn(text: string | null): Wishes {
  try {
    const found = JSON.parse(text ?? "{}") as Partial<Wishes> | null;
    const kinds = Array.isArray(found?.kinds)
      ? KINDS.filter((kind) => found.kinds?.includes(kind))
      : DEFAULTS.kinds;
    const least =
      typeof found?.least === "string" && /^\d{1,9}(\.\d{1,9})?$/.test(found.least)
        ? found.least
        : DEFAULTS.least;
    return { kinds, least, inBrowser: found?.inBrowser === true };
  } catch {
    return DEFAULTS;
  }
}

function stored(): Wishes {
  try {
    return wishesIn(localStorage.getItem(PLACE));
  } catch {
    return DEFAULTS;
  }
}

export const wishes = signal<Wishes>(stored());

export function choose(chosen: Partial<Wishes>): void {
  wishes.value = { ...wishes.value, ...chosen };
  try {
    localStorage.setItem(PLACE, JSON.stringify(wishes.value));
  } catch {
    // A browser that keeps nothing has the choice until the page is closed.
  }
}

/** All that there is to tell of an account now, of the kinds that were chosen; what the node does not show is not told. */
export async function noticesOf(account: string, chosen: Wishes): Promise<Notice[]> {
  const modules = status.value?.modules ?? [];
  const asked: Record<NoticeKind, () => Promise<Notice[]>> = {
    low_balance: () => balance(account, chosen.least),
    unpaid: async () => (modules.includes("billing") ? bills(account, "unpaid") : []),
    silent_meter: async () => (modules.includes("metering") ? meters(account) : []),
    vote_open: () => votes(account),
    bill_ready: async () => (modules.includes("billing") ? bills(account, "bill_ready") : []),
  };
  const found = await Promise.allSettled(chosen.kinds.map((kind) => asked[kind]()));
  return found.flatMap((each) => (each.status === "fulfilled" ? each.value : []));
}

async function balance(account: string, least: string): Promise<Notice[]> {
  const currency = (await assets())[1];
  if (!currency) return [];
  const found = await get<Schemas["AccountView"]>(`/v1/accounts/${account}`);
  const held = found.balances.find(({ asset }) => asset === currency.name);
  const amount = toBase(held?.available.tokens ?? "0", currency.decimals);
  const bound = toBase(least, currency.decimals);
  const values = { amount: fromBase(amount, currency.decimals), unit: currency.symbol, least };
  return amount < bound ? [{ name: "low_balance", kind: "low_balance", values }] : [];
}

async function votes(account: string): Promise<Notice[]> {
  const found = await get<Schemas["Votes"]>("/v1/votes");
  return found.votes
    .filter(({ yes, opened_by }) => opened_by !== account && !yes.includes(account))
    .map(({ number, expires_ms }) => ({
      name: `vote_open/${number}`,
      kind: "vote_open" as const,
      values: { number },
      timeMs: expires_ms,
    }));
}

async function meters(account: string): Promise<Notice[]> {
  const found = await get<Schemas["Meters"]>("/v1/meters?limit=200");
  return found.meters.flatMap(({ key, unit, account: owner, time_ms, sent_ms }) => {
    const heardMs = Math.max(time_ms, sent_ms);
    const isMine = owner === account || unit === account;
    if (!isMine || chainNow() - heardMs < SILENT_MS) return [];
    const values = { meter: key.slice(0, SHOWN_KEY) };
    return [
      { name: `silent_meter/${key}/${heardMs}`, kind: "silent_meter" as const, values, timeMs: heardMs },
    ];
  });
}

/** The day on which a bill is due, as `2026-12-24`. */
export const dueDay = (issued: string, days: number): string =>
  new Date(Date.parse(`${issued}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);

async function bills(account: string, kind: "unpaid" | "bill_ready"): Promise<Notice[]> {
  const found = await get<Schemas["BillDocuments"]>(`/v1/billing/documents?account=${account}`);
  const today = new Date(chainNow()).toISOString().slice(0, 10);
  return found.documents.flatMap((bill) => {
    const paid = bill.paid_on_chain.base + bill.paid_by_bank.base + bill.paid_before.base;
    if (bill.corrected_by || bill.due_cents * found.cent <= paid) return [];
    const day = dueDay(bill.issued_day, bill.due_days);
    const isLate = day < today;
    return isLate === (kind === "unpaid")
      ? [{ name: `${kind}/${bill.number}`, kind, values: { bill: bill.name, day } }]
      : [];
  });
}

const shown = new Set<string>();

/** Those that were not shown outside of the page yet; they count as shown then. The first look shows nothing. */
export function notShown(found: readonly Notice[], isFirst: boolean): Notice[] {
  const fresh = found.filter(({ name }) => !shown.has(name));
  for (const { name } of fresh) shown.add(name);
  for (const name of [...shown].slice(0, Math.max(shown.size - MOST_SHOWN, 0))) shown.delete(name);
  return isFirst ? [] : fresh;
}
