// The node that is asked: its status, whether it answers, and when the chain moves on.

import { computed, signal } from "@preact/signals";
import { get, Refusal, type Schemas, Unreachable } from "../api/client";
import { present } from "../text/format";
import { load, save } from "./database";

export type Status = Schemas["StatusView"];

const POLL_MS = 10_000;
const QUICKEST_MS = 1_000;
const AGAIN_MS = 5_000;
const KEPT = "status";

export const status = signal<Status | null>(null);
export const offline = signal(false);
/** Why the node does not let us read, where it does not. */
export const barred = signal<Refusal | null>(null);
/** When the node answered last, by the own clock. */
export const answeredMs = signal(0);
export const height = computed(() => status.value?.height ?? -1);

/** The chain's time: on a chain with a simulated clock there is no other than the node's. */
export function chainNow(): number {
  const found = status.value;
  return found?.simulated_clock ? found.clock_ms : Date.now();
}

present.ms = chainNow;

/** How far behind others the node is, in blocks. */
export const behind = computed(() => status.value?.behind ?? 0);

/** The status that was answered last, in an earlier visit. */
async function lastKnown(): Promise<Status | null> {
  const kept = await load<{ status: Status; atMs: number }>("answers", KEPT).catch(() => undefined);
  if (kept) answeredMs.value = kept.atMs;
  return kept?.status ?? null;
}

export async function refresh(): Promise<void> {
  try {
    status.value = await get<Status>("/v1/status");
    answeredMs.value = Date.now();
    save("answers", KEPT, { status: status.value, atMs: answeredMs.value }).catch(() => undefined);
    offline.value = false;
    barred.value = null;
  } catch (error) {
    if (error instanceof Unreachable) {
      status.value ??= await lastKnown();
      offline.value = true;
    } else if (error instanceof Refusal) barred.value = error;
    else throw error;
  }
}

let asked = 0;
let waiting = false;

function refreshSoon(): void {
  if (waiting) return;
  waiting = true;
  setTimeout(
    () => {
      waiting = false;
      asked = Date.now();
      void refresh();
    },
    Math.max(0, asked + QUICKEST_MS - Date.now()),
  );
}

function listen(): void {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  const socket = new WebSocket(`${scheme}//${location.host}/v1/events?kind=rate_changed`);
  socket.onmessage = refreshSoon;
  socket.onclose = () => setTimeout(listen, AGAIN_MS);
}

/** Follow the node: blocks as they come, and by asking now and then where no WebSocket gets through. */
export async function follow(): Promise<void> {
  setInterval(() => {
    if (!document.hidden) void refresh();
  }, POLL_MS);
  document.addEventListener("visibilitychange", refreshSoon);
  window.addEventListener("online", refreshSoon);
  await refresh();
  listen();
}
