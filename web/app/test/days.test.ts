import { expect, test } from "vitest";
import { rangeOf } from "../src/data/days";

const HOUR = 3_600_000;
const BERLIN = "Europe/Berlin";

test("a day is the zone's, with 23 or 25 hours where the clocks change", () => {
  const hours = (text: string) => {
    const { fromMs, toMs } = rangeOf("day", Date.parse(text), 0, BERLIN);
    return (toMs - fromMs) / HOUR;
  };
  expect(["2026-03-29T12:00Z", "2026-07-01T12:00Z", "2026-10-25T12:00Z"].map(hours)).toEqual([23, 24, 25]);
  expect(rangeOf("day", Date.parse("2026-06-30T22:30Z"), 0, BERLIN).fromMs).toBe(
    Date.parse("2026-06-30T22:00Z"),
  );
});

test("a week begins on Monday, and months have their own lengths", () => {
  expect(rangeOf("week", Date.parse("2026-11-29T12:00Z"), 0, "UTC").fromMs).toBe(
    Date.parse("2026-11-23T00:00Z"),
  );
  const march = rangeOf("month", Date.parse("2026-04-10T12:00Z"), -1, BERLIN);
  expect([march.fromMs, march.toMs]).toEqual([
    Date.parse("2026-02-28T23:00Z"),
    Date.parse("2026-03-31T22:00Z"),
  ]);
});

test("steps go back over the turn of the year", () => {
  const december = rangeOf("month", Date.parse("2026-01-10T12:00Z"), -1, "UTC");
  expect(december.fromMs).toBe(Date.parse("2025-12-01T00:00Z"));
  const year = rangeOf("year", Date.parse("2026-01-10T12:00Z"), -1, BERLIN);
  expect([year.fromMs, year.toMs]).toEqual([
    Date.parse("2024-12-31T23:00Z"),
    Date.parse("2025-12-31T23:00Z"),
  ]);
});
