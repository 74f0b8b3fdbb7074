// Builds and signs every transaction of nodechain; written from docs/transactions.md alone, by one who saw no code of ours.
// Since then: its layout, and texts of more than 255 bytes, which the page had forgotten. Its own checks are sign.mjs's now.
import crypto from "node:crypto";
const hex = (b) => Buffer.from(b).toString("hex"),
  unhex = (s) => Buffer.from(s, "hex"),
  cat = (...a) => Buffer.concat(a.map((x) => (typeof x === "string" ? unhex(x) : x)));
const sha = (b) => crypto.createHash("sha256").update(b).digest(),
  big = (b) => BigInt("0x" + hex(b)),
  be = (n, size) =>
    unhex(
      BigInt.asUintN(size * 8, BigInt(n))
        .toString(16)
        .padStart(size * 2, "0"),
    );
// --- encoding: BigInt/number, boolean, string (text), Buffer (bytes), array
const head = (n, ...forms) => {
  for (const [max, tag, size] of forms)
    if (n <= max) return size ? cat(be(tag, 1), be(n, size)) : be(tag + Number(n), 1);
  throw Error("too long: " + n);
};
export function encode(v) {
  if (typeof v === "boolean") return unhex(v ? "c3" : "c2");
  if (typeof v === "string") {
    const b = Buffer.from(v, "utf8");
    return cat(head(b.length, [31, 0xa0, 0], [255, 0xd9, 1], [65535, 0xda, 2]), b);
  }
  if (Buffer.isBuffer(v)) return cat(head(v.length, [255, 0xc4, 1], [65535, 0xc5, 2]), v);
  if (Array.isArray(v)) return cat(head(v.length, [15, 0x90, 0], [65535, 0xdc, 2]), ...v.map(encode));
  const n = BigInt(v);
  if (n >= 0n)
    return head(
      n,
      [127n, 0, 0],
      [255n, 0xcc, 1],
      [65535n, 0xcd, 2],
      [2n ** 32n - 1n, 0xce, 4],
      [2n ** 63n - 1n, 0xcf, 8],
    );
  if (n >= -32n) return be(n, 1);
  for (const [bits, tag] of [
    [8, 0xd0],
    [16, 0xd1],
    [32, 0xd2],
    [64, 0xd3],
  ])
    if (n >= -(2n ** BigInt(bits - 1)) + (bits === 64 ? 1n : 0n)) return cat(be(tag, 1), be(n, bits / 8));
  throw Error("too low: " + n);
}
export const tagged = (tag, content) => sha(cat(be(tag.length, 1), Buffer.from(tag), content)),
  signing = (domain, genesis, m) => cat(be(domain.length, 1), Buffer.from(domain), genesis, m);
// --- Bech32m
const CH = "qpzry9x8gf2tvdw0s3jn54khce6mua7l",
  GEN = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
const polymod = (values) => {
  let s = 1;
  for (const v of values) {
    const top = s >>> 25;
    s = ((s & 0x1ffffff) << 5) ^ v;
    GEN.forEach((g, i) => {
      if ((top >> i) & 1) s ^= g;
    });
  }
  return s;
};
const spread = (p) =>
  [...p]
    .map((c) => c.charCodeAt(0) >> 5)
    .concat(
      0,
      [...p].map((c) => c.charCodeAt(0) & 31),
    );
const check = (p, g) => {
  const s = polymod([...spread(p), ...g, 0, 0, 0, 0, 0, 0]) ^ 0x2bc830a3;
  return [25, 20, 15, 10, 5, 0].map((b) => (s >>> b) & 31);
};
const regroup = (a, from, to, pad) => {
  let acc = 0,
    bits = 0;
  const out = [];
  for (const v of a) {
    acc = (acc << from) | v;
    bits += from;
    while (bits >= to) out.push((acc >>> (bits -= to)) & ((1 << to) - 1));
    acc &= (1 << bits) - 1;
  }
  if (pad) {
    if (bits) out.push((acc << (to - bits)) & ((1 << to) - 1));
  } else if (bits >= from || acc) throw Error("padding");
  return out;
};
export const toText = (p, b) => {
  const g = regroup(b, 8, 5, true);
  return p + "1" + [...g, ...check(p, g)].map((i) => CH[i]).join("");
};
export const split = (t) => {
  if (t !== t.toLowerCase() && t !== t.toUpperCase()) throw Error("case");
  t = t.toLowerCase();
  const at = t.lastIndexOf("1"),
    p = t.slice(0, at),
    g = [...t.slice(at + 1)].map((c) => CH.indexOf(c));
  if (
    at < 1 ||
    t.length > 90 ||
    g.length < 6 ||
    g.includes(-1) ||
    /[^!-~]/.test(p) ||
    check(p, g.slice(0, -6)).join() !== g.slice(-6).join()
  )
    throw Error("checksum");
  return [p, g.slice(0, -6)];
};
export const fromText = (prefix, size, t) => {
  const [p, g] = split(t),
    b = Buffer.from(regroup(g, 5, 8, false));
  if (p !== prefix || b.length !== size) throw Error("prefix or length");
  return b;
};
// --- keys: {alg, secret, pub}; signatures
const edKey = (seed) =>
  crypto.createPrivateKey({ key: cat("302e020100300506032b657004220420", seed), format: "der", type: "pkcs8" });
const point = (k) => {
  const e = crypto.createECDH("prime256v1");
  e.setPrivateKey(k);
  return e.getPublicKey(null, "compressed");
};
export const publicKey = (alg, secret) =>
  alg === 1
    ? cat("01", Buffer.from(crypto.createPublicKey(edKey(secret)).export({ format: "jwk" }).x, "base64url"))
    : cat("02", point(secret));
const Q = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  mod = (a) => ((a % Q) + Q) % Q,
  inverse = (a) => {
    let r = 1n,
      b = a;
    for (let e = Q - 2n; e; e >>= 1n, b = mod(b * b)) if (e & 1n) r = mod(r * b);
    return r;
  };
const hmac = (alg, k, ...m) =>
  crypto
    .createHmac(alg, k)
    .update(cat(...m))
    .digest();
export function sign(alg, secret, m) {
  if (alg === 1) return crypto.sign(null, m, edKey(secret));
  const e = mod(big(sha(m))),
    h = be(e, 32);
  let V = Buffer.alloc(32, 1),
    K = Buffer.alloc(32),
    k;
  for (const b of ["00", "01"]) {
    K = hmac("sha256", K, V, b, secret, h);
    V = hmac("sha256", K, V);
  }
  for (;;) {
    V = hmac("sha256", K, V);
    k = big(V);
    if (k > 0n && k < Q) break;
    K = hmac("sha256", K, V, "00");
    V = hmac("sha256", K, V);
  }
  const r = mod(big(point(V).subarray(1))),
    s = mod((e + r * big(secret)) * inverse(k));
  return cat(be(r, 32), be(s > Q / 2n ? Q - s : s, 32));
}
export const address = (key) =>
  (Array.isArray(key) ? tagged("nodechain/address-multisig", encode(key)) : tagged("nodechain/address", key)).subarray(
    0,
    20,
  );
// --- words and key files
export const seedOf = (words, pass) =>
  crypto.pbkdf2Sync(
    words.toLowerCase().trim().split(/\s+/).join(" ").normalize("NFKD"),
    ("mnemonic" + pass).normalize("NFKD"),
    2048,
    64,
    "sha512",
  );
export const derive = (seed, path) =>
  path.reduce(
    (b, i) => hmac("sha512", b.subarray(32), "00", b.subarray(0, 32), be(2 ** 31 + i, 4)),
    hmac("sha512", Buffer.from("ed25519 seed"), seed),
  );
export function openKeyFile({ kdf: { function: f, params: p }, checksum, cipher }, password) {
  const pw = Buffer.from(password.normalize("NFKD").replace(/[\x00-\x1f\x7f-\x9f]/g, "")),
    salt = unhex(p.salt),
    data = unhex(cipher.message);
  const dk =
    f === "scrypt"
      ? crypto.scryptSync(pw, salt, 32, { N: p.n, r: p.r, p: p.p, maxmem: 2 ** 30 })
      : crypto.pbkdf2Sync(pw, salt, p.c, 32, "sha256");
  if (hex(sha(cat(dk.subarray(16), data))) !== checksum.message) throw Error("wrong password");
  return crypto.createDecipheriv("aes-128-ctr", dk.subarray(0, 16), unhex(cipher.params.iv)).update(data);
}
// --- the tables: name, number, fields; i integer, b bytes, a address, t text, f boolean, k key or MultisigKey, X struct, *X array, others a table
const T = {},
  table = (set, text) =>
    text
      .trim()
      .split("\n")
      .forEach((l) => {
        const [n, num, ...f] = l.trim().split(/ +/);
        T[n === "" ? set : set + n] = { num: num === "-" ? [] : [BigInt(num)], f: f.map((x) => x.split(":")) };
      });
table(
  "",
  `Envelope - version:i chain_id:t type:i sender_key:k nonce:i valid_until_height:i fee:i payload:b
  MultisigKey - threshold:i keys:*b
  Signature - index:i signature:b
  MeterTerms - unit:a account:a kind:i meter_key:b serial:b profile:b obis:b scale:i factor:i rollover:i max_power_w:i opening_ms:i opening_register:i opening_sequence:i
  Closing - meter_key:b time_ms:i register:i
  ReadingStep - sequence:i time_ms:i register:i
  StorageTerms - technology:i nominal_wh:i max_discharge_w:i efficiency_parts:i standing_wh:i reserve_wh:i
  PointTerms - owner:a direction:i zone:t commissioned_ms:i id_hash:b own_meter:f from_slot:i signed_ms:i
  RunSums - injected_mwh:i taken_mwh:i shared_mwh:i paid:i fees:i
  SettledSlot - run:i version:i substituted:i slot_rows:i inputs_root:b rows_root:b sums:RunSums
  SlotInput - state:i source:i energy_mwh:i part_mwh:i
  ChangedValue - point:i energy_mwh:i
  RestoredPiece - chunk:i inputs:*SlotInput nodes:b changes:*ChangedValue
  ImportRow - point:i first_slot:i quality:i first_mwh:i steps:*i
  OffsetChange - from_ms:i minutes:i
  Participant - point:i keys:*i factor:i
  PairSeries - producer:i consumer:i first_share:i steps:*i
  PairShare - producer:i consumer:i share:i
  ProducerPrice - producer:i price:i
  AllocationRule - method:?method delivery:i no_self_share:f hourly:f
  SchemeTerms - name:t asset:i participants:*Participant rule:AllocationRule prices:?price fee:i fee_account:a sources:i bound_mwh:i cut_off_ms:i settlement:i
  GroupTerms - name:t operator:a rights:*i asset:i monthly_limit:i reserve:i division:i rhythm:i wait_ms:i transfers:i
  GroupRow - account:a share:i key:i points:*i
  ShareTransferTerms - group:i sender:a recipient:a parts:i share_then:i from_slot:i signed_ms:i
  SwapSide - asset:i amount:i
  Prize - asset:i amount:i
  TogetherTerms - used:i given:i on_time:i ballots:i most:i on_time_ms:i grace_days:i prizes:*Prize
  SealedMemo - reader:a reader_key:b sender_key:b salt:b sealed:b
  AgentTerms - types:*i day_limits:*DayLimit prices:*PriceBound sweeps:*SweepTerms commission:i expires_ms:i
  DayLimit - asset:i amount:i
  PriceBound - product:i side:i price:i
  SweepTerms - asset:i floor:i reference:t
  FeeSplit - proposer:i committee:i fund:i
  NewcomerTerms - asset:i admission_fee:i referral_reward:i starter_grant:i
  WishedMeter - terms:MeterTerms meter_signature:b
  WishedUnit - unit:a capacity_wh:i max_power_w:i terms:StorageTerms
  RateStep - from_quarter:i rate:i
  FeedRate - feed:i factor:i addend:i least:i most:i
  TimeRate - workday:*RateStep saturday:*RateStep sunday:*RateStep by_feed:*FeedRate
  FeedTerms - name:t kind:i asset:i unit:t decimals:i reporters:*a quorum:i oldest_age_ms:i least:i most:i
  ZoneFee - from_zone:t to_zone:t rate:TimeRate
  Levy - name:t rate:TimeRate on_shared:f
  TariffTerms - name:t asset:i retail:TimeRate feed_in:TimeRate zone_fees:*ZoneFee levies:*Levy`,
);
table(
  "item/",
  `produced_item 1 producer:a energy_wh:i
  consumed_item 2 consumer:a energy_wh:i
  actual_item 3 energy_wh:i`,
);
table(
  "method/",
  `static 1
  static_redistributed 2
  dynamic 3
  pairs 4 rows:*PairShare
  pairs_each_slot 5 rows:*PairShare
  cascade 6 levels:*?method
  credit 7 rows:*PairShare lifetime:i`,
);
table(
  "price/",
  `fixed_price 1 price:i
  fixed_by_producer 2 prices:*ProducerPrice
  mid_market 3 retail:i feed_in:i
  supply_demand_ratio 4 retail:i feed_in:i
  bill_sharing 5 retail:i feed_in:i`,
);
table(
  "action/",
  `set_banker 48 address:a
  add_voter 72 address:a
  remove_voter 73 address:a
  set_parameter 74 name:t value:i
  admit_member 75 address:a
  expel_member 76 address:a
  settle_jump 96 meter_key:b jump:i accept:f
  release_meter 97 meter_key:b
  add_validator 120 key:b account:a name:t possession:b
  remove_validator 121 address:a
  register_unit 144 unit:a owner:a capacity_wh:i max_power_w:i terms:StorageTerms
  remove_unit 145 unit:a
  reinstate_unit 146 unit:a accept_wh:i
  change_unit 147 unit:a capacity_wh:i max_power_w:i terms:StorageTerms
  annul 148 address:a unit:a amount:i
  plan_upgrade 264 height:i version:i module:t section:b release:t
  cancel_upgrade 265 height:i
  admit_point 312 point:tx/register_point
  alter_point 313 point:tx/change_point
  remove_point 314 point:tx/close_point
  set_custodian 315 address:a on:f
  extend_zone 316 offsets:*OffsetChange holidays:*i
  set_scheme 336 scheme:i from_slot:i terms:SchemeTerms others_stay:f leaving:*i
  set_tariff 360 tariff:i from_slot:i terms:TariffTerms
  set_point_tariff 361 tariff:i from_slot:i points:*i
  register_feed 600 terms:FeedTerms
  change_feed 601 feed:i terms:FeedTerms
  end_feed 602 feed:i
  set_priority 149 account:a has_priority:f
  set_together_terms 840 terms:TogetherTerms
  describe_generator 768 unit:a account:a source:i rated_w:i commissioned_ms:i
  hold_back_energy 769 unit:a account:a energy_wh:i document:b
  set_grid_terms 362 operator:a asset:i mark:i band:f
  admit_group 384 opening:tx/open_group
  change_group 385 group:i terms:GroupTerms
  assign_shares 386 change:tx/set_group_shares
  spend_from_group 387 payment:tx/pay_from_group
  dissolve_group 388 group:i
  admit_group_point 389 terms:PointTerms
  set_treasurer 408 address:a active:f
  spend_fund 744 recipient:a asset:i amount:i purpose:t reference:t
  set_fund_budget 745 purpose:t asset:i amount:i period:i
  set_fee_split 746 split:FeeSplit
  set_market_commission 747 parts:i
  set_newcomer_terms 748 terms:NewcomerTerms
  admit_sponsored 749 address:a sponsor:a referrer:a
  mint_by_vote 750 recipient:a asset:i amount:i reference:t
  burn_by_vote 751 holder:a asset:i amount:i reference:t
  return_by_vote 752 holder:a asset:i amount:i
  remove_banker 753 address:a
  settle_withdrawal 49 asset:i holder:a mark:i paid:f
  admit_application 696 application:i sponsor:a
  dismiss_applications 697 applications:*i
  set_attester 672 address:a role:i standing:i`,
);
const TYPES = {};
`transfer 48 asset:i recipient:a amount:i
  lock_withdrawal 49 asset:i amount:i
  mint_currency 50 asset:i recipient:a amount:i reference:b
  burn_currency 51 asset:i holder:a amount:i mark:i reference:b
  unlock_currency 52 asset:i holder:a amount:i mark:i
  mark_withdrawal 53 asset:i holder:a amount:i
  take_back_withdrawal 54 asset:i amount:i
  attest_reserves 55 asset:i amount:i time_ms:i document:b
  cast_vote 72 action:?action approve:f
  bind_meter 96 terms:MeterTerms meter_signature:b account_key:k account_signatures:*Signature
  replace_meter 97 old_key:b closing:*Closing binding:tx/bind_meter
  unbind_meter 98 meter_key:b
  submit_readings 99 profile:b boot:i clock:i flags:i obis:b scale:i first_ms:i first_register:i steps:*ReadingStep
  validator_alive 120 key:b height:i signature:b
  evidence 121 key:b kind:i height:i round:i first_value:b first_signature:b second_value:b second_signature:b
  open_session 144 unit:a amount:i overdraft:i
  close_session 145 unit:a
  release_session 146 consumer:a number:i
  energy_produced 147 sequence:i producer:a energy_wh:i
  energy_consumed 148 sequence:i consumer:a energy_wh:i
  energy_actual 149 sequence:i energy_wh:i
  energy_batch 150 sequence:i items:*?item
  place_order 216 product:i side:i kind:i price:i quantity:i expires_ms:i
  cancel_order 217 product:i number:i
  replace_order 218 product:i number:i price:i quantity:i expires_ms:i
  register_point 312 terms:PointTerms owner_key:k owner_signatures:*Signature
  change_point 313 number:i zone:t commissioned_ms:i
  close_point 314 number:i until_slot:i
  import_slots 315 file:b issued_ms:i part:i rows:*ImportRow
  change_scheme 336 scheme:i from_slot:i terms:SchemeTerms others_stay:f leaving:*i
  assign_tariff 360 tariff:i from_slot:i points:*i
  open_group 384 terms:GroupTerms from_slot:i rows:*GroupRow
  set_group_shares 385 group:i from_slot:i rows:*GroupRow
  transfer_group_share 386 terms:ShareTransferTerms recipient_key:k recipient_signatures:*Signature
  leave_group 387 group:i from_slot:i
  distribute_group 388 group:i
  pay_from_group 389 group:i recipient:a asset:i amount:i bill:i purpose:t
  act_for_group 390 group:i type:i content:b
  open_resolution 504 title:t text_hash:b options:*t majority:i quorum:i deadline_ms:i
  cast_ballot 505 resolution:i option:i
  withdraw_resolution 506 resolution:i
  authorise_agent 720 agent:a for_fees:i terms:AgentTerms
  revoke_agent 721 agent:a
  act_for_owner 722 owner:a type:i content:b
  sweep_for_owner 723 owner:a asset:i
  issue_certificate 768 unit:a first_ms:i end_ms:i
  issue_saving 769 account:a baseline_wh:i measured_wh:i first_ms:i end_ms:i document:b
  transfer_certificate 770 certificate:i recipient:a energy_wh:i
  offer_certificate 771 certificate:i energy_wh:i asset:i price:i
  take_certificate 772 certificate:i owner:a energy_wh:i asset:i amount:i
  withdraw_certificate 773 certificate:i
  retire_certificate 774 certificate:i energy_wh:i beneficiary:a purpose:t from_ms:i until_ms:i
  reserve_origin 816 unit:a
  join_board 840 nickname:t
  leave_board 841
  set_memo_key 888 key:b
  with_memo 889 type:i content:b memo:SealedMemo
  report_feed 600 feed:i value:i time_ms:i document:b
  open_deal 528 seller:a arbiter:a asset:i amount:i fee:i terms_hash:b deadline_ms:i
  release_deal 529 deal:i
  dispute_deal 530 deal:i evidence_hash:b
  rule_deal 531 deal:i asset:i to_seller:i
  cancel_deal 532 deal:i
  offer_swap 533 give:SwapSide want:SwapSide taker:a expires_ms:i
  take_swap 534 swap:i asset:i amount:i
  cancel_swap 535 swap:i
  sponsor_admission 744 candidate:a asset:i most:i
  finalise_bills 408 first:i count:i root:b from_ms:i to_ms:i
  correct_bill 409 number:i original:i document:b
  pay_bill 410 number:i asset:i amount:i
  record_payment 411 number:i asset:i amount:i reference:b
  request_membership 696 referrer:a attestation_hash:b meters:*WishedMeter units:*WishedUnit voter:f
  issue_attestation 672 subject:a kind:i data_hash:b document_hash:b expires_ms:i
  revoke_attestation 673 attestation:i
  correct_folded_slot 552 scheme:i slot:i file:b entry:SettledSlot place:i nodes:b pieces:*RestoredPiece
  import_slot_rows 648 scheme:i first_slot:i slots:i file:b issued_ms:i pairs:*PairSeries`
  .split("\n")
  .forEach((l) => {
    const [n, num, ...f] = l.trim().split(" ");
    TYPES[n] = BigInt(num);
    T["tx/" + n] = { num: [], f: f.map((x) => x.split(":")) };
  });
export function value(form, v) {
  // the named fields as what encode() takes; a form of '?set' reads v.kind
  if (form === "i") return BigInt(v);
  if (form === "b") return Buffer.isBuffer(v) ? v : unhex(v);
  if (form === "a") return fromText("nrg", 20, v);
  if (form === "t" || form === "f") return v;
  if (form === "k") return typeof v === "string" ? unhex(v) : value("MultisigKey", v);
  if (form[0] === "*") return v.map((x) => value(form.slice(1), x));
  const one = form[0] === "?",
    { num, f } = T[one ? form.slice(1) + "/" + v.kind : form];
  const names = [...f.map((x) => x[0]), ...(one ? ["kind"] : [])].sort().join();
  if (Object.keys(v).sort().join() !== names) throw Error(`${form}: ${Object.keys(v)} is not ${names}`);
  return [...num, ...f.map(([n, t]) => value(t, v[n]))];
}
// --- signing: keyring finds the secret of a public key in hexadecimal; indexes say who of a MultisigKey signs
const signAs = (ring, key, indexes, m) =>
  Array.isArray(key) ? indexes.map((i) => [i, ring(key[1][i], m)]) : [[0, ring(key, m)]];
export function signInside(type, f, sender, ring, genesis, indexes, closing) {
  // fields with their inner signatures made anew
  const made = (bare, domain, m) => hex(ring(cat("01", unhex(bare)), signing(domain, genesis, encode(m)))),
    h = BigInt(f.height ?? 0);
  if (type === "bind_meter") {
    const terms = value("MeterTerms", f.terms),
      m = signing("nodechain/bind-meter", genesis, encode(terms));
    const both = closing ? signing("nodechain/close-meter", genesis, encode([terms, closing])) : m,
      key = value("k", f.account_key);
    return {
      ...f,
      meter_signature: hex(ring(unhex(f.terms.meter_key), m)),
      account_signatures: signAs(ring, key, indexes, both).map(([i, s]) => ({ index: String(i), signature: hex(s) })),
    };
  }
  if (type === "replace_meter")
    return {
      ...f,
      binding: signInside(
        "bind_meter",
        f.binding,
        sender,
        ring,
        genesis,
        indexes,
        f.closing.length ? value("Closing", f.closing[0]) : undefined,
      ),
    };
  if (type === "request_membership")
    return {
      ...f,
      meters: f.meters.map((w) => ({
        ...w,
        meter_signature: hex(
          ring(unhex(w.terms.meter_key), signing("nodechain/bind-meter", genesis, encode(value("MeterTerms", w.terms)))),
        ),
      })),
    };
  if (type === "register_point") {
    const m = signing("nodechain/register-point", genesis, encode(value("PointTerms", f.terms))),
      made = signAs(ring, value("k", f.owner_key), indexes, m);
    return { ...f, owner_signatures: made.map(([i, s]) => ({ index: String(i), signature: hex(s) })) };
  }
  if (type === "transfer_group_share") {
    const m = signing("nodechain/take-share", genesis, encode(value("ShareTransferTerms", f.terms))),
      made = signAs(ring, value("k", f.recipient_key), indexes, m);
    return { ...f, recipient_signatures: made.map(([i, s]) => ({ index: String(i), signature: hex(s) })) };
  }
  if (type === "cast_vote" && f.action.kind === "admit_point") {
    const point = signInside("register_point", f.action.point, sender, ring, genesis, indexes);
    return { ...f, action: { ...f.action, point } };
  }
  if (type === "validator_alive")
    return { ...f, signature: made(f.key, "nodechain/possession", [unhex(f.key), sender, h]) };
  if (type === "cast_vote" && f.action.kind === "add_validator")
    return {
      ...f,
      action: {
        ...f.action,
        possession: made(f.action.key, "nodechain/possession", [unhex(f.action.key), value("a", f.action.account), 0n]),
      },
    };
  if (type !== "evidence") return f;
  const domain = "nodechain/" + ["proposal", "prepare", "commit", "round-change"][f.kind - 1],
    vote = (v) => made(f.key, domain, [h, BigInt(f.round), unhex(v)]);
  return { ...f, first_signature: vote(f.first_value), second_signature: vote(f.second_value) };
}
export function transaction(typeName, fields, env, ring, genesis, indexes) {
  const payload = encode(value("tx/" + typeName, fields)),
    sender = value("k", env.sender_key),
    envelope = encode(value("Envelope", { ...env, type: TYPES[typeName], payload }));
  const message = signing("nodechain/tx", genesis, envelope),
    signatures = signAs(ring, sender, indexes, message),
    raw = encode([envelope, signatures]);
  return {
    payload: hex(payload),
    envelope: hex(envelope),
    signed_message: hex(message),
    signatures: signatures.map(([i, s]) => [i, hex(s)]),
    raw: hex(raw),
    id: hex(tagged("nodechain/id", envelope)),
    full_hash: hex(tagged("nodechain/full", raw)),
  };
}
