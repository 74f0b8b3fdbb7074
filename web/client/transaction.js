// Transactions: from a payload with named fields to the envelope's bytes, its hash, its signatures and the wire form
// (rules X1 to X6).

import { equal } from "../verifier/bytes.js";
import { signingBytes, taggedHash } from "../verifier/hash.js";
import { decode, encode } from "../verifier/msgpack.js";
import { addressOf, formatAddress, multisigKey, checkPublicKey } from "./address.js";
import { ClientError, refuseUnless } from "./errors.js";
import { TYPES } from "./payloads.js";
import { fromArray, toArray } from "./struct.js";

/** @typedef {import("./keys.js").Signer} Signer */
/** @typedef {import("./payloads.js").Integer} Integer */
/** @typedef {import("./payloads.js").Payloads} Payloads */
/** @typedef {import("./payloads.js").SenderKey} SenderKey */
/** @typedef {keyof Payloads} TypeName */
/**
 * @template {TypeName} T
 * @typedef {object} Terms
 * @property {string} chainId
 * @property {T} type
 * @property {SenderKey} senderKey
 * @property {Integer} nonce the account's last one and 1 (of readings: the sequence of the last one)
 * @property {Payloads[T]} payload
 * @property {Integer} [validUntilHeight] 0: no limit
 * @property {Integer} [fee] base units of the asset of fees
 */
/** @typedef {{ index: bigint, signature: Uint8Array }} Signature */

export const DOMAIN_TRANSACTION = "nodechain/tx";
export const MAX_TRANSACTION_BYTES = 64 * 1024;
const ENVELOPE_VERSION = 1n;
const BY_NUMBER = new Map(Object.entries(TYPES).map(([name, { number, struct }]) => [number, { name, struct }]));

/**
 * Canonical bytes of a payload.
 * @template {TypeName} T
 * @param {T} type
 * @param {Payloads[T]} payload
 */
export function encodePayload(type, payload) {
  const found = TYPES[type];
  refuseUnless(found !== undefined, "bad_type", `there is no transaction type '${type}'`, `One of ${Object.keys(TYPES).join(", ")}`);
  return encode(toArray(found.struct, /** @type {any} */ (payload), type));
}

/**
 * Canonical bytes of what is signed.
 * @template {TypeName} T
 * @param {Terms<T>} terms
 */
export function buildEnvelope({ chainId, type, senderKey, nonce, payload, validUntilHeight = 0n, fee = 0n }) {
  const bytes = encodePayload(type, payload);
  if (senderKey instanceof Uint8Array) checkPublicKey(senderKey);
  else multisigKey(Number(senderKey.threshold), senderKey.keys);
  return encode(toArray("Envelope", {
    version: ENVELOPE_VERSION, chain_id: chainId, type: TYPES[type].number, sender_key: senderKey, nonce,
    valid_until_height: validUntilHeight, fee, payload: bytes,
  }));
}

/**
 * The bytes that the sender's keys sign.
 * @param {Uint8Array} envelope
 * @param {Uint8Array} genesisHash
 */
export function signMessage(envelope, genesisHash) {
  refuseUnless(genesisHash.length === 32, "bad_field", "a genesis hash has 32 bytes");
  return signingBytes(DOMAIN_TRANSACTION, genesisHash, envelope);
}

/**
 * What names the transaction, with any signatures.
 * @param {Uint8Array} envelope
 */
export function transactionId(envelope) {
  return taggedHash("nodechain/id", envelope);
}

/**
 * The hash of the wire form.
 * @param {Uint8Array} raw
 */
export function fullHash(raw) {
  return taggedHash("nodechain/full", raw);
}

/**
 * One key's signature of an envelope, with its place among the keys of a multi-signature account.
 * @param {Uint8Array} envelope
 * @param {Uint8Array} genesisHash
 * @param {Signer} signer
 * @returns {Promise<Signature>}
 */
export async function signEnvelope(envelope, genesisHash, signer) {
  const { senderKey } = readEnvelope(envelope);
  const keys = senderKey instanceof Uint8Array ? [senderKey] : senderKey.keys;
  const index = keys.findIndex((key) => equal(key, signer.publicKey));
  refuseUnless(index >= 0, "wrong_key", "this key is none of the sender's", "Sign with a key of the account that sends");
  return { index: BigInt(index), signature: await signer.sign(signMessage(envelope, genesisHash)) };
}

/**
 * The wire form: exactly as many signatures as the sender's key asks for, with rising indexes.
 * @param {Uint8Array} envelope
 * @param {readonly Signature[]} signatures
 */
export function assemble(envelope, signatures) {
  const { senderKey } = readEnvelope(envelope);
  const threshold = senderKey instanceof Uint8Array ? 1 : Number(senderKey.threshold);
  const sorted = [...signatures].sort((left, right) => Number(left.index - right.index));
  refuseUnless(new Set(sorted.map(({ index }) => index)).size === sorted.length, "bad_signatures", "a key signed twice");
  refuseUnless(sorted.length >= threshold, "bad_signatures", `${sorted.length} of ${threshold} signatures are there`, "Let others sign");
  const raw = encode(toArray("SignedEnvelope", { envelope, signatures: sorted.slice(0, threshold) }));
  refuseUnless(raw.length <= MAX_TRANSACTION_BYTES, "input_too_large", `the transaction has ${raw.length} bytes, at most ${MAX_TRANSACTION_BYTES} are allowed`);
  return raw;
}

/**
 * A signed transaction: wire bytes to send, and the id to ask for.
 * @template {TypeName} T
 * @param {Terms<T>} terms
 * @param {Uint8Array} genesisHash
 * @param {...Signer} signers
 */
export async function signTransaction(terms, genesisHash, ...signers) {
  const envelope = buildEnvelope(terms);
  const signatures = await Promise.all(signers.map((signer) => signEnvelope(envelope, genesisHash, signer)));
  return { raw: assemble(envelope, signatures), id: await transactionId(envelope), envelope };
}

/**
 * @param {Uint8Array} bytes
 * @param {number} limit
 */
function decoded(bytes, limit) {
  try {
    return decode(bytes, limit);
  } catch (error) {
    throw new ClientError("bad_transaction", `the bytes are no canonical encoding (${error instanceof Error ? error.message : error})`);
  }
}

/**
 * What an envelope says, for showing and checking before it is signed.
 * @param {Uint8Array} envelope
 */
export function readEnvelope(envelope) {
  const fields = /** @type {any} */ (fromArray("Envelope", decoded(envelope, MAX_TRANSACTION_BYTES)));
  const type = BY_NUMBER.get(fields.type);
  refuseUnless(fields.version === ENVELOPE_VERSION, "bad_transaction", `an envelope of form ${fields.version}, this client knows ${ENVELOPE_VERSION}`, "Take a newer client");
  refuseUnless(type !== undefined, "bad_type", `the transaction type ${fields.type} is unknown`, "Take a newer client");
  /** @type {Uint8Array | Readonly<{ threshold: bigint, keys: readonly Uint8Array[] }>} */
  const senderKey = fields.sender_key instanceof Uint8Array
    ? checkPublicKey(fields.sender_key)
    : multisigKey(Number(fields.sender_key.threshold), fields.sender_key.keys);
  return {
    chainId: /** @type {string} */ (fields.chain_id),
    type: /** @type {TypeName} */ (type.name),
    senderKey,
    nonce: /** @type {bigint} */ (fields.nonce),
    validUntilHeight: /** @type {bigint} */ (fields.valid_until_height),
    fee: /** @type {bigint} */ (fields.fee),
    payload: fromArray(type.struct, decoded(fields.payload, MAX_TRANSACTION_BYTES)),
  };
}

/**
 * What the wire form holds; signatures are not checked.
 * @param {Uint8Array} raw
 */
export async function readTransaction(raw) {
  const { envelope, signatures } = /** @type {{ envelope: Uint8Array, signatures: Signature[] }} */ (
    /** @type {unknown} */ (fromArray("SignedEnvelope", decoded(raw, MAX_TRANSACTION_BYTES)))
  );
  const terms = readEnvelope(envelope);
  return {
    ...terms, envelope, signatures, sender: formatAddress(await addressOf(terms.senderKey)),
    id: await transactionId(envelope), fullHash: await fullHash(raw),
  };
}
