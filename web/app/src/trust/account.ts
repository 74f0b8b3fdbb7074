// An account's balances, compared with what the signed state holds: every asset, available and locked.

import { decode, toHex, VerifyError } from "../../../verifier/index.js";
import type { Schemas } from "../api/client";
import { get } from "../api/client";
import { toBase } from "../data/amounts";
import { addressBytes } from "../data/codec";
import { proven, type Standing } from "./proven";
import { purposeKey, tableKey } from "./state_keys";

export type Account = Schemas["AccountView"];
type Asset = Schemas["AssetView"];

const SHOWN_BESIDE = new Set(["asset", "symbol", "available", "total"]);
const VALUE_LIMIT = 64;

/** What a node said of an account is not what the signed state holds. */
export class Differs extends Error {
  constructor(
    readonly what: string,
    readonly said: string,
    readonly holds: string,
    readonly height: number,
  ) {
    super(`${what}: the node says ${said}, the signed state holds ${holds}`);
    this.name = "Differs";
  }
}

const byte = (number: number): string => number.toString(16).padStart(2, "0");

function amountIn(value: Uint8Array | null): bigint {
  if (value === null) return 0n;
  const found: unknown = decode(value, VALUE_LIMIT);
  const first = Array.isArray(found) ? found[0] : undefined;
  if (typeof first !== "bigint") throw new RangeError("an entry of a balance is an array of one number");
  return first;
}

type Claim = { key: string; what: string; said: bigint };

function claimsOf(account: Account, assets: readonly Asset[]): Claim[] {
  const raw = addressBytes(account.address);
  if (!raw) throw new RangeError("no address");
  const claims: Claim[] = [];
  for (const holding of account.balances) {
    const asset = assets.find(({ name }) => name === holding.asset);
    if (!asset) throw new RangeError(`an asset that the chain does not name: ${holding.asset}`);
    const locks = Object.entries(holding).filter(([name]) => !SHOWN_BESIDE.has(name)) as [
      string,
      { tokens: string },
    ][];
    const place = toHex(raw) + byte(asset.number);
    const base = (tokens: string) => toBase(tokens, asset.decimals);
    claims.push({
      key: tableKey("balances") + place,
      what: holding.symbol,
      said: base(holding.available.tokens),
    });
    let sum = base(holding.available.tokens);
    for (const [purpose, { tokens }] of locks) {
      sum += base(tokens);
      claims.push({
        key: tableKey("locks") + place + purposeKey(purpose),
        what: `${holding.symbol}, ${purpose}`,
        said: base(tokens),
      });
    }
    if (sum !== base(holding.total.tokens))
      throw new Differs(holding.symbol, holding.total.tokens, sum.toString(), account.height);
  }
  return claims;
}

const written = ({ key, said }: Claim): string => `${key} ${said}`;

/** The signed state that holds what the node says of the account. Raises `Differs`, `VerifyError`, ... */
export async function checkAccount(account: Account, assets: readonly Asset[]): Promise<Standing> {
  const claims = claimsOf(account, assets);
  const { standing, values } = await proven(claims.map(({ key }) => key));
  const { height } = standing;
  if (height !== account.height) {
    // What stands on the screen must be what is proven: where it has changed since, the next block asks again.
    const later = await get<Account>(`/v1/accounts/${account.address}`, { height });
    if (claimsOf(later, assets).map(written).join() !== claims.map(written).join())
      throw new VerifyError("moved_on", "the account changed between two answers");
  }
  for (const [place, claim] of claims.entries()) {
    const holds = amountIn(values[place] ?? null);
    if (holds !== claim.said) throw new Differs(claim.what, claim.said.toString(), holds.toString(), height);
  }
  return standing;
}
