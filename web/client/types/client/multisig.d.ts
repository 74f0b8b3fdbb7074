/**
 * Whether a key signed a message; the byte of the algorithm stands first in the key.
 * @param {Uint8Array} key
 * @param {Uint8Array} message
 * @param {Uint8Array} signature
 */
export function verifySignature(key: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean>;
/**
 * A transaction that nobody has signed yet.
 * @template {import("./transaction.js").TypeName} T
 * @param {import("./transaction.js").Terms<T>} terms
 * @param {Uint8Array} genesisHash
 * @returns {Proposal}
 */
export function propose<T extends import("./transaction.js").TypeName>(terms: import("./transaction.js").Terms<T>, genesisHash: Uint8Array): Proposal;
/**
 * Who must sign, how many, and whose right signatures are there: the file comes from others, a wrong one counts nothing.
 * @param {Proposal} proposal
 */
export function signatureStatus({ genesisHash, envelope, signatures }: Proposal): Promise<{
    keys: readonly Uint8Array<ArrayBufferLike>[];
    needed: number;
    valid: import("./transaction.js").Signature[];
    missing: number;
}>;
/**
 * The proposal with one more signature; wrong ones are dropped.
 * @param {Proposal} proposal
 * @param {Signer} signer
 * @returns {Promise<Proposal>}
 */
export function addSignature(proposal: Proposal, signer: Signer): Promise<Proposal>;
/**
 * The proposals that came back from several owners as one.
 * @param {Proposal} first
 * @param {...Proposal} others
 * @returns {Promise<Proposal>}
 */
export function combine(first: Proposal, ...others: Proposal[]): Promise<Proposal>;
/**
 * The wire bytes of a proposal with all signatures.
 * @param {Proposal} proposal
 */
export function finish(proposal: Proposal): Promise<Uint8Array<ArrayBuffer>>;
/**
 * The file's text, as the command line writes it.
 * @param {Proposal} proposal
 */
export function writeProposal({ chainId, genesisHash, envelope, signatures }: Proposal): string;
/**
 * @param {string} text
 * @returns {Proposal}
 */
export function readProposal(text: string): Proposal;
/** @typedef {import("./keys.js").Signer} Signer */
/** @typedef {import("./transaction.js").Signature} Signature */
/**
 * @typedef {object} Proposal
 * @property {string} chainId
 * @property {Uint8Array} genesisHash
 * @property {Uint8Array} envelope
 * @property {readonly Signature[]} signatures
 */
export const MAX_FILE_CHARACTERS: number;
export type Signer = import("./keys.js").Signer;
export type Signature = import("./transaction.js").Signature;
export type Proposal = {
    chainId: string;
    genesisHash: Uint8Array;
    envelope: Uint8Array;
    signatures: readonly Signature[];
};
