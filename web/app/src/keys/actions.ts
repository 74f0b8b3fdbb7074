// What votes are opened about: every action of the ledger, its bytes, and how the interface would show it.

import type { Payloads } from "@nodechain/client/payloads.js";
import { encode, toHex } from "../../../verifier/index.js";
import type { LedgerEvent } from "../api/client";

/** By its kind, as the client's table has it. */
export type Action = Payloads["cast_vote"]["action"];

/** The canonical bytes in hex. Raises the client's errors where a field is not what it must be. */
export async function actionHex(action: Action): Promise<string> {
  const { toArray } = await import("@nodechain/client/struct.js");
  const [bytes] = toArray("CastVote", { action, approve: true });
  return toHex(encode(bytes as Parameters<typeof encode>[0]));
}

/** Bytes as hex, numbers as numbers: what `sentence` reads. */
export function shownAction(action: Action): LedgerEvent {
  return shown(action) as LedgerEvent;
}

function shown(value: unknown): unknown {
  if (value instanceof Uint8Array) return toHex(value);
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.map(shown);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, shown(each)]));
}
