// What is told, and told once; what a stored choice may say.

import { expect, test } from "vitest";
import { DEFAULTS, dueDay, type Notice, notShown, wishesIn } from "../src/data/notices";

test.each([null, "", "{", "7", "null", '{"kinds":7,"least":"much","inBrowser":"yes"}'])(
  "a stored choice that is none (%s) is the usual one",
  (text) => {
    expect(wishesIn(text)).toEqual(DEFAULTS);
  },
);

test("a stored choice is read field by field, and unknown kinds are left out", () => {
  const text = '{"kinds":["vote_open","weather"],"least":"12.5","inBrowser":true}';
  expect(wishesIn(text)).toEqual({ kinds: ["vote_open"], least: "12.5", inBrowser: true });
});

test("what was there at the first look is no news, and each later notice is shown once", () => {
  const notice = (name: string): Notice => ({ name, kind: "vote_open", values: {} });
  expect(notShown([notice("a")], true)).toEqual([]);
  expect(notShown([notice("a"), notice("b")], false)).toEqual([notice("b")]);
  expect(notShown([notice("a"), notice("b")], false)).toEqual([]);
});

test("a bill is due so many days after it was issued, over the end of a month", () => {
  expect(dueDay("2026-01-25", 14)).toBe("2026-02-08");
});
