// An account's day by slots: taken stands up (from neighbours with dots, the rest from the grid), given hangs down. A slot
// can be chosen; the same stands in the table below, for who uses no pointer.

import type { Range } from "../data/days";
import type { Share } from "../data/sharing";
import { energyText } from "../text/format";
import { clockIn, intervalIn } from "../text/local_time";
import { t } from "../text/messages";
import { Block, HEIGHT, type Kind, Line, Patterns, stepOf, useWidth } from "./chart";

const TOP = 8;
const BOTTOM = 26;
const TICKS = 4;

export type ShareTimeline = {
  id: string;
  range: Range;
  shares: readonly Share[];
  zone: string;
  nowMs: number;
  label: string;
  onChoose: (share: Share) => void;
};

export function ShareChart(chart: ShareTimeline) {
  const [frame, width] = useWidth();
  return (
    <div ref={frame} style={{ height: `${HEIGHT}px` }}>
      {width > 0 && <Picture {...chart} width={width} />}
    </div>
  );
}

/** Slots up to now that are not settled, one after the other as one. */
export function openRanges(shares: readonly Share[], range: Range, nowMs: number): Range[] {
  const found: Range[] = [];
  let at = range.fromMs;
  const until = Math.min(range.toMs, nowMs);
  for (const { startMs, endMs } of shares) {
    if (startMs > at) found.push({ fromMs: at, toMs: startMs });
    at = endMs;
  }
  if (until > at) found.push({ fromMs: at, toMs: until });
  return found;
}

function Picture({
  id,
  range,
  shares,
  zone,
  nowMs,
  label,
  onChoose,
  width,
}: ShareTimeline & { width: number }) {
  const up = Math.max(...shares.map(({ taken }) => taken), 0);
  const down = Math.max(...shares.map(({ given }) => given), 0);
  const most = Math.max(up + down, 1);
  const room = HEIGHT - TOP - BOTTOM;
  const base = TOP + (up / most) * room;
  const x = (ms: number) => ((ms - range.fromMs) / (range.toMs - range.fromMs)) * width;
  const h = (mwh: number) => (mwh / most) * room;
  const step = stepOf(Math.max(up, down));
  const lines = (top: number) =>
    Array.from({ length: Math.floor(top / step) }, (_, place) => (place + 1) * step);
  const ticks = Array.from(
    { length: TICKS },
    (_, place) => range.fromMs + (place * (range.toMs - range.fromMs)) / TICKS,
  );
  return (
    <svg class="chart" role="img" aria-label={label} width={width} height={HEIGHT}>
      <Patterns id={id} />
      {lines(up).map((mwh) => (
        <Line key={`u${mwh}`} y={base - h(mwh)} width={width} text={energyText(mwh / 1_000)} />
      ))}
      {lines(down).map((mwh) => (
        <Line key={`d${mwh}`} y={base + h(mwh)} width={width} text={energyText(mwh / 1_000)} />
      ))}
      <line class="axis" x1="0" x2={width} y1={base} y2={base} />
      {openRanges(shares, range, nowMs).map(({ fromMs, toMs }) => (
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
      {shares.map((share) => (
        <Bar key={share.slot} {...{ id, share, zone, base, x, h, room, onChoose }} />
      ))}
      {nowMs > range.fromMs && nowMs < range.toMs && (
        <line class="now" x1={x(nowMs)} x2={x(nowMs)} y1={TOP} y2={HEIGHT - BOTTOM} />
      )}
      {ticks.map((ms, place) => (
        <text key={ms} x={x(ms)} y={HEIGHT - 8} text-anchor={place === 0 ? "start" : "middle"}>
          {clockIn(zone, ms)}
        </text>
      ))}
    </svg>
  );
}

type BarPlace = Pick<ShareTimeline, "id" | "zone" | "onChoose"> & {
  share: Share;
  base: number;
  room: number;
  x: (ms: number) => number;
  h: (mwh: number) => number;
};

function Bar({ id, share, zone, base, room, x, h, onChoose }: BarPlace) {
  const left = x(share.startMs);
  const width = Math.max(x(share.endMs) - left - 1, 1);
  const pieces: [Kind, number, number][] = [
    ["near", base - h(share.bought), share.bought],
    ["grid", base - h(share.taken), share.taken - share.bought],
    ["sold", base, share.sold],
    ["away", base + h(share.sold), share.given - share.sold],
  ];
  return (
    // biome-ignore lint/a11y: for pointers; who uses the keyboard or a screen reader has the same as links in the table
    <g class="chosen-by-touch" onClick={() => onChoose(share)}>
      <title>{sayingOf(share, zone)}</title>
      {pieces.map(
        ([kind, y, mwh]) =>
          mwh > 0 && <Block key={kind} kind={kind} id={id} x={left} y={y} width={width} height={h(mwh)} />,
      )}
      <rect class="touch" x={left} y={TOP} width={x(share.endMs) - left} height={room} />
    </g>
  );
}

function sayingOf(share: Share, zone: string): string {
  const parts = [
    [t("sharing.near"), share.bought],
    [t("flow.grid"), share.taken - share.bought],
    [t("sharing.sold"), share.sold],
    [t("flow.exported"), share.given - share.sold],
  ] as const;
  const said = parts.filter(([, mwh]) => mwh > 0).map(([name, mwh]) => `${name} ${energyText(mwh / 1_000)}`);
  return `${intervalIn(zone, share.startMs, share.endMs)}: ${said.join(", ") || energyText(0)}`;
}
