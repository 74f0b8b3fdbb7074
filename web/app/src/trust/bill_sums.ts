// The arithmetic of a bill, made again: lines into balances, sides into cents, cents into taxes. All integers.

import { type Bill, type BillSide, type BillSource, FalseBill, sumOf } from "../data/bill_document";

const WHOLE_RATE = 10_000n;
const PAYMENTS = "payments";
const DUES = "dues";
const REMINDERS = "reminders";
const REMINDER = "reminder";
const SHARING = "sharing";

type Side = "charges" | "credits";

const same = (code: string, said: bigint | number | string, holds: bigint | number | string): void => {
  if (String(said) !== String(holds)) throw new FalseBill(code, String(said), String(holds));
};

/** The nearest integer of a quotient; halves go away from zero. */
export function halfAway(numerator: bigint, denominator: bigint): bigint {
  const size = numerator < 0n ? -numerator : numerator;
  const quotient = (2n * size + denominator) / (2n * denominator);
  return numerator < 0n ? -quotient : quotient;
}

/** A total by weights, exact, by largest remainders; the first of equal ones gets more. */
export function inParts(total: bigint, weights: readonly bigint[]): bigint[] {
  const sum = weights.reduce((one, other) => one + other, 0n);
  if (!weights.length) return [];
  if (!sum) return [total, ...weights.slice(1)];
  const parts = weights.map((weight) => (total * weight) / sum);
  let rest = total - parts.reduce((one, other) => one + other, 0n);
  const order = weights
    .map((weight, place) => ({ place, left: (total * weight) % sum }))
    .sort((one, other) =>
      one.left === other.left ? one.place - other.place : one.left > other.left ? -1 : 1,
    );
  for (const { place } of order) {
    if (rest <= 0n) break;
    parts[place] = (parts[place] ?? 0n) + 1n;
    rest -= 1n;
  }
  return parts;
}

/** Cents of what the community asks for beside what moved. */
const duesOf = ({ terms }: Bill): bigint =>
  terms.dues.reduce((sum, { cents, count }) => sum + BigInt(cents) * BigInt(count), 0n);

/** The same by the section that taxes it: what a reminder costs is no supply. */
function dueAmounts(bill: Bill, perCent: bigint, perBase: bigint): [string, bigint][] {
  const fees = bill.terms.dues
    .filter(({ name }) => name === REMINDER)
    .reduce((sum, { cents, count }) => sum + BigInt(cents) * BigInt(count), 0n);
  const all = duesOf(bill);
  const feesBase = (fees * perCent) / perBase;
  const found: [string, bigint][] = [];
  if (all !== fees) found.push([DUES, (all * perCent) / perBase - feesBase]);
  if (fees) found.push([REMINDERS, feesBase]);
  return found;
}

/** What schemes that settle by period ask for and bring on a side; what is given back stands on the other one. */
function waitingOn({ shared, currency }: Bill, side: Side): bigint[] {
  return shared
    .filter((line) => line.by_period && line.asset === currency)
    .flatMap((line) => [
      BigInt(line.cost),
      BigInt(line.fee),
      -BigInt(line.revenue),
      BigInt(line.expired_cost),
      -BigInt(line.expired_revenue),
    ])
    .filter((paid) => paid !== 0n && paid > 0n === (side === "charges"))
    .map((paid) => (paid < 0n ? -paid : paid));
}

type Group = { category: string; rate: number; reason: string; amount: bigint };

const ruleOf = ({ terms }: Bill, section: string, side: string) =>
  terms.taxes.find(
    (rule) => (rule.section === section || rule.section === "*") && (rule.side === side || rule.side === "*"),
  ) ?? { category: "O", rate: 0, reason: "" };

function groupsOf(bill: Bill, side: Side, perCent: bigint, perBase: bigint): Group[] {
  const found = new Map<string, Group>();
  const add = (section: string, amount: bigint) => {
    const { category, rate, reason } = ruleOf(bill, section, side);
    const key = JSON.stringify([category, rate, reason]);
    const group = found.get(key) ?? { category, rate, reason, amount: 0n };
    found.set(key, { ...group, amount: group.amount + amount });
  };
  for (const line of bill.lines) {
    const amount = BigInt(line.amount);
    if (line.asset !== bill.currency || line.section === PAYMENTS) continue;
    if (amount < 0n !== (side === "charges")) continue;
    add(line.section, amount < 0n ? -amount : amount);
  }
  for (const amount of waitingOn(bill, side)) add(SHARING, amount);
  if (side === "charges")
    for (const [section, amount] of dueAmounts(bill, perCent, perBase)) add(section, amount);
  const order = (one: string | number, other: string | number) => (one === other ? 0 : one < other ? -1 : 1);
  return [...found.values()].sort(
    (one, other) =>
      order(one.category, other.category) || order(one.rate, other.rate) || order(one.reason, other.reason),
  );
}

function checkSide(bill: Bill, name: Side, decimals: number): void {
  const side: BillSide = bill[name];
  const perCent = 10n ** BigInt(Math.max(0, decimals - 2));
  const perBase = 10n ** BigInt(Math.max(0, 2 - decimals));
  const groups = groupsOf(bill, name, perCent, perBase);
  const base = groups.reduce((sum, { amount }) => sum + amount, 0n);
  same(name, side.base, base);
  const total = base + BigInt(side.carried_in);
  const cents = groups.length ? halfAway(total * perBase, perCent) : 0n;
  same(name, side.cents, cents);
  same("carried", side.carried_out, total - (cents * perCent) / perBase);
  const waiting = waitingOn(bill, name).reduce((sum, amount) => sum + amount, 0n);
  const dues = name === "charges" ? duesOf(bill) : 0n;
  const isAll = waiting !== 0n && base === waiting + (dues * perCent) / perBase;
  const open = isAll ? cents : dues + halfAway(waiting * perBase, perCent);
  same(name, side.settled_cents, cents - open);
  same("dues", name === "charges" ? bill.due_cents : bill.payout_cents, open);
  const shares = inParts(
    cents,
    groups.map(({ amount }) => amount),
  );
  same("taxes", side.taxes.length, groups.length);
  for (const [place, { category, rate, reason }] of groups.entries()) {
    const gross = shares[place] ?? 0n;
    const taxed = category === "S" ? BigInt(rate) : 0n;
    const tax = halfAway(gross * taxed, WHOLE_RATE + taxed);
    const said = side.taxes[place];
    const written = [category, rate, reason, gross - tax, tax, gross].join();
    same(
      "taxes",
      said
        ? [said.category, said.rate, said.reason, said.net_cents, said.tax_cents, said.gross_cents].join()
        : "",
      written,
    );
  }
}

const total = (sources: readonly BillSource[]): bigint =>
  sources.reduce((sum, { amount }) => sum + BigInt(amount), 0n);

/** Each line is the sum of its receipts, each balance of its lines, each side of its amounts. Raises `FalseBill`. */
export function checkSums(bill: Bill): void {
  for (const line of bill.lines) same("line", line.amount, total(line.sources));
  for (const line of bill.energy) same("energy", line.energy_wh, total(line.sources));
  for (const { cost, fee, revenue, sources } of bill.shared)
    same("shared", BigInt(cost) + BigInt(fee) - BigInt(revenue), total(sources));
  for (const { amount, sources } of bill.grid) same("grid", amount, total(sources));
  for (const { asset, opening, change, closing } of bill.assets) {
    const moved = bill.lines
      .filter((line) => line.asset === asset)
      .reduce((sum, { amount }) => sum + BigInt(amount), 0n);
    same("balance", change, moved);
    same("balance", sumOf(closing), sumOf(opening) + moved);
  }
  const currency = bill.assets.find(({ asset }) => asset === bill.currency);
  if (!currency) throw new FalseBill("balance", bill.currency);
  checkSide(bill, "charges", currency.decimals);
  checkSide(bill, "credits", currency.decimals);
}
