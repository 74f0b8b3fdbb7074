// How fresh a head is: since its own time, or since a quorum said that it is the newest (rules H10 and H12).

import { equal } from "./bytes.js";
import { verifyEd25519 } from "./ed25519.js";
import { refuseUnless } from "./errors.js";
import { signingBytes } from "./hash.js";
import { isQuorum, MAX_VALIDATORS } from "./headers.js";
import { encode } from "./msgpack.js";
import * as shape from "./shape.js";

export const LONGEST_SILENCE_MS = 60_000n;
export const MAX_FRESH_HEAD_BYTES = 65_536;
const NO_NONCE = new Uint8Array(0);

export function freshHead(value) {
  const [height, headHash, statements] = shape.struct(value, 3);
  return {
    height: shape.uint(height),
    headHash: shape.bytes(headHash, 32),
    statements: shape.array(statements, 0, MAX_VALIDATORS).map((entry) => {
      const [validator, round, timeMs, signature] = shape.struct(entry, 4);
      return {
        validator: shape.uint(validator, 0n, BigInt(MAX_VALIDATORS - 1)),
        round: shape.uint(round),
        timeMs: shape.uint(timeMs),
        signature: shape.bytes(signature, 64),
      };
    }),
  };
}

async function isSaid(terms, { validators, hash }, { validator, round, timeMs, signature }) {
  if (validator >= BigInt(validators.length)) return false;
  const message = signingBytes("nodechain/status", terms.genesisHash, encode([NO_NONCE, round, hash, timeMs]));
  return verifyEd25519(validators[Number(validator)].key, message, signature);
}

function latestOfQuorum(mode, validators, statements) {
  let power = 0n;
  for (const { validator, timeMs } of [...statements].sort((one, other) => (one.timeMs < other.timeMs ? 1 : -1))) {
    power += validators[Number(validator)].power;
    if (isQuorum(mode, power, validators)) return timeMs;
  }
  return 0n;
}

// When a quorum said that this trusted head is its newest, in ms; never before the head's own time.
export async function freshAsOf(terms, trusted, shown) {
  const isOfHead = shown.height === trusted.header.height && equal(shown.headHash, trusted.hash);
  refuseUnless(isOfHead, "bad_statement", "the statements are about another head");
  let last = -1n;
  for (const statement of shown.statements) {
    refuseUnless(statement.validator > last, "bad_statement", "signers must rise");
    last = statement.validator;
    refuseUnless(await isSaid(terms, trusted, statement), "bad_statement", "a statement is not signed by whom it names");
  }
  const latest = latestOfQuorum(terms.mode, trusted.validators, shown.statements);
  refuseUnless(latest > 0n, "not_fresh", "too few validators have said that this head is their newest");
  return latest > trusted.header.timeMs ? latest : trusted.header.timeMs;
}

// H10: `asOfMs` is the header's time, or what `freshAsOf` gave.
export function requireFresh(asOfMs, nowMs, longestMs) {
  refuseUnless(nowMs - asOfMs <= longestMs, "stale_head", `it was the newest ${(nowMs - asOfMs) / 1000n} s ago`);
}
