// What a verifier takes from a chain's genesis (rule G1): its bytes have the hash that every signature covers, so the
// first validators, the mode, the clock and the assets are not what a node says of them.

import { compare, equal, toHex } from "./bytes.js";
import { refuseUnless } from "./errors.js";
import { taggedHash } from "./hash.js";
import { makeSet, MAX_VALIDATORS, PBFT, POA } from "./headers.js";
import { decode } from "./msgpack.js";
import * as shape from "./shape.js";

export const MAX_GENESIS_BYTES = 8 * 1024 * 1024;
const POWER = 1n;
const FIELDS = 14;
const MAX_SECTIONS = 64;
const MAX_ASSETS = 18;
const BANK_FIELDS = 5;
const ASSET_FIELDS = 5;
const MAX_DECIMALS = 9n;

async function firstMembers(keys) {
  const set = await makeSet(keys.map((key) => ({ key, power: POWER })));
  return set.sort((one, other) => compare(one.address, other.address)).map(({ key, power }) => ({ key, power }));
}

// By number, the first is 1; none where the chain has no bank.
function assetsOf(sections) {
  const bank = sections.map((entry) => shape.struct(entry, 2)).find(([name]) => name === "bank");
  if (bank === undefined) return [];
  const [assets] = shape.struct(decode(shape.bytes(bank[1], 0, MAX_GENESIS_BYTES), MAX_GENESIS_BYTES), BANK_FIELDS);
  return shape.array(assets, 2, MAX_ASSETS).map((entry) => {
    const [name, symbol, decimals] = shape.struct(entry, ASSET_FIELDS);
    return { name: shape.text(name, 16), symbol: shape.text(symbol, 16), decimals: Number(shape.uint(decimals, 0n, MAX_DECIMALS)) };
  });
}

// The genesis of a hash; refuses bytes that are not it.
export async function readGenesis(data, hash) {
  refuseUnless(data.length <= MAX_GENESIS_BYTES, "malformed_input", "it is too large for a genesis");
  refuseUnless(equal(await taggedHash("nodechain/genesis", data), hash), "wrong_chain", "another genesis than that of the hash");
  const fields = shape.struct(decode(data, MAX_GENESIS_BYTES), FIELDS);
  const [, name, timeMs, mode, , , driftMs, , simulatedClock, , , validators, , sections] = fields;
  return {
    hash,
    chainId: shape.chainId(`${shape.text(name, 31)}-${toHex(hash.subarray(0, 4))}`),
    timeMs: shape.uint(timeMs),
    mode: Number(shape.uint(mode, BigInt(PBFT), BigInt(POA))),
    driftMs: shape.uint(driftMs),
    simulatedClock: shape.bool(simulatedClock),
    assets: assetsOf(shape.array(sections, 0, MAX_SECTIONS)),
    members: await firstMembers(shape.array(validators, 1, MAX_VALIDATORS).map((entry) => shape.bytes(shape.struct(entry, 3)[0], 32))),
  };
}
