// Times by the community's clock: its days and quarter hours are cut in its own zone, wherever the reader is.

import { language } from "./messages";

const cached = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language.value}${zone}${JSON.stringify(options)}`;
  const found = cached.get(key) ?? new Intl.DateTimeFormat(language.value, { ...options, timeZone: zone });
  cached.set(key, found);
  return found;
}

/** A zone that this browser knows; UTC in the place of one that it does not. */
export function knownZone(zone: string): string {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return zone;
  } catch {
    return "UTC";
  }
}

export const clockIn = (zone: string, ms: number): string =>
  formatOf(zone, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(ms);

export const intervalIn = (zone: string, startMs: number, endMs: number): string =>
  `${clockIn(zone, startMs)}\u2013${clockIn(zone, endMs)}`;

export const dayIn = (zone: string, ms: number): string =>
  formatOf(zone, { weekday: "long", day: "numeric", month: "long", year: "numeric" }).format(ms);

export const momentIn = (zone: string, ms: number): string =>
  formatOf(zone, {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).format(ms);

/** `2026-11` as people call it. */
export const monthName = (month: string): string =>
  formatOf("UTC", { month: "long", year: "numeric" }).format(Date.parse(`${month}-15T00:00:00Z`));

/** A day as files have it: 2026-11-28. */
export const isoDay = (zone: string, ms: number): string =>
  new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short" }).format(ms);
