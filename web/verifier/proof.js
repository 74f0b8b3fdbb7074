// Proof files (rules F1 to F7). A statement's sums (F8) are not added up here.

import { equal } from "./bytes.js";
import { verifyEd25519 } from "./ed25519.js";
import { refuseUnless, VerifyError } from "./errors.js";
import { signingBytes, taggedHash } from "./hash.js";
import { blockHash, follow, lightBlock } from "./headers.js";
import { listProof, verifyItem } from "./merkle.js";
import { decode, encode } from "./msgpack.js";
import { verifyP256 } from "./p256.js";
import * as shape from "./shape.js";
import { stateProof, verifyState } from "./state.js";

export const FORMAT = "nodechain/proof/1";
export const MAX_PROOF_FILE_BYTES = 64 * 1024 * 1024;
const MAX_BLOCKS = 16_384;
const MAX_CLAIMS = 65_536;

function claim(value) {
  shape.array(value, 4, 5);
  const kind = shape.uint(value[0], 1n, 4n);
  shape.struct(value, kind === 4n ? 5 : 4);
  const block = shape.uint(value[1]);
  switch (kind) {
    case 1n: return { kind: "state", block, fullKey: shape.bytes(value[2], 2, 256), proof: stateProof(value[3]) };
    case 2n: return { kind: "transaction", block, transaction: shape.bytes(value[2], 0, Infinity), proof: listProof(value[3]) };
    case 3n: return { kind: "receipt", block, receipt: shape.bytes(value[2], 0, Infinity), proof: listProof(value[3]) };
    default:
      return {
        kind: "event", block, receipt: shape.bytes(value[2], 0, Infinity), proof: listProof(value[3]),
        event: shape.uint(value[4]),
      };
  }
}

// A proof file from its bytes; refuses what is no canonical one.
export function readProof(data) {
  const value = decode(data, MAX_PROOF_FILE_BYTES);
  const [format, chainId, blocks, claims, account, signer, signature] = shape.struct(value, 7);
  return {
    raw: value,
    format: shape.text(format, 32),
    chainId: shape.chainId(chainId),
    blocks: shape.array(blocks, 0, MAX_BLOCKS).map(lightBlock),
    claims: shape.array(claims, 0, MAX_CLAIMS).map(claim),
    account: shape.bytes(account, 0, 20),
    signer: shape.bytes(signer, 0, 34),
    signature: shape.bytes(signature, 0, 64),
  };
}

async function signerStandsForIt({ genesisHash }, { raw, signer, signature }) {
  if (!signer.length && !signature.length) return;
  const signed = signingBytes("nodechain/proof", genesisHash, encode([...raw.slice(0, 6), new Uint8Array()]));
  const verify = signer.length === 33 && signer[0] === 1 ? verifyEd25519 : verifyP256;
  const isKey = (signer.length === 33 && signer[0] === 1) || (signer.length === 34 && signer[0] === 2);
  const stands = isKey && (await verify(signer.subarray(1), signed, signature));
  refuseUnless(stands, "bad_signature", "the signature of the file is wrong"); // F2
}

async function show(header, claimed) {
  const { height } = header;
  switch (claimed.kind) {
    case "state": // F4
      return { kind: "state", height, fullKey: claimed.fullKey, value: await verifyState(header.stateRoot, claimed.fullKey, claimed.proof) };
    case "transaction": // F5
      await verifyItem(header.transactionsRoot, await taggedHash("nodechain/full", claimed.transaction), claimed.proof);
      return { kind: "transaction", height, position: claimed.proof.position, transaction: claimed.transaction };
    case "receipt": // F6
      await verifyItem(header.receiptsRoot, claimed.receipt, claimed.proof);
      return { kind: "receipt", height, position: claimed.proof.position, receipt: claimed.receipt };
    default: { // F7
      await verifyItem(header.receiptsRoot, claimed.receipt, claimed.proof);
      const events = shape.array(shape.struct(decode(claimed.receipt, Infinity), 5)[4], 0, Infinity);
      refuseUnless(claimed.event < BigInt(events.length), "no_such_event", "the receipt has fewer events");
      const place = Number(claimed.event);
      return { kind: "event", height, position: claimed.proof.position, place, event: encode(events[place]) };
    }
  }
}

// What a file proves: {head, shown}. `anchor` is what `trust` made; `nowMs` the own clock as BigInt.
export async function verifyProof(terms, anchor, file, nowMs) {
  refuseUnless(file.format === FORMAT, "unknown_format", file.format); // F1
  refuseUnless(file.chainId === terms.chainId, "wrong_chain", `a proof about ${file.chainId}`);
  await signerStandsForIt(terms, file);
  const inFile = ({ block }) => block < BigInt(file.blocks.length);
  refuseUnless(file.claims.every(inFile), "no_such_block", "a claim about a block that is not in the file"); // F3
  let head = anchor;
  const headers = [];
  for (const block of file.blocks) {
    if (!equal(await blockHash(block.header), head.hash)) head = await follow(terms, head, block, nowMs);
    headers.push(head.header);
  }
  const shown = [];
  for (const claimed of file.claims) shown.push(await show(headers[Number(claimed.block)], claimed));
  return { head, shown };
}

export { VerifyError };
