// Builds, signs and sends nodechain transactions; docs/javascript-client.md shows how, docs/transactions.md what is signed.

export { fromHex, toHex } from "../verifier/bytes.js";
export { addressBytes, addressOf, formatAddress, formatKey, multisigKey, parseAddress, parseKey } from "./address.js";
export { parseExact } from "./exact_json.js";
export { formatAmount, formatEnergy, MAX_INTEGER, parseAmount, parseEnergy, TOKEN_DECIMALS } from "./amounts.js";
export { ClientError } from "./errors.js";
export { MAX_KEYFILE_CHARACTERS, openKeyfile, PBKDF2_ROUNDS, readKeyfile, writeKeyfile } from "./keyfile.js";
export { ED25519, ed25519Key, keyFromSecret, P256, p256Key, randomBytes } from "./keys.js";
export { addSignature, combine, finish, propose, readProposal, signatureStatus, verifySignature, writeProposal } from "./multisig.js";
export { Node, NodeError } from "./node.js";
export { ENUMS, STRUCTS, TYPES } from "./payloads.js";
export { summary, summaryText, TEXTS } from "./summary.js";
export { fromArray, toArray } from "./struct.js";
export {
  assemble, buildEnvelope, encodePayload, fullHash, MAX_TRANSACTION_BYTES, readEnvelope, readTransaction, signEnvelope,
  signMessage, signTransaction, transactionId,
} from "./transaction.js";
