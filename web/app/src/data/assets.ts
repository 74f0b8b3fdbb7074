// The chain's assets: which one is energy, which one is money.

import { signal } from "@preact/signals";
import { get, type Schemas } from "../api/client";

export type Asset = Schemas["AssetView"];

export const ENERGY = "ENT";

const symbols = signal<Record<string, string>>({});
/** What fees are paid in. */
export const feeAsset = signal("");

type Pair = Pick<Schemas["ProductView"], "base" | "quote">;
const pairs = signal<Record<number, Pair>>({});
let isAsked = false;

/** What a product trades for what; asked for when the first of them is met. */
export function pairOf(product: number): Pair | undefined {
  if (!isAsked) {
    isAsked = true;
    get<Schemas["Products"]>("/v1/market/products").then(
      ({ products }) => {
        pairs.value = Object.fromEntries(products.map((each) => [each.number, each]));
      },
      () => {
        isAsked = false;
      },
    );
  }
  return pairs.value[product];
}

/** How people call an asset that events name in lower case; energy is counted in kWh, 1 kWh a token. */
export function symbolOf(name: string): string {
  const found = name.toUpperCase();
  return found === ENERGY ? "kWh" : (symbols.value[found] ?? found);
}

let known: Promise<Asset[]> | undefined;

/** The assets by number; they are the genesis' and never change. */
export function assets(): Promise<Asset[]> {
  known ??= get<Schemas["AssetsAnswer"]>("/v1/assets").then(({ assets: found, fee_asset }) => {
    feeAsset.value = fee_asset;
    symbols.value = Object.fromEntries(found.map(({ name, symbol }) => [name, symbol]));
    return found;
  });
  known.catch(() => {
    known = undefined;
  });
  return known;
}

/** What a banker issues and pays out. */
export const currencies = (known: readonly Asset[]): Asset[] =>
  known.filter(({ supply }) => supply === "banker");
