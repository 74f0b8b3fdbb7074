// What events move of an account, as far as this page knows them: the ledger's postings (R2) for what stands on bills.
//
// Events by their tags, with the places of their fields (docs/protocol); neither ever changes its meaning. One of a tag
// that is not here is not guessed at: lines of it are not proven by this page.

import { toHex, type Value } from "../../../verifier/index.js";

/** `tokens`: base units by the number of the asset, below zero what went; `wh`: metered energy by its measure. */
export type Moved = {
  kind: string;
  price: bigint;
  tokens: Map<number, bigint>;
  wh: Map<string, bigint>;
  share: Share | null;
};
/** What a scheme gave an account: energy in mWh, amounts in base units; `waits`: for the bill, nothing has moved. */
export type Share = {
  scheme: bigint;
  asset: number;
  waits: boolean;
  bought: bigint;
  sold: bigint;
  cost: bigint;
  revenue: bigint;
  fee: bigint;
  /** Of a scheme by the month: which one (`2026-11`; else empty), and what its claims came to. */
  month: string;
  carried: bigint;
  credited: bigint;
  claims: bigint;
  expired: bigint;
  expired_cost: bigint;
  expired_revenue: bigint;
};

type Fields = readonly Value[];
type Post = (fields: Fields, move: Move) => void;
type Move = {
  /** An amount of an asset to (or from) an account. */
  token(asset: bigint, account: Value, amount: bigint): void;
  wh(measure: string, account: Value, amount: bigint): void;
  fee: bigint;
};

const ENERGY = 1n;
const big = (value: Value | undefined): bigint => {
  if (typeof value !== "bigint") throw new RangeError("a number is expected");
  return value;
};
const at = (fields: Fields, place: number): Value => {
  const found = fields[place];
  if (found === undefined) throw new RangeError("an event with fewer fields");
  return found;
};

/** Amount and asset by place, from one account to another. */
const between =
  (asset: number, from: number, to: number, amount: number): Post =>
  (fields, { token }) => {
    token(big(at(fields, asset)), at(fields, from), -big(at(fields, amount)));
    token(big(at(fields, asset)), at(fields, to), big(at(fields, amount)));
  };

const KNOWN: Record<number, readonly [kind: string, post: Post, price?: number]> = {
  48: [
    "fee_paid",
    (f, { token, fee }) => {
      token(fee, at(f, 0), -big(at(f, 2)));
      token(fee, at(f, 1), big(at(f, 2)));
    },
  ],
  49: ["transferred", between(0, 1, 2, 3)],
  50: ["currency_minted", (f, { token }) => token(big(at(f, 2)), at(f, 1), big(at(f, 3)))],
  51: ["currency_burned", (f, { token }) => token(big(at(f, 2)), at(f, 1), -big(at(f, 3)))],
  144: [
    "energy_stored",
    (f, { token, wh }) => {
      token(ENERGY, at(f, 1), big(at(f, 4)));
      token(ENERGY, at(f, 2), big(at(f, 5)));
      wh("produced", at(f, 1), big(at(f, 3)) + big(at(f, 7)));
    },
  ],
  145: [
    "energy_drawn",
    (f, { token, wh }) => {
      token(ENERGY, at(f, 1), -big(at(f, 3)));
      wh("consumed", at(f, 1), big(at(f, 2)));
    },
  ],
  146: [
    "excess_drawn",
    (f, { token, wh }) => {
      token(ENERGY, at(f, 1), -big(at(f, 3)));
      wh("consumed", at(f, 1), big(at(f, 2)) - big(at(f, 5)));
    },
  ],
  157: ["grid_imported", (f, { wh }) => wh("imported", at(f, 1), big(at(f, 2)))],
  158: ["grid_exported", (f, { wh }) => wh("exported", at(f, 1), big(at(f, 2)))],
  165: [
    "reservation_paid",
    (f, { token }) => {
      token(ENERGY, at(f, 1), -big(at(f, 4)));
      token(ENERGY, at(f, 2), big(at(f, 4)));
    },
  ],
  168: ["annulled", (f, { token }) => token(ENERGY, at(f, 0), -big(at(f, 2)))],
  217: [
    "traded",
    (f, { token }) => {
      const [base, quote, buyer, seller] = [big(at(f, 1)), big(at(f, 2)), at(f, 5), at(f, 6)];
      token(base, seller, -big(at(f, 8)));
      token(base, buyer, big(at(f, 8)));
      token(quote, buyer, -big(at(f, 9)));
      token(quote, seller, big(at(f, 9)));
    },
    7,
  ],
  338: [
    "share_booked",
    (f, { token }) => {
      const received = big(at(f, 12)) - big(at(f, 11));
      token(big(at(f, 2)), at(f, 0), received);
      token(big(at(f, 2)), at(f, 1), -received);
    },
  ],
  625: [
    "credit_booked",
    (f, { token }) => {
      const received = big(at(f, 18)) - big(at(f, 17));
      token(big(at(f, 2)), at(f, 0), received);
      token(big(at(f, 2)), at(f, 1), -received);
    },
  ],
  364: ["grid_debt_paid", between(2, 0, 1, 3)],
  365: ["grid_claim_paid", between(2, 1, 0, 3)],
  340: ["debt_paid", between(2, 0, 1, 4)],
  341: ["claim_paid", between(2, 1, 0, 4)],
  410: ["bill_paid", between(3, 1, 2, 4)],
};

const SHARE_BOOKED = 338;
const CREDIT_BOOKED = 625;

function shareOf(fields: Fields): Share {
  const of = (place: number) => big(at(fields, place));
  const [cost, revenue, fee] = [of(8), of(9), of(10)];
  const hasMoved = [11, 12, 13, 14].some((place) => of(place) !== 0n);
  return {
    scheme: of(3),
    asset: Number(of(2)),
    waits: cost + fee !== revenue && !hasMoved,
    bought: of(6),
    sold: of(7),
    cost,
    revenue,
    fee,
    month: "",
    carried: 0n,
    credited: 0n,
    claims: 0n,
    expired: 0n,
    expired_cost: 0n,
    expired_revenue: 0n,
  };
}

function creditOf(fields: Fields): Share {
  const of = (place: number) => big(at(fields, place));
  const [cost, revenue, fee, month] = [of(8), of(9), of(10), Number(of(4))];
  const [expired_cost, expired_revenue] = [of(15), of(16)];
  const hasMoved = [17, 18, 19, 20].some((place) => of(place) !== 0n);
  return {
    scheme: of(3),
    asset: Number(of(2)),
    waits: cost + fee + expired_cost !== revenue + expired_revenue && !hasMoved,
    bought: of(6),
    sold: of(7),
    cost,
    revenue,
    fee,
    month: `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, "0")}`,
    carried: of(11),
    credited: of(12),
    claims: of(13),
    expired: of(14),
    expired_cost,
    expired_revenue,
  };
}

/** What an event (its tag and fields) moves of an account; null: this page does not know the event. */
export function movedBy(event: Value, account: string, feeAsset: number): Moved | null {
  if (!Array.isArray(event)) throw new RangeError("an event is an array");
  const [tag, ...fields] = event;
  const known = KNOWN[Number(big(tag))];
  if (!known) return null;
  const [kind, post, price] = known;
  const moved: Moved = {
    kind,
    price: price === undefined ? 0n : big(fields[price]),
    tokens: new Map(),
    wh: new Map(),
    share: null,
  };
  const isOwn = (holder: Value) => holder instanceof Uint8Array && toHex(holder) === account;
  if (Number(tag) === SHARE_BOOKED && isOwn(at(fields, 0))) moved.share = shareOf(fields);
  if (Number(tag) === CREDIT_BOOKED && isOwn(at(fields, 0))) moved.share = creditOf(fields);
  post(fields, {
    fee: BigInt(feeAsset),
    token(asset, holder, amount) {
      const number = Number(asset);
      if (isOwn(holder)) moved.tokens.set(number, (moved.tokens.get(number) ?? 0n) + amount);
    },
    wh(measure, holder, amount) {
      if (isOwn(holder)) moved.wh.set(measure, (moved.wh.get(measure) ?? 0n) + amount);
    },
  });
  return moved;
}

/** The kinds whose lines this page proves. */
export const KNOWN_KINDS: ReadonlySet<string> = new Set(Object.values(KNOWN).map(([kind]) => kind));
