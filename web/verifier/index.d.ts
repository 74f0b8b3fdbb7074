// Types of the verifier for the page that is built with it (web/app); numbers are BigInt, bytes Uint8Array.

export type Value = bigint | boolean | string | Uint8Array | null | Value[];

export interface Header {
  readonly raw: Value;
  readonly format: bigint;
  readonly version: bigint;
  readonly chainId: string;
  readonly height: bigint;
  readonly parent: Uint8Array;
  readonly timeMs: bigint;
  readonly proposer: Uint8Array;
  readonly transactionsRoot: Uint8Array;
  readonly receiptsRoot: Uint8Array;
  readonly stateRoot: Uint8Array;
  readonly validatorsHash: Uint8Array;
  readonly nextValidatorsHash: Uint8Array;
  readonly parametersHash: Uint8Array;
  readonly nextDueMs: bigint;
  readonly commitsHash: Uint8Array;
  readonly knownVersion: bigint;
}

export interface Member { readonly key: Uint8Array; readonly power: bigint }
export interface SetMember extends Member { readonly address: Uint8Array }
export interface LightBlock {
  readonly header: Header;
  readonly certificate: unknown;
  readonly members: Member[];
  readonly nextMembers: Member[];
}
export interface Trusted { readonly header: Header; readonly hash: Uint8Array; readonly validators: SetMember[] }
export interface Terms {
  readonly chainId: string;
  readonly genesisHash: Uint8Array;
  readonly mode: number;
  readonly trustingMs: bigint;
  readonly aheadMs: bigint;
}
export interface Genesis {
  readonly hash: Uint8Array;
  readonly chainId: string;
  readonly timeMs: bigint;
  readonly mode: number;
  readonly driftMs: bigint;
  readonly simulatedClock: boolean;
  readonly assets: GenesisAsset[];
  readonly members: Member[];
}
export interface GenesisAsset { readonly name: string; readonly symbol: string; readonly decimals: number }
export interface Shown { readonly kind: string; readonly height: bigint; readonly [field: string]: unknown }
export interface ProofFile { readonly format: string; readonly chainId: string; readonly blocks: LightBlock[]; readonly claims: unknown[] }

export class VerifyError extends Error {
  constructor(code: string, detail: string | bigint);
  readonly code: string;
  readonly detail: string;
}

export const PBFT: number;
export const POA: number;
export const TRUSTING_MS: bigint;
export const AHEAD_MS: bigint;
export const MAX_LIGHT_BLOCK_BYTES: number;
export const MAX_PROOF_FILE_BYTES: number;

export function fromHex(text: string): Uint8Array;
export function toHex(bytes: Uint8Array): string;
export function decode(data: Uint8Array, limit: number): Value;
export function encode(value: Value): Uint8Array;
export function hasWebCrypto(): Promise<boolean>;
export function useTweetnacl(nacl: unknown): void;
export function useWebCrypto(): void;
export function verifyEd25519(key: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean>;
export const MAX_GENESIS_BYTES: number;
export function readGenesis(data: Uint8Array, hash: Uint8Array): Promise<Genesis>;
export function header(value: Value): Header;
export function members(value: Value): Member[];
export function lightBlock(value: Value): LightBlock;
export function blockHash(header: Header): Promise<Uint8Array>;
export function trust(header: Header, members: Member[]): Promise<Trusted>;
export function follow(terms: Terms, trusted: Trusted, offered: LightBlock, nowMs: bigint): Promise<Trusted>;
export function signingBytes(domain: string, genesisHash: Uint8Array, message: Uint8Array): Uint8Array;
export function stateProof(value: Value): unknown;
export function verifyState(root: Uint8Array, fullKey: Uint8Array, proof: unknown): Promise<Uint8Array | null>;
export function readProof(data: Uint8Array): ProofFile;
export function verifyProof(terms: Terms, anchor: Trusted, file: ProofFile, nowMs: bigint): Promise<{ head: Trusted; shown: Shown[] }>;
export interface ListProof { readonly position: bigint; readonly count: bigint; readonly nodes: Uint8Array }
export function listProof(value: Value): ListProof;
export function verifyItem(root: Uint8Array, item: Uint8Array, proof: ListProof): Promise<void>;
export interface FreshHead { readonly height: bigint; readonly headHash: Uint8Array; readonly statements: readonly unknown[] }
export const LONGEST_SILENCE_MS: bigint;
export const MAX_FRESH_HEAD_BYTES: number;
export function freshHead(value: Value): FreshHead;
export function freshAsOf(terms: Terms, trusted: Trusted, shown: FreshHead): Promise<bigint>;
export function requireFresh(asOfMs: bigint, nowMs: bigint, longestMs: bigint): void;
