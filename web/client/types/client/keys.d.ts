/**
 * An Ed25519 key from its seed of 32 bytes; by WebCrypto it cannot be read again, by nobody.
 * @param {Uint8Array} seed
 * @param {{ fallback?: boolean }} [options] `fallback`: not by WebCrypto, also where it is there
 * @returns {Promise<Signer>}
 */
export function ed25519Key(seed: Uint8Array, { fallback }?: {
    fallback?: boolean;
}): Promise<Signer>;
/**
 * A P-256 key from its scalar, 32 bytes with the highest first. WebCrypto is no use here: its signatures differ each time.
 * @param {Uint8Array} scalar
 * @returns {Promise<Signer>}
 */
export function p256Key(scalar: Uint8Array): Promise<Signer>;
/**
 * The key of an algorithm's secret bytes, as key files hold them.
 * @param {number} algorithm ED25519 or P256
 * @param {Uint8Array} secret
 */
export function keyFromSecret(algorithm: number, secret: Uint8Array): Promise<Signer>;
/**
 * The secret of an account's key for memos (rule ME5): it opens memos, and spends nothing.
 * @param {Uint8Array} secret the account's, 32 bytes
 */
export function memoSecretOf(secret: Uint8Array): Promise<Uint8Array<ArrayBuffer>>;
/** @param {number} size */
export function randomBytes(size: number): Uint8Array<ArrayBuffer>;
/**
 * @typedef {object} Signer
 * @property {Uint8Array} publicKey the byte of the algorithm first
 * @property {(message: Uint8Array) => Promise<Uint8Array>} sign 64 bytes
 */
export const ED25519: 1;
export const P256: 2;
export type Signer = {
    /**
     * the byte of the algorithm first
     */
    publicKey: Uint8Array;
    /**
     * 64 bytes
     */
    sign: (message: Uint8Array) => Promise<Uint8Array>;
};
