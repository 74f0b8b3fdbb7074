// What every chart of energy over time has: a scale with one baseline, lines and times beside it, gaps hatched, the present.

import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Range } from "../data/days";

export type Kind = "near" | "grid" | "sold" | "away" | "missing";

const HEIGHT = 232;
export const TOP = 8;
const BOTTOM = 26;

/** Patterns, once a picture. */
export function Patterns({ id }: { id: string }) {
  return (
    <defs>
      <pattern id={`${id}-dots`} width="6" height="6" patternUnits="userSpaceOnUse">
        <circle class="dot" cx="2" cy="2" r="1" />
      </pattern>
      <pattern
        id={`${id}-hatch`}
        width="6"
        height="6"
        patternUnits="userSpaceOnUse"
        patternTransform="rotate(45)"
      >
        <rect class="hatch" width="6" height="6" />
        <line class="hatch-line" x1="0" y1="0" x2="0" y2="6" />
      </pattern>
    </defs>
  );
}

type Box = { x: number; y: number; width: number; height: number };

/** Narrower than this a bar has no room for its outline. */
const THIN = 5;

export function Block({ kind, id, ...box }: Box & { kind: Kind; id: string }) {
  if (kind === "missing") return <rect {...box} fill={`url(#${id}-hatch)`} />;
  return (
    <>
      <rect {...box} class={box.width < THIN ? `${kind} thin` : kind} />
      {kind === "near" && <rect {...box} fill={`url(#${id}-dots)`} />}
    </>
  );
}

function useWidth() {
  const frame = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = frame.current;
    if (!element) return;
    setWidth(element.clientWidth);
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [frame, width] as const;
}

/** A round step so that two to four lines fit below `most`. */
export function stepOf(most: number): number {
  const size = 10 ** Math.floor(Math.log10(Math.max(most, 1)));
  const found = [1, 2, 5, 10, 20, 50].map((each) => (each * size) / 10).filter((each) => most / each <= 3);
  return found[0] ?? size * 10;
}

export type Heights = { up: number; down: number };
export type Tick = { ms: number; text: string; anchor: "start" | "middle" | "end" };

/** Where a time and an amount are in the picture; `base`: of nothing; `room`: how high it is. */
export type Scale = {
  base: number;
  room: number;
  x: (ms: number) => number;
  h: (amount: number) => number;
};

type Framed = Heights & {
  id: string;
  label: string;
  range: Range;
  nowMs: number;
  /** An amount in words. */
  textOf: (amount: number) => string;
  /** Spans of time of which nothing is known. */
  gaps: readonly Range[];
  ticksOf: (width: number) => readonly Tick[];
  barsOf: (scale: Scale) => ComponentChildren;
};

export function ChartFrame(framed: Framed) {
  const [frame, width] = useWidth();
  return (
    <div ref={frame} style={{ height: `${HEIGHT}px` }}>
      {width > 0 && <Picture {...framed} width={width} />}
    </div>
  );
}

function Picture({
  id,
  label,
  range,
  nowMs,
  up,
  down,
  textOf,
  gaps,
  ticksOf,
  barsOf,
  width,
}: Framed & { width: number }) {
  const most = Math.max(up + down, 1);
  const room = HEIGHT - TOP - BOTTOM;
  const base = TOP + (up / most) * room;
  const x = (ms: number) => ((ms - range.fromMs) / (range.toMs - range.fromMs)) * width;
  const h = (amount: number) => (amount / most) * room;
  const step = stepOf(Math.max(up, down));
  const lines = (top: number) =>
    Array.from({ length: Math.floor(top / step) }, (_, place) => (place + 1) * step);
  return (
    <svg class="chart" role="img" aria-label={label} width={width} height={HEIGHT}>
      <Patterns id={id} />
      {lines(up).map((amount) => (
        <Line key={`u${amount}`} y={base - h(amount)} width={width} text={textOf(amount)} />
      ))}
      {lines(down).map((amount) => (
        <Line key={`d${amount}`} y={base + h(amount)} width={width} text={textOf(amount)} />
      ))}
      <line class="axis" x1="0" x2={width} y1={base} y2={base} />
      {gaps.map(({ fromMs, toMs }) => (
        <Block
          key={fromMs}
          kind="missing"
          id={id}
          x={x(fromMs)}
          y={TOP}
          width={x(toMs) - x(fromMs)}
          height={room}
        />
      ))}
      {barsOf({ base, room, x, h })}
      {nowMs > range.fromMs && nowMs < range.toMs && (
        <line class="now" x1={x(nowMs)} x2={x(nowMs)} y1={TOP} y2={HEIGHT - BOTTOM} />
      )}
      {ticksOf(width).map(({ ms, text, anchor }) => (
        <text key={ms} x={x(ms)} y={HEIGHT - 8} text-anchor={anchor}>
          {text}
        </text>
      ))}
    </svg>
  );
}

function Line({ y, width, text }: { y: number; width: number; text: string }) {
  return (
    <>
      <line class="rule" x1="0" x2={width} y1={y} y2={y} />
      <text x={width} y={y - 4} text-anchor="end">
        {text}
      </text>
    </>
  );
}
