// Signing in where a node lets only members and owners read (docs/privacy.md): the unlocked key signs a question of the
// node and gets the right to read for a while. It is renewed before it ends and forgotten with the key.

import { effect, signal, untracked } from "@preact/signals";
import { admit, dismiss, loginNeeded, reader, renewBy } from "../api/access";
import { postJson, Refusal, type Schemas, Unreachable } from "../api/client";
import { status } from "../data/node";
import { anchored } from "../trust/trust";
import { unlocked } from "./vault";

/** It is renewed so long before it ends, or at half its time where that is later. */
const MARGIN_MS = 5 * 60_000;
/** After a failure nothing is signed again by itself for so long: every refused request would sign. */
const PAUSE_MS = 30_000;
const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

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

/** The node that is asked: behind `nodechain page`, on this machine only, it is another one than the page's. */
async function nodeUrl(): Promise<string> {
  if (!LOOPBACK.has(location.hostname)) return location.origin;
  try {
    const said = (await (await fetch("/node.json", { cache: "no-store" })).json()) as { node?: unknown };
    return typeof said.node === "string" && said.node ? said.node : location.origin;
  } catch {
    return location.origin;
  }
}

/** Through the page's own origin, whatever the node's is. */
const throughPage = (url: string | URL | Request, options?: RequestInit): Promise<Response> => {
  const { pathname, search } = new URL(String(url));
  return fetch(pathname + search, options);
};

/** The client's errors as this page's. */
function errorOf(error: unknown): Error {
  if (!(error instanceof Error) || !("code" in error)) return error as Error;
  const { code, detail, advice, status: number } = error as Error & Record<string, unknown>;
  if (code === "unreachable") return new Unreachable();
  return new Refusal(
    Number(number ?? 0),
    String(code),
    String(detail ?? error.message),
    String(advice ?? ""),
  );
}

async function signInOnce(): Promise<boolean> {
  const key = unlocked.peek();
  if (!key || !status.peek()) return false;
  if (!reader.peek()) login.value = { at: "busy" };
  try {
    const { Node } = await import("@nodechain/client/node.js");
    const node = new Node(await nodeUrl(), { fetch: throughPage as typeof fetch });
    const { genesis } = await anchored();
    const answer = await node.login(key, { genesisHash: genesis.hash });
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
    else login.value = { at: "failed", error: errorOf(error) };
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
    untracked(() => {
      if (!key) forget();
      else if (asked && !reader.peek()) void signIn();
    });
  });
}

/** What one WebSocket shows in place of a token; empty where nobody has signed in. */
export async function ticket(): Promise<string> {
  if (!reader.peek()) return "";
  return (await postJson<Schemas["TicketAnswer"]>("/v1/login/ticket", {})).ticket;
}
