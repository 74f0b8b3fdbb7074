// Proofs of the state: an entry with its value, or its absence (rules T13 to T16).

import { bigEndian, compare, concat, equal } from "./bytes.js";
import { refuseUnless } from "./errors.js";
import { sha256 } from "./hash.js";
import { BUCKET_ROOT, climb, GROUP, KEY, seal, STATE_ROOT, VALUE } from "./merkle.js";
import * as shape from "./shape.js";

const ENTRY = 64;
const GROUP_ENTRIES = 8;
const GROUP_BYTES = GROUP_ENTRIES * ENTRY;

export function stateProof(value) {
  const [bits, stored, count, group, entries, bucketNodes, arrayNodes] = shape.struct(value, 7);
  return {
    bits: shape.uint(bits, 4n, 20n),
    value: stored === null ? null : shape.bytes(stored, 0, Infinity),
    count: shape.uint(count),
    group: shape.uint(group),
    entries: shape.bytes(entries, 0, 2 * GROUP_BYTES),
    bucketNodes: shape.bytes(bucketNodes, 0, Infinity),
    arrayNodes: shape.bytes(arrayNodes, 0, Infinity),
  };
}

const bucketOf = (bits, keyHash) => bigEndian(keyHash.subarray(0, 4)) >> (32n - bits);
const keyAt = (entries, place) => entries.subarray(place * ENTRY, place * ENTRY + 32);

// The value under a full key, or null for an absent one; refuses a proof that shows neither.
export async function verifyState(root, fullKey, proof) {
  const keyHash = await sha256(KEY, fullKey);
  const bucket = bucketOf(proof.bits, keyHash);
  checkEntries(proof, bucket);
  await checkPlace(proof, keyHash);
  let top = proof.bucketNodes;
  if (proof.count > 0n) {
    const groups = (proof.count + BigInt(GROUP_ENTRIES) - 1n) / BigInt(GROUP_ENTRIES);
    top = await climb(await groupHashes(proof.entries), proof.group, groups, proof.bucketNodes);
  }
  const bucketRoot = await seal(BUCKET_ROOT, proof.count, top);
  const buckets = 1n << proof.bits;
  const arrayTop = await climb(bucketRoot, bucket, buckets, proof.arrayNodes);
  refuseUnless(equal(await seal(STATE_ROOT, buckets, arrayTop), root), "bad_proof", "it does not lead to the root");
  return proof.value;
}

async function groupHashes(entries) {
  const made = [];
  for (let at = 0; at < entries.length; at += GROUP_BYTES) made.push(await sha256(GROUP, entries.subarray(at, at + GROUP_BYTES)));
  return concat(...made);
}

// Whole groups, one or two, rising, of the key's bucket (T14).
function checkEntries({ bits, count, group, entries, bucketNodes }, bucket) {
  if (count === 0n) {
    refuseUnless(group === 0n && !entries.length && !bucketNodes.length, "bad_proof", "an empty bucket shows nothing");
    return;
  }
  const left = (count - group * BigInt(GROUP_ENTRIES)) * BigInt(ENTRY);
  const whole = [GROUP_BYTES, 2 * GROUP_BYTES].map((size) => (left < BigInt(size) ? left : BigInt(size)));
  refuseUnless(whole.includes(BigInt(entries.length)), "bad_proof", "the entries are no whole groups");
  for (let place = 0; place < entries.length / ENTRY; place++) {
    const shown = keyAt(entries, place);
    refuseUnless(place === 0 || compare(keyAt(entries, place - 1), shown) < 0, "bad_proof", "the entries do not rise");
    refuseUnless(bucketOf(bits, shown) === bucket, "bad_proof", "an entry belongs to another bucket");
  }
}

// The key's entry is there with its value's hash (T15), or both places beside where it would stand are (T16).
async function checkPlace({ value, count, group, entries }, keyHash) {
  const shown = entries.length / ENTRY;
  let position = 0;
  while (position < shown && compare(keyAt(entries, position), keyHash) < 0) position++;
  const present = position < shown && equal(keyAt(entries, position), keyHash);
  if (value !== null) {
    const stored = entries.subarray(position * ENTRY + 32, position * ENTRY + 64);
    refuseUnless(present && equal(await sha256(VALUE, value), stored), "bad_proof", "the entries do not show the value");
  } else {
    refuseUnless(!present, "bad_proof", "the entries show the key, the proof denies it");
    refuseUnless(position > 0 || group === 0n, "bad_proof", "the neighbour below the key is not shown");
    const isEnd = group * BigInt(GROUP_ENTRIES) + BigInt(shown) >= count;
    refuseUnless(position < shown || isEnd, "bad_proof", "the neighbour above the key is not shown");
  }
  const needsTwo = !present && position === GROUP_ENTRIES;
  refuseUnless(shown <= GROUP_ENTRIES || needsTwo, "bad_proof", "two groups are shown where one is enough");
}
