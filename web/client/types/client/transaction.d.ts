/**
 * Canonical bytes of a payload.
 * @template {TypeName} T
 * @param {T} type
 * @param {Payloads[T]} payload
 */
export function encodePayload<T extends TypeName>(type: T, payload: Payloads[T]): Uint8Array<ArrayBuffer>;
/**
 * Canonical bytes of what is signed.
 * @template {TypeName} T
 * @param {Terms<T>} terms
 */
export function buildEnvelope<T extends TypeName>({ chainId, type, senderKey, nonce, payload, validUntilHeight, fee }: Terms<T>): Uint8Array<ArrayBuffer>;
/**
 * The bytes that the sender's keys sign.
 * @param {Uint8Array} envelope
 * @param {Uint8Array} genesisHash
 */
export function signMessage(envelope: Uint8Array, genesisHash: Uint8Array): Uint8Array<ArrayBuffer>;
/**
 * What names the transaction, with any signatures.
 * @param {Uint8Array} envelope
 */
export function transactionId(envelope: Uint8Array): Promise<Uint8Array<ArrayBuffer>>;
/**
 * The hash of the wire form.
 * @param {Uint8Array} raw
 */
export function fullHash(raw: Uint8Array): Promise<Uint8Array<ArrayBuffer>>;
/**
 * One key's signature of an envelope, with its place among the keys of a multi-signature account.
 * @param {Uint8Array} envelope
 * @param {Uint8Array} genesisHash
 * @param {Signer} signer
 * @returns {Promise<Signature>}
 */
export function signEnvelope(envelope: Uint8Array, genesisHash: Uint8Array, signer: Signer): Promise<Signature>;
/**
 * The wire form: exactly as many signatures as the sender's key asks for, with rising indexes.
 * @param {Uint8Array} envelope
 * @param {readonly Signature[]} signatures
 */
export function assemble(envelope: Uint8Array, signatures: readonly Signature[]): Uint8Array<ArrayBuffer>;
/**
 * A signed transaction: wire bytes to send, and the id to ask for.
 * @template {TypeName} T
 * @param {Terms<T>} terms
 * @param {Uint8Array} genesisHash
 * @param {...Signer} signers
 */
export function signTransaction<T extends TypeName>(terms: Terms<T>, genesisHash: Uint8Array, ...signers: Signer[]): Promise<{
    raw: Uint8Array<ArrayBuffer>;
    id: Uint8Array<ArrayBuffer>;
    envelope: Uint8Array<ArrayBuffer>;
}>;
/**
 * What an envelope says, for showing and checking before it is signed.
 * @param {Uint8Array} envelope
 */
export function readEnvelope(envelope: Uint8Array): {
    chainId: string;
    type: TypeName;
    senderKey: Uint8Array<ArrayBufferLike> | Readonly<{
        threshold: bigint;
        keys: readonly Uint8Array[];
    }>;
    nonce: bigint;
    validUntilHeight: bigint;
    fee: bigint;
    payload: import("./struct.js").Fields;
};
/**
 * What the wire form holds; signatures are not checked.
 * @param {Uint8Array} raw
 */
export function readTransaction(raw: Uint8Array): Promise<{
    envelope: Uint8Array<ArrayBufferLike>;
    signatures: Signature[];
    sender: string;
    id: Uint8Array<ArrayBuffer>;
    fullHash: Uint8Array<ArrayBuffer>;
    chainId: string;
    type: TypeName;
    senderKey: Uint8Array<ArrayBufferLike> | Readonly<{
        threshold: bigint;
        keys: readonly Uint8Array[];
    }>;
    nonce: bigint;
    validUntilHeight: bigint;
    fee: bigint;
    payload: import("./struct.js").Fields;
}>;
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
export const DOMAIN_TRANSACTION: "nodechain/tx";
export const MAX_TRANSACTION_BYTES: number;
export type Signer = import("./keys.js").Signer;
export type Integer = import("./payloads.js").Integer;
export type Payloads = import("./payloads.js").Payloads;
export type SenderKey = import("./payloads.js").SenderKey;
export type TypeName = keyof Payloads;
export type Terms<T extends TypeName> = {
    chainId: string;
    type: T;
    senderKey: SenderKey;
    /**
     * the account's last one and 1 (of readings: the sequence of the last one)
     */
    nonce: Integer;
    payload: Payloads[T];
    /**
     * 0: no limit
     */
    validUntilHeight?: import("./payloads.js").Integer | undefined;
    /**
     * base units of the asset of fees
     */
    fee?: import("./payloads.js").Integer | undefined;
};
export type Signature = {
    index: bigint;
    signature: Uint8Array;
};
