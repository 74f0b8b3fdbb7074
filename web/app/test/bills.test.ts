// Bills as this browser reads and calculates them again: one digit that does not follow is found.

import { describe, expect, test } from "vitest";
import { toHex } from "../../verifier/index.js";
import {
  type Bill,
  billHash,
  canonicalJson,
  centsText,
  dayAfter,
  FalseBill,
  paidState,
  readBill,
} from "../src/data/bill_document";
import { periodName } from "../src/screens/bill_words";
import { movedBy } from "../src/trust/bill_postings";
import { checkSums, halfAway, inParts } from "../src/trust/bill_sums";

const SOURCE = { height: 4, index: 1, transaction: "ab".repeat(32) };
const noLine = { quantity_asset: "", quantity: "0", energy_wh: "0", price: "0" };

/** Bought for 0.37545, paid in 3.337, due 2.50: 9 decimals, 20 % in both, 0.00455 below a cent. */
const BILL: Bill = {
  format: "nodechain/bill/1",
  chain_id: "street-8c337f92",
  genesis_hash: "11".repeat(32),
  number: 2,
  name: "EG/2",
  corrects: 0,
  issued_day: "2026-07-01",
  account: "nrg1q2pf",
  period: { from_ms: 0, to_ms: 86_400_000, zone: "UTC", first_day: "2026-06-01", last_day: "2026-06-30" },
  last_height: 4,
  previous: null,
  currency: "EEURO",
  assets: [
    {
      asset: "EEURO",
      symbol: "eEuro",
      decimals: 9,
      opening: [{ place: "available", amount: "1000000000000" }],
      change: "2961550000",
      closing: [{ place: "available", amount: "1002961550000" }],
    },
  ],
  energy: [{ measure: "produced", energy_wh: "1500", sources: [{ ...SOURCE, amount: "1500" }] }],
  shared: [],
  grid: [],
  lines: [
    {
      ...noLine,
      section: "payments",
      kind: "transferred",
      asset: "EEURO",
      amount: "3337000000",
      sources: [{ ...SOURCE, amount: "3337000000" }],
    },
    {
      ...noLine,
      section: "trades",
      kind: "traded",
      asset: "EEURO",
      amount: "-375450000",
      sources: [{ ...SOURCE, amount: "-375450000" }],
    },
  ],
  charges: {
    base: "2875450000",
    carried_in: "0",
    cents: 288,
    carried_out: "-4550000",
    settled_cents: 38,
    taxes: [{ category: "S", rate: 2_000, net_cents: 240, tax_cents: 48, gross_cents: 288, reason: "" }],
  },
  credits: { base: "0", carried_in: "0", cents: 0, carried_out: "0", settled_cents: 0, taxes: [] },
  due_cents: 250,
  payout_cents: 0,
  terms: {
    seller: "EG",
    profile: "private",
    language: "en",
    self_billing: false,
    due_days: 14,
    taxes: [{ section: "*", side: "charges", category: "S", rate: 2_000, reason: "" }],
    dues: [{ name: "member", text: "Member fee", cents: 250, count: 1 }],
    reminders: [],
  },
};

const codeOf = (work: () => unknown): string => {
  try {
    work();
    return "";
  } catch (error) {
    return error instanceof FalseBill ? error.code : String(error);
  }
};

describe("a bill's sums", () => {
  test("agree", () => expect(codeOf(() => checkSums(BILL))).toBe(""));

  test.each<[string, (bill: Bill) => void]>([
    ["line", ({ lines }) => Object.assign(lines[1] as object, { amount: "-375450001" })],
    ["energy", ({ energy }) => Object.assign(energy[0] as object, { energy_wh: "1501" })],
    ["balance", ({ assets }) => Object.assign(assets[0] as object, { change: "2961550001" })],
    ["balance", ({ assets }) => Object.assign(assets[0]?.closing[0] as object, { amount: "1002961550001" })],
    ["charges", ({ charges }) => Object.assign(charges, { base: "2875450001" })],
    ["charges", ({ charges }) => Object.assign(charges, { cents: 289 })],
    ["carried", ({ charges }) => Object.assign(charges, { carried_out: "0" })],
    ["charges", ({ charges }) => Object.assign(charges, { settled_cents: 39 })],
    ["taxes", ({ charges }) => Object.assign(charges.taxes[0] as object, { tax_cents: 47 })],
    ["taxes", ({ charges }) => charges.taxes.pop()],
    ["credits", ({ credits }) => Object.assign(credits, { cents: 1 })],
    ["dues", (bill) => Object.assign(bill, { due_cents: 251 })],
    ["dues", (bill) => Object.assign(bill, { payout_cents: 1 })],
    ["charges", ({ terms }) => Object.assign(terms.dues[0] as object, { cents: 251 })],
  ])("do not with another %s", (code, change) => {
    const other = structuredClone(BILL);
    change(other);
    expect(codeOf(() => checkSums(other))).toBe(code);
  });

  test("ask for what a scheme leaves to the bill", () => {
    const other = structuredClone(BILL);
    const amounts = {
      bought_mwh: "5000000",
      sold_mwh: "0",
      cost: "500000000",
      fee: "10000000",
      revenue: "0",
      carried_mwh: "0",
      credited_mwh: "0",
      claims_mwh: "0",
      expired_mwh: "0",
      expired_cost: "0",
      expired_revenue: "0",
    };
    const sources = [{ ...SOURCE, amount: "510000000" }];
    other.shared = [{ scheme: 1, month: "", by_period: true, asset: "EEURO", ...amounts, sources }];
    Object.assign(other.charges, {
      base: "3385450000",
      cents: 339,
      carried_out: "-4550000",
      settled_cents: 38,
    });
    other.charges.taxes = [
      { category: "S", rate: 2_000, net_cents: 282, tax_cents: 57, gross_cents: 339, reason: "" },
    ];
    other.due_cents = 301;
    expect(codeOf(() => checkSums(other))).toBe("");
    Object.assign(other.shared[0] as object, { fee: "10000001" });
    expect(codeOf(() => checkSums(other))).toBe("shared");
  });

  test("hold fees of reminders apart from dues: they are no supply", () => {
    const other = structuredClone(BILL);
    other.terms.taxes.unshift({
      section: "reminders",
      side: "charges",
      category: "E",
      rate: 0,
      reason: "no supply",
    });
    other.terms.dues.push({ name: "reminder", text: "Reminder 2 of bill EG-1", cents: 500, count: 1 });
    Object.assign(other.charges, { base: "7875450000", cents: 788 });
    other.charges.taxes.unshift({
      category: "E",
      rate: 0,
      net_cents: 500,
      tax_cents: 0,
      gross_cents: 500,
      reason: "no supply",
    });
    other.due_cents = 750;
    expect(codeOf(() => checkSums(other))).toBe("");
    Object.assign(other.terms.dues[1] as object, { name: "member" });
    expect(codeOf(() => checkSums(other))).toBe("taxes");
  });

  test("round halves away from zero, and divide by largest remainders", () => {
    expect([5n, -5n, 4n, -4n, 15n].map((each) => halfAway(each, 10n))).toEqual([1n, -1n, 0n, 0n, 2n]);
    expect(inParts(100n, [1n, 1n, 1n])).toEqual([34n, 33n, 33n]);
    expect(inParts(5n, [0n, 0n])).toEqual([5n, 0n]);
    expect(inParts(10n, [2n, 3n, 1n])).toEqual([3n, 5n, 2n]);
  });
});

describe("a document", () => {
  const text = canonicalJson(BILL);

  test("is read in its canonical form only", () => {
    expect(readBill(text)).toEqual(BILL);
    expect(codeOf(() => readBill(`${text} `))).toBe("not_canonical");
    expect(codeOf(() => readBill(JSON.stringify(BILL)))).toBe("not_canonical");
    expect(codeOf(() => readBill(text.replace("bill/1", "bill/2")))).toBe("no_bill");
    expect(codeOf(() => readBill("[]"))).toBe("no_bill");
  });

  test("has another hash with another digit", async () => {
    const hashes = await Promise.all([text, text.replace("375450000", "375450001")].map(billHash));
    expect(new Set(hashes.map(toHex)).size).toBe(2);
    expect(toHex(await billHash("{}"))).toBe(EMPTY_HASH);
  });

  test("is open, paid or overdue by days and base units", () => {
    const listed = { due_cents: 250, corrected_by: 0, issued_day: "2026-06-20", due_days: 14 };
    const of = (paid: bigint, today: string) => paidState(listed, paid, 100n, today);
    expect([of(0n, "2026-07-04"), of(1n, "2026-07-04"), of(25_000n, "2026-07-05")]).toEqual([
      "open",
      "part",
      "paid",
    ]);
    expect(of(24_999n, "2026-07-05")).toBe("overdue");
    expect(paidState({ ...listed, corrected_by: 7 }, 0n, 100n, "2026-08-01")).toBe("replaced");
    expect(dayAfter("2024-02-28", 2)).toBe("2024-03-01");
    expect([-5, 250].map(centsText)).toEqual(["-0.05", "2.50"]);
  });

  test("calls months and years by their names", () => {
    expect(periodName("2026-06-01", "2026-06-30")).toBe("June 2026");
    expect(periodName("2024-02-01", "2024-02-29")).toBe("February 2024");
    expect(periodName("2026-01-01", "2026-12-31")).toBe("2026");
    expect(periodName("2026-06-03", "2026-06-03")).toBe("June 3, 2026");
    expect(periodName("2026-06-01", "2026-06-29")).toContain("June 1");
  });
});

/** `SHA-256(0e || "nodechain/bill" || "{}")`, by Python. */
const EMPTY_HASH = "e22703a756a444958eb901fe78c1fe6598e9c92c03cc405142444552f13fab3f";

describe("an event", () => {
  const [me, you] = [new Uint8Array(20).fill(1), new Uint8Array(20).fill(2)];
  const moved = (event: Parameters<typeof movedBy>[0]) => movedBy(event, toHex(me), 2);

  test("moves what its postings say", () => {
    expect(moved([49n, 2n, you, me, 7n])?.tokens).toEqual(new Map([[2, 7n]]));
    expect(moved([48n, me, you, 3n])?.tokens).toEqual(new Map([[2, -3n]]));
    const traded = moved([217n, 1n, 1n, 2n, 5n, 6n, me, you, 250n, 1_500n, 375n, 15n]);
    expect(traded).toMatchObject({ kind: "traded", price: 250n });
    expect(traded?.tokens).toEqual(
      new Map([
        [1, 1_500n],
        [2, -375n],
      ]),
    );
    const stored = moved([144n, you, me, you, 900n, 895n, 5n, 0n, 100n]);
    expect([stored?.tokens.get(1), stored?.wh.get("produced")]).toEqual([895n, 1_000n]);
  });

  test("of a scheme says what it gave, and whether it waits for the bill", () => {
    const booked = [338n, me, you, 2n, 7n, 100n, 1n, 5_000n, 0n, 400n, 0n, 10n];
    expect(moved([...booked, 0n, 0n, 0n, 0n])?.share).toMatchObject({
      scheme: 7n,
      waits: true,
      cost: 400n,
      fee: 10n,
    });
    const paid = moved([...booked, 410n, 0n, 0n, 0n]);
    expect([paid?.share?.waits, paid?.tokens.get(2)]).toEqual([false, -410n]);
  });

  test("of a scheme by the month says what claims came to, and what expired", () => {
    const energies = [30n, 8n, -27n, 5n];
    const booked = [625n, me, you, 2n, 7n, 24_310n, 1n, 60n, 0n, 400n, 0n, 10n, ...energies, 9n, 0n];
    expect(moved([...booked, 0n, 0n, 0n, 0n])?.share).toMatchObject({
      scheme: 7n,
      waits: true,
      month: "2025-11",
      carried: 30n,
      credited: 8n,
      claims: -27n,
      expired: 5n,
      expired_cost: 9n,
    });
    const paid = moved([...booked, 419n, 0n, 0n, 0n]);
    expect([paid?.share?.waits, paid?.tokens.get(2)]).toEqual([false, -419n]);
  });

  test("of another account moves nothing here, and an unknown one is not guessed at", () => {
    expect(moved([49n, 2n, you, you, 7n])?.tokens.size).toBe(0);
    expect(moved([9_999n, me])).toBeNull();
  });
});
