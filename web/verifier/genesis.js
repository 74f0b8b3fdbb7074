// What a verifier takes from a chain's genesis (rule G1): its bytes have the hash that every signature covers, so the
// first validators, the mode and the clock are not what a node says of them.

import { compare, equal, toHex } from "./bytes.js";
import { refuseUnless } from "./errors.js";
import { taggedHash } from "./hash.js";
import { makeSet, MAX_VALIDATORS, PBFT, POA } from "./headers.js";
import { decode } from "./msgpack.js";
import * as shape from "./shape.js";

export const MAX_GENESIS_BYTES = 8 * 1024 * 1024;
const POWER = 1n;
const FIELDS = 14;

async function firstMembers(keys) {
  const set = await makeSet(keys.map((key) => ({ key, power: POWER })));
  return set.sort((one, other) => compare(one.address, other.address)).map(({ key, power }) => ({ key, power }));
}

// The genesis of a hash; refuses bytes that are not it.
export async function readGenesis(data, hash) {
  refuseUnless(data.length <= MAX_GENESIS_BYTES, "malformed_input", "it is too large for a genesis");
  refuseUnless(equal(await taggedHash("nodechain/genesis", data), hash), "wrong_chain", "another genesis than that of the hash");
  const fields = shape.struct(decode(data, MAX_GENESIS_BYTES), FIELDS);
  const [, name, timeMs, mode, , , driftMs, , simulatedClock, , , validators] = fields;
  return {
    hash,
    chainId: shape.chainId(`${shape.text(name, 31)}-${toHex(hash.subarray(0, 4))}`),
    timeMs: shape.uint(timeMs),
    mode: Number(shape.uint(mode, BigInt(PBFT), BigInt(POA))),
    driftMs: shape.uint(driftMs),
    simulatedClock: shape.bool(simulatedClock),
    members: await firstMembers(shape.array(validators, 1, MAX_VALIDATORS).map((entry) => shape.bytes(shape.struct(entry, 3)[0], 32))),
  };
}
