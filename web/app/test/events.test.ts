// Events and actions as sentences: amounts are of the asset that the ledger's types say, whatever a field is called.

import { beforeAll, beforeEach, expect, test, vi } from "vitest";
import { assets } from "../src/data/assets";
import { sentence } from "../src/text/events";
import { speak } from "../src/text/messages";

const asked = vi.hoisted(() => [] as string[]);
vi.mock("../src/api/client", async (original) => ({
  ...(await original<object>()),
  get: async (path: string) => {
    asked.push(path);
    return path === "/v1/assets"
      ? {
          fee_asset: "EEURO",
          assets: [
            { number: 1, name: "ENT", symbol: "ENT", decimals: 9, supply: "meters" },
            { number: 2, name: "EEURO", symbol: "eEuro", decimals: 9, supply: "banker" },
          ],
        }
      : { products: [{ number: 1, base: "ENT", quote: "EEURO", mechanism: "continuous" }] };
  },
}));

const OTHER = "nrg1pt33vyycm3dlntzzms5kzm49qc95nlzkq0lklx";
const amount = (tokens: string) => ({ base: 0, tokens });
const said = (kind: string, fields: object, prefix?: "action") =>
  sentence({ kind, ...fields }, prefix).replaceAll("\u00a0", " ");

beforeAll(async () => {
  vi.stubGlobal("document", { documentElement: {} });
  await speak("en");
  await assets();
});
beforeEach(() => {
  asked.length = 0;
});

test("a sale that is placed is priced in money, though energy is what it locks", async () => {
  const order = {
    product: 1,
    owner: OTHER,
    number: 7,
    side: "sell",
    quantity: amount("2"),
    price: amount("0.25"),
    expires_ms: 0,
    asset: "ent",
    locked: amount("2"),
  };
  said("order_placed", order);
  await vi.waitFor(() => expect(asked).toEqual(["/v1/market/products"]));
  await vi.waitFor(() => expect(said("order_placed", order)).toContain("sell 2 kWh at 0.25 eEuro"));
  expect(asked).toHaveLength(1);
});

test("an amount is of the asset beside it, of the fees', or of energy", () => {
  expect(said("transferred", { sender: OTHER, recipient: OTHER, asset: "eeuro", amount: amount("5") })).toBe(
    "nrg1pt33…0lklx sent 5 eEuro to nrg1pt33…0lklx.",
  );
  expect(
    said("transferred", { sender: OTHER, recipient: OTHER, asset: "ent", amount: amount("5") }),
  ).toContain("sent 5 kWh to");
  expect(said("fee_paid", { payer: OTHER, amount: amount("0.01") })).toContain("a fee of 0.01 eEuro");
  expect(said("rate_changed", { rate: amount("0.5"), difference: amount("1") })).toContain("0.5 kWh per kWh");
});

test("an amount that this release does not know has no unit rather than a wrong one", () => {
  expect(said("newer_event", { payment: amount("3") })).toBe("newer event: payment 3");
});

test("a part of an action that is no action itself is shown with its fields", () => {
  const terms = { technology: "battery", nominal_wh: 10_000, reserve_wh: 0 };
  expect(said("newer_action", { terms, list: [1, 2] }, "action")).toBe(
    "newer action: terms technology battery, nominal wh 10.0 kWh, reserve wh 0 kWh, list 1, 2",
  );
  expect(said("register_unit", { unit: OTHER, owner: OTHER, capacity_wh: 5_000, terms }, "action")).toContain(
    "5.00 kWh",
  );
});
