import { describe, expect, test } from "vitest";
import { toBase } from "../src/data/amounts";
import { type Book, fillOf, levelsOf, type Order, whyWaiting } from "../src/data/book";

const amount = (tokens: string) => ({ base: 0, tokens });
let next = 0;
const order = (side: string, price: string, quantity: string, owner = "nrg1x"): Order => ({
  product: 1,
  base: "ENT",
  quote: "EEURO",
  number: ++next,
  owner,
  side,
  kind: "limit",
  price: amount(price),
  quantity: amount(quantity),
  expires_ms: 0,
});
const book = (bids: Order[], asks: Order[]): Book => ({
  height: 1,
  product: 1,
  base: "ENT",
  quote: "EEURO",
  bids,
  asks,
  last_price: null,
  last_quantity: null,
  trades: 0,
});

describe("the book", () => {
  test("orders of one price are one level", () => {
    const levels = levelsOf(
      [order("sell", "0.12", "1.5"), order("sell", "0.12", "0.6", "nrg1me"), order("sell", "0.13", "1")],
      "nrg1me",
    );
    expect(levels.map(({ price, quantity, orders, mine }) => [price, quantity, orders, mine])).toEqual([
      ["0.12", toBase("2.1"), 2, true],
      ["0.13", toBase("1"), 1, false],
    ]);
  });

  test("an order waits because of the price, and what would fill it is said", () => {
    const mine = order("sell", "0.14", "4", "nrg1me");
    const found = whyWaiting(
      mine,
      book(
        [order("buy", "0.11", "1.4"), order("buy", "0.1", "9")],
        [order("sell", "0.12", "1"), order("sell", "0.13", "1"), mine],
      ),
    );
    expect(found).toEqual({ why: "price", best: "0.11", ahead: 2, quantity: "1.4" });
  });

  test("or because nobody is there, oneself not counted", () => {
    const mine = order("buy", "0.1", "1", "nrg1me");
    expect(whyWaiting(mine, book([mine], [order("sell", "0.2", "1", "nrg1me")]))).toEqual({ why: "nobody" });
  });

  test("what an order fills now: best first, at the others' prices, as far as its limit reaches", () => {
    const found = fillOf(
      "buy",
      toBase("0.13"),
      toBase("3"),
      book([], [order("sell", "0.12", "2.1"), order("sell", "0.13", "0.5"), order("sell", "0.15", "9")]),
      "nrg1me",
    );
    expect(found).toEqual({ quantity: toBase("2.6"), payment: toBase("0.317"), rest: toBase("0.4") });
  });
});
