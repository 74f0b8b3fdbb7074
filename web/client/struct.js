// Objects with named fields to the arrays of the canonical encoding and back, by the table in payloads.js.

import { addressBytes, formatAddress } from "./address.js";
import { ClientError, refuseUnless } from "./errors.js";
import { ENUMS, STRUCTS } from "./payloads.js";

/** @typedef {import("./payloads.js").Field} Field */
/** @typedef {import("./payloads.js").Struct} Struct */
/** @typedef {import("../verifier/msgpack.js").Value} Value */
/** @typedef {Record<string, unknown>} Fields */

const BY_KIND = new Map(Object.entries(STRUCTS).map(([name, struct]) => [struct.kind, name]));

/**
 * @param {string} path
 * @param {string} expected
 * @returns {never}
 */
function refuse(path, expected) {
  throw new ClientError("bad_field", `${path}: ${expected} is expected`, "docs/transactions.md has every field with its bounds");
}

/**
 * @param {string} name of the struct
 * @param {Fields} object
 * @param {string} [path]
 * @returns {Value[]}
 */
export function toArray(name, object, path = name) {
  const { tag, fields } = STRUCTS[name];
  if (typeof object !== "object" || object === null) refuse(path, "an object");
  const known = new Set(fields.map((field) => field.name));
  for (const given of Object.keys(object)) {
    if (!known.has(given) && !(tag !== null && given === "kind")) refuse(`${path}.${given}`, `none of this name; one of ${[...known].join(", ")}`);
  }
  const values = fields.map((field) => toValue(field, object[field.name], `${path}.${field.name}`));
  return tag === null ? values : [tag, ...values];
}

/**
 * @param {Field} field
 * @param {any} value
 * @param {string} path
 * @returns {Value}
 */
function toValue(field, value, path) {
  switch (field.kind) {
    case "integer": return integer(field, value, path);
    case "boolean": return typeof value === "boolean" ? value : refuse(path, "true or false");
    case "text": return typeof value === "string" && within(field, [...value].length) ? value : refuse(path, `a text of ${field.least} to ${field.most} characters`);
    case "bytes": return bytes(field, value, path);
    case "struct": return toArray(only(field), value, path);
    case "list":
      if (!Array.isArray(value) || !within(field, value.length)) refuse(path, `a list of ${field.least} to ${field.most}`);
      return value.map((item, at) => toValue(/** @type {Field} */ (field.item), item, `${path}[${at}]`));
    case "union": return union(field, value, path);
  }
}

/**
 * @param {Field} field
 * @param {number | bigint} number
 */
function within(field, number) {
  return number >= /** @type {bigint} */ (field.least) && number <= /** @type {bigint} */ (field.most);
}

/** @param {Field} field */
function only(field) {
  return /** @type {readonly string[]} */ (field.of)[0];
}

/**
 * @param {Field} field
 * @param {any} value
 * @param {string} path
 */
function integer(field, value, path) {
  if (field.names !== undefined && typeof value === "string") {
    const number = ENUMS[field.names][value];
    return number ?? refuse(path, `one of ${Object.keys(ENUMS[field.names]).join(", ")}`);
  }
  if (typeof value !== "bigint" && !Number.isSafeInteger(value)) refuse(path, "a bigint or a safe integer");
  const number = BigInt(value);
  return within(field, number) ? number : refuse(path, `a number from ${field.least} to ${field.most}`);
}

/**
 * @param {Field} field
 * @param {any} value
 * @param {string} path
 */
function bytes(field, value, path) {
  if (field.address) return addressBytes(value);
  return value instanceof Uint8Array && within(field, value.length) ? value : refuse(path, `a Uint8Array of ${field.least} to ${field.most} bytes`);
}

/**
 * @param {Field} field
 * @param {any} value
 * @param {string} path
 */
function union(field, value, path) {
  const names = /** @type {readonly string[]} */ (field.of);
  if (field.item !== undefined) return value instanceof Uint8Array ? toValue(field.item, value, path) : toArray(names[0], value, path);
  const name = BY_KIND.get(value?.kind);
  if (name === undefined || !names.includes(name)) refuse(`${path}.kind`, `one of ${names.map((each) => STRUCTS[each].kind).join(", ")}`);
  return toArray(name, value, path);
}

/**
 * @param {string} name of the struct
 * @param {Value} value
 * @param {string} [path]
 * @returns {Fields}
 */
export function fromArray(name, value, path = name) {
  const { kind, tag, fields } = STRUCTS[name];
  const extra = tag === null ? 0 : 1;
  if (!Array.isArray(value) || value.length !== fields.length + extra || (tag !== null && value[0] !== tag)) refuse(path, `an array of ${fields.length + extra}`);
  /** @type {Fields} */
  const object = tag === null ? {} : { kind };
  fields.forEach((field, at) => {
    object[field.name] = fromValue(field, value[at + extra], `${path}.${field.name}`);
  });
  return object;
}

/**
 * @param {Field} field
 * @param {any} value
 * @param {string} path
 * @returns {unknown}
 */
function fromValue(field, value, path) {
  if (field.kind === "struct") return fromArray(only(field), value, path);
  if (field.kind === "union") return fromUnion(field, value, path);
  if (field.kind === "list" && Array.isArray(value) && within(field, value.length)) {
    return value.map((item, at) => fromValue(/** @type {Field} */ (field.item), item, `${path}[${at}]`));
  }
  const checked = field.address && value instanceof Uint8Array ? value : toValue(field, value, path);
  if (field.address) return formatAddress(/** @type {Uint8Array} */ (checked));
  if (field.names === undefined) return checked;
  return Object.entries(ENUMS[field.names]).find(([, number]) => number === checked)?.[0] ?? refuse(path, "a known number");
}

/**
 * @param {Field} field
 * @param {any} value
 * @param {string} path
 */
function fromUnion(field, value, path) {
  const names = /** @type {readonly string[]} */ (field.of);
  if (field.item !== undefined) return value instanceof Uint8Array ? toValue(field.item, value, path) : fromArray(names[0], value, path);
  const name = names.find((each) => Array.isArray(value) && STRUCTS[each].tag === value[0]);
  return name === undefined ? refuse(path, "one of the known kinds") : fromArray(name, value, path);
}
