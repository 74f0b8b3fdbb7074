import { describe, expect, test } from "vitest";
import type { Movement } from "../src/api/client";
import { bundled, readingsOf, totalsOf } from "../src/data/readings";
import { gapsOf } from "../src/ui/chart";

const ME = "nrg1me";
const Q = 900_000;

const reading = (meter: string, atMs: number, count = 1) => ({
  kind: "readings_accepted",
  meter_key: meter,
  account: ME,
  count,
  time_ms: atMs,
});
const movement = (time_ms: number, ...events: Record<string, unknown>[]): Movement => ({
  height: 1,
  index: 0,
  time_ms,
  transaction_id: "",
  code: "",
  events,
});
const tokens = (text: string) => ({ base: 0, tokens: text });

describe("a household's readings", () => {
  test("each goes from its meter's reading before to its own time, with all that it brought", () => {
    const found = readingsOf(
      [
        movement(Q + 5, { kind: "grid_imported", account: ME, energy_wh: 58 }, reading("load", Q)),
        movement(Q + 6, reading("sun", Q)),
        movement(
          3 * Q + 5,
          { kind: "energy_drawn", consumer: ME, energy_wh: 100 },
          { kind: "grid_imported", account: ME, energy_wh: 20 },
          reading("load", 3 * Q),
          { kind: "energy_stored", producer: ME, energy_wh: 7 },
          reading("sun", 3 * Q),
        ),
      ],
      ME,
      0,
      4 * Q,
    );
    expect(found.slots).toEqual([
      { startMs: 0, endMs: Q, drawn: 0, imported: 58, stored: 0, exported: 0, missing: "" },
      { startMs: Q, endMs: 3 * Q, drawn: 100, imported: 20, stored: 7, exported: 0, missing: "" },
    ]);
    expect(totalsOf(found.slots)).toEqual({ drawn: 100, imported: 78, stored: 7, exported: 0 });
  });

  test("import and export of one interval stand beside each other", () => {
    const events = [
      { kind: "grid_imported", account: ME, energy_wh: 10 },
      reading("load", Q),
      { kind: "grid_exported", account: ME, energy_wh: 4 },
      reading("sun", Q),
    ];
    expect(totalsOf(readingsOf([movement(Q, ...events)], ME, 0, Q).slots)).toEqual({
      drawn: 0,
      imported: 10,
      stored: 0,
      exported: 4,
    });
  });

  test("a neighbour's energy in the same receipt is not one's own", () => {
    const events = [
      { kind: "energy_stored", producer: "nrg1other", owner: ME, energy_wh: 9 },
      reading("load", Q),
    ];
    expect(totalsOf(readingsOf([movement(Q, ...events)], ME, 0, Q).slots).stored).toBe(0);
  });

  test("what is outside of the range does not count, and a quarantined reading is missing, not zero", () => {
    const refused = { kind: "reading_quarantined", meter_key: "load", time_ms: 2 * Q, reason: "jump" };
    const { slots } = readingsOf([movement(Q, reading("load", Q)), movement(2 * Q, refused)], ME, Q, 2 * Q);
    expect(slots).toEqual([
      { startMs: Q, endMs: 2 * Q, drawn: 0, imported: 0, stored: 0, exported: 0, missing: "jump" },
    ]);
  });

  test("trades of the range are added up exactly, by side", () => {
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
    ];
    const { money } = readingsOf(
      [movement(1, ...events), movement(9 * Q, trade(ME, "x", "5", "1"))],
      ME,
      0,
      Q,
    );
    expect(money).toEqual({
      paid: 39_000_000n,
      earned: 300_000_000n,
      bought: 300_000_000n,
      sold: 2_000_000_000n,
    });
  });

  test("the sum of the days is the sum of the slots", () => {
    const slots = [Q, 2 * Q, 97 * Q].map((endMs) => ({
      startMs: endMs - Q,
      endMs,
      drawn: 1,
      imported: 2,
      stored: 3,
      exported: 4,
      missing: "",
    }));
    const days = [
      { fromMs: 0, toMs: 96 * Q },
      { fromMs: 96 * Q, toMs: 192 * Q },
    ];
    expect(bundled(slots, days).map(({ drawn }) => drawn)).toEqual([2, 1]);
    expect(totalsOf(bundled(slots, days))).toEqual(totalsOf(slots));
  });

  test("gaps are what no reading covers, up to now", () => {
    const slot = (startMs: number, endMs: number) => ({
      startMs,
      endMs,
      drawn: 0,
      imported: 0,
      stored: 0,
      exported: 0,
      missing: "",
    });
    const gaps = gapsOf([slot(0, Q), slot(2 * Q, 3 * Q)], { fromMs: 0, toMs: 10 * Q }, 4 * Q);
    expect(gaps).toEqual([
      { fromMs: Q, toMs: 2 * Q },
      { fromMs: 3 * Q, toMs: 4 * Q },
    ]);
  });
});
