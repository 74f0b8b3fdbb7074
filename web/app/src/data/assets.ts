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

let known: Promise<Schemas["AssetsAnswer"]> | undefined;

/** What a node says of the assets; they are the genesis' and never change (`trust/trust.ts` compares before it signs). */
export function assetsAnswer(): Promise<Schemas["AssetsAnswer"]> {
  known ??= get<Schemas["AssetsAnswer"]>("/v1/assets").then((found) => {
    feeAsset.value = found.fee_asset;
    symbols.value = Object.fromEntries(found.assets.map(({ name, symbol }) => [name, symbol]));
    return found;
  });
  known.catch(forgetAssets);
  return known;
}

/** Ask for them anew: they were no assets of this chain, or there was no answer. */
export function forgetAssets(): void {
  known = undefined;
}

/** The assets by number. */
export const assets = async (): Promise<Asset[]> => (await assetsAnswer()).assets;

/** What a banker issues and pays out. */
export const currencies = (known: readonly Asset[]): Asset[] =>
  known.filter(({ supply }) => supply === "banker");
