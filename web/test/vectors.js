// Answers every vector of tests/vectors/light.json; what comes out is compared by tests/web/test_verifier.py.

import {
  AHEAD_MS, follow, freshAsOf, freshHead, fromHex, decode, header, lightBlock, MAX_LIGHT_BLOCK_BYTES, members, MAX_FRESH_HEAD_BYTES, readProof, requireFresh, toHex, trust,
  TRUSTING_MS, useTweetnacl, useWebCrypto, VerifyError, verifyEd25519, verifyProof,
} from "../verifier/index.js";

const LIMIT = 1 << 20;

async function answer(work) {
  try {
    return { code: "", ...(await work()) };
  } catch (error) {
    if (error instanceof VerifyError) return { code: error.code };
    throw error;
  }
}

const termsOf = ({ chain_id, genesis_hash, mode }) => ({
  chainId: chain_id, genesisHash: fromHex(genesis_hash), mode, trustingMs: TRUSTING_MS, aheadMs: AHEAD_MS,
});

function trusted(vector) {
  return trust(header(decode(fromHex(vector.header), LIMIT)), members(decode(fromHex(vector.members), LIMIT)));
}

function step(vector) {
  return answer(async () => {
    const offered = lightBlock(decode(fromHex(vector.offered), MAX_LIGHT_BLOCK_BYTES));
    const reached = await follow(termsOf(vector), await trusted(vector.trusted), offered, BigInt(vector.now_ms));
    return { hash: toHex(reached.hash) };
  });
}

function freshness(vector) {
  return answer(async () => {
    const shown = freshHead(decode(fromHex(vector.shown), MAX_FRESH_HEAD_BYTES));
    const asOfMs = await freshAsOf(termsOf(vector), await trusted(vector.trusted), shown);
    requireFresh(asOfMs, BigInt(vector.now_ms), BigInt(vector.longest_ms));
    return { as_of_ms: Number(asOfMs) };
  });
}

function shownJson(shown) {
  const height = Number(shown.height);
  if (shown.kind === "state") {
    return { kind: "state", height, key: toHex(shown.fullKey), value: shown.value === null ? null : toHex(shown.value) };
  }
  const made = { kind: shown.kind, height, position: Number(shown.position), bytes: toHex(shown[shown.kind]) };
  return shown.kind === "event" ? { ...made, place: shown.place } : made;
}

async function proofs(vectors) {
  const anchor = await trusted(vectors.anchor);
  const found = [];
  for (const { file } of vectors.files) {
    found.push(
      await answer(async () => {
        const { head, shown } = await verifyProof(termsOf(vectors), anchor, readProof(fromHex(file)), BigInt(vectors.now_ms));
        return { head: toHex(head.hash), shown: shown.map(shownJson) };
      }),
    );
  }
  return found;
}

async function edgeCases(vectors) {
  const found = [];
  for (const { pub_key, message, signature } of vectors) {
    found.push(await verifyEd25519(fromHex(pub_key), fromHex(message), fromHex(signature)));
  }
  return found;
}

// All answers, with WebCrypto or with tweetnacl where it is given.
export async function answers(vectors, nacl = null) {
  if (nacl === null) useWebCrypto();
  else useTweetnacl(nacl);
  const steps = [];
  for (const vector of vectors.steps) steps.push(await step(vector));
  const fresh = [];
  for (const vector of vectors.freshness) fresh.push(await freshness(vector));
  return { steps, freshness: fresh, proofs: await proofs(vectors.proofs), ed25519: await edgeCases(vectors.ed25519) };
}
