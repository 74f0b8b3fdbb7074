// Days, weeks and months of a time zone, as ranges of milliseconds.

import { zone } from "../text/format";

export type Span = "day" | "week" | "month" | "year";
export type Range = { fromMs: number; toMs: number };

type Parts = { year: number; month: number; day: number; weekday: number };

function partsOf(ms: number, timeZone: string): Parts {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    year: "numeric",
    month: "numeric",
    day: "numeric",
    weekday: "short",
  });
  const found = Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, value]));
  const weekday = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].indexOf(found.weekday ?? "Mon");
  return { year: Number(found.year), month: Number(found.month), day: Number(found.day), weekday };
}

/** What the zone's clock is ahead of UTC at an instant. */
function offsetMs(ms: number, timeZone: string): number {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  const part = Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
  const local = Date.UTC(
    part.year ?? 0,
    (part.month ?? 1) - 1,
    part.day,
    part.hour,
    part.minute,
    part.second,
  );
  return local - Math.floor(ms / 1_000) * 1_000;
}

/** Midnight of a date of the zone; months and days may run over. */
function midnight(year: number, month: number, day: number, timeZone: string): number {
  const guess = Date.UTC(year, month - 1, day);
  const first = guess - offsetMs(guess, timeZone);
  return guess - offsetMs(first, timeZone);
}

/** The day, week (from Monday), month or year around an instant, moved on by `step` of them. */
export function rangeOf(span: Span, ms: number, step = 0, timeZone: string = zone()): Range {
  const { year, month, day, weekday } = partsOf(ms, timeZone);
  const at = (months: number, days: number) => midnight(year, months, days, timeZone);
  switch (span) {
    case "day":
      return { fromMs: at(month, day + step), toMs: at(month, day + step + 1) };
    case "week": {
      const monday = day - weekday + 7 * step;
      return { fromMs: at(month, monday), toMs: at(month, monday + 7) };
    }
    case "month":
      return { fromMs: at(month + step, 1), toMs: at(month + step + 1, 1) };
    case "year":
      return {
        fromMs: midnight(year + step, 1, 1, timeZone),
        toMs: midnight(year + step + 1, 1, 1, timeZone),
      };
  }
}
