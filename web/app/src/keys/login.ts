// Signing in where a node lets only members and owners read (docs/privacy.md): the unlocked key signs a question of the
// node and gets the right to read for a while. It is renewed before it ends and forgotten with the key.

import { effect, signal, untracked } from "@preact/signals";
import { admit, dismiss, loginNeeded, reader, renewBy } from "../api/access";
import { postJson, type Schemas } from "../api/client";
import { address } from "../data/account";
import { status } from "../data/node";
import { anchored } from "../trust/trust";
import { sharedBy } from "./shared";
import { unlocked } from "./vault";

/** It is renewed so long before it ends, or at half its time where that is later. */
const MARGIN_MS = 5 * 60_000;
/** After a failure nothing is signed again by itself for so long: every refused request would sign. */
const PAUSE_MS = 30_000;

export type Login =
  | { at: "out" }
  | { at: "busy" }
  | { at: "in"; untilMs: number }
  | { at: "failed"; error: Error };

export const login = signal<Login>({ at: "out" });

/** How long after its beginning a right that lasts so long is renewed. */
export const renewalMs = (lastsMs: number): number => Math.max(lastsMs - MARGIN_MS, lastsMs / 2);

let running: Promise<boolean> | null = null;
let renewal: ReturnType<typeof setTimeout> | undefined;
let failedMs = Number.NEGATIVE_INFINITY;

async function signInOnce(): Promise<boolean> {
  const key = unlocked.peek();
  if (!key || !status.peek()) return false;
  if (!reader.peek()) login.value = { at: "busy" };
  try {
    const { answerChallenge } = await import("./challenge");
    const { genesis } = await anchored();
    const answer = await answerChallenge(key, sharedBy(key, address.peek()), genesis.hash);
    if (unlocked.peek() !== key) return false;
    const lastsMs = answer.expires_s * 1_000;
    admit(answer.address, answer.token);
    login.value = { at: "in", untilMs: Date.now() + lastsMs };
    clearTimeout(renewal);
    renewal = setTimeout(signIn, renewalMs(lastsMs));
    return true;
  } catch (error) {
    if (unlocked.peek() !== key) return false;
    failedMs = Date.now();
    if (reader.peek())
      renewal = setTimeout(signIn, PAUSE_MS); // What it has holds for a while yet.
    else login.value = { at: "failed", error: error as Error };
    return false;
  }
}

/** Sign in with the unlocked key; several who ask at a time share one. It says whether that is done. */
export function signIn(): Promise<boolean> {
  running ??= signInOnce().finally(() => {
    running = null;
  });
  return running;
}

function forget(): void {
  clearTimeout(renewal);
  failedMs = Number.NEGATIVE_INFINITY;
  dismiss();
  login.value = { at: "out" };
}

/** For a request that was refused: another right to read, where a key is there to get one. */
async function renewed(): Promise<boolean> {
  const isThere = unlocked.peek() !== null && Date.now() - failedMs > PAUSE_MS && (await signIn());
  if (!isThere) dismiss();
  return isThere;
}

/** From now on a key that is unlocked signs in where the node asks, and a locked one reads no more. */
export function keepSignedIn(): void {
  renewBy(renewed);
  effect(() => {
    const key = unlocked.value;
    const asked = loginNeeded.value;
    // One key may read for its own account, or for one of several owners: whichever is shown.
    const account = sharedBy(key, address.value)?.address ?? key?.address;
    untracked(() => {
      if (!key) forget();
      else if (asked && reader.peek() !== account) void signIn();
    });
  });
}

/** What one WebSocket shows in place of a token; empty where nobody has signed in. */
export async function ticket(): Promise<string> {
  if (!reader.peek()) return "";
  return (await postJson<Schemas["TicketAnswer"]>("/v1/login/ticket", {})).ticket;
}
