// Energy over time: used stands up, given hangs down, on one scale and one baseline. Colour, pattern and word for each.

import type { Range, Span } from "../data/days";
import type { Slot } from "../data/readings";
import { clock, energyText, exactKwh, interval, month, shortDay } from "../text/format";
import { t } from "../text/messages";
import {
  Block,
  ChartFrame,
  type Heights,
  type Kind,
  Patterns,
  type Scale,
  type Tick,
  TOP,
} from "./chart_frame";

/** What a colour and pattern stand for, with its amount. */
export function Legend({
  id,
  entries,
}: {
  id: string;
  entries: readonly (readonly [Kind, string, string])[];
}) {
  return (
    <ul class="legend">
      {entries.map(([kind, name, amount]) => (
        <li key={kind}>
          <svg aria-hidden="true" viewBox="0 0 16 16">
            <Patterns id={`${id}-${kind}`} />
            <Block kind={kind} id={`${id}-${kind}`} x={0.5} y={0.5} width={15} height={15} />
          </svg>
          <span>
            {name} {amount && <strong>{amount}</strong>}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** Parts of a whole, side by side. */
export function FlowBar({
  id,
  parts,
  label,
}: {
  id: string;
  parts: readonly (readonly [Kind, number])[];
  label: string;
}) {
  const whole = parts.reduce((sum, [, wh]) => sum + wh, 0);
  let at = 0;
  return (
    <svg class="bar" role="img" aria-label={label} viewBox="0 0 1000 34" preserveAspectRatio="none">
      <Patterns id={id} />
      <rect class="track" width="1000" height="34" />
      {whole > 0 &&
        parts.map(([kind, wh]) => {
          const x = at;
          at += (1000 * wh) / whole;
          return <Block key={kind} kind={kind} id={id} x={x} y={0} width={at - x} height={34} />;
        })}
    </svg>
  );
}

/** How much of a whole is done, in words beside it. */
export function Gauge({ part, label, need }: { part: number; label: string; need?: number }) {
  return (
    <svg class="gauge" role="img" aria-label={label} viewBox="0 0 1000 12" preserveAspectRatio="none">
      <rect class="track" width="1000" height="12" />
      <rect class="done" width={1000 * Math.min(Math.max(part, 0), 1)} height="12" />
      {need !== undefined && need < 1 && <rect class="axis" x={1000 * need - 2} width="3" height="12" />}
    </svg>
  );
}

export type Timeline = {
  id: string;
  range: Range;
  slots: readonly Slot[];
  nowMs: number;
  /** On a day the height of a bar is its energy a quarter of an hour; else bars are days or months, and it is their sum. */
  span: Span;
  label: string;
};

const QUARTER_MS = 900_000;

const shareOf = (slot: Slot, daily: boolean): number =>
  daily ? 1 : QUARTER_MS / (slot.endMs - slot.startMs);

function heightsOf(slots: readonly Slot[], daily: boolean): Heights {
  const most = (pick: (slot: Slot) => number) =>
    slots.reduce((top, slot) => Math.max(top, pick(slot) * shareOf(slot, daily)), 0);
  return {
    up: most(({ drawn, imported }) => drawn + imported),
    down: most(({ stored, exported }) => stored + exported),
  };
}

/** Intervals of the range, up to now, that no reading covers. */
export function gapsOf(slots: readonly Slot[], range: Range, nowMs: number): Range[] {
  const gaps: Range[] = [];
  let at = range.fromMs;
  const until = Math.min(range.toMs, nowMs);
  for (const { startMs, endMs } of [...slots].sort((a, b) => a.startMs - b.startMs)) {
    if (startMs > at) gaps.push({ fromMs: at, toMs: Math.min(startMs, until) });
    at = Math.max(at, endMs);
  }
  if (until > at) gaps.push({ fromMs: at, toMs: until });
  return gaps.filter(({ fromMs, toMs }) => toMs > fromMs);
}

export function EnergyChart({ id, range, slots, nowMs, span, label }: Timeline) {
  const daily = span !== "day";
  return (
    <ChartFrame
      {...{ id, range, nowMs, label }}
      {...heightsOf(slots, daily)}
      textOf={energyText}
      gaps={daily ? [] : gapsOf(slots, range, nowMs)}
      ticksOf={(width) => ticksOf(range, span, width)}
      barsOf={(scale) =>
        slots.map((slot) => <Bar key={`${slot.startMs}-${slot.endMs}`} {...{ id, slot, span }} {...scale} />)
      }
    />
  );
}

type BarPlace = Scale & { id: string; slot: Slot; span: Span };

function Bar({ id, slot, span, base, room, x, h }: BarPlace) {
  const left = x(slot.startMs);
  const width = Math.max(x(slot.endMs) - left - 1, 1);
  const share = shareOf(slot, span !== "day");
  if (slot.missing && slot.drawn + slot.imported + slot.stored + slot.exported === 0) {
    return <Block kind="missing" id={id} x={left} y={TOP} width={width} height={room} />;
  }
  const pieces: [Kind, number, number][] = [
    ["near", base - h(slot.drawn * share), slot.drawn],
    ["grid", base - h((slot.drawn + slot.imported) * share), slot.imported],
    ["sold", base, slot.stored],
    ["away", base + h(slot.stored * share), slot.exported],
  ];
  return (
    <g>
      <title>{sayingOf(slot, span)}</title>
      {pieces.map(
        ([kind, y, wh]) =>
          wh > 0 && (
            <Block key={kind} kind={kind} id={id} x={left} y={y} width={width} height={h(wh * share)} />
          ),
      )}
    </g>
  );
}

/** An interval in words. */
export function sayingOf(slot: Slot, span: Span): string {
  const when = slotName(slot, span);
  const parts = [
    [t("flow.near"), slot.drawn],
    [t("flow.grid"), slot.imported],
    [t("flow.stored"), slot.stored],
    [t("flow.exported"), slot.exported],
  ] as const;
  return `${when}: ${
    parts
      .filter(([, wh]) => wh > 0)
      .map(([name, wh]) => `${name} ${exactKwh(wh)}`)
      .join(", ") || exactKwh(0)
  }`;
}

const TICKS: Record<Span, readonly [wide: number, narrow: number]> = {
  day: [4, 4],
  week: [7, 4],
  month: [6, 3],
  year: [12, 4],
};

function ticksOf(range: Range, span: Span, width: number): Tick[] {
  const length = range.toMs - range.fromMs;
  const steps = TICKS[span][width < 500 ? 1 : 0];
  return Array.from({ length: steps }, (_, place) => {
    const ms = range.fromMs + (place * length) / steps;
    const text = span === "day" ? clock(ms) : span === "year" ? month(ms + length / 24) : shortDay(ms);
    return { ms, text, anchor: place === 0 ? "start" : "middle" };
  });
}

/** A slot as people call it: an interval, a day, a month. */
export function slotName({ startMs, endMs }: Pick<Slot, "startMs" | "endMs">, span: Span): string {
  if (span === "day") return interval(startMs, endMs);
  return span === "year" ? month(endMs - 1) : shortDay(endMs - 1);
}
