// Signs what a task file asks for, `node sign.mjs TASK.json`, and prints addresses, transactions and derived keys as JSON.
import { readFileSync } from "node:fs";
import {
  address,
  derive,
  encode,
  openKeyFile,
  publicKey,
  seedOf,
  sign,
  signing,
  signInside,
  toText,
  transaction,
} from "./signer.mjs";

const hex = (text) => Buffer.from(text, "hex");
const task = JSON.parse(readFileSync(process.argv[2], "utf8"));
const genesis = hex(task.genesis_hash);

// An account's key: its public key, or [threshold, keys in rising order of their bytes].
const secrets = new Map();
const keys = {};
for (const [name, { secrets: own, algorithm, threshold }] of Object.entries(task.keys)) {
  const made = own.map((secret) => publicKey(algorithm, hex(secret)));
  made.forEach((key, place) => secrets.set(key.toString("hex"), hex(own[place])));
  keys[name] = threshold === null ? made[0] : [BigInt(threshold), made.sort(Buffer.compare)];
}
const ring = (key, message) => sign(key[0], secrets.get(key.toString("hex")), message);
const text = (key) =>
  Array.isArray(key)
    ? { threshold: String(key[0]), keys: key[1].map((one) => one.toString("hex")) }
    : key.toString("hex");

function signed({ type_name, sender, fields, nonce, valid_until_height, fee, signers }) {
  const agreed = fields.binding ?? fields.action?.point ?? fields;
  const consent = agreed.account_signatures ?? agreed.owner_signatures ?? agreed.recipient_signatures;
  const places = consent?.map(({ index }) => Number(index));
  const envelope = {
    version: "1",
    chain_id: task.chain_id,
    sender_key: text(keys[sender]),
    nonce,
    valid_until_height,
    fee,
  };
  const completed = signInside(type_name, fields, address(keys[sender]), ring, genesis, places);
  const { raw, id, full_hash } = transaction(type_name, completed, envelope, ring, genesis, signers);
  return { raw, id, full_hash };
}

function loginMessage({ origin, nonce, address: reader }) {
  return signing("nodechain/login", genesis, encode([origin, hex(nonce), hex(reader)])).toString("hex");
}

function derived({ words, passphrase, path }) {
  const steps = path.split("/").slice(1);
  const seed = derive(
    seedOf(words, passphrase),
    steps.map((step) => parseInt(step, 10)),
  ).subarray(0, 32);
  const key = publicKey(1, seed);
  return { public_key_text: toText("nrgpub", key), address_text: toText("nrg", address(key)) };
}

const addresses = Object.fromEntries(Object.entries(keys).map(([name, key]) => [name, toText("nrg", address(key))]));
const [transactions, derivation] = [task.transactions.map(signed), task.derivation.map(derived)];
const secret = task.keyfile && openKeyFile(task.keyfile.file.crypto, task.keyfile.password).toString("hex");
const login = task.login && loginMessage(task.login);
console.log(JSON.stringify({ addresses, transactions, derivation, secret, login }));
