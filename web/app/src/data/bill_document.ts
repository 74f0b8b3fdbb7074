// A bill as its canonical JSON says it (docs/bill.schema.json): read strictly, hashed as the chain knows it (BL8).

import { fromBase } from "./amounts";
import { sha256 } from "./digest";

export type BillSource = { height: number; index: number; transaction: string; amount: string };
export type BillLine = {
  section: string;
  kind: string;
  asset: string;
  amount: string;
  quantity_asset: string;
  quantity: string;
  energy_wh: string;
  price: string;
  sources: BillSource[];
};
export type EnergyLine = { measure: string; energy_wh: string; sources: BillSource[] };
export type GridUseLine = {
  kind: string;
  name: string;
  asset: string;
  external: boolean;
  energy_mwh: string;
  amount: string;
  sources: BillSource[];
};
export type SharedLine = {
  scheme: number;
  by_period: boolean;
  asset: string;
  month: string;
  bought_mwh: string;
  sold_mwh: string;
  carried_mwh: string;
  credited_mwh: string;
  claims_mwh: string;
  expired_mwh: string;
  cost: string;
  fee: string;
  revenue: string;
  expired_cost: string;
  expired_revenue: string;
  sources: BillSource[];
};
export type Held = { place: string; amount: string };
export type BillAsset = {
  asset: string;
  symbol: string;
  decimals: number;
  opening: Held[];
  change: string;
  closing: Held[];
};
export type BillTax = {
  category: string;
  rate: number;
  net_cents: number;
  tax_cents: number;
  gross_cents: number;
  reason: string;
};
export type BillSide = {
  base: string;
  carried_in: string;
  cents: number;
  carried_out: string;
  settled_cents: number;
  taxes: BillTax[];
};
export type TaxRule = { section: string; side: string; category: string; rate: number; reason: string };
export type Bill = {
  format: string;
  chain_id: string;
  genesis_hash: string;
  number: number;
  name: string;
  corrects: number;
  issued_day: string;
  account: string;
  period: { from_ms: number; to_ms: number; zone: string; first_day: string; last_day: string };
  last_height: number;
  previous: { number: number; hash: string } | null;
  currency: string;
  assets: BillAsset[];
  energy: EnergyLine[];
  shared: SharedLine[];
  grid: GridUseLine[];
  lines: BillLine[];
  charges: BillSide;
  credits: BillSide;
  due_cents: number;
  payout_cents: number;
  terms: {
    seller: string;
    profile: string;
    language: string;
    self_billing: boolean;
    due_days: number;
    taxes: TaxRule[];
    dues: { name: string; text: string; cents: number; count: number }[];
    reminders: { days: number; cents: number }[];
  };
};

const FORMAT = "nodechain/bill/1";
const DOMAIN = "nodechain/bill";

/** A document is no bill, or not what the chain, or its own lines, say. `code` names the part. */
export class FalseBill extends Error {
  constructor(
    readonly code: string,
    readonly said = "",
    readonly holds = "",
  ) {
    super(said || holds ? `${code}: ${said}, ${holds}` : code);
    this.name = "FalseBill";
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, each]) => [name, sorted(each)]),
  );
}

/** The text of a value in its canonical form: names in rising order, no spaces (BL8). */
export const canonicalJson = (value: unknown): string => JSON.stringify(sorted(value));

/** The bill that a text is, which must be its canonical one. Raises `FalseBill`. */
export function readBill(text: string): Bill {
  let found: Bill;
  try {
    found = JSON.parse(text) as Bill;
  } catch {
    throw new FalseBill("no_bill");
  }
  if (typeof found !== "object" || found === null || found.format !== FORMAT) throw new FalseBill("no_bill");
  if (canonicalJson(found) !== text) throw new FalseBill("not_canonical");
  return found;
}

/** The hash by which the chain knows a document (BL8). */
export async function billHash(text: string): Promise<Uint8Array> {
  const [name, body] = [DOMAIN, text].map((each) => new TextEncoder().encode(each)) as [
    Uint8Array,
    Uint8Array,
  ];
  const bytes = new Uint8Array(1 + name.length + body.length);
  bytes[0] = name.length;
  bytes.set(name, 1);
  bytes.set(body, 1 + name.length);
  return sha256(bytes);
}

export const sumOf = (held: readonly Held[]): bigint =>
  held.reduce((sum, { amount }) => sum + BigInt(amount), 0n);

/** Cents as whole tokens, exactly two decimals. */
export function centsText(cents: number): string {
  const text = fromBase(BigInt(cents), 2);
  const [whole = "0", part = ""] = text.split(".");
  return `${whole}.${part.padEnd(2, "0")}`;
}

/** The day so many days after one, both `2026-06-30`. */
export const dayAfter = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

export type Paid = "open" | "part" | "paid" | "overdue" | "nothing" | "replaced";

/** Whether a document is paid: amounts in base units; `today` as the bill's days go. */
export function paidState(
  listed: { due_cents: number; corrected_by: number; issued_day: string; due_days: number },
  paid: bigint,
  cent: bigint,
  today: string,
): Paid {
  if (listed.corrected_by) return "replaced";
  if (listed.due_cents <= 0) return "nothing";
  if (paid >= BigInt(listed.due_cents) * cent) return "paid";
  if (today > dayAfter(listed.issued_day, listed.due_days)) return "overdue";
  return paid > 0n ? "part" : "open";
}
