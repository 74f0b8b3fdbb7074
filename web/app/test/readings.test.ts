import { describe, expect, test } from "vitest";
import type { Movement, Schemas } from "../src/api/client";
import { moneyOf, slotsOf, totalsOf } from "../src/data/readings";
import { gapsOf } from "../src/ui/chart";

const ME = "nrg1me";
const Q = 900_000;
type SeriesSlot = Schemas["SeriesSlot"];

const slot = (number: number, more: Partial<SeriesSlot> = {}): SeriesSlot => ({
  start_ms: number * Q,
  end_ms: (number + 1) * Q,
  drawn_wh: null,
  imported_wh: null,
  stored_wh: null,
  exported_wh: null,
  missing: false,
  since_ms: null,
  reported: false,
  ...more,
});

describe("a household's slots", () => {
  test("import and export of one slot stand beside each other", () => {
    const [found] = slotsOf([slot(0, { imported_wh: 10, exported_wh: 4 })]);
    expect(found).toEqual({
      startMs: 0,
      endMs: Q,
      drawn: 0,
      imported: 10,
      stored: 0,
      exported: 4,
      missing: false,
    });
  });

  test("a reading after a gap is one interval, from the reading before", () => {
    const found = slotsOf([
      slot(0, { drawn_wh: 5 }),
      slot(1, { missing: true }),
      slot(2, { missing: true }),
      slot(3, { drawn_wh: 90, since_ms: Q }),
    ]);
    expect(
      found.map(({ startMs, endMs, drawn, missing }) => [startMs / Q, endMs / Q, drawn, missing]),
    ).toEqual([
      [0, 1, 5, false],
      [1, 4, 90, false],
    ]);
  });

  test("what is missing and not covered stays missing, not zero", () => {
    expect(
      slotsOf([slot(0, { drawn_wh: 1 }), slot(1, { missing: true })]).map(({ missing }) => missing),
    ).toEqual([false, true]);
  });

  test("the sum of what is shown is the sum", () => {
    const slots = slotsOf(
      [0, 1, 2].map((number) => slot(number, { drawn_wh: 1, imported_wh: 2, stored_wh: 3, exported_wh: 4 })),
    );
    expect(totalsOf(slots)).toEqual({ drawn: 3, imported: 6, stored: 9, exported: 12 });
  });

  test("gaps are what no slot covers, up to now", () => {
    const slots = slotsOf([slot(0), slot(2)]);
    expect(gapsOf(slots, { fromMs: 0, toMs: 10 * Q }, 4 * Q)).toEqual([
      { fromMs: Q, toMs: 2 * Q },
      { fromMs: 3 * Q, toMs: 4 * Q },
    ]);
  });
});

test("trades are added up exactly, by side", () => {
  const tokens = (text: string) => ({ base: 0, tokens: text });
  const trade = (buyer: string, seller: string, quantity: string, payment: string) => ({
    kind: "traded",
    buyer,
    seller,
    quantity: tokens(quantity),
    payment: tokens(payment),
  });
  const events = [
    trade(ME, "x", "0.1", "0.013"),
    trade("y", ME, "2", "0.3"),
    trade(ME, "z", "0.2", "0.026"),
    trade("x", "y", "9", "9"),
  ];
  const movement: Movement = {
    height: 1,
    index: 0,
    time_ms: 1,
    transaction_id: "",
    code: "",
    events,
    changes: [],
  };
  expect(moneyOf([movement], ME)).toEqual({
    paid: 39_000_000n,
    earned: 300_000_000n,
    bought: 300_000_000n,
    sold: 2_000_000_000n,
  });
});
