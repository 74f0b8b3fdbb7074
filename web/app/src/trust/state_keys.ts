// The numbers in keys of the signed state: of tables, counters of accounts, purposes of locks and kinds of debt pools.
// They never change their meaning (docs/protocol/transactions.md, X7); a test compares them with the ledger's.

/** A number as it stands in keys: two bytes (docs/protocol/encoding.md, S1). */
const inKey = (number: number): string => number.toString(16).padStart(4, "0");

const TABLES = {
  account_counters: 6,
  balances: 16,
  bill_corrections: 138,
  bill_payments: 139,
  bill_runs: 137,
  claims: 145,
  credit_sums: 215,
  debts: 144,
  late_runs: 185,
  locks: 5,
  open_claims: 212,
  orders: 72,
  points: 104,
  scheme_sums: 117,
  sessions: 51,
  slot_runs: 116,
};

const COUNTERS = {
  open_orders: 72,
  open_sessions: 48,
};

const PURPOSES: Record<string, number> = {
  withdrawal: 16,
  session: 48,
  waiting: 49,
  reservation: 50,
  order: 72,
  distribution: 128,
  deal: 176,
  swap: 177,
};

/** What the full keys of a table's entries begin with. */
export const tableKey = (name: keyof typeof TABLES): string => inKey(TABLES[name]);

export const counterKey = (name: keyof typeof COUNTERS): string => inKey(COUNTERS[name]);

export function purposeKey(name: string): string {
  const number = PURPOSES[name];
  if (number === undefined) throw new RangeError(`a lock that this page does not know: ${name}`);
  return inKey(number);
}

/** Of the pools that accounts owe: a sharing scheme's (docs/protocol/debts.md). */
export const SCHEME_POOL = inKey(112);
