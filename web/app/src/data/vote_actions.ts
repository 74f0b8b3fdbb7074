// Every kind of action that voters decide, as the fields that a form asks for, and the action that typed texts come to.

import { parseKey } from "@nodechain/client/address.js";
import { fromHex } from "../../../verifier/index.js";
import type { Action } from "../keys/actions";
import { typedPrice } from "../ui/entry";
import { addressBytes } from "./codec";

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
  | "lines";

export type FieldSpec = { name: string; kind: FieldKind; isNeeded?: boolean; start?: string };

type Typed = Readonly<Record<string, string>>;
type Read = Readonly<Record<string, unknown>>;

export type ActionForm = {
  kind: Exclude<Action["kind"], "set_scheme" | "admit_point" | "set_parameter">;
  /** The module of the ledger that decides it; none: it is always there. */
  module?: string;
  fields: readonly FieldSpec[];
  build: (read: Read) => object;
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

export const ACTION_FORMS: readonly ActionForm[] = [
  { kind: "admit_member", fields: [address], build: same },
  { kind: "expel_member", fields: [address], build: same },
  { kind: "add_voter", fields: [address], build: same },
  { kind: "remove_voter", fields: [address], build: same },
  { kind: "set_banker", module: "bank", fields: [address], build: same },
  { kind: "set_treasurer", module: "billing", fields: [address, yes("active")], build: same },
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
  { kind: "cancel_upgrade", fields: [{ name: "height", kind: "whole", isNeeded: true }], build: same },
];

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

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

function readAs(kind: FieldKind, text: string): unknown {
  switch (kind) {
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
export function isWrong({ kind }: FieldSpec, text: string): boolean {
  try {
    if (text.trim()) readAs(kind, text.trim());
    return false;
  } catch {
    return true;
  }
}

/** The action that typed texts come to; null where one is missing or wrong. */
export function actionOf(form: ActionForm, typed: Typed): Action | null {
  try {
    const read: Record<string, unknown> = {};
    for (const { name, kind, isNeeded, start } of form.fields) {
      const text = (typed[name] ?? start ?? "").trim();
      if (isNeeded && !text) return null;
      read[name] = readAs(kind, text);
    }
    return { kind: form.kind, ...form.build(read) } as unknown as Action;
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
