// Following headers by their certificates (rules H1 to H9, H11).

import { compare, equal } from "./bytes.js";
import { refuseUnless } from "./errors.js";
import { signingBytes, taggedHash } from "./hash.js";
import { encode } from "./msgpack.js";
import { verifyEd25519 } from "./ed25519.js";
import * as shape from "./shape.js";

export const PBFT = 1;
export const POA = 2;
export const TRUSTING_MS = 14n * 86_400_000n;
export const AHEAD_MS = 600_000n;
export const MAX_LIGHT_BLOCK_BYTES = 77_824;
export const MAX_VALIDATORS = 64;
const FORMAT = 1n;

export function header(value) {
  const f = shape.struct(value, 16);
  return {
    raw: value,
    format: shape.uint(f[0]),
    version: shape.uint(f[1]),
    chainId: shape.chainId(f[2]),
    height: shape.uint(f[3]),
    parent: shape.bytes(f[4], 32),
    timeMs: shape.uint(f[5]),
    proposer: shape.bytes(f[6], 20),
    transactionsRoot: shape.bytes(f[7], 32),
    receiptsRoot: shape.bytes(f[8], 32),
    stateRoot: shape.bytes(f[9], 32),
    validatorsHash: shape.bytes(f[10], 32),
    nextValidatorsHash: shape.bytes(f[11], 32),
    parametersHash: shape.bytes(f[12], 32),
    nextDueMs: shape.uint(f[13]),
    commitsHash: shape.bytes(f[14], 32),
    knownVersion: shape.uint(f[15]),
  };
}

function certificate(value) {
  const [height, round, blockHash, signatures] = shape.struct(value, 4);
  return {
    height: shape.uint(height),
    round: shape.uint(round),
    blockHash: shape.bytes(blockHash, 32),
    signatures: shape.array(signatures, 0, MAX_VALIDATORS).map((entry) => {
      const [validator, signature] = shape.struct(entry, 2);
      return { validator: shape.uint(validator, 0n, BigInt(MAX_VALIDATORS - 1)), signature: shape.bytes(signature, 64) };
    }),
  };
}

export function members(value) {
  return shape.array(value, 0, MAX_VALIDATORS).map((entry) => {
    const [key, power] = shape.struct(entry, 2);
    return { key: shape.bytes(key, 32), power: shape.uint(power) };
  });
}

export function lightBlock(value) {
  const [head, decided, set, next] = shape.struct(value, 4);
  return { header: header(head), certificate: certificate(decided), members: members(set), nextMembers: members(next) };
}

export const blockHash = (head) => taggedHash("nodechain/block", encode(head.raw));

export async function makeSet(listed) {
  const made = [];
  for (const { key, power } of listed) {
    made.push({ address: (await taggedHash("nodechain/validator", key)).slice(0, 20), key, power });
  }
  return made;
}

const setHash = (set) =>
  taggedHash("nodechain/validators", encode(set.map(({ address, key, power }) => [address, key, power])));

const totalPower = (set) => set.reduce((sum, { power }) => sum + power, 0n);

export function isQuorum(mode, power, set) {
  if (mode === PBFT) return 3n * power > 2n * totalPower(set);
  const count = set.length;
  return power >= BigInt(count <= 4 ? Math.floor(count / 2) + 1 : Math.floor((count + 1) / 2) + 1);
}

// One function a rule, in the order in which they are asked.

function isOfThisChain({ terms, offered }) {
  const { chainId, format } = offered.header;
  refuseUnless(chainId === terms.chainId && format === FORMAT, "wrong_chain", `a header of ${chainId}`); // H1
}

function isLater({ trusted, offered }) {
  const { height, timeMs } = offered.header;
  refuseUnless(height > trusted.header.height && timeMs > trusted.header.timeMs, "not_later", `height ${height}`); // H2
}

function versionStands({ trusted, offered }) {
  const { version, knownVersion } = offered.header;
  const stands = version >= trusted.header.version && knownVersion >= version;
  refuseUnless(stands, "version_fell", `version ${version} after version ${trusted.header.version}`); // H11
}

async function setsAreTheHeaders({ offered, validators, following }) {
  for (const [set, expected] of [
    [validators, offered.header.validatorsHash],
    [following, offered.header.nextValidatorsHash],
  ]) {
    const rises = set.every((member, place) => place === 0 || compare(set[place - 1].address, member.address) < 0);
    refuseUnless(rises && equal(await setHash(set), expected), "bad_set", "not the validators of the header"); // H3
  }
}

function continues({ trusted, offered, isNext, isSameSet }) {
  const fits = !isNext || (isSameSet && equal(offered.header.parent, trusted.hash));
  refuseUnless(fits, "does_not_continue", "the header does not continue the trusted one"); // H5
}

function trustLasts({ terms, trusted, isNext, isSameSet, nowMs }) {
  const lasts = isNext || isSameSet || nowMs - trusted.header.timeMs < terms.trustingMs;
  refuseUnless(lasts, "skipped_too_far", "the trusted header is too old for a skip"); // H8
}

function isNotAhead({ terms, offered, nowMs }) {
  refuseUnless(offered.header.timeMs <= nowMs + terms.aheadMs, "from_the_future", "the header lies ahead"); // H9
}

async function quorumDecided({ terms, offered, validators, hash }) {
  const { height, round, blockHash: named, signatures } = offered.certificate;
  refuseUnless(height === offered.header.height && equal(named, hash), "bad_certificate", "it is for another block"); // H4
  const message = signingBytes("nodechain/commit", terms.genesisHash, encode([height, round, hash]));
  let last = -1n;
  let power = 0n;
  for (const { validator, signature } of signatures) {
    refuseUnless(validator > last && validator < BigInt(validators.length), "bad_certificate", "signers must rise");
    last = validator;
    const member = validators[Number(validator)];
    refuseUnless(await verifyEd25519(member.key, message, signature), "bad_certificate", "a signature is wrong");
    power += member.power;
  }
  refuseUnless(isQuorum(terms.mode, power, validators), "bad_certificate", "no quorum has signed");
}

function trustedSetVouches({ terms, trusted, offered, validators, isNext, isSameSet }) {
  if (isNext || isSameSet) return;
  refuseUnless(terms.mode === PBFT, "skipped_too_far", "the authorities changed in between"); // H7
  const signers = offered.certificate.signatures.map(({ validator }) => validators[Number(validator)].key);
  const vouching = trusted.validators.filter(({ key }) => signers.some((signer) => equal(signer, key)));
  const enough = 3n * totalPower(vouching) > totalPower(trusted.validators);
  refuseUnless(enough, "skipped_too_far", "the trusted set does not vouch for the header"); // H6
}

const RULES = [
  isOfThisChain, isLater, versionStands, setsAreTheHeaders, continues, trustLasts, isNotAhead, quorumDecided,
  trustedSetVouches,
];

// The offered light block as trusted. `terms`: {chainId, genesisHash, mode, trustingMs, aheadMs}; the hash is 32 bytes,
// times are ms as BigInt.
export async function follow(terms, trusted, offered, nowMs) {
  const validators = offered.members.length ? await makeSet(offered.members) : trusted.validators;
  const following = offered.nextMembers.length ? await makeSet(offered.nextMembers) : validators;
  const hash = await blockHash(offered.header);
  const isNext = offered.header.height === trusted.header.height + 1n;
  const isSameSet = equal(offered.header.validatorsHash, trusted.header.nextValidatorsHash);
  const step = { terms, trusted, offered, validators, following, hash, isNext, isSameSet, nowMs };
  for (const rule of RULES) await rule(step);
  return { header: offered.header, hash, validators: following };
}

// A header that is trusted without a proof, with the set that decides after it.
export async function trust(head, listed) {
  const validators = await makeSet(listed);
  refuseUnless(equal(await setHash(validators), head.nextValidatorsHash), "bad_set", "not the validators of the header");
  return { header: head, hash: await blockHash(head), validators };
}
