// `node web/test/client.mjs VECTORS`: what the client makes of every vector of tests/vectors/transactions.json, as JSON.

import { readFile } from "node:fs/promises";

import {
  addressOf, assemble, buildEnvelope, ed25519Key, encodePayload, formatAddress, fromArray, fromHex, keyFromSecret,
  multisigKey, readTransaction, signEnvelope, signMessage, STRUCTS, toHex, toArray, TYPES,
} from "../client/index.js";

import { decode } from "../verifier/index.js";

const vectors = JSON.parse(await readFile(process.argv[2], "utf8"));
const genesisHash = fromHex(vectors.genesis.hash);

async function signersOf({ secrets, public_keys }, fallback) {
  return Promise.all(secrets.map((secret, at) => {
    const algorithm = Number(public_keys[at].slice(0, 2));
    return algorithm === 1 && fallback ? ed25519Key(fromHex(secret), { fallback }) : keyFromSecret(algorithm, fromHex(secret));
  }));
}

async function keys(fallback) {
  const found = {};
  for (const [name, vector] of Object.entries(vectors.keys)) {
    const signers = await signersOf(vector, fallback);
    const publicKeys = signers.map(({ publicKey }) => publicKey);
    const senderKey = vector.threshold === null ? publicKeys[0] : multisigKey(vector.threshold, publicKeys);
    found[name] = { signers, senderKey, address: formatAddress(await addressOf(senderKey)), publicKeys: publicKeys.map(toHex) };
  }
  return found;
}

// The payload is taken apart into named fields and put together again, so that every field passes through the table.
async function transaction(vector, { senderKey, signers }) {
  const { struct } = TYPES[vector.type_name];
  const payload = fromArray(struct, decode(fromHex(vector.payload), 1 << 16));
  const read = await readTransaction(fromHex(vector.raw));
  const envelope = buildEnvelope({
    chainId: vectors.chain_id, type: vector.type_name, senderKey, nonce: read.nonce, payload,
    validUntilHeight: 70_000, fee: vector.type_name === "submit_readings" ? 0 : 5,
  });
  const made = await Promise.all(signers.map((signer) => signEnvelope(envelope, genesisHash, signer)));
  const signatures = vector.signatures.map(([index]) => made.find((entry) => entry.index === BigInt(index)));
  return {
    name: vector.name, type: Number(TYPES[vector.type_name].number), payload: toHex(encodePayload(vector.type_name, payload)),
    envelope: toHex(envelope), signed_message: toHex(signMessage(envelope, genesisHash)),
    raw: toHex(assemble(envelope, signatures)), id: toHex(read.id), full_hash: toHex(read.fullHash), sender: read.sender,
  };
}

function action({ name, bytes }) {
  const value = decode(fromHex(bytes), 1 << 16);
  const struct = Object.keys(STRUCTS).find((each) => STRUCTS[each].tag === value[0]);
  return { name, kind: fromArray(struct, value).kind, same: toArray(struct, fromArray(struct, value)).length === value.length };
}

async function answers(fallback) {
  const owners = await keys(fallback);
  const transactions = [];
  for (const vector of vectors.transactions) transactions.push(await transaction(vector, owners[vector.sender]));
  const shown = Object.entries(owners).map(([name, { address, publicKeys }]) => [name, { address, publicKeys }]);
  return { keys: Object.fromEntries(shown), transactions, actions: vectors.actions.map(action) };
}

console.log(JSON.stringify({ webcrypto: await answers(false), fallback: await answers(true) }));
