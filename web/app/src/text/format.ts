// Numbers, energies, money, times as people read them; exact values are for tables and for copying.

import { language } from "./messages";

const cached = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();

function numberFormat(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `n${language.value}${JSON.stringify(options)}`;
  const found = cached.get(key) ?? new Intl.NumberFormat(language.value, options);
  cached.set(key, found);
  return found as Intl.NumberFormat;
}

function dateFormat(options: Intl.DateTimeFormatOptions, zone: string): Intl.DateTimeFormat {
  const key = `d${language.value}${zone}${JSON.stringify(options)}`;
  const found = cached.get(key) ?? new Intl.DateTimeFormat(language.value, { ...options, timeZone: zone });
  cached.set(key, found);
  return found as Intl.DateTimeFormat;
}

export const number = (value: number | bigint, decimals = 0): string =>
  numberFormat({ maximumFractionDigits: decimals, minimumFractionDigits: decimals }).format(value);

/** A number that is written as text, with all its digits. */
export function exact(text: string): string {
  const decimals = text.split(".")[1]?.length ?? 0;
  return numberFormat({ minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format(
    text as Intl.StringNumericLiteral,
  );
}

export type Shown = { value: string; unit: string };

/** Three significant digits in Wh, kWh or MWh. */
export function energy(wh: number): Shown {
  const size = Math.abs(wh);
  const [divisor, unit] = size < 1_000 ? [1, "Wh"] : size < 1_000_000 ? [1_000, "kWh"] : [1_000_000, "MWh"];
  if (divisor === 1) return { value: number(Math.round(wh)), unit: size === 0 ? "kWh" : unit };
  const whole = Math.floor(size / divisor).toString().length;
  return { value: number(wh / divisor, Math.max(0, 3 - whole)), unit };
}

export const energyText = (wh: number): string => {
  const { value, unit } = energy(wh);
  return `${value}\u00a0${unit}`;
};

/** Every Wh, in kWh. */
export const exactKwh = (wh: number): string => `${number(wh / 1_000, 3)}\u00a0kWh`;

/** Whole tokens as text, with two decimals. */
export const money = (tokens: string): string =>
  numberFormat({ minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(
    tokens as Intl.StringNumericLiteral,
  );

/** A price: as many decimals as it has, at least two. */
export const price = (tokens: string): string => {
  const decimals = Math.min(Math.max(tokens.split(".")[1]?.length ?? 0, 2), 9);
  return numberFormat({ minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format(
    tokens as Intl.StringNumericLiteral,
  );
};

/** An amount of the energy token, which stands for 1 kWh: three significant digits. */
export const energyTokens = (tokens: string): Shown => energy(Number(tokens) * 1_000);

export const percent = (part: number): string =>
  `${number(part * 100, part > 0 && part < 0.01 ? 1 : 0)}\u00a0%`;

let knownZone = "";

/** The time zone in which everything is shown; asked for once: each time costs as much as a hundred times of day. */
export function zone(): string {
  knownZone ||= Intl.DateTimeFormat().resolvedOptions().timeZone;
  return knownZone;
}

/** The zone as people call it: Europe/Berlin is Berlin. */
export const zoneName = (): string => (zone().split("/").at(-1) ?? "UTC").replaceAll("_", " ");

export const clock = (ms: number): string =>
  dateFormat({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" }, zone()).format(ms);

export const interval = (startMs: number, endMs: number): string => `${clock(startMs)}\u2013${clock(endMs)}`;

export const day = (ms: number): string =>
  dateFormat({ weekday: "long", day: "numeric", month: "long" }, zone()).format(ms);

export const shortDay = (ms: number): string =>
  dateFormat({ day: "numeric", month: "short" }, zone()).format(ms);

export const month = (ms: number): string => dateFormat({ month: "short" }, zone()).format(ms);

export const date = (ms: number): string =>
  dateFormat({ day: "numeric", month: "long", year: "numeric" }, zone()).format(ms);

const yearOf = (ms: number): number => new Date(ms).getUTCFullYear();

/** What "this year" means: the chain's clock, which may be a simulated one. */
export const present = { ms: () => Date.now() };

/** Day and time; the year only where it is not the present one. */
export const moment = (ms: number): string => {
  const year = Math.abs(yearOf(ms) - yearOf(present.ms())) > 0 ? ({ year: "numeric" } as const) : {};
  const time = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
  return dateFormat({ day: "numeric", month: "short", ...year, ...time }, zone()).format(ms);
};

/** How long ago, or until: in the largest unit that fits. */
export function span(ms: number): string {
  const units: [Intl.NumberFormatOptions["unit"] & string, number][] = [
    ["day", 86_400_000],
    ["hour", 3_600_000],
    ["minute", 60_000],
    ["second", 1_000],
  ];
  const size = Math.abs(ms);
  const [unit, length] = units.find(([, each]) => size >= each) ?? ["second", 1_000];
  return numberFormat({ style: "unit", unit, unitDisplay: "long", maximumFractionDigits: 0 }).format(
    Math.floor(size / length),
  );
}

/** An address or hash, short enough to read; the whole of it is for copying. */
export const short = (text: string): string =>
  text.length <= 16 ? text : `${text.slice(0, 8)}…${text.slice(-5)}`;
