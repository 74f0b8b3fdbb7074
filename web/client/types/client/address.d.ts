/** @param {Uint8Array} address */
export function formatAddress(address: Uint8Array): string;
/** @param {string} text */
export function parseAddress(text: string): Uint8Array<ArrayBufferLike>;
/**
 * The 20 bytes of an address, in whichever form it comes.
 * @param {AddressLike} address
 */
export function addressBytes(address: AddressLike): Uint8Array<ArrayBufferLike>;
/** @param {Uint8Array} key */
export function checkPublicKey(key: Uint8Array): Uint8Array<ArrayBufferLike>;
/** @param {Uint8Array} key */
export function formatKey(key: Uint8Array): string;
/** @param {string} text */
export function parseKey(text: string): Uint8Array<ArrayBufferLike>;
/**
 * The key of an account of which `threshold` of `keys` must sign; the order of the keys does not matter.
 * @param {number} threshold
 * @param {readonly Uint8Array[]} keys
 */
export function multisigKey(threshold: number, keys: readonly Uint8Array[]): Readonly<{
    threshold: bigint;
    keys: readonly Uint8Array<ArrayBufferLike>[];
}>;
/**
 * The 20 bytes of a sender's address.
 * @param {SenderKey} key
 */
export function addressOf(key: SenderKey): Promise<Uint8Array<ArrayBuffer>>;
/** @typedef {import("./payloads.js").SenderKey} SenderKey */
/** @typedef {import("./payloads.js").AddressLike} AddressLike */
export const ADDRESS_BYTES: 20;
export const ADDRESS_PREFIX: "nrg";
export const KEY_PREFIX: "nrgpub";
export const MAX_MULTISIG_KEYS: 16;
export type SenderKey = import("./payloads.js").SenderKey;
export type AddressLike = import("./payloads.js").AddressLike;
