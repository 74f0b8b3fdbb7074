// A bill checked in this browser: its hash against what the signed state says was made final, each line against receipts
// of blocks that the validators signed, its sums by making them again.
//
// Not shown by that: a receipt of the period that was left out together with what it moved; what the community set by
// itself (dues, taxes, texts), which the hash fixes and nothing proves; and the opening balance, unless the bill before is
// checked, too.

import {
  decode,
  fromHex,
  lightBlock,
  listProof,
  MAX_LIGHT_BLOCK_BYTES,
  type Trusted,
  toHex,
  type Value,
  verifyItem,
} from "../../../verifier/index.js";
import { get, type Schemas } from "../api/client";
import { assets, assetsAnswer } from "../data/assets";
import {
  type Bill,
  type BillLine,
  type BillSource,
  billHash,
  FalseBill,
  readBill,
  type SharedLine,
} from "../data/bill_document";
import { documentOf, issuedBill } from "../data/bills";
import { addressBytes } from "../data/codec";
import { KNOWN_KINDS, type Moved, movedBy } from "./bill_postings";
import { checkSums } from "./bill_sums";
import { proven, type Standing } from "./proven";
import { tableKey } from "./state_keys";
import { anchored, reach } from "./trust";

/** The number of the currency among the chain's assets. */
const CURRENCY = "02";
const ENTRY_LIMIT = 4_096;
const RECEIPT_LIMIT = 1 << 22;
/** One answer proves 64 entries. */
const MOST_REPLACED = 60;
/** Receipts that are asked for at once. */
const AT_ONCE = 4;
const HIGHEST = (1n << 64n) - 1n;

export type Progress = { done: number; count: number };

/** How far a line was followed: to receipts whose events move just that, or as the bill says. */
export type LineProof = "proven" | "read";

export type BillCheck = {
  standing: Standing;
  hash: string;
  /** The height that made it final. */
  height: number;
  receipts: number;
  /** By the place of the bill's lines, then of its energy. */
  lines: LineProof[];
  energy: LineProof[];
  shared: LineProof[];
  grid: LineProof[];
  /** Base units that the signed state says were paid. */
  paidOnChain: bigint;
  paidByBank: bigint;
  /** The same for the documents whose place it takes. */
  paidBefore: bigint;
  /** How the opening balance is known. */
  opening: "before" | "first" | "said";
};

const hex = (number: bigint): string => number.toString(16).padStart(16, "0");

function fields(value: Uint8Array | null, count: number): readonly Value[] {
  const found: Value = value && decode(value, ENTRY_LIMIT);
  if (!Array.isArray(found) || found.length !== count) throw new FalseBill("not_final");
  return found;
}

/** On the chain, and over a bank; there is no entry where nothing was paid. */
function paidIn(entry: Uint8Array | null): readonly [bigint, bigint] {
  const [onChain, byBank] = entry ? fields(entry, 2) : [0n, 0n];
  return [onChain as bigint, byBank as bigint];
}

/** The signed state holds what made the document final, and what was paid for it. */
async function checkFinal(bill: Bill, hash: Uint8Array, listed: string, replaces: readonly number[]) {
  const number = BigInt(bill.number);
  const issued = await issuedBill(bill.number);
  const key = bill.corrects
    ? tableKey("bill_corrections") + hex(number)
    : tableKey("bill_runs") + hex(HIGHEST - BigInt(issued.run?.first ?? 0));
  const before = replaces.slice(-MOST_REPLACED);
  const paidFor = [bill.number, ...before].map(
    (each) => tableKey("bill_payments") + CURRENCY + hex(BigInt(each)),
  );
  const { standing, values } = await proven([key, ...paidFor]);
  const [entry, payments, ...earlier] = values;
  const height = bill.corrects
    ? checkCorrection(bill, hash, entry ?? null)
    : await checkRun(bill, hash, listed, entry ?? null);
  const [paidOnChain, paidByBank] = paidIn(payments ?? null);
  const paidBefore = earlier.flatMap(paidIn).reduce((sum, each) => sum + each, 0n);
  return { standing, height, paidOnChain, paidByBank, paidBefore };
}

function checkCorrection(bill: Bill, hash: Uint8Array, entry: Uint8Array | null): number {
  const [original, document, height] = fields(entry, 3);
  if (original !== BigInt(bill.corrects))
    throw new FalseBill("number", String(bill.corrects), String(original));
  const holds = toHex(document as Uint8Array);
  if (holds !== toHex(hash)) throw new FalseBill("hash", toHex(hash), holds);
  return Number(height);
}

async function checkRun(bill: Bill, hash: Uint8Array, listed: string, entry: Uint8Array | null) {
  const [, first, count, root, fromMs, toMs, height] = fields(entry, 7);
  const place = listProof(decode(fromHex(listed), RECEIPT_LIMIT));
  try {
    await verifyItem(root as Uint8Array, hash, place);
  } catch {
    throw new FalseBill("hash", toHex(hash), toHex(root as Uint8Array));
  }
  const said = [BigInt(bill.number), BigInt(bill.period.from_ms), BigInt(bill.period.to_ms), place.count];
  const holds = [(first as bigint) + place.position, fromMs, toMs, count];
  if (said.join() !== holds.join()) throw new FalseBill("number", said.join(), holds.join());
  return Number(height);
}

type Place = { height: number; index: number; transaction: string };
type Found = ReadonlyMap<string, readonly (Moved | null)[]>;

const placeOf = ({ height, index }: Place): string => `${height}-${index}`;

async function headerAt(height: number): Promise<Trusted> {
  const answer = await get<Schemas["LightBlockAnswer"]>(`/v1/light/blocks/${height}`);
  const trusted = await reach(lightBlock(decode(fromHex(answer.block), MAX_LIGHT_BLOCK_BYTES)));
  if (trusted.header.height !== BigInt(height)) throw new FalseBill("receipt", String(height));
  return trusted;
}

/** What a receipt's events move of the account; it stands in its block, under that transaction's id. */
async function movedAt(place: Place, header: Promise<Trusted>, account: string, feeAsset: number) {
  const { item, proof } = await get<Schemas["ItemProof"]>(
    `/v1/light/receipts/${place.height}/${place.index}`,
  );
  const list = listProof(decode(fromHex(proof), RECEIPT_LIMIT));
  if (list.position !== BigInt(place.index)) throw new FalseBill("receipt", placeOf(place));
  await verifyItem((await header).header.receiptsRoot, fromHex(item), list);
  const receipt = decode(fromHex(item), RECEIPT_LIMIT);
  const [id, , , , events] = Array.isArray(receipt) ? receipt : [];
  if (!(id instanceof Uint8Array) || toHex(id) !== place.transaction || !Array.isArray(events))
    throw new FalseBill("receipt", placeOf(place));
  return events.map((event) => movedBy(event, account, feeAsset));
}

/** All receipts that a bill names, each proven once. */
async function receiptsOf(bill: Bill, progress: (at: Progress) => void): Promise<Found> {
  const places = new Map<string, Place>();
  for (const { sources } of [...bill.lines, ...bill.energy, ...bill.shared, ...bill.grid])
    for (const source of sources) places.set(placeOf(source), source);
  const raw = addressBytes(bill.account);
  if (!raw) throw new FalseBill("no_bill");
  const { assets, fee_asset } = await assetsAnswer();
  const fee = assets.find(({ name }) => name === fee_asset)?.number ?? 0;
  const headers = new Map<number, Promise<Trusted>>();
  const found = new Map<string, readonly (Moved | null)[]>();
  const waiting = [...places.values()].sort(
    (one, other) => one.height - other.height || one.index - other.index,
  );
  const count = waiting.length;
  const work = async () => {
    for (let place = waiting.shift(); place; place = waiting.shift()) {
      const header = headers.get(place.height) ?? headerAt(place.height);
      headers.set(place.height, header);
      found.set(placeOf(place), await movedAt(place, header, toHex(raw), fee));
      const { timeMs } = (await header).header;
      if (timeMs < BigInt(bill.period.from_ms) || timeMs >= BigInt(bill.period.to_ms))
        throw new FalseBill("period", placeOf(place));
      progress({ done: found.size, count });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return found;
}

/** What a line says that a receipt moved, made again of its events; null: there is one that this page does not know. */
function sourceOf(line: BillLine, source: BillSource, found: Found, numbers: ReadonlyMap<string, number>) {
  const asset = numbers.get(line.asset);
  const other = line.quantity_asset ? numbers.get(line.quantity_asset) : undefined;
  const isIn = BigInt(line.amount) > 0n;
  const sums = { amount: 0n, quantity: 0n, wh: 0n };
  if (asset === undefined || (line.quantity_asset && other === undefined))
    throw new FalseBill("line", line.asset);
  for (const moved of found.get(placeOf(source)) ?? []) {
    if (moved?.kind !== line.kind || moved.price !== BigInt(line.price)) continue;
    const amount = moved.tokens.get(asset) ?? 0n;
    const others = [...moved.tokens].filter(([number, each]) => number !== asset && each !== 0n);
    const [otherNumber, quantity] = others.length === 1 && others[0] ? others[0] : [undefined, 0n];
    if (amount === 0n || amount > 0n !== isIn || otherNumber !== other) continue;
    sums.amount += amount;
    sums.quantity += quantity;
    for (const each of moved.wh.values()) sums.wh += each;
  }
  return sums;
}

function checkLine(line: BillLine, found: Found, numbers: ReadonlyMap<string, number>): LineProof {
  if (!KNOWN_KINDS.has(line.kind)) return "read";
  const total = { quantity: 0n, wh: 0n };
  for (const source of line.sources) {
    const { amount, quantity, wh } = sourceOf(line, source, found, numbers);
    if (amount !== BigInt(source.amount)) throw new FalseBill("line", source.amount, String(amount));
    total.quantity += quantity;
    total.wh += wh;
  }
  if (total.quantity !== BigInt(line.quantity))
    throw new FalseBill("line", line.quantity, String(total.quantity));
  if (total.wh !== BigInt(line.energy_wh)) throw new FalseBill("line", line.energy_wh, String(total.wh));
  return "proven";
}

/** Metered energy comes from events of storage; where one of them is unknown here, another source may be, too. */
function checkEnergy(line: Bill["energy"][number], found: Found): LineProof {
  let isRead = false;
  for (const { height, index, amount } of line.sources) {
    const events = found.get(placeOf({ height, index, transaction: "" })) ?? [];
    const holds = events.reduce((sum, moved) => sum + (moved?.wh.get(line.measure) ?? 0n), 0n);
    if (holds === BigInt(amount)) continue;
    if (events.every((moved) => moved !== null)) throw new FalseBill("energy", amount, String(holds));
    isRead = true;
  }
  return isRead ? "read" : "proven";
}

const SHARED_PARTS = [
  ...(["bought", "sold", "carried", "credited", "claims", "expired"] as const),
  ...(["cost", "fee", "revenue", "expired_cost", "expired_revenue"] as const),
] as const;
type SharedPart = (typeof SHARED_PARTS)[number];

/** What a scheme gave, made again of its bookings. */
function checkShared(line: SharedLine, found: Found, numbers: ReadonlyMap<string, number>): LineProof {
  const asset = numbers.get(line.asset);
  const sums = Object.fromEntries(SHARED_PARTS.map((part) => [part, 0n])) as Record<SharedPart, bigint>;
  for (const source of line.sources) {
    let paid = 0n;
    for (const moved of found.get(placeOf(source)) ?? []) {
      const share = moved?.share;
      if (
        !share ||
        share.scheme !== BigInt(line.scheme) ||
        share.asset !== asset ||
        share.month !== line.month ||
        share.waits !== line.by_period
      )
        continue;
      for (const part of SHARED_PARTS) sums[part] += share[part];
      paid += share.cost + share.fee + share.expired_cost - share.revenue - share.expired_revenue;
    }
    if (paid !== BigInt(source.amount)) throw new FalseBill("shared", source.amount, String(paid));
  }
  const energies = [line.bought_mwh, line.sold_mwh, line.carried_mwh, line.credited_mwh, line.claims_mwh];
  const amounts = [line.cost, line.fee, line.revenue, line.expired_cost, line.expired_revenue];
  const said = [...energies, line.expired_mwh, ...amounts].join();
  const holds = SHARED_PARTS.map((part) => sums[part]).join();
  if (said !== holds) throw new FalseBill("shared", said, holds);
  return "proven";
}

/** Where the bill begins: as the one before ended, which must be the document that it names by hash. */
async function checkOpening(bill: Bill): Promise<BillCheck["opening"]> {
  if (!bill.previous) return "first";
  let text: string;
  try {
    text = (await documentOf(bill.previous.number)).document;
  } catch {
    return "said"; // The node has it no more: the bill names it, and nothing is known of it here.
  }
  const before = readBill(text);
  const ended = ({ asset, closing }: Bill["assets"][number]) => JSON.stringify([asset, closing]);
  const begins = ({ asset, opening }: Bill["assets"][number]) => JSON.stringify([asset, opening]);
  const hasSome = (held: readonly unknown[]) => held.length > 0;
  const [one, other] = [
    before.assets.filter(({ closing }) => hasSome(closing)).map(ended),
    bill.assets.filter(({ opening }) => hasSome(opening)).map(begins),
  ];
  const isSame =
    toHex(await billHash(text)) === bill.previous.hash &&
    before.account === bill.account &&
    before.period.to_ms === bill.period.from_ms &&
    before.charges.carried_out === bill.charges.carried_in &&
    before.credits.carried_out === bill.credits.carried_in &&
    one.join() === other.join();
  if (!isSame) throw new FalseBill("opening", String(bill.previous.number));
  return "before";
}

/** All of it. Raises `FalseBill`, `VerifyError`, `Refusal`, ... */
export async function checkBill(
  text: string,
  listed: string,
  replaces: readonly number[],
  progress: (at: Progress) => void,
): Promise<BillCheck> {
  const bill = readBill(text);
  const { genesis } = await anchored();
  if (bill.genesis_hash !== toHex(genesis.hash))
    throw new FalseBill("other_chain", bill.chain_id, genesis.chainId);
  const hash = await billHash(text);
  const final = await checkFinal(bill, hash, listed, replaces);
  checkSums(bill);
  const opening = await checkOpening(bill);
  const found = await receiptsOf(bill, progress);
  const numbers = new Map((await assets()).map(({ name, number }) => [name, number]));
  return {
    ...final,
    hash: toHex(hash),
    receipts: found.size,
    lines: bill.lines.map((line) => checkLine(line, found, numbers)),
    energy: bill.energy.map((line) => checkEnergy(line, found)),
    shared: bill.shared.map((line) => checkShared(line, found, numbers)),
    grid: bill.grid.map(() => "read"),
    opening,
  };
}
