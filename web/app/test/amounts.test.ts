import { describe, expect, test } from "vitest";
import { fromBase, toBase } from "../src/data/amounts";

describe("amounts are exact", () => {
  test.each([
    ["0", 0n],
    ["7.6", 7_600_000_000n],
    ["-0.000000001", -1n],
    ["9223372036.854775807", 9_223_372_036_854_775_807n],
  ])("%s is %s base units, and back", (tokens, base) => {
    expect(toBase(tokens)).toBe(base);
    expect(fromBase(base)).toBe(tokens);
  });

  test("what has too many decimals, or is no number, is refused", () => {
    for (const text of ["0.0000000001", "", "1e3", "1.", "0x1"])
      expect(() => toBase(text)).toThrow(RangeError);
  });

  test("the decimals are the asset's", () =>
    expect([toBase("1.25", 2), fromBase(125n, 2)]).toEqual([125n, "1.25"]));
});
