// Schemes by the month: which entries of the signed state hold an account's credits and claims, and what they must say.

import { expect, test } from "vitest";
import { toHex } from "../../verifier/index.js";
import { addressBytes, addressText } from "../src/data/codec";
import { creditsOf } from "../src/trust/sharing";

const OWNER = addressText(new Uint8Array(20).fill(7));

test("credits and claims are compared with their entries", () => {
  const amount = (tokens: string) => ({ base: 0, tokens, asset: 2 });
  const month = {
    scheme: 1,
    month: "2026-11",
    credited_mwh: 60_000_000,
    claims_mwh: -20_000_000,
    expired_mwh: 15_000_000,
    expired_cost: amount("1.5"),
    expired_revenue: amount("0"),
  };
  const claims = [
    { until: "2026-12", energy_mwh: 7 },
    { until: "2027-01", energy_mwh: 9 },
  ];
  const found = {
    height: 5,
    account: OWNER,
    months: [month],
    claims: [{ scheme: 1, point: 3, claims, owed_mwh: 0 }],
  } as unknown as Parameters<typeof creditsOf>[0];
  const raw = toHex(addressBytes(OWNER) as Uint8Array);
  const [sum, claim] = creditsOf(found, 9);
  const number = 12 * 2026 + 10;
  expect(sum?.key).toBe(`00d7${"1".padStart(16, "0")}${number.toString(16).padStart(16, "0")}${raw}`);
  expect(sum?.said).toEqual([
    [1, 60_000_000n],
    [2, -20_000_000n],
    [3, 15_000_000n],
    [4, 1_500_000_000n],
    [5, 0n],
  ]);
  expect(claim?.key).toBe(`00d4${"1".padStart(16, "0")}${"3".padStart(16, "0")}${raw}`);
  // As the entry's lots read as a text: month and energy, one after the other.
  expect(claim?.said).toEqual([
    [0, `${number + 1},7,${number + 2},9`],
    [1, 0n],
  ]);
});
