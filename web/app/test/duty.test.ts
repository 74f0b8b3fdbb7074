import { describe, expect, test } from "vitest";
import { type Known, type Status, tasksOf, toSpare } from "../src/data/duty";
import { targetOf } from "../src/data/search";
import { earnedBy } from "../src/screens/storage";
import { newValue } from "../src/screens/votes";

const status = {
  safe_mode: "",
  safe_mode_ends_at: null,
  behind: 0,
  validator: "nrg1v",
  signing: true,
  round: 0,
  validators: 4,
  clock_ahead_ms: 0,
  clock_limit_ms: 2_000,
  upgrade: null,
  disk: { free_bytes: 50, total_bytes: 100, store_bytes: 1 },
} as unknown as Status;
const well: Known = {
  status,
  health: { ready: true, checks: { store: "ok" } },
  peers: [],
  validators: [],
  units: [],
  meters: [],
  nowMs: 5,
};
const peer = {
  name: "school",
  validator: "nrgpub1x",
  connected_s: null,
  banned: false,
} as unknown as Known["peers"][number];
const keysOf = (known: Partial<Known>) => tasksOf({ ...well, ...known }).map(({ key }) => key);

describe("what is to be done", () => {
  test("nothing, where all is well", () => expect(keysOf({})).toEqual([]));

  test("the worst comes first", () => {
    const found = keysOf({
      peers: [peer],
      health: { ready: false, checks: { store: "disk full" } },
      status: { ...status, behind: 3 },
    });
    expect(found).toEqual(["duty.check", "duty.behind", "duty.away"]);
  });

  test("safe mode is said once, in its own words", () => {
    expect(
      keysOf({
        status: { ...status, safe_mode: "clock", signing: false },
        health: { ready: false, checks: { memory: "safe mode" } },
      }),
    ).toEqual(["duty.safeMode"]);
  });

  test("a clock that is half-way to its limit is said before it stops the node", () => {
    expect(keysOf({ status: { ...status, clock_ahead_ms: -1_100 } })).toEqual(["duty.clock"]);
    expect(keysOf({ status: { ...status, clock_ahead_ms: 900 } })).toEqual([]);
  });

  test("a meter that has been silent, one whose jump waits, and a disk that fills are said", () => {
    const meter = (more: object) => ({
      key: "nrgpub1m",
      account: "nrg1a",
      sent_ms: 1,
      quarantined: false,
      ...more,
    });
    const meters = [
      meter({}),
      meter({ account: null }),
      meter({ sent_ms: 0 }),
      meter({ sent_ms: 3_600_000, quarantined: true }),
    ];
    const found = keysOf({
      meters: meters as unknown as Known["meters"],
      nowMs: 3_600_002,
      status: { ...status, disk: { free_bytes: 9, total_bytes: 100, store_bytes: 1 } },
    });
    expect(found).toEqual(["duty.disk", "duty.silent", "duty.jump"]);
  });

  test.each([
    [4, 0, 1],
    [4, 1, 0],
    [1, 0, 0],
    [7, 1, 1],
    [16, 0, 5],
  ])("of %i validators with %i away, %i may fail", (all, away, spare) => {
    expect(toSpare(all, away)).toBe(spare);
  });
});

describe("one field finds everything", () => {
  const hash = "ab".repeat(32);
  test.each([
    ["12", ["block", "12"]],
    [" 1,234 ", ["block", "1234"]],
    ["block 7", ["block", "7"]],
    ["Auftrag 12", ["order", "12"]],
    ["vote #3", ["vote", "3"]],
    [hash.toUpperCase(), ["transaction", hash]],
    ["nrgpub1xyz", ["key", "nrgpub1xyz"]],
    ["nrg1pt33vyycm3dlntzzms5kzm49qc95nlzkq0lklx", ["account", "nrg1pt33vyycm3dlntzzms5kzm49qc95nlzkq0lklx"]],
  ])("%s", (text, target) => expect(targetOf(text)).toEqual(target));

  test("or nothing", () => {
    for (const text of ["", "abc", "nrg1pt33", "order x", hash.slice(1)]) expect(targetOf(text)).toBeNull();
  });
});

test("an owner's earnings are its shares and reservations at that battery", () => {
  const amount = (tokens: string) => ({ base: 0, tokens });
  const events = [
    { kind: "energy_stored", unit: "u", owner: "me", provider_share: amount("0.2"), energy_wh: 1_000 },
    { kind: "energy_stored", unit: "other", owner: "me", provider_share: amount("9"), energy_wh: 9 },
    { kind: "reservation_paid", unit: "u", owner: "me", paid: amount("0.05") },
  ];
  expect(earnedBy("u", "me", events)).toEqual({
    share: 200_000_000n,
    reservations: 50_000_000n,
    stored: 1_000,
  });
});

test("a rule's new value is written as the present one is", () => {
  expect(newValue({ text: "5 %", value: 50_000_000, choices: [] }, 70_000_000)).toBe("7 %");
  expect(newValue({ text: "2h", value: 7_200_000, choices: [] }, 10_800_000)).toBe("3h");
  expect(newValue({ text: "0", value: 0, choices: [] }, 12)).toBe("12");
});
