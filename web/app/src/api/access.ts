// Who reads: the token that each request shows, where the node lets only those read who have signed in. In memory only.

import { signal } from "@preact/signals";

/** The node keeps things from strangers, and has said so to this page. */
export const loginNeeded = signal(false);
/** The account that has signed in; empty: nobody has. */
export const reader = signal("");

let token = "";
let signInAgain: () => Promise<boolean> = async () => false;

/** From now on requests show this token, for what `account` may read. */
export function admit(account: string, shown: string): void {
  token = shown;
  reader.value = account;
}

/** Nobody reads any more. */
export function dismiss(): void {
  token = "";
  reader.value = "";
}

/** What signs in anew where a token is over; it says whether there is another one. */
export function renewBy(renew: () => Promise<boolean>): void {
  signInAgain = renew;
}

export const shownToken = (): string => token;

/** Whether it is worth asking once more: there is another token than the one that was refused. */
export async function isRenewed(refused: string): Promise<boolean> {
  if (token && token !== refused) return true;
  return signInAgain();
}
