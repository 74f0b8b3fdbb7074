/**
 * NFKD, without C0, C1 and Delete, as UTF-8.
 * @param {string} password
 */
export function passwordBytes(password: string): Uint8Array<ArrayBuffer>;
/**
 * What a key file says, without opening it.
 * @param {string} text
 * @returns {Keyfile}
 */
export function readKeyfile(text: string): Keyfile;
/**
 * The key behind a file, to sign with; and the secret of its key for memos, which opens them and spends nothing.
 * @param {Keyfile} keyfile
 * @param {string} password
 */
export function openKeyfile(keyfile: Keyfile, password: string): Promise<{
    memoSecret: Uint8Array<ArrayBuffer>;
    /**
     * the byte of the algorithm first
     */
    publicKey: Uint8Array;
    /**
     * 64 bytes
     */
    sign: (message: Uint8Array) => Promise<Uint8Array>;
}>;
/**
 * A secret under a password, as text for a file that `nodechain keys import` takes.
 * @param {number} algorithm ED25519 or P256
 * @param {Uint8Array} secret 32 bytes
 * @param {string} password
 * @param {{ name: string, kind?: KeyKind, path?: string, rounds?: number }} about `path`: where in the tree of the words it comes from
 */
export function writeKeyfile(algorithm: number, secret: Uint8Array, password: string, { name, kind, path, rounds }: {
    name: string;
    kind?: KeyKind;
    path?: string;
    rounds?: number;
}): Promise<string>;
/** @typedef {"account" | "validator" | "node" | "meter"} KeyKind */
/**
 * @typedef {object} Keyfile what a file says without its password
 * @property {string} name
 * @property {KeyKind} kind
 * @property {Uint8Array} publicKey
 * @property {string} path
 * @property {any} crypto
 */
export const PBKDF2_ROUNDS: 600000;
export const MAX_PBKDF2_ROUNDS: number;
export const MAX_SCRYPT_WORK: number;
export const MAX_KEYFILE_CHARACTERS: number;
export type KeyKind = "account" | "validator" | "node" | "meter";
/**
 * what a file says without its password
 */
export type Keyfile = {
    name: string;
    kind: KeyKind;
    publicKey: Uint8Array;
    path: string;
    crypto: any;
};
