// Checks what nodes say of a nodechain against the signatures of its validators; docs/proofs.md has the rules.
//
// In a browser WebCrypto needs HTTPS or localhost; elsewhere nothing here works, and a page must say so.

export { fromHex, toHex } from "./bytes.js";
export { hasWebCrypto, useTweetnacl, useWebCrypto, verifyEd25519 } from "./ed25519.js";
export { VerifyError } from "./errors.js";
export { MAX_GENESIS_BYTES, readGenesis } from "./genesis.js";
export { freshAsOf, freshHead, LONGEST_SILENCE_MS, MAX_FRESH_HEAD_BYTES, requireFresh } from "./freshness.js";
export {
  AHEAD_MS, blockHash, follow, header, lightBlock, MAX_LIGHT_BLOCK_BYTES, members, PBFT, POA, trust, TRUSTING_MS,
} from "./headers.js";
export { listProof, verifyItem } from "./merkle.js";
export { decode, encode } from "./msgpack.js";
export { MAX_PROOF_FILE_BYTES, readProof, verifyProof } from "./proof.js";
export { verifyState, stateProof } from "./state.js";
