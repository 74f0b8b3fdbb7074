/** @param {...Uint8Array} parts */
export function sha256(...parts: Uint8Array[]): Promise<Uint8Array<ArrayBuffer>>;
/** @param {string} tag */
export function tagged(tag: string): Uint8Array<ArrayBuffer>;
/**
 * @param {string} tag
 * @param {...Uint8Array} parts
 */
export function taggedHash(tag: string, ...parts: Uint8Array[]): Promise<Uint8Array<ArrayBuffer>>;
/**
 * What a signature covers.
 * @param {string} domain
 * @param {Uint8Array} genesisHash
 * @param {Uint8Array} message
 */
export function signingBytes(domain: string, genesisHash: Uint8Array, message: Uint8Array): Uint8Array<ArrayBuffer>;
