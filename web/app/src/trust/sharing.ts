// Sharing, compared with what the signed state holds: an account's months and debts, a run's roots, rows and inputs under
// them, a metering point.

import {
  decode,
  fromHex,
  listProof,
  toHex,
  type Value,
  VerifyError,
  verifyItem,
} from "../../../verifier/index.js";
import type { Schemas } from "../api/client";
import { get } from "../api/client";
import { toBase } from "../data/amounts";
import { assets } from "../data/assets";
import { addressBytes } from "../data/codec";
import type { SharingTerms } from "../data/sharing";
import { Differs } from "./account";
import { proven, type Standing } from "./proven";
import { SCHEME_POOL, tableKey } from "./state_keys";

type Shares = Schemas["AccountShares"];
type Credits = Schemas["AccountCredits"];
type Settled = Schemas["SettledSlotView"];
type Point = Schemas["PointView"];

const ENTRY_LIMIT = 1 << 20;
/** Entries that one answer proves. */
const MOST_KEYS = 64;

const hex8 = (number: number): string => number.toString(16).padStart(16, "0");

function rawOf(address: string): string {
  const raw = addressBytes(address);
  if (!raw) throw new RangeError("no address");
  return toHex(raw);
}

/** What the node says of an entry, by the places of its fields; null: that it is not there. */
type Claim = { key: string; what: string; said: readonly (readonly [number, bigint | string])[] | null };

const monthNumber = (month: string): number => {
  const [year = 0, of = 1] = month.split("-").map(Number);
  return 12 * year + of - 1;
};

async function decimals(): Promise<number> {
  const { asset } = await get<SharingTerms>("/v1/sharing/terms");
  return (await assets()).find(({ name }) => name === asset)?.decimals ?? 9;
}

const monthsShown = (nowMs: number): number[] => {
  const now = new Date(nowMs);
  const last = 12 * now.getUTCFullYear() + now.getUTCMonth();
  return [last - 1, last];
};

/** The months listed, that the present and the last one are not left out, and of each listed scheme debts and claims. */
function claimsOf(found: Shares, places: number, nowMs: number): Claim[] {
  const raw = rawOf(found.account);
  const base = ({ tokens }: { tokens: string }) => toBase(tokens, places);
  const schemes = [
    ...new Set([...found.months, ...found.owes, ...found.is_owed].map(({ scheme }) => scheme)),
  ].sort((one, other) => one - other);
  const claims: Claim[] = found.months.map((each) => ({
    key: tableKey("scheme_sums") + hex8(each.scheme) + hex8(monthNumber(each.month)) + raw,
    what: each.month,
    said: [
      [1, BigInt(each.bought_mwh)],
      [2, BigInt(each.sold_mwh)],
      [3, base(each.cost)],
      [4, base(each.revenue)],
      [5, base(each.fee)],
    ],
  }));
  const listed = new Set(claims.map(({ key }) => key));
  for (const scheme of schemes) {
    for (const month of monthsShown(nowMs)) {
      const key = tableKey("scheme_sums") + hex8(scheme) + hex8(month) + raw;
      if (!listed.has(key)) claims.push({ key, what: `${scheme}`, said: null });
    }
    const owes = found.owes.find((each) => each.scheme === scheme);
    const owed = found.is_owed.find((each) => each.scheme === scheme);
    claims.push({
      key: tableKey("debts") + raw + SCHEME_POOL + hex8(scheme),
      what: "debt",
      said: owes ? [[1, base(owes.amount)]] : null,
    });
    claims.push({
      key: tableKey("claims") + SCHEME_POOL + hex8(scheme) + raw,
      what: "claim",
      said: owed ? [[1, base(owed.amount)]] : null,
    });
  }
  return claims;
}

const textOf = (value: Value | undefined): string =>
  value instanceof Uint8Array ? toHex(value) : String(value);

function compare({ what, said }: Claim, value: Uint8Array | null, height: number): void {
  if (said === null) {
    if (value !== null) throw new Differs(what, "nothing", "an entry", height);
    return;
  }
  const entry: Value = value && decode(value, ENTRY_LIMIT);
  for (const [place, expected] of said) {
    const holds = Array.isArray(entry) ? textOf(entry[place]) : "nothing";
    if (holds !== String(expected)) throw new Differs(what, String(expected), holds, height);
  }
}

const written = ({ key, said }: Claim): string => `${key} ${said?.map(([, value]) => value).join(" ")}`;

/** The signed state that holds claims; `again` gives them at the proven height: of others the next block asks again. */
async function checkAll(
  claims: readonly Claim[],
  height: number,
  again: (height: number) => Promise<readonly Claim[]>,
): Promise<Standing> {
  if (claims.length > MOST_KEYS) throw new VerifyError("too_many", `${claims.length} entries`);
  const { standing, values } = await proven(claims.map(({ key }) => key));
  if (standing.height !== height) {
    const later = await again(standing.height);
    if (later.map(written).join() !== claims.map(written).join())
      throw new VerifyError("moved_on", "the figures changed between two answers");
  }
  for (const [place, claim] of claims.entries()) compare(claim, values[place] ?? null, standing.height);
  return standing;
}

/** Of schemes by the month: what each listed month came to, and each listed claim with its expiry. */
export function creditsOf(found: Credits, places: number): Claim[] {
  const raw = rawOf(found.account);
  const base = ({ tokens }: { tokens: string }) => toBase(tokens, places);
  const months: Claim[] = found.months.map((each) => ({
    key: tableKey("credit_sums") + hex8(each.scheme) + hex8(monthNumber(each.month)) + raw,
    what: each.month,
    said: [
      [1, BigInt(each.credited_mwh)],
      [2, BigInt(each.claims_mwh)],
      [3, BigInt(each.expired_mwh)],
      [4, base(each.expired_cost)],
      [5, base(each.expired_revenue)],
    ],
  }));
  const claims: Claim[] = found.claims.map((each) => ({
    key: tableKey("open_claims") + hex8(each.scheme) + hex8(each.point) + raw,
    what: `${each.point}`,
    said: [
      [0, each.claims.flatMap(({ until, energy_mwh }) => [monthNumber(until), energy_mwh]).join()],
      [1, BigInt(each.owed_mwh)],
    ],
  }));
  return [...months, ...claims];
}

/** An account's credits by month and its claims. Raises `Differs`, `VerifyError`, ... */
export async function checkCredits(found: Credits): Promise<Standing> {
  const places = await decimals();
  const again = async (height: number) =>
    creditsOf(await get<Credits>(`/v1/sharing/accounts/${found.account}/credits`, { height }), places);
  return checkAll(creditsOf(found, places), found.height, again);
}

/** An account's months, debts and claims. Raises `Differs`, `VerifyError`, ... */
export async function checkShares(found: Shares, nowMs: number): Promise<Standing> {
  const places = await decimals();
  const again = async (height: number) =>
    claimsOf(await get<Shares>(`/v1/sharing/accounts/${found.account}`, { height }), places, nowMs);
  return checkAll(claimsOf(found, places, nowMs), found.height, again);
}

/** Where rows that come with each slot come from, by the number that the entry has (SC19). */
const ROWS_FROM = ["none", "imported", "substituted"];

/** The run's roots and sums; the sums are a struct of their own in the entry. */
const runClaim = (settled: Settled, places: number): Claim => ({
  key: tableKey(settled.folded ? "late_runs" : "slot_runs") + hex8(settled.scheme) + hex8(settled.run.slot),
  what: `slot ${settled.run.slot}`,
  said: [
    [0, BigInt(settled.run.run)],
    [1, BigInt(settled.run.version)],
    [2, BigInt(settled.run.substituted)],
    [3, BigInt(ROWS_FROM.indexOf(settled.run.slot_rows))],
    [4, settled.run.inputs_root],
    [5, settled.run.rows_root],
    [
      6,
      [
        settled.injected_mwh,
        settled.taken_mwh,
        settled.shared_mwh,
        toBase(settled.paid.tokens, places),
        toBase(settled.fees.tokens, places),
      ].join(),
    ],
  ],
});

/** That bytes stand under a run's root: in their points' chunk, and that chunk among the others (SC8). */
async function underRoot(root: string, bytes: string, proof: string): Promise<void> {
  await underPath(fromHex(root), bytes, decode(fromHex(proof), ENTRY_LIMIT));
}

async function underPath(root: Uint8Array, bytes: string, path: Value): Promise<void> {
  const [chunkRoot, inChunk = null, ofChunk = null] = Array.isArray(path) ? path : [];
  if (!(chunkRoot instanceof Uint8Array)) throw new VerifyError("bad_proof", "no path of a point");
  await verifyItem(chunkRoot, fromHex(bytes), listProof(inChunk));
  await verifyItem(root, chunkRoot, listProof(ofChunk));
}

/** That all rows of the slot that name a point are those that are shown, under the root of inputs (SC20). */
async function requireSides(row: Settled["rows"][number], inputsRoot: string, height: number): Promise<void> {
  if (!row.point_rows) return;
  const path = decode(fromHex(row.point_rows_proof), ENTRY_LIMIT);
  const [rowsRoot, ofPoint = null, ofRows = null] = Array.isArray(path) ? path : [];
  if (!(rowsRoot instanceof Uint8Array)) throw new VerifyError("bad_proof", "no path of a point's rows");
  await underPath(rowsRoot, row.point_rows, ofPoint);
  await verifyItem(fromHex(inputsRoot), rowsRoot, listProof(ofRows));
  const held = textOf(decode(fromHex(row.point_rows), ENTRY_LIMIT));
  const said = textOf([
    BigInt(row.point),
    row.sides.map(({ other, share }) => [BigInt(other), BigInt(share)]),
  ]);
  if (held !== said) throw new Differs(`rows of point ${row.point}`, said, held, height);
}

/** What the fields of a row say is what its bytes under the root say. */
function requireRow(row: Settled["rows"][number], places: number, height: number): void {
  const entry = decode(fromHex(row.row), ENTRY_LIMIT);
  const said = [
    BigInt(row.point),
    rawOf(row.account),
    BigInt(row.counted_mwh),
    BigInt(row.shared_mwh),
    toBase(row.amount.tokens, places),
    toBase(row.fee.tokens, places),
  ];
  for (const [place, expected] of said.entries()) {
    const holds = Array.isArray(entry) ? textOf(entry[place]) : "nothing";
    if (holds !== String(expected)) throw new Differs(`point ${row.point}`, String(expected), holds, height);
  }
}

/** That a run's roots and sums are in the signed state, and each row and input that is shown under them. */
export async function checkRun(settled: Settled): Promise<Standing> {
  const places = await decimals();
  for (const row of settled.rows) {
    await underRoot(settled.run.rows_root, row.row, row.row_proof);
    await underRoot(settled.run.inputs_root, row.input, row.input_proof);
    requireRow(row, places, settled.height);
    await requireSides(row, settled.run.inputs_root, settled.height);
  }
  const again = async (height: number) => [
    runClaim(
      await get<Settled>(`/v1/sharing/schemes/${settled.scheme}/slots/${settled.run.slot}`, { height }),
      places,
    ),
  ];
  return checkAll([runClaim(settled, places)], settled.height, again);
}

const pointClaim = (point: Point): Claim => ({
  key: tableKey("points") + hex8(point.number),
  what: `point ${point.number}`,
  said: [
    [0, BigInt(point.number)],
    [1, rawOf(point.owner)],
    [2, point.direction === "offtake" ? 1n : 2n],
    [3, point.zone],
    [5, point.id_hash || "0".repeat(64)],
    [6, String(point.own_meter)],
    [7, BigInt(point.from_slot)],
    [8, BigInt(point.until_slot)],
  ],
});

/** Metering points as the node lists them. */
export function checkPoints({ points, height }: Schemas["Points"], owner: string): Promise<Standing> {
  const again = async (at: number) =>
    (await get<Schemas["Points"]>("/v1/points", { owner, height: at })).points.map(pointClaim);
  return checkAll(points.map(pointClaim), height, again);
}
