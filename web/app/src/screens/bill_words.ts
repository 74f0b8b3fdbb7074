// Days and periods of bills in words: whole days, in the zone that the bill was cut in.

import { language } from "../text/messages";

const format = (options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat(language.value, { ...options, timeZone: "UTC" });
const at = (day: string): number => Date.parse(`${day}T00:00:00Z`);

/** `2026-06-30` as people call it. */
export const dayName = (day: string): string =>
  day ? format({ day: "numeric", month: "long", year: "numeric" }).format(at(day)) : "";

/** A month or a year by its name, else both days. */
export function periodName(first: string, last: string): string {
  const next = new Date(at(last) + 86_400_000).toISOString().slice(0, 10);
  const isMonth = first.endsWith("-01") && next.endsWith("-01");
  if (isMonth && first.slice(0, 7) === last.slice(0, 7))
    return format({ month: "long", year: "numeric" }).format(at(first));
  if (first.endsWith("-01-01") && next.endsWith("-01-01") && first.slice(0, 4) === last.slice(0, 4))
    return first.slice(0, 4);
  if (first === last) return dayName(first);
  return format({ day: "numeric", month: "long", year: "numeric" }).formatRange(at(first), at(last));
}

/** Both days, or the one that it is. */
export const daysName = (first: string, last: string): string =>
  first === last ? dayName(first) : `${dayName(first)} – ${dayName(last)}`;
