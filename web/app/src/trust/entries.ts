// Open sessions and orders, compared with what the signed state holds: each with all its numbers, and how many there are,
// so that none is left out.

import { decode, toHex, type Value, VerifyError } from "../../../verifier/index.js";
import { get, type Schemas } from "../api/client";
import { toBase } from "../data/amounts";
import { assets } from "../data/assets";
import { addressBytes } from "../data/codec";
import { Differs } from "./account";
import { proven, type Standing } from "./proven";
import { counterKey, tableKey } from "./state_keys";

export type Sessions = Schemas["Sessions"];
export type Orders = Schemas["Orders"];
type Session = Sessions["sessions"][number];
type Order = Orders["orders"][number];

const GAPS = ["none", "deficit", "surplus"];
const SIDES = ["buy", "sell"];
const ENTRY_LIMIT = 4_096;
/** Entries that one answer proves, the counter among them. */
const MOST_KEYS = 64;

/** What the node says of an entry, and at which places of the entry it stands. */
type Claim = {
  key: string;
  what: string;
  said: readonly (readonly [place: number, value: bigint | string])[];
};

const hex = (number: number, bytes: number): string => number.toString(16).padStart(2 * bytes, "0");

function rawOf(address: string): string {
  const raw = addressBytes(address);
  if (!raw) throw new RangeError("no address");
  return toHex(raw);
}

const numbered = (names: readonly string[], name: string): bigint => BigInt(names.indexOf(name));

function sessionClaim(session: Session): Claim {
  const { number, locked, energy_wh, rate, gap, opened_ms, deadline_ms, returns_ms, overdraft, reservation } =
    session;
  return {
    key: tableKey("sessions") + rawOf(session.consumer) + rawOf(session.unit),
    what: `session ${number}`,
    said: [
      [0, BigInt(number)],
      [1, toBase(locked.tokens)],
      [2, BigInt(energy_wh)],
      [3, toBase(rate.tokens)],
      [4, numbered(GAPS, gap)],
      [5, BigInt(opened_ms)],
      [6, BigInt(deadline_ms)],
      [7, BigInt(returns_ms)],
      [8, toBase(overdraft.tokens)],
      [9, toBase(reservation.tokens)],
      [10, BigInt(session.lost_wh)],
    ],
  };
}

async function orderClaim(order: Order): Promise<Claim> {
  const known = await assets();
  const decimals = (name: string) => known.find((each) => each.name === name)?.decimals;
  return {
    key: tableKey("orders") + hex(order.product, 4) + hex(order.number, 8),
    what: `order ${order.number}`,
    said: [
      [0, BigInt(order.number)],
      [1, rawOf(order.owner)],
      [2, numbered(SIDES, order.side)],
      [4, toBase(order.price.tokens, decimals(order.quote))],
      [5, toBase(order.quantity.tokens, decimals(order.base))],
      [6, BigInt(order.expires_ms)],
    ],
  };
}

const textOf = (value: Value | undefined): string =>
  value instanceof Uint8Array ? toHex(value) : String(value);

function compare(claim: Claim, value: Uint8Array | null, height: number): void {
  const entry: Value = value && decode(value, ENTRY_LIMIT);
  for (const [place, said] of claim.said) {
    const holds = Array.isArray(entry) ? textOf(entry[place]) : "nothing";
    if (holds !== String(said)) throw new Differs(claim.what, String(said), holds, height);
  }
}

/** The claims of a list with the number of its entries, proven at one height; `again` gives the list at another one. */
async function checkAll(
  counter: string,
  height: number,
  claims: readonly Claim[],
  again: (height: number) => Promise<readonly Claim[]>,
): Promise<Standing> {
  if (claims.length >= MOST_KEYS) throw new VerifyError("too_many", `${claims.length} entries`);
  const { standing, values } = await proven([counter, ...claims.map(({ key }) => key)]);
  if (standing.height !== height) requireSame(claims, await again(standing.height));
  requireAll(claims.length, values[0] ?? null);
  for (const [place, claim] of claims.entries()) compare(claim, values[place + 1] ?? null, standing.height);
  return standing;
}

const written = ({ key, said }: Claim): string => [key, ...said.map(([, value]) => value)].join(" ");

/** What stands on the screen must be what is proven: of another list at the proven height the next block asks again. */
function requireSame(shown: readonly Claim[], proven: readonly Claim[]): void {
  if (shown.map(written).join() !== proven.map(written).join())
    throw new VerifyError("moved_on", "the list changed between two answers");
}

/** A counter that stands at zero has no entry. */
function requireAll(listed: number, counter: Uint8Array | null): void {
  const entry: Value = counter && decode(counter, ENTRY_LIMIT);
  const count = Array.isArray(entry) ? entry[0] : 0n;
  if (count !== BigInt(listed)) throw new VerifyError("not_all", `${listed} are listed, ${count} are open`);
}

function requireWhole({ next }: { next: string | null }): void {
  if (next !== null) throw new VerifyError("too_many", "there are more pages of it");
}

/** The signed state that holds an account's open sessions as the node lists them. Raises `Differs`, `VerifyError`, ... */
export async function checkSessions(account: string, found: Sessions): Promise<Standing> {
  requireWhole(found);
  const claimsOf = ({ sessions }: Sessions) => sessions.map(sessionClaim);
  const at = (height: number) => get<Sessions>("/v1/sessions", { consumer: account, height }).then(claimsOf);
  const counter = tableKey("account_counters") + rawOf(account) + counterKey("open_sessions");
  return checkAll(counter, found.height, claimsOf(found), at);
}

/** What is asked for of an account's orders: those, too, that have ended and lock until a block has worked them off. */
export const ordersOf = (owner: string, height?: number): Promise<Orders> =>
  get<Orders>("/v1/market/orders", { owner, include: "ended", height });

/** The same of its orders as `ordersOf` has them, of all products. */
export async function checkOrders(account: string, found: Orders): Promise<Standing> {
  requireWhole(found);
  const claimsOf = ({ orders }: Orders) => Promise.all(orders.map(orderClaim));
  const at = (height: number) => ordersOf(account, height).then(claimsOf);
  const counter = tableKey("account_counters") + rawOf(account) + counterKey("open_orders");
  return checkAll(counter, found.height, await claimsOf(found), at);
}
