/**
 * For browsers without Ed25519 in WebCrypto: `nacl` is the module tweetnacl. It compares R as libsodium does.
 * @param {any} nacl
 */
export function useTweetnacl(nacl: any): void;
export function useWebCrypto(): void;
export function hasWebCrypto(): Promise<boolean>;
/**
 * @param {Uint8Array} key
 * @param {Uint8Array} message
 * @param {Uint8Array} signature
 */
export function verifyEd25519(key: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean>;
