// The keys of this browser: files under passwords in its store, and the one that is unlocked, until nobody has touched
// the page for a while.

import { signal } from "@preact/signals";
import { watch } from "../data/account";
import { load, save } from "../data/database";
import type { Keyfile } from "./keyfile";
import type { Keypair } from "./keypair";

const PLACE = "files";
/** After so long without a touch the key is forgotten. */
export const IDLE_MS = 10 * 60_000;
const TOUCHES = ["pointerdown", "keydown", "touchstart"] as const;

export const keyfiles = signal<readonly Keyfile[]>([]);
export const unlocked = signal<Keypair | null>(null);

/** Whether keys can be used here at all: WebCrypto needs HTTPS or localhost. */
export const canSign = (): boolean => globalThis.isSecureContext && typeof crypto.subtle !== "undefined";

export async function loadKeyfiles(): Promise<void> {
  keyfiles.value = (await load<Keyfile[]>("keys", PLACE).catch(() => undefined)) ?? [];
}

/** Keep a file in this browser; one key is kept once. */
export async function keepKeyfile(file: Keyfile): Promise<void> {
  keyfiles.value = [file, ...keyfiles.value.filter(({ pubkey }) => pubkey !== file.pubkey)];
  await save("keys", PLACE, keyfiles.value);
}

export async function removeKeyfile(file: Keyfile): Promise<void> {
  keyfiles.value = keyfiles.value.filter(({ pubkey }) => pubkey !== file.pubkey);
  await save("keys", PLACE, keyfiles.value);
  await (await import("./passkey")).removePasskey(file);
}

let touchedMs = 0;
let watching: ReturnType<typeof setInterval> | undefined;

function touched(): void {
  touchedMs = Date.now();
}

export function lock(): void {
  unlocked.value = null;
  clearInterval(watching);
  for (const kind of TOUCHES) removeEventListener(kind, touched);
}

/** Whether a key is to be forgotten. */
export const isIdle = (lastMs: number, nowMs: number): boolean => nowMs - lastMs >= IDLE_MS;

function keep(key: Keypair): void {
  lock();
  unlocked.value = key;
  touched();
  for (const kind of TOUCHES) addEventListener(kind, touched, { passive: true });
  watching = setInterval(() => {
    if (isIdle(touchedMs, Date.now())) lock();
  }, 5_000);
}

/** Open a file and use its key. Raises `KeyfileError`. */
export async function unlock(file: Keyfile, password: string): Promise<Keypair> {
  const { openKeyfile } = await import("./keyfile");
  const key = await openKeyfile(file, password);
  keep(key);
  watch(key.address, file.name);
  return key;
}
