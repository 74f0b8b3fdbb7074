// What a screen reader is told when something came about: in one polite region that stays, whatever screen is drawn anew.

import { signal } from "@preact/signals";

/** What the region says; `App` draws it. */
export const announced = signal("");

export function announce(text: string): void {
  announced.value = text;
}
