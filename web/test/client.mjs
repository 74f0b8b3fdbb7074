// `node web/test/client.mjs VECTORS`: what the client makes of every vector of tests/vectors/transactions.json, as JSON.

import { readFile } from "node:fs/promises";

import {
  addressOf, assemble, buildEnvelope, ed25519Key, encodePayload, formatAddress, fromArray, fromHex, keyFromSecret,
  multisigKey, parseAmount, formatAmount, parseEnergy, formatEnergy, readProposal, readTransaction, summary, summaryText, writeProposal, addSignature, combine, finish, propose, signEnvelope, signMessage, STRUCTS, toHex, toArray, TYPES,
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

const KNOWN = { assets: { 1: { symbol: "ENT", decimals: 9 }, 2: { symbol: "EUR", decimals: 2 } }, feeAsset: 2 };

async function summaries() {
  return Promise.all(vectors.transactions.map(async ({ name, raw }) => [name, summaryText(summary(await readTransaction(fromHex(raw)), KNOWN))]));
}

// Two owners sign apart, each a copy of the file, and somebody else puts the copies together; one has a wrong signature.
async function apart() {
  const vector = vectors.transactions.find(({ name }) => name === "transfer/multisig");
  const signers = await signersOf(vectors.keys.X, false);
  const { senderKey, nonce, payload } = await readTransaction(fromHex(vector.raw));
  const first = propose({ chainId: vectors.chain_id, type: "transfer", senderKey, nonce, payload, validUntilHeight: 70_000, fee: 5 }, genesisHash);
  const file = writeProposal(first);
  const copies = await Promise.all(signers.slice(1).map((signer) => addSignature(readProposal(file), signer)));
  const wrong = { ...first, signatures: [{ index: 0n, signature: new Uint8Array(64) }] };
  const together = await combine(wrong, ...copies);
  return { proposed: file, one: writeProposal(copies[0]), raw: toHex(await finish(together)) };
}

function said(work) {
  try {
    return String(work());
  } catch (error) {
    return error.code;
  }
}

function amounts() {
  const texts = ["7.35", "0", "0.000000001", "9223372036.854775807", "9223372036.854775808", "1.0000000001", "1.0000000000", "1,5", "-1", "+1", " 1", "1e3", ".5", "5.", "", "\u0661"];
  const energies = ["7 kWh", "7.857kWh", "1 MWh", "7857 Wh", "7857", "0.0005 kWh", "1 GWh", "kWh", "1.2345"];
  return {
    parsed: texts.map((text) => [text, said(() => parseAmount(text))]),
    cents: texts.map((text) => [text, said(() => parseAmount(text, 2))]),
    energies: energies.map((text) => [text, said(() => parseEnergy(text))]),
    shown: ["0", "1", "-1", "1000000000", "9223372036854775807", "-1500000000"].map((text) => [text, formatAmount(BigInt(text)), formatAmount(BigInt(text), 2), formatAmount(BigInt(text), 0), formatEnergy(BigInt(text))]),
  };
}

console.log(JSON.stringify({ summaries: await summaries(), apart: await apart(), amounts: amounts(), webcrypto: await answers(false), fallback: await answers(true) }));
