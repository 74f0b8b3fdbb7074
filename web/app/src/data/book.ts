// The order book as people read it: prices with what waits at each, and why an order of one's own is not filled.

import type { Schemas } from "../api/client";
import { fromBase, toBase } from "./amounts";

export type Order = Schemas["OrderView"];
export type Book = Schemas["BookView"];
export type Level = { price: string; quantity: bigint; orders: number; mine: boolean };

/** Orders of one side by price, best first. */
export function levelsOf(orders: readonly Order[], owner: string): Level[] {
  const found: Level[] = [];
  for (const { price, quantity, owner: of } of orders) {
    const last = found.at(-1);
    const amount = toBase(quantity.tokens);
    if (last && last.price === price.tokens) {
      last.quantity += amount;
      last.orders += 1;
      last.mine ||= of === owner;
    } else found.push({ price: price.tokens, quantity: amount, orders: 1, mine: of === owner });
  }
  return found;
}

const lesser = (one: bigint, other: bigint): bigint => (one < other ? one : other);

export type Reason =
  /** Nobody is on the other side. */
  | { why: "nobody" }
  /** The best of the others asks for more, or pays less. */
  | { why: "price"; best: string; ahead: number; quantity: string };

/** Why an open order waits, and what would fill some of it now. */
export function whyWaiting(order: Order, book: Book): Reason {
  const buys = order.side === "buy";
  const others = (buys ? book.asks : book.bids).filter(({ owner }) => owner !== order.owner);
  const best = others[0];
  if (!best) return { why: "nobody" };
  const price = toBase(order.price.tokens);
  const before = (buys ? book.bids : book.asks).filter((each) => {
    const theirs = toBase(each.price.tokens);
    return each.number !== order.number && (buys ? theirs > price : theirs < price);
  });
  const atBest = others.filter((each) => each.price.tokens === best.price.tokens);
  const there = atBest.reduce((sum, each) => sum + toBase(each.quantity.tokens), 0n);
  const wanted = toBase(order.quantity.tokens);
  return {
    why: "price",
    best: best.price.tokens,
    ahead: before.length,
    quantity: fromBase(lesser(there, wanted)),
  };
}

export type Fill = { quantity: bigint; payment: bigint; rest: bigint };

const WHOLE = 10n ** 9n;

/** What an order would trade at once: the others' orders, best first, at their prices, as far as its limit reaches. */
export function fillOf(side: "buy" | "sell", limit: bigint, wanted: bigint, book: Book, owner: string): Fill {
  let quantity = 0n;
  let payment = 0n;
  for (const order of side === "buy" ? book.asks : book.bids) {
    const price = toBase(order.price.tokens);
    const reaches = side === "buy" ? price <= limit : price >= limit;
    if (!reaches || quantity === wanted) break;
    if (order.owner === owner) continue;
    const there = toBase(order.quantity.tokens);
    const taken = lesser(there, wanted - quantity);
    quantity += taken;
    payment += (taken * price) / WHOLE;
  }
  return { quantity, payment, rest: wanted - quantity };
}
