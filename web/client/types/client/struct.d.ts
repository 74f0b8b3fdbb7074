/**
 * @param {string} name of the struct
 * @param {Fields} object
 * @param {string} [path]
 * @returns {Value[]}
 */
export function toArray(name: string, object: Fields, path?: string): Value[];
/**
 * @param {string} name of the struct
 * @param {Value} value
 * @param {string} [path]
 * @returns {Fields}
 */
export function fromArray(name: string, value: Value, path?: string): Fields;
export type Field = import("./payloads.js").Field;
export type Struct = import("./payloads.js").Struct;
export type Value = import("../verifier/msgpack.js").Value;
export type Fields = Record<string, unknown>;
