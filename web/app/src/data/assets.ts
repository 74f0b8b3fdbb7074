// The chain's assets: which one is energy, which one is money.

import { signal } from "@preact/signals";
import { get, type Schemas } from "../api/client";

export type Asset = Schemas["AssetView"];

export const ENERGY = "ENT";

const symbols = signal<Record<string, string>>({});

/** How people call an asset that events name in lower case; energy is counted in kWh, 1 kWh a token. */
export function symbolOf(name: string): string {
  const found = name.toUpperCase();
  return found === ENERGY ? "kWh" : (symbols.value[found] ?? found);
}

let known: Promise<Asset[]> | undefined;

/** The assets by number; they are the genesis' and never change. */
export function assets(): Promise<Asset[]> {
  known ??= get<Schemas["AssetsAnswer"]>("/v1/assets").then(({ assets: found }) => {
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
