// Makes keys and signs every type of transaction: written from docs/transactions.md alone, with nothing but Node's crypto.
// `node sign.mjs FILE`: secrets, and fields as in the vectors, without what was signed; prints addresses and transactions.
import { createECDH, createHash, createHmac, createPrivateKey, createPublicKey, pbkdf2Sync, sign } from "node:crypto";
import { readFileSync } from "node:fs";

// A field is an integer, or name:form with a address, b bytes, t text, f boolean, k sender key, s signatures,
// ? one of several kinds, * an array of them, else a struct; + an array of structs.
const STRUCTS = {
  transfer: [48, "asset recipient:a amount"], lock_withdrawal: [49, "asset amount"],
  mint_currency: [50, "asset recipient:a amount"], burn_currency: [51, "asset holder:a amount"],
  unlock_currency: [52, "asset holder:a amount"], cast_vote: [72, "action:? approve:f"],
  bind_meter: [96, "terms:MeterTerms meter_signature:b account_key:k account_signatures:s"],
  replace_meter: [97, "old_key:b closing:+Closing binding:bind_meter"], unbind_meter: [98, "meter_key:b"],
  submit_readings: [99, "profile:b boot clock flags obis:b scale first_ms first_register steps:+ReadingStep"],
  validator_alive: [120, "key:b height signature:b"],
  evidence: [121, "key:b kind height round first_value:b first_signature:b second_value:b second_signature:b"],
  open_session: [144, "unit:a amount overdraft"], close_session: [145, "unit:a"],
  release_session: [146, "consumer:a number"], energy_produced: [147, "sequence producer:a energy_wh"],
  energy_consumed: [148, "sequence consumer:a energy_wh"], energy_actual: [149, "sequence energy_wh"],
  energy_batch: [150, "sequence items:*"], place_order: [216, "product side kind price quantity expires_ms"],
  cancel_order: [217, "product number"], replace_order: [218, "product number price quantity expires_ms"],
  MeterTerms: [0, "unit:a account:a kind meter_key:b serial:b profile:b obis:b scale factor rollover max_power_w " +
    "opening_ms opening_register opening_sequence"],
  Closing: [0, "meter_key:b time_ms register"], ReadingStep: [0, "sequence time_ms register"],
  StorageTerms: [0, "technology nominal_wh max_discharge_w efficiency_parts standing_wh reserve_wh"],
};
const KINDS = {
  set_banker: [48, "address:a"], add_voter: [72, "address:a"], remove_voter: [73, "address:a"],
  set_parameter: [74, "name:t value"], admit_member: [75, "address:a"], expel_member: [76, "address:a"],
  settle_jump: [96, "meter_key:b jump accept:f"], release_meter: [97, "meter_key:b"],
  add_validator: [120, "key:b account:a name:t possession:b"], remove_validator: [121, "address:a"],
  register_unit: [144, "unit:a owner:a capacity_wh max_power_w terms:StorageTerms"], remove_unit: [145, "unit:a"],
  reinstate_unit: [146, "unit:a accept_wh"], change_unit: [147, "unit:a capacity_wh max_power_w terms:StorageTerms"],
  annul: [148, "address:a unit:a amount"], plan_upgrade: [264, "height version module:t section:b release:t"],
  cancel_upgrade: [265, "height"], produced_item: [1, "producer:a energy_wh"], consumed_item: [2, "consumer:a energy_wh"],
  actual_item: [3, "energy_wh"],
};
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const TERMS = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
const LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

const hex = (text) => Buffer.from(text, "hex");
const join = (...parts) => Buffer.concat(parts.map((part) => Buffer.from(part)));
const big = (data) => BigInt("0x" + data.toString("hex"));
const fixed = (number, size) => hex(BigInt.asUintN(8 * size, number).toString(16).padStart(2 * size, "0"));
const sha256 = (...parts) => createHash("sha256").update(join(...parts)).digest();
const hmac = (hash, key, ...parts) => createHmac(hash, key).update(join(...parts)).digest();
const tag = (name) => join([name.length], Buffer.from(name));

function integer(n) {
  if (n >= -32n && n < 128n) return fixed(n, 1);
  const least = n < 0n ? -n * 2n - 1n : n; // how large a number of the unsigned forms takes as many bytes
  const size = [1, 2, 4, 8].findIndex((bytes) => least < 1n << BigInt(8 * bytes));
  return join([(n < 0n ? 0xd0 : 0xcc) + size], fixed(n, 1 << size));
}
function encode(value) {
  if (typeof value === "bigint") return integer(value);
  if (typeof value === "boolean") return Buffer.of(value ? 0xc3 : 0xc2);
  const data = typeof value === "string" ? Buffer.from(value) : value;
  const long = [data.length >> 8, data.length & 255];
  if (typeof value === "string") return join(data.length < 32 ? [0xa0 + data.length] : [0xd9, data.length], data);
  if (Buffer.isBuffer(data)) return join(data.length < 256 ? [0xc4, data.length] : [0xc5, ...long], data);
  return join(data.length < 16 ? [0x90 + data.length] : [0xdc, ...long], ...data.map(encode));
}

function checksum(prefix, groups) {
  const codes = [...Buffer.from(prefix)];
  let sum = 1;
  for (const v of [...codes.map((c) => c >> 5), 0, ...codes.map((c) => c & 31), ...groups, 0, 0, 0, 0, 0, 0]) {
    const top = sum >> 25;
    sum = ((sum & 0x1ffffff) << 5) ^ v;
    TERMS.forEach((term, bit) => (sum ^= (top >> bit) & 1 ? term : 0));
  }
  return [25, 20, 15, 10, 5, 0].map((shift) => ((sum ^ 0x2bc830a3) >> shift) & 31);
}
function toText(prefix, data) {
  const bits = [...data].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  const groups = bits.match(/.{1,5}/g).map((group) => parseInt(group.padEnd(5, "0"), 2));
  return prefix + "1" + [...groups, ...checksum(prefix, groups)].map((group) => LETTERS[group]).join("");
}
function addressBytes(text) {
  const groups = [...text.slice(4)].map((letter) => LETTERS.indexOf(letter));
  const bits = groups.slice(0, -6).map((group) => group.toString(2).padStart(5, "0")).join("");
  const data = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  if (toText("nrg", data) !== text || data.length !== 20) throw new Error(`no address: ${text}`);
  return data;
}

function pkcs8(seed) {
  return createPrivateKey({ key: join(hex("302e020100300506032b657004220420"), seed), format: "der", type: "pkcs8" });
}
function point(scalar, form) {
  const curve = createECDH("prime256v1");
  curve.setPrivateKey(scalar);
  return curve.getPublicKey(null, form);
}
function publicKey(algorithm, secret) {
  if (algorithm === 2) return join([2], point(secret, "compressed"));
  return join([1], createPublicKey(pkcs8(secret)).export({ format: "der", type: "spki" }).subarray(-32));
}
function address(key) {
  if (Array.isArray(key)) return sha256(tag("nodechain/address-multisig"), encode(key)).subarray(0, 20);
  return sha256(tag("nodechain/address"), key).subarray(0, 20);
}

function power(base, exponent) {
  let result = 1n;
  for (; exponent > 0n; exponent >>= 1n, base = (base * base) % ORDER) {
    if (exponent & 1n) result = (result * base) % ORDER;
  }
  return result;
}
function signP256(x, message) {
  const hashed = big(sha256(message));
  const h = fixed(hashed % ORDER, 32);
  let V = Buffer.alloc(32, 1), K = Buffer.alloc(32, 0);
  for (const round of [0, 1]) {
    K = hmac("sha256", K, V, [round], x, h);
    V = hmac("sha256", K, V);
  }
  for (;;) {
    V = hmac("sha256", K, V);
    if (big(V) > 0n && big(V) < ORDER) break;
    K = hmac("sha256", K, V, [0]);
    V = hmac("sha256", K, V);
  }
  const r = big(point(V).subarray(1, 33)) % ORDER;
  const s = ((hashed + r * big(x)) * power(big(V), ORDER - 2n)) % ORDER;
  return join(fixed(r, 32), fixed(s > ORDER / 2n ? ORDER - s : s, 32));
}

const input = JSON.parse(readFileSync(process.argv[2], "utf8"));
const secrets = new Map();
const keys = {};
for (const [name, { secrets: all, algorithm, threshold }] of Object.entries(input.keys)) {
  const made = all.map((secret) => publicKey(algorithm, hex(secret)));
  made.forEach((key, place) => secrets.set(key.toString("hex"), hex(all[place])));
  keys[name] = threshold === null ? made[0] : [BigInt(threshold), [...made].sort(Buffer.compare)];
}
const signed = (key, domain, message) => {
  const covered = join(tag(domain), hex(input.genesis_hash), message);
  const secret = secrets.get(key.toString("hex"));
  return key[0] === 1 ? sign(null, covered, pkcs8(secret)) : signP256(secret, covered);
};
const signatures = (key, places, domain, message) =>
  places.map((place) => [BigInt(place), signed(Array.isArray(key) ? key[1][place] : key, domain, message)]);
const senderKey = (given) => (typeof given === "string" ? hex(given) : [BigInt(given.threshold), given.keys.map(hex)]);
const bare = (key) => join([1], hex(key)); // a validator's

function struct(fields, given) {
  return fields.split(" ").map((field) => {
    const [name, form = "i"] = field.split(":");
    return convert(form, given[name]);
  });
}
function convert(form, value) {
  const kind = (item) => [BigInt(KINDS[item.kind][0]), ...struct(KINDS[item.kind][1], item)];
  if (form[0] === "+") return value.map((item) => struct(STRUCTS[form.slice(1)][1], item));
  switch (form) {
    case "i": return BigInt(value);
    case "a": return addressBytes(value);
    case "b": return hex(value);
    case "t": case "f": return value;
    case "k": return senderKey(value);
    case "s": return value.map(({ index, signature }) => [BigInt(index), hex(signature)]);
    case "?": return kind(value);
    case "*": return value.map(kind);
    default: return struct(STRUCTS[form][1], value);
  }
}

// What others sign inside of a payload.
function bindingSigned(binding, closing) {
  const terms = convert("MeterTerms", binding.terms);
  const meter = signed(hex(binding.terms.meter_key), "nodechain/bind-meter", encode(terms));
  const both = closing.length > 0;
  const domain = both ? "nodechain/close-meter" : "nodechain/bind-meter";
  const message = encode(both ? [terms, convert("Closing", closing[0])] : terms);
  const places = binding.account_signatures.map(({ index }) => Number(index));
  const account = signatures(senderKey(binding.account_key), places, domain, message);
  const shown = account.map(([index, signature]) => ({ index, signature: signature.toString("hex") }));
  return { ...binding, meter_signature: meter.toString("hex"), account_signatures: shown };
}
const possession = (key, account, height) =>
  signed(bare(key), "nodechain/possession", encode([hex(key), account, BigInt(height)])).toString("hex");
function completed(type, fields, sender) {
  if (type === "bind_meter") return bindingSigned(fields, []);
  if (type === "replace_meter") return { ...fields, binding: bindingSigned(fields.binding, fields.closing) };
  if (type === "validator_alive") return { ...fields, signature: possession(fields.key, sender, fields.height) };
  if (type === "cast_vote" && fields.action.kind === "add_validator") {
    const action = { ...fields.action, possession: possession(fields.action.key, addressBytes(fields.action.account), 0) };
    return { ...fields, action };
  }
  if (type !== "evidence") return fields;
  const domain = "nodechain/" + ["proposal", "prepare", "commit", "round-change"][Number(fields.kind) - 1];
  const vote = (value) =>
    signed(bare(fields.key), domain, encode([BigInt(fields.height), BigInt(fields.round), hex(value)])).toString("hex");
  return { ...fields, first_signature: vote(fields.first_value), second_signature: vote(fields.second_value) };
}

function transaction({ type_name, sender, fields, nonce, valid_until_height, fee, signers }) {
  const key = keys[sender];
  const [number, form] = STRUCTS[type_name];
  const payload = encode(struct(form, completed(type_name, fields, address(key))));
  const numbers = [nonce, valid_until_height, fee].map(BigInt);
  const envelope = encode([1n, input.chain_id, BigInt(number), key, ...numbers, payload]);
  const raw = encode([envelope, signatures(key, signers, "nodechain/tx", envelope)]);
  const full = sha256(tag("nodechain/full"), raw);
  return { raw: raw.toString("hex"), id: sha256(tag("nodechain/id"), envelope).toString("hex"), full_hash: full.toString("hex") };
}

function derived({ words, passphrase, path }) {
  const seed = pbkdf2Sync(words.normalize("NFKD"), "mnemonic" + passphrase.normalize("NFKD"), 2048, 64, "sha512");
  let node = hmac("sha512", Buffer.from("ed25519 seed"), seed);
  for (const step of path.split("/").slice(1)) {
    node = hmac("sha512", node.subarray(32), [0], node.subarray(0, 32), fixed(2n ** 31n + BigInt(parseInt(step)), 4));
  }
  const key = publicKey(1, node.subarray(0, 32));
  return { public_key_text: toText("nrgpub", key), address_text: toText("nrg", address(key)) };
}

const addresses = Object.fromEntries(Object.entries(keys).map(([name, key]) => [name, toText("nrg", address(key))]));
const [transactions, derivation] = [input.transactions.map(transaction), input.derivation.map(derived)];
console.log(JSON.stringify({ addresses, transactions, derivation }));
