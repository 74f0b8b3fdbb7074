// Groups, tariffs and votes on them: what is typed comes to what the ledger takes, or to nothing.

import { expect, test } from "vitest";
import { rowsOf, typedParts } from "../src/data/groups";
import { constantOf, quarterText, type TariffTerms, wholePrice } from "../src/data/tariff_words";
import { ACTION_FORMS, actionOf, pointNumbers } from "../src/data/vote_actions";
import { actionHex } from "../src/keys/actions";
import { PARTS } from "../src/text/word_parts";

const WHO = "nrg1pt33vyycm3dlntzzms5kzm49qc95nlzkq0lklx";
const BY = { asset: 2, decimals: 9, slotMs: 900_000, zone: "Europe/Vienna" };
const made = (kind: string, typed: Record<string, string>) => {
  const form = ACTION_FORMS.find((each) => each.kind === kind);
  return form ? actionOf(form, typed, BY) : null;
};

test("a share is typed in percent, with seven decimals", () => {
  expect(["12,5", "33.3333333 %", "100", "0"].map(typedParts)).toEqual([
    125_000_000n,
    333_333_333n,
    1_000_000_000n,
    0n,
  ]);
  expect(["100.1", "1.00000001", "x", ""].map(typedParts)).toEqual([null, null, null, null]);
});

test("members are lines, each once, with keys and points where they have some", () => {
  expect(rowsOf(`${WHO} 12.5% key 3 points 9 7\n`)).toEqual([
    { account: WHO, share: 125_000_000n, key: 3n, points: [7n, 9n] },
  ]);
  expect(rowsOf(`${WHO} 1%\n${WHO} 2%`)).toBeNull();
  expect(rowsOf("nrg1 1%")).toBeNull();
  expect(rowsOf(" ")).toBeNull();
});

test("points are numbers above zero, in rising order, each once", () => {
  expect(pointNumbers("12, 7 7")).toEqual([7n, 12n]);
  expect([pointNumbers("0"), pointNumbers(""), pointNumbers("1.5")]).toEqual([null, null, null]);
});

const rate = (...tokens: string[]) => ({
  workday: tokens.map((each, place) => ({ from_quarter: 24 * place, rate: { tokens: each } })),
  saturday: [],
  sunday: [],
  by_feed: [],
});
const TERMS: TariffTerms = {
  name: "house",
  asset: "eeuro",
  retail: rate("0.3"),
  feed_in: rate("0.08"),
  zone_fees: [{ from_zone: "grid", to_zone: "*", rate: rate("0.07") }],
  levies: [{ name: "green", rate: rate("0.01"), on_shared: false }],
};

test("the price of a kWh is told in all only where one rate holds at all times and in all zones", () => {
  expect(wholePrice(TERMS)).toBe("0.38");
  expect(wholePrice({ ...TERMS, retail: rate("0.3", "0.4") })).toBeNull();
  const east = { from_zone: "grid", to_zone: "east", rate: rate("0.07") };
  expect(wholePrice({ ...TERMS, zone_fees: [east] })).toBeNull();
  expect([constantOf(rate("0.3")), constantOf(rate("0.3", "0.4"))]).toEqual(["0.3", null]);
  const money = (tokens: string) => ({ tokens });
  const spot = { feed: 1, factor: 1.2e9, addend: money("0"), least: money("0"), most: money("1") };
  const byFeed = { ...rate("0.3"), by_feed: [spot] };
  expect([constantOf(byFeed), wholePrice({ ...TERMS, retail: byFeed })]).toEqual([null, null]);
  expect([0, 25, 95].map(quarterText)).toEqual(["00:00", "06:15", "23:45"]);
});

test("a tariff is typed with steps of a day, and holds from midnight in the community's zone", () => {
  const typed = {
    name: "night",
    retail: "00:00 0.22 06:00 0.34 sunday 0.2",
    feed_in: "0,06",
    zone_fees: "grid * 0.07",
    levies: "green 0.01 shared",
    from_slot: "2026-12-01",
  };
  expect(made("set_tariff", typed)).toMatchObject({
    tariff: 0n,
    from_slot: BigInt(Date.UTC(2026, 10, 30, 23) / 900_000),
    terms: {
      asset: 2,
      retail: {
        workday: [
          { from_quarter: 0, rate: 220_000_000n },
          { from_quarter: 24, rate: 340_000_000n },
        ],
        saturday: [],
        sunday: [{ from_quarter: 0, rate: 200_000_000n }],
        by_feed: [],
      },
      zone_fees: [{ from_zone: "grid", to_zone: "*" }],
      levies: [{ name: "green", on_shared: true }],
    },
  });
  for (const retail of ["06:00 0.3", "00:00 0.3 00:00 0.2", "00:10 0.3", "00:00", "sunday 0.2", "much"])
    expect(made("set_tariff", { ...typed, retail }), retail).toBeNull();
  expect(made("set_tariff", { ...typed, from_slot: "tomorrow" })).toBeNull();
});

const GROUP = { name: "roof", operator: WHO, monthly_limit: "10", wait_hours: "2", rhythm: "month" };
const EACH: [string, Record<string, string>][] = [
  ["set_point_tariff", { tariff: "1", points: "7", from_slot: "2026-12-01" }],
  ["set_grid_terms", { operator: WHO, mark: "50" }],
  ["admit_group", { ...GROUP, rows: `${WHO} 50%`, from_slot: "2026-12-01" }],
  ["change_group", { ...GROUP, group: "1", right_pay: "no", monthly_limit: "0" }],
  ["assign_shares", { group: "1", rows: `${WHO} 0%`, from_slot: "2026-12-01" }],
  ["spend_from_group", { group: "1", recipient: WHO, amount: "450", purpose: "inverter" }],
  ["dissolve_group", { group: "1" }],
  ["admit_group_point", { owner: WHO, id_hash: "01".repeat(32), from_slot: "2026-12-01" }],
];

test.each(EACH)("a vote of the kind %s has the form that the ledger takes", async (kind, typed) => {
  const action = made(kind, typed);
  expect(action).not.toBeNull();
  expect(await actionHex(action as NonNullable<typeof action>)).toMatch(/^[0-9a-f]+$/);
  for (const name of Object.keys(typed).filter((each) => ["group", "from_slot", "operator"].includes(each)))
    expect(made(kind, { ...typed, [name]: "" }), name).toBeNull();
});

test("each kind of line of the grid account has words in every language", async () => {
  const kinds = ["retail", "grid_fee", "levy", "shared_levy", "feed_in"];
  for (const part of Object.values(PARTS.community)) {
    const words = Object.keys((await part()).default);
    expect(words).toEqual(expect.arrayContaining(kinds.map((kind) => `line.${kind}`)));
  }
});
