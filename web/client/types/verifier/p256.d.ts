/**
 * @param {Uint8Array} key
 * @param {Uint8Array} message
 * @param {Uint8Array} signature
 */
export function verifyP256(key: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean>;
