// Every kind of action that voters decide, as the fields that a form asks for, and the action that typed texts come to.

import { parseKey } from "@nodechain/client/address.js";
import { fromHex } from "../../../verifier/index.js";
import type { Action } from "../keys/actions";
import { typedPrice } from "../ui/entry";
import { addressBytes } from "./codec";
import { rangeOf } from "./days";
import { rowsOf } from "./groups";

export type FieldKind =
  | "address"
  | "kwh"
  | "watts"
  | "percent"
  | "whole"
  | "text"
  | "hex"
  | "key"
  | "token"
  | "yesno"
  | "technology"
  | "day"
  | "lines"
  | "money"
  | "from_day"
  | "choice"
  | "rate"
  | "points"
  | "rows";

export type FieldSpec = {
  name: string;
  kind: FieldKind;
  isNeeded?: boolean;
  start?: string;
  /** Of a choice: the ledger's names, and where their words are. */
  choices?: readonly string[];
  words?: string;
};

/** What typed texts are read by: the currency, and the community's clock. */
export type Reading = { asset: number; decimals: number; slotMs: number; zone: string };
export const PLAIN: Reading = { asset: 2, decimals: 9, slotMs: 900_000, zone: "UTC" };

type Typed = Readonly<Record<string, string>>;
type Read = Readonly<Record<string, unknown>>;

export type ActionForm = {
  kind: Exclude<Action["kind"], "set_scheme" | "admit_point" | "set_parameter">;
  /** The module of the ledger that decides it; none: it is always there. */
  module?: string;
  fields: readonly FieldSpec[];
  build: (read: Read, by: Reading) => object;
};

const address: FieldSpec = { name: "address", kind: "address", isNeeded: true };
const unit: FieldSpec = { name: "unit", kind: "address", isNeeded: true };
const meter: FieldSpec = { name: "meter_key", kind: "key", isNeeded: true };
const yes = (name: string): FieldSpec => ({ name, kind: "yesno", isNeeded: true, start: "yes" });
const number: FieldSpec = { name: "number", kind: "whole", isNeeded: true };

export const TECHNOLOGIES = [
  "unknown",
  "lithium_ion",
  "sodium_ion",
  "lead_acid",
  "flow",
  "flywheel",
  "pumped_hydro",
  "hydrogen",
  "other",
] as const;

const TERMS: readonly FieldSpec[] = [
  { name: "capacity_wh", kind: "kwh", start: "0" },
  { name: "max_power_w", kind: "watts", start: "0" },
  { name: "technology", kind: "technology", start: "unknown" },
  { name: "nominal_wh", kind: "kwh", start: "0" },
  { name: "max_discharge_w", kind: "watts", start: "0" },
  { name: "efficiency_parts", kind: "percent", isNeeded: true, start: "100" },
  { name: "standing_wh", kind: "kwh", start: "0" },
  { name: "reserve_wh", kind: "kwh", start: "0" },
];

function unitOf({ unit: of, owner, capacity_wh, max_power_w, ...terms }: Read): object {
  return { unit: of, ...(owner === undefined ? {} : { owner }), capacity_wh, max_power_w, terms };
}

const same = (read: Read): object => read;

const fromDay: FieldSpec = { name: "from_slot", kind: "from_day", isNeeded: true };
const tariff: FieldSpec = { name: "tariff", kind: "whole", start: "0" };
const group: FieldSpec = { name: "group", kind: "whole", isNeeded: true };
const rows: FieldSpec = { name: "rows", kind: "rows", isNeeded: true };
const choice = (name: string, words: string, choices: readonly string[]): FieldSpec => ({
  name,
  kind: "choice",
  words,
  choices,
  start: choices[0] ?? "",
});

const money = (name: string): FieldSpec => ({ name, kind: "money", isNeeded: true });
const reference: FieldSpec = { name: "reference", kind: "text", isNeeded: true };
const ofMoney = (read: Read, { asset }: Reading): object => ({ ...read, asset });

/** Parts per 10^6 of parts per 10^9. */
function millionths(parts: unknown): bigint {
  const found = parts as bigint;
  if (found % 1_000n || found > 1_000_000_000n) throw new RangeError("parts per 10^6");
  return found / 1_000n;
}

/** In the order of their numbers, as the ledger wants them. */
const GROUP_RIGHTS = ["shares", "distribute", "pay", "points", "trade"] as const;

const GROUP_TERMS: readonly FieldSpec[] = [
  { name: "name", kind: "text", isNeeded: true },
  { name: "operator", kind: "address", isNeeded: true },
  ...GROUP_RIGHTS.map((right) => yes(`right_${right}`)),
  { name: "monthly_limit", kind: "money", start: "0" },
  { name: "reserve", kind: "money", start: "0" },
  choice("division", "group.division", ["share", "key", "use"]),
  choice("rhythm", "group.rhythm", ["demand", "slot", "day", "month"]),
  { name: "wait_hours", kind: "whole", start: "0" },
  choice("transfers", "group.transfer", ["members", "group", "nobody"]),
];

function groupTerms(read: Read, { asset }: Reading): object {
  const { name, operator, monthly_limit, reserve, division, rhythm, wait_hours, transfers } = read;
  return {
    name,
    operator,
    rights: GROUP_RIGHTS.filter((right) => read[`right_${right}`]),
    asset,
    monthly_limit,
    reserve,
    division,
    rhythm,
    wait_ms: (wait_hours as bigint) * HOUR_MS,
    transfers,
  };
}

function tariffOf(read: Read, { asset, decimals }: Reading): object {
  const zone_fees = (read.zone_fees as string[]).map((line) => {
    const [from_zone = "", to_zone = "", ...rate] = line.split(/\s+/);
    return { from_zone, to_zone, rate: rateOf(rate.join(" "), decimals) };
  });
  const levies = (read.levies as string[]).map((line) => {
    const found = /^(.+?)\s+([\d.,]+)(\s+shared)?$/.exec(line);
    if (!found) throw new RangeError("a levy");
    return { name: found[1], rate: rateOf(found[2] as string, decimals), on_shared: Boolean(found[3]) };
  });
  const { name, retail, feed_in } = read;
  return {
    tariff: read.tariff,
    from_slot: read.from_slot,
    terms: { name, asset, retail, feed_in, zone_fees, levies },
  };
}

export const ACTION_FORMS: readonly ActionForm[] = [
  { kind: "admit_member", fields: [address], build: same },
  { kind: "expel_member", fields: [address], build: same },
  { kind: "add_voter", fields: [address], build: same },
  { kind: "remove_voter", fields: [address], build: same },
  { kind: "set_banker", module: "bank", fields: [address], build: same },
  {
    kind: "settle_withdrawal",
    module: "bank",
    fields: [
      { name: "holder", kind: "address", isNeeded: true },
      { name: "mark", kind: "whole", isNeeded: true },
      yes("paid"),
    ],
    build: ofMoney,
  },
  { kind: "set_treasurer", module: "billing", fields: [address, yes("active")], build: same },
  {
    kind: "set_attester",
    module: "attestations",
    fields: [
      address,
      choice("role", "attester", ["registrar", "auditor"]),
      choice("standing", "attester", ["appointed", "retired", "barred"]),
    ],
    build: same,
  },
  {
    kind: "admit_application",
    module: "joining",
    fields: [
      { name: "application", kind: "whole", isNeeded: true },
      { name: "sponsor", kind: "address", isNeeded: true },
    ],
    build: same,
  },
  {
    kind: "dismiss_applications",
    module: "joining",
    fields: [{ name: "applications", kind: "points", isNeeded: true }],
    build: same,
  },
  { kind: "set_custodian", module: "slots", fields: [address, yes("on")], build: same },
  {
    kind: "alter_point",
    module: "slots",
    fields: [number, { name: "zone", kind: "text" }, { name: "commissioned_ms", kind: "day" }],
    build: (read) => ({ point: read }),
  },
  {
    kind: "remove_point",
    module: "slots",
    fields: [number, { name: "until_slot", kind: "whole", isNeeded: true }],
    build: (read) => ({ point: read }),
  },
  {
    kind: "extend_zone",
    module: "slots",
    fields: [
      { name: "offsets", kind: "lines" },
      { name: "holidays", kind: "lines" },
    ],
    build: zoneOf,
  },
  {
    kind: "register_unit",
    module: "energy",
    fields: [unit, { name: "owner", kind: "address", isNeeded: true }, ...TERMS],
    build: unitOf,
  },
  { kind: "change_unit", module: "energy", fields: [unit, ...TERMS], build: unitOf },
  { kind: "remove_unit", module: "energy", fields: [unit], build: same },
  {
    kind: "reinstate_unit",
    module: "energy",
    fields: [unit, { name: "accept_wh", kind: "kwh", start: "0" }],
    build: same,
  },
  {
    kind: "annul",
    module: "energy",
    fields: [address, unit, { name: "amount", kind: "token", isNeeded: true }],
    build: same,
  },
  {
    kind: "set_priority",
    module: "energy",
    fields: [{ name: "account", kind: "address", isNeeded: true }, yes("has_priority")],
    build: same,
  },
  {
    kind: "settle_jump",
    module: "metering",
    fields: [meter, { name: "jump", kind: "whole", isNeeded: true }, yes("accept")],
    build: same,
  },
  { kind: "release_meter", module: "metering", fields: [meter], build: same },
  {
    kind: "add_validator",
    fields: [
      { name: "key", kind: "key", isNeeded: true },
      { name: "account", kind: "address", isNeeded: true },
      { name: "name", kind: "text", isNeeded: true },
      { name: "possession", kind: "hex", isNeeded: true },
    ],
    // A validator's key stands without the byte of its algorithm.
    build: (read) => ({ ...read, key: (read.key as Uint8Array).slice(1) }),
  },
  { kind: "remove_validator", fields: [address], build: same },
  {
    kind: "plan_upgrade",
    fields: [
      { name: "height", kind: "whole", isNeeded: true },
      { name: "version", kind: "whole", isNeeded: true },
      { name: "module", kind: "text" },
      { name: "section", kind: "hex" },
      { name: "release", kind: "text" },
    ],
    build: same,
  },
  {
    kind: "set_tariff",
    module: "grid",
    fields: [
      tariff,
      { name: "name", kind: "text", isNeeded: true },
      { name: "retail", kind: "rate", isNeeded: true },
      { name: "feed_in", kind: "rate", isNeeded: true },
      { name: "zone_fees", kind: "lines" },
      { name: "levies", kind: "lines" },
      fromDay,
    ],
    build: tariffOf,
  },
  {
    kind: "set_point_tariff",
    module: "grid",
    fields: [tariff, { name: "points", kind: "points", isNeeded: true }, fromDay],
    build: same,
  },
  {
    kind: "set_grid_terms",
    module: "grid",
    fields: [
      { name: "operator", kind: "address", isNeeded: true },
      { name: "mark", kind: "money", start: "0" },
      yes("band"),
    ],
    build: (read, { asset }) => ({ ...read, asset }),
  },
  {
    kind: "admit_group",
    module: "groups",
    fields: [...GROUP_TERMS, rows, fromDay],
    build: (read, by) => ({
      opening: { terms: groupTerms(read, by), from_slot: read.from_slot, rows: read.rows },
    }),
  },
  {
    kind: "change_group",
    module: "groups",
    fields: [group, ...GROUP_TERMS],
    build: (read, by) => ({ group: read.group, terms: groupTerms(read, by) }),
  },
  {
    kind: "assign_shares",
    module: "groups",
    fields: [group, rows, fromDay],
    build: (read) => ({ change: read }),
  },
  {
    kind: "spend_from_group",
    module: "groups",
    fields: [
      group,
      { name: "recipient", kind: "address", isNeeded: true },
      { name: "amount", kind: "money", isNeeded: true },
      { name: "bill", kind: "whole", start: "0" },
      { name: "purpose", kind: "text", isNeeded: true },
    ],
    build: (read, { asset }) => ({ payment: { ...read, asset } }),
  },
  { kind: "dissolve_group", module: "groups", fields: [group], build: same },
  {
    kind: "admit_group_point",
    module: "groups",
    fields: [
      { name: "owner", kind: "address", isNeeded: true },
      choice("direction", "point.direction", ["injection", "offtake"]),
      { name: "zone", kind: "text" },
      { name: "commissioned_ms", kind: "day" },
      { name: "id_hash", kind: "hex", isNeeded: true },
      fromDay,
    ],
    // A group has no meter of its own: the operator's values count. The ledger takes any time of consent before now.
    build: (read) => ({ terms: { ...read, own_meter: false, signed_ms: 0 } }),
  },
  {
    kind: "spend_fund",
    module: "fund",
    fields: [
      { name: "recipient", kind: "address", isNeeded: true },
      money("amount"),
      { name: "purpose", kind: "text", isNeeded: true },
      reference,
    ],
    build: ofMoney,
  },
  {
    kind: "set_fund_budget",
    module: "fund",
    fields: [
      { name: "purpose", kind: "text", isNeeded: true },
      money("amount"),
      choice("period", "fundPeriod", ["month", "quarter", "year", "once", "none"]),
    ],
    build: ofMoney,
  },
  {
    kind: "set_fee_split",
    module: "fund",
    fields: [
      { name: "committee", kind: "percent", isNeeded: true, start: "0" },
      { name: "fund", kind: "percent", isNeeded: true, start: "0" },
    ],
    build: ({ committee, fund }) => {
      const parts = { committee: millionths(committee), fund: millionths(fund) };
      const proposer = 1_000_000n - parts.committee - parts.fund;
      if (proposer < 0n) throw new RangeError("more than all");
      return { split: { proposer, ...parts } };
    },
  },
  {
    kind: "set_market_commission",
    module: "fund",
    fields: [{ name: "parts", kind: "percent", isNeeded: true }],
    build: ({ parts }) => {
      const found = millionths(parts);
      if (found > 100_000n) throw new RangeError("more than a tenth");
      return { parts: found };
    },
  },
  {
    kind: "set_newcomer_terms",
    module: "fund",
    fields: ["admission_fee", "referral_reward", "starter_grant"].map((name) => ({
      name,
      kind: "money",
      start: "0",
    })),
    build: (read, { asset }) => ({ terms: { asset, ...read } }),
  },
  {
    kind: "admit_sponsored",
    module: "fund",
    fields: [
      address,
      { name: "sponsor", kind: "address", isNeeded: true },
      { name: "referrer", kind: "address", isNeeded: true },
    ],
    build: same,
  },
  {
    kind: "mint_by_vote",
    module: "fund",
    fields: [{ name: "recipient", kind: "address", isNeeded: true }, money("amount"), reference],
    build: ofMoney,
  },
  {
    kind: "burn_by_vote",
    module: "fund",
    fields: [{ name: "holder", kind: "address", isNeeded: true }, money("amount"), reference],
    build: ofMoney,
  },
  {
    kind: "return_by_vote",
    module: "fund",
    fields: [{ name: "holder", kind: "address", isNeeded: true }, money("amount")],
    build: ofMoney,
  },
  { kind: "remove_banker", module: "fund", fields: [address], build: same },
  { kind: "cancel_upgrade", fields: [{ name: "height", kind: "whole", isNeeded: true }], build: same },
];

const MINUTE_MS = 60_000;

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000n;

/** `2041-03-31T01:00Z 120` a line: from when on, minutes that local time is ahead of UTC; holidays as days. */
function zoneOf({ offsets, holidays }: Read): object {
  const changes = (offsets as string[]).map((line) => {
    const found = /^(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?Z)\s+([+-]?\d+)$/.exec(line);
    return { from_ms: Date.parse(found?.[1] ?? ""), minutes: Number(found?.[2]) };
  });
  const days = (holidays as string[]).map((line) =>
    /^\d{4}-\d\d-\d\d$/.test(line) ? Date.parse(`${line}T00:00Z`) / DAY_MS : Number.NaN,
  );
  const isRight =
    changes.every(({ from_ms, minutes }) => from_ms % MINUTE_MS === 0 && Number.isInteger(minutes)) &&
    days.every(Number.isInteger) &&
    changes.length + days.length > 0;
  if (!isRight) throw new RangeError("lines of times and days");
  return { offsets: changes, holidays: days };
}

function wholeOf(text: string): bigint {
  if (!/^\d+$/.test(text)) throw new RangeError("a whole number");
  return BigInt(text);
}

/** A decimal number times a power of ten, exactly. */
function scaled(text: string, decimals: number): bigint {
  const found = typedPrice(text, decimals);
  if (found === null) throw new RangeError("a number");
  return found;
}

function bytesOf(text: string): Uint8Array {
  if (!/^(?:[0-9a-f]{2})*$/i.test(text)) throw new RangeError("hex");
  return fromHex(text.toLowerCase());
}

/** `7 3, 12` in rising order, each once; null where it is none. */
export function pointNumbers(text: string): bigint[] | null {
  const found = text.split(/[\s,;]+/).filter(Boolean);
  if (!found.length || !found.every((each) => /^[1-9]\d{0,15}$/.test(each))) return null;
  return [...new Set(found.map(Number))].sort((one, other) => one - other).map(BigInt);
}

const QUARTERS_A_DAY = 96;

/** `0.30`, or `00:00 0.22 06:00 0.34` from when on which one, by quarters of an hour from midnight on. */
function stepsOf(text: string, decimals: number): object[] {
  if (!text.includes(":")) return [{ from_quarter: 0, rate: scaled(text, decimals) }];
  const words = text.split(/\s+/);
  const steps = Array.from({ length: Math.ceil(words.length / 2) }, (_, place) => {
    const found = /^(\d\d):(00|15|30|45)$/.exec(words[2 * place] ?? "");
    const from_quarter = 4 * Number(found?.[1]) + Number(found?.[2]) / 15;
    return { from_quarter, rate: scaled(words[2 * place + 1] ?? "", decimals) };
  });
  const isRising = steps.every(({ from_quarter }, place) =>
    place ? from_quarter > (steps[place - 1]?.from_quarter ?? 0) : from_quarter === 0,
  );
  if (!isRising || steps.some(({ from_quarter }) => from_quarter >= QUARTERS_A_DAY))
    throw new RangeError("steps of a day");
  return steps;
}

/** Rates of workdays; `saturday` and `sunday` begin theirs where these differ. */
function rateOf(text: string, decimals: number): object {
  const [workday = "", ...others] = text.split(/\s*\b(?=saturday\b|sunday\b)/);
  const found: Record<string, object[]> = { saturday: [], sunday: [] };
  for (const part of others) {
    const [day = "", ...rest] = part.trim().split(/\s+/);
    if (found[day]?.length) throw new RangeError("a day twice");
    found[day] = stepsOf(rest.join(" "), decimals);
  }
  return { workday: stepsOf(workday.trim(), decimals), ...found, by_feed: [] };
}

/** The first slot of a local day. */
function slotOfDay(text: string, { slotMs, zone }: Reading): bigint {
  const noon = dayOf(text) + DAY_MS / 2;
  return BigInt(Math.ceil(rangeOf("day", noon, 0, zone).fromMs / slotMs));
}

function required<T>(found: T | null): T {
  if (found === null) throw new RangeError("a value");
  return found;
}

function readAs({ kind, choices }: FieldSpec, text: string, by: Reading): unknown {
  switch (kind) {
    case "money":
      return scaled(text, by.decimals);
    case "rate":
      return rateOf(text, by.decimals);
    case "from_day":
      return slotOfDay(text, by);
    case "points":
      return required(pointNumbers(text));
    case "rows":
      return required(rowsOf(text));
    case "choice":
      if (!choices?.includes(text)) throw new RangeError("one of several");
      return text;
    case "address":
      if (!addressBytes(text)) throw new RangeError("an address");
      return text;
    case "kwh":
      return scaled(text || "0", 3);
    case "watts":
    case "whole":
      return wholeOf(text || "0");
    case "percent":
      return scaled(text, 7);
    case "token":
      return scaled(text, 9);
    case "hex":
      return bytesOf(text);
    case "key":
      return text.startsWith("nrgpub") ? parseKey(text) : bytesOf(text);
    case "yesno":
      return text === "yes";
    case "day":
      return text ? dayOf(text) : 0;
    case "lines":
      return text.split("\n").flatMap((line) => line.trim() || []);
    default:
      return text;
  }
}

function dayOf(text: string): number {
  const found = Date.parse(`${text}T00:00Z`);
  if (!/^\d{4}-\d\d-\d\d$/.test(text) || Number.isNaN(found)) throw new RangeError("a day");
  return found;
}

/** Whether a field's text is none of its kind; nothing is wrong with an empty one. */
export function isWrong(field: FieldSpec, text: string, by: Reading = PLAIN): boolean {
  try {
    if (text.trim()) readAs(field, text.trim(), by);
    return false;
  } catch {
    return true;
  }
}

/** The action that typed texts come to; null where one is missing or wrong. */
export function actionOf(form: ActionForm, typed: Typed, by: Reading = PLAIN): Action | null {
  try {
    const read: Record<string, unknown> = {};
    for (const field of form.fields) {
      const { name, isNeeded, start } = field;
      const text = (typed[name] ?? start ?? "").trim();
      if (isNeeded && !text) return null;
      read[name] = readAs(field, text, by);
    }
    return { kind: form.kind, ...form.build(read, by) } as unknown as Action;
  } catch {
    return null;
  }
}

type Rule = { name: string; value: number; text: string; choices: readonly string[] };

/** What follows the number in a rule's text; null: it is typed as the ledger stores it. */
export function unitOfRule({ text, value, choices }: Rule): string | null {
  const found = /^(-?\d+(?:\.\d+)?)(.*)$/.exec(text);
  return choices.length || !found || value === 0 || Number(found[1]) === 0 ? null : (found[2] ?? "");
}

const DECIMALS = 9;

/** A rule's new value as the ledger stores it, typed in the unit of its present text; null where it is none. */
export function ruleValue(rule: Rule, typed: string): number | null {
  if (rule.choices.length) {
    const place = rule.choices.indexOf(typed);
    return place < 0 ? null : place;
  }
  const tidy = typed.trim().replace(",", ".");
  if (unitOfRule(rule) === null) return /^\d+$/.test(tidy) ? Number(tidy) : null;
  const present = /^-?\d+(?:\.\d+)?/.exec(rule.text)?.[0] ?? "";
  const [wanted, known] = [typedPrice(tidy, DECIMALS), typedPrice(present, DECIMALS)];
  if (wanted === null || !known) return null;
  const whole = wanted * BigInt(rule.value);
  return whole % known === 0n ? Number(whole / known) : null;
}
