// Types of the hashes and of what signatures cover (rule E4).

export function sha256(...parts: Uint8Array[]): Promise<Uint8Array>;
export function tagged(tag: string): Uint8Array;
export function taggedHash(tag: string, ...parts: Uint8Array[]): Promise<Uint8Array>;
export function signingBytes(domain: string, genesisHash: Uint8Array, message: Uint8Array): Uint8Array;
