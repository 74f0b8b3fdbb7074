/**
 * The key for memos of an account, from the 32 bytes of its secret.
 * @param {Uint8Array} accountSecret
 * @returns {Promise<MemoKey>}
 */
export function memoKey(accountSecret: Uint8Array): Promise<MemoKey>;
/**
 * The key for memos from its own secret (`memoSecretOf`).
 * @param {Uint8Array} secret
 * @returns {MemoKey}
 */
export function memoKeyOf(secret: Uint8Array): MemoKey;
/**
 * A text filled up to the least size that holds it.
 * @param {string} text
 * @param {number} [longest] of the chain's
 */
export function padMemo(text: string, longest?: number): Uint8Array<ArrayBuffer>;
/**
 * What was filled up, and only in this one way.
 * @param {Uint8Array} data
 */
export function unpadMemo(data: Uint8Array): string;
/**
 * @typedef {object} Sealing
 * @property {Uint8Array} genesisHash
 * @property {Address} sender
 * @property {MemoKey} key the sender's, so that it can open the memo too
 * @property {Address} reader
 * @property {Uint8Array} readerKey as the reader published it
 * @property {number} [longest] of the chain's
 * @property {Uint8Array} [salt] 32 fresh random bytes
 */
/**
 * A text sealed for one reader.
 * @param {string} text
 * @param {Sealing} about
 * @returns {Promise<SealedMemo>}
 */
export function sealMemo(text: string, { genesisHash, sender, key, reader, readerKey, longest, salt }: Sealing): Promise<SealedMemo>;
/**
 * The text of a memo that `sender` sent, by the key of its reader or of its sender.
 * @param {SealedMemo} memo
 * @param {{ genesisHash: Uint8Array, sender: Address, key: MemoKey }} about
 */
export function openMemo(memo: SealedMemo, { genesisHash, sender, key }: {
    genesisHash: Uint8Array;
    sender: Address;
    key: MemoKey;
}): Promise<string>;
/** @typedef {import("./payloads.js").AddressLike} Address */
/** @typedef {import("./payloads.js").SealedMemo} SealedMemo */
/**
 * @typedef {object} MemoKey
 * @property {Uint8Array} publicKey 32 bytes, as `set_memo_key` publishes it
 * @property {(publicKey: Uint8Array) => Uint8Array} agree the secret that this key and another one have in common
 */
/** Bytes of a text with its padding. */
export const MEMO_SIZES: readonly number[];
export type Sealing = {
    genesisHash: Uint8Array;
    sender: Address;
    /**
     * the sender's, so that it can open the memo too
     */
    key: MemoKey;
    reader: Address;
    /**
     * as the reader published it
     */
    readerKey: Uint8Array;
    /**
     * of the chain's
     */
    longest?: number | undefined;
    /**
     * 32 fresh random bytes
     */
    salt?: Uint8Array<ArrayBufferLike> | undefined;
};
export type Address = import("./payloads.js").AddressLike;
export type SealedMemo = import("./payloads.js").SealedMemo;
export type MemoKey = {
    /**
     * 32 bytes, as `set_memo_key` publishes it
     */
    publicKey: Uint8Array;
    /**
     * the secret that this key and another one have in common
     */
    agree: (publicKey: Uint8Array) => Uint8Array;
};
