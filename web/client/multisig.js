// A transaction on its way between co-owners: the command line's transaction file (`nodechain tx sign FILE` reads it).

import { fromHex, toHex } from "../verifier/bytes.js";
import { verifyEd25519 } from "../verifier/ed25519.js";
import { verifyP256 } from "../verifier/p256.js";
import { ClientError, refuseUnless } from "./errors.js";
import { ED25519 } from "./keys.js";
import { assemble, buildEnvelope, readEnvelope, signEnvelope, signMessage } from "./transaction.js";

/** @typedef {import("./keys.js").Signer} Signer */
/** @typedef {import("./transaction.js").Signature} Signature */
/**
 * @typedef {object} Proposal
 * @property {string} chainId
 * @property {Uint8Array} genesisHash
 * @property {Uint8Array} envelope
 * @property {readonly Signature[]} signatures
 */

export const MAX_FILE_CHARACTERS = 4 * 64 * 1024;

/**
 * Whether a key signed a message; the byte of the algorithm stands first in the key.
 * @param {Uint8Array} key
 * @param {Uint8Array} message
 * @param {Uint8Array} signature
 */
export function verifySignature(key, message, signature) {
  return key[0] === ED25519 ? verifyEd25519(key.subarray(1), message, signature) : verifyP256(key.subarray(1), message, signature);
}

/**
 * A transaction that nobody has signed yet.
 * @template {import("./transaction.js").TypeName} T
 * @param {import("./transaction.js").Terms<T>} terms
 * @param {Uint8Array} genesisHash
 * @returns {Proposal}
 */
export function propose(terms, genesisHash) {
  return { chainId: terms.chainId, genesisHash, envelope: buildEnvelope(terms), signatures: [] };
}

/**
 * Who must sign, how many, and whose right signatures are there: the file comes from others, a wrong one counts nothing.
 * @param {Proposal} proposal
 */
export async function signatureStatus({ genesisHash, envelope, signatures }) {
  const { senderKey } = readEnvelope(envelope);
  const keys = senderKey instanceof Uint8Array ? [senderKey] : senderKey.keys;
  const message = signMessage(envelope, genesisHash);
  /** @type {Map<bigint, Signature>} */
  const right = new Map();
  for (const entry of signatures) {
    const key = keys[Number(entry.index)];
    if (key !== undefined && (await verifySignature(key, message, entry.signature))) right.set(entry.index, entry);
  }
  const needed = senderKey instanceof Uint8Array ? 1 : Number(senderKey.threshold);
  const valid = [...right.values()].sort((left, other) => Number(left.index - other.index));
  return { keys, needed, valid, missing: Math.max(needed - valid.length, 0) };
}

/**
 * The proposal with one more signature; wrong ones are dropped.
 * @param {Proposal} proposal
 * @param {Signer} signer
 * @returns {Promise<Proposal>}
 */
export async function addSignature(proposal, signer) {
  const { valid } = await signatureStatus(proposal);
  const made = await signEnvelope(proposal.envelope, proposal.genesisHash, signer);
  return { ...proposal, signatures: [...valid.filter(({ index }) => index !== made.index), made] };
}

/**
 * The proposals that came back from several owners as one.
 * @param {Proposal} first
 * @param {...Proposal} others
 * @returns {Promise<Proposal>}
 */
export async function combine(first, ...others) {
  const same = others.every(({ envelope, genesisHash }) => toHex(envelope) === toHex(first.envelope) && toHex(genesisHash) === toHex(first.genesisHash));
  refuseUnless(same, "bad_transaction_file", "the files hold different transactions", "Combine files of one proposal only");
  const { valid } = await signatureStatus({ ...first, signatures: [first, ...others].flatMap(({ signatures }) => signatures) });
  return { ...first, signatures: valid };
}

/**
 * The wire bytes of a proposal with all signatures.
 * @param {Proposal} proposal
 */
export async function finish(proposal) {
  const { valid } = await signatureStatus(proposal);
  return assemble(proposal.envelope, valid);
}

/**
 * The file's text, as the command line writes it.
 * @param {Proposal} proposal
 */
export function writeProposal({ chainId, genesisHash, envelope, signatures }) {
  const made = signatures.map(({ index, signature }) => [Number(index), toHex(signature)]);
  return `${JSON.stringify({ chain_id: chainId, genesis_hash: toHex(genesisHash), envelope: toHex(envelope), signatures: made }, null, 2)}\n`;
}

/**
 * @param {string} text
 * @returns {Proposal}
 */
export function readProposal(text) {
  refuseUnless(text.length <= MAX_FILE_CHARACTERS, "bad_transaction_file", "it is too large for a transaction file");
  try {
    const data = JSON.parse(text);
    const proposal = {
      chainId: String(data.chain_id), genesisHash: fromHex(data.genesis_hash), envelope: fromHex(data.envelope),
      signatures: data.signatures.map((/** @type {[number, string]} */ [index, made]) => ({ index: BigInt(index), signature: fromHex(made) })),
    };
    refuseUnless(readEnvelope(proposal.envelope).chainId === proposal.chainId, "bad_transaction_file", "the file names another chain than its transaction");
    return proposal;
  } catch (error) {
    if (error instanceof ClientError) throw error;
    throw new ClientError("bad_transaction_file", "it is no transaction file", "Take the file that `nodechain tx` or this client wrote");
  }
}
