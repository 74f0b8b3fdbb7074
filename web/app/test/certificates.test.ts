// Which days of a generator one certificate may take next.

import { expect, test } from "vitest";
import { openDays } from "../src/screens/certificate_forms";

const DAY = 86_400_000;
const day = (at: number, certificate = 0) => ({ first_ms: at * DAY, energy_wh: 100, certificate });

test("the first days in a row that are over and have no certificate", () => {
  expect(openDays([], 9 * DAY)).toBeNull();
  expect(openDays([day(9)], 9.5 * DAY)).toBeNull();
  expect(openDays([day(1, 7), day(2), day(3)], 4.5 * DAY)).toEqual({
    first: 2 * DAY,
    end: 4 * DAY,
    energy: 200,
  });
});

test("a day that has a certificate ends them, and so do 31 days", () => {
  expect(openDays([day(2), day(5, 7), day(6)], 9 * DAY)).toEqual({
    first: 2 * DAY,
    end: 5 * DAY,
    energy: 100,
  });
  expect(openDays([day(2), day(40)], 90 * DAY)).toEqual({ first: 2 * DAY, end: 33 * DAY, energy: 100 });
});
