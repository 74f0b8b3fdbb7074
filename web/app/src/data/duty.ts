// What an operator must know and do, worst first, from what the node says of itself.

import type { Schemas } from "../api/client";
import type { MessageKey, Values } from "../text/messages";

export type Status = Schemas["StatusView"];
export type Peer = Schemas["PeerView"];
export type Validator = Schemas["ValidatorView"];
export type Unit = Schemas["UnitView"];
export type Meter = Schemas["ListedMeter"];
export type Health = { ready: boolean; checks: Record<string, string> };

export type Task = { key: MessageKey; values: Values; weight: 3 | 2 | 1 };

export type Known = {
  status: Status;
  health: Health | null;
  peers: readonly Peer[];
  validators: readonly Validator[];
  units: readonly Unit[];
  meters: readonly Meter[];
  nowMs: number;
};

/** A meter that has sent nothing for so long is asked after. */
export const SILENT_MS = 3_600_000;
const LEAST_FREE = 0.1;

/** Everything that asks for somebody's hand; weight 3 stops blocks or money, 1 can wait. */
export function tasksOf({ status, health, peers, validators, units, meters, nowMs }: Known): Task[] {
  const tasks: Task[] = [];
  const add = (weight: Task["weight"], key: MessageKey, values: Values = {}) =>
    tasks.push({ weight, key, values });
  if (status.safe_mode)
    add(3, "duty.safeMode", { why: status.safe_mode, height: status.safe_mode_ends_at ?? 0 });
  for (const [check, text] of Object.entries(health?.checks ?? {})) {
    if (text !== "ok" && !(check === "memory" && status.safe_mode)) add(3, "duty.check", { check, text });
  }
  if (status.behind > 0) add(2, "duty.behind", { count: status.behind });
  if (status.validator && !status.signing && !status.safe_mode) add(3, "duty.notSigning");
  if (status.round > 0) add(2, "duty.round", { round: status.round });
  const away = peers.filter((peer) => peer.validator && peer.connected_s === null);
  for (const { name } of away) add(2, "duty.away", { name, left: toSpare(status.validators, away.length) });
  for (const { name } of peers.filter(({ banned }) => banned)) add(1, "duty.banned", { name });
  const ahead = Math.abs(status.clock_ahead_ms ?? 0);
  if (status.clock_limit_ms && ahead > status.clock_limit_ms / 2)
    add(3, "duty.clock", { ms: ahead, limit: status.clock_limit_ms });
  for (const { name, muted_until_ms } of validators)
    if (muted_until_ms > nowMs) add(2, "duty.muted", { name });
  const { upgrade } = status;
  if (upgrade && !upgrade.known_here)
    add(3, "duty.upgradeHere", { release: upgrade.release, height: upgrade.height });
  else if (upgrade && !upgrade.enough) {
    add(2, "duty.upgrade", {
      height: upgrade.height,
      ready: upgrade.ready_power,
      total: upgrade.total_power,
    });
  }
  for (const unit of units) {
    if (unit.status === "suspended") add(2, "duty.suspended", { unit: unit.address });
    else if (unit.losing)
      add(1, "duty.losing", { unit: unit.address, lost: unit.lost_wh, limit: unit.loss_limit_wh });
  }
  const { free_bytes, total_bytes } = status.disk;
  if (total_bytes && free_bytes < total_bytes * LEAST_FREE) add(3, "duty.disk", { free: free_bytes });
  for (const { key, account, sent_ms, quarantined } of meters) {
    if (!account) continue;
    if (quarantined) add(1, "duty.jump", { meter: key, account });
    if (sent_ms && nowMs - sent_ms > SILENT_MS)
      add(1, "duty.silent", { meter: key, account, since: nowMs - sent_ms });
  }
  return tasks.sort((a, b) => b.weight - a.weight);
}

/** How many more validators may fail before blocks stop: PBFT needs more than two thirds. */
export function toSpare(validators: number, away: number): number {
  return Math.max(0, Math.ceil(validators / 3) - 1 - away);
}
