// Shapes of decoded values: each function gives its value back or refuses it (malformed_input).

import { refuseUnless } from "./errors.js";

export const MAX_INTEGER = 2n ** 63n - 1n;

const expect = (condition, what) => refuseUnless(condition, "malformed_input", `${what} is expected`);

export function array(value, least, most) {
  expect(Array.isArray(value) && value.length >= least && value.length <= most, `an array of ${least} to ${most}`);
  return value;
}

export function struct(value, fields) {
  return array(value, fields, fields);
}

export function bytes(value, least, most = least) {
  expect(value instanceof Uint8Array && value.length >= least && value.length <= most, `${least} to ${most} bytes`);
  return value;
}

export function uint(value, least = 0n, most = MAX_INTEGER) {
  expect(typeof value === "bigint" && value >= least && value <= most, `a number from ${least} to ${most}`);
  return value;
}

export function text(value, most) {
  expect(typeof value === "string" && value.length <= most, `a string of at most ${most} characters`);
  return value;
}

export function chainId(value) {
  expect(typeof value === "string" && /^[a-z][a-z0-9-]*$/.test(value) && value.length <= 64, "a chain id");
  return value;
}

export function bool(value) {
  expect(typeof value === "boolean", "true or false");
  return value;
}
