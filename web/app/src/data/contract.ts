// The reader's own contract with the grid, in whole tokens a kWh, as typed; kept in this browser only.

import { signal } from "@preact/signals";

export type OwnPrices = { retail: string; feedIn: string };

const PLACE = "nodechain.contract";

function read(): OwnPrices {
  try {
    const found = JSON.parse(localStorage.getItem(PLACE) ?? "{}") as Partial<OwnPrices>;
    return { retail: String(found.retail ?? ""), feedIn: String(found.feedIn ?? "") };
  } catch {
    return { retail: "", feedIn: "" };
  }
}

export const ownPrices = signal<OwnPrices>(read());

export function keepPrices(found: OwnPrices): void {
  ownPrices.value = found;
  try {
    localStorage.setItem(PLACE, JSON.stringify(found));
  } catch {
    // Without a store it lasts as long as the page.
  }
}
