// Merkle levels, seals and range proofs (rules T1 to T6).

import { concat, equal, uint64 } from "./bytes.js";
import { refuseUnless } from "./errors.js";
import { sha256 } from "./hash.js";
import * as shape from "./shape.js";

const HASH = 32;
const FANOUT = 4n;
const prefix = (byte) => Uint8Array.of(byte);

export const LIST_ROOT = prefix(2);
export const GROUP = prefix(3);
export const BUCKET_ROOT = prefix(4);
export const STATE_ROOT = prefix(5);
export const KEY = prefix(6);
export const VALUE = prefix(7);
const ITEM = prefix(0);
const INNER = prefix(1);

export function seal(kind, count, top) {
  return sha256(kind, uint64(count), top);
}

async function parents(level) {
  const made = [];
  for (let at = 0; at < level.length; at += 4 * HASH) made.push(await sha256(INNER, level.subarray(at, at + 4 * HASH)));
  return concat(...made);
}

// The top over `count` leaves, of which those from `first` on are `known` (T4); numbers are BigInt.
export async function climb(known, first, count, beside) {
  let last = first + BigInt(known.length / HASH) - 1n;
  refuseUnless(first <= last && last < count, "bad_proof", "leaves outside of the tree");
  let at = 0;
  for (;;) {
    const middle = at + Number(first % FANOUT) * HASH;
    const groupEnd = last - (last % FANOUT) + FANOUT;
    const end = middle + Number((groupEnd < count ? groupEnd : count) - last - 1n) * HASH;
    refuseUnless(end <= beside.length, "bad_proof", "the proof has too few nodes");
    known = concat(beside.subarray(at, middle), known, beside.subarray(middle, end));
    at = end;
    if (count <= FANOUT) break;
    known = await parents(known);
    first /= FANOUT;
    last /= FANOUT;
    count = (count + FANOUT - 1n) / FANOUT;
  }
  refuseUnless(at === beside.length, "bad_proof", "the proof has too many nodes");
  return known;
}

export function listProof(value) {
  const [position, count, nodes] = shape.struct(value, 3);
  return { position: shape.uint(position), count: shape.uint(count), nodes: shape.bytes(nodes, 0, Infinity) };
}

// Refuses unless `item` is item `proof.position` of the list with this root (T6).
export async function verifyItem(root, item, proof) {
  const leaf = await sha256(ITEM, item);
  const top = await climb(leaf, proof.position, proof.count, proof.nodes);
  refuseUnless(equal(await seal(LIST_ROOT, proof.count, top), root), "bad_proof", "the item does not lead to the root");
}
