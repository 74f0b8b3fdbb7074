// Sharing: sums of slots, the grid beside it, both sources, a scheme's lines, and what typed texts come to as actions.

import { describe, expect, test } from "vitest";
import { draftOf, EMPTY, MOST_POINTS, participantsOf, standInsOf, termsOf } from "../src/data/scheme_draft";
import type { Terms } from "../src/data/scheme_words";
import { type AccountSlots, advantageOf, csvOf, sharesOf, sumOf } from "../src/data/sharing";
import { ACTION_FORMS, actionOf, ruleValue, unitOfRule } from "../src/data/vote_actions";

const amount = (tokens: string) => ({ base: 0, tokens });
const point = (number: number, shared: number, more: object = {}) => ({
  point: number,
  direction: "offtake",
  state: "measured",
  source: "own",
  energy_mwh: 1_000_000,
  counted_mwh: 500_000,
  shared_mwh: shared,
  amount: amount("0.02"),
  fee: amount("0.001"),
  ...more,
});
const slot = (scheme: number, points: object[]) => ({
  scheme,
  slot: 7,
  start_ms: 6_300_000,
  run: 1,
  version: 1,
  final: true,
  points,
});

test("a point in two schemes was metered once and shared in each", () => {
  const answer = {
    slot_ms: 900_000,
    slots: [slot(1, [point(1, 200_000)]), slot(2, [point(1, 100_000, { state: "corrected" })])],
  } as unknown as AccountSlots;
  const [share] = sharesOf(answer, 9);
  expect(share).toMatchObject({ taken: 1_000_000, bought: 300_000, cost: 40_000_000n, fee: 2_000_000n });
  expect(share?.states).toEqual(["corrected", "measured"]);
  expect(sumOf(sharesOf(answer, 9)).bought).toBe(300_000);
});

test("beside the grid counts what was bought, with its fee, and what was sold", () => {
  const part = { taken: 0, given: 0, bought: 2_000_000, sold: 1_000_000, cost: 30n, fee: 1n, revenue: 15n };
  expect(advantageOf(part, { retail: 30n, feedIn: 8n })).toBe(60n - 31n + 15n - 8n);
});

test("a table that opens a file runs nothing in it", () => {
  expect(csvOf([["=1+1", "-0.5", 'a;"b"', 3]])).toBe(`'=1+1;-0.5;"a;""b""";3\r\n`);
});

describe("a scheme's form", () => {
  test.each([
    [
      "2 1\n1 3 60%",
      [
        [1, 600_000_000],
        [2, 1_000_000_000],
      ],
    ],
    ["7", [[7, 1_000_000_000]]],
  ])("%j is read in rising order of points", (text, expected) => {
    expect(participantsOf(text)?.map(({ point: number, factor }) => [number, factor])).toEqual(expected);
  });

  test.each(["x", "1 3\n1 4", "1 0%", "1 101%"])("%j is none", (text) => {
    expect(participantsOf(text)).toBeNull();
  });

  test("as many points as one change carries are read, and not one more", () => {
    const lines = (count: number) => Array.from({ length: count }, (_, place) => `${place + 1} 1`).join("\n");
    expect(participantsOf(lines(MOST_POINTS))).toHaveLength(400);
    expect(participantsOf(lines(MOST_POINTS + 1))).toBeNull();
  });

  test("shares that stand in are lines, and no producer gives more than the whole", () => {
    const row = (producer: number, consumer: number, share: number) => ({ producer, consumer, share });
    expect(standInsOf("3 2 25%\n3 1 12,5 %")).toEqual([row(3, 1, 125_000_000), row(3, 2, 250_000_000)]);
    expect(standInsOf(" \n")).toEqual([]);
    for (const wrong of ["3 1", "3 1 60%\n3 2 41%", "3 1 1%\n3 1 2%", "3 1 1.00000001%"])
      expect(standInsOf(wrong)).toBeNull();
    const filled = {
      ...EMPTY,
      name: "a",
      price: "0.1",
      rule: "pairs_each_slot" as const,
      standIns: "3 1 10%",
      points: "1 1",
    };
    expect(termsOf(filled, 2, 9, null)).toMatchObject({
      rule: { method: { kind: "pairs_each_slot", rows: [row(3, 1, 100_000_000)] }, delivery: "proportional" },
    });
    expect(termsOf({ ...filled, standIns: "x" }, 2, 9, null)).toBeNull();
  });

  test("what it does not write of the version before is kept, in base units", () => {
    const terms = {
      name: "street",
      participants: [],
      rule: { method: { kind: "pairs", rows: [] }, delivery: "proportional", no_self_share: false },
      prices: { kind: "fixed_price", price: { base: 5, tokens: "0.000000005" } },
      fee: amount("0"),
      fee_account: "",
      sources: "own",
      bound_mwh: 1_000,
      cut_off_ms: 3_600_000,
      settlement: "slot",
    } as unknown as Terms;
    const draft = draftOf(terms);
    expect(draft.rule).toBe("kept");
    expect(termsOf(draft, 2, 9, terms)).toMatchObject({
      rule: { method: { kind: "pairs" } },
      prices: { price: 5n },
      bound_mwh: 1_000n,
    });
    expect(
      termsOf({ ...EMPTY, name: "a", prices: "mid_market", retail: "0.1", feedIn: "0.2" }, 2, 9, null),
    ).toBeNull();
  });
});

describe("votes", () => {
  const form = (kind: string) =>
    ACTION_FORMS.find((each) => each.kind === kind) as (typeof ACTION_FORMS)[number];

  test("of a battery energies are typed in kWh and its efficiency in percent", () => {
    const unit = "nrg1pt33vyycm3dlntzzms5kzm49qc95nlzkq0lklx";
    expect(
      actionOf(form("change_unit"), { unit, capacity_wh: "13,5", efficiency_parts: "90" }),
    ).toMatchObject({
      kind: "change_unit",
      capacity_wh: 13_500n,
      terms: { efficiency_parts: 900_000_000n, technology: "unknown" },
    });
    expect(actionOf(form("change_unit"), { unit, capacity_wh: "much" })).toBeNull();
    expect(actionOf(form("change_unit"), { unit: "nrg1" })).toBeNull();
  });

  test("clock changes and holidays are lines", () => {
    const typed = { offsets: "2041-03-31T01:00Z 120\n", holidays: "1970-01-03" };
    expect(actionOf(form("extend_zone"), typed)).toEqual({
      kind: "extend_zone",
      offsets: [{ from_ms: Date.UTC(2041, 2, 31, 1), minutes: 120 }],
      holidays: [2],
    });
    expect(actionOf(form("extend_zone"), {})).toBeNull();
  });

  test("a rule's new value is typed as its present one is written", () => {
    const rule = { name: "fee", value: 20_000_000, text: "2 %", choices: [] };
    expect([unitOfRule(rule), ruleValue(rule, "2.5")]).toEqual([" %", 25_000_000]);
    expect(ruleValue({ ...rule, value: 0, text: "0" }, "7")).toBe(7);
    expect(ruleValue({ ...rule, choices: ["a", "b"] }, "b")).toBe(1);
    expect(ruleValue(rule, "x")).toBeNull();
  });
});
