// An account's day by slots: taken stands up (from neighbours with dots, the rest from the grid), given hangs down. A slot
// can be chosen; the same stands in the table below, for who uses no pointer.

import type { Range } from "../data/days";
import type { Share } from "../data/sharing";
import { energyText } from "../text/format";
import { clockIn, intervalIn } from "../text/local_time";
import { t } from "../text/messages";
import { Block, ChartFrame, type Kind, type Scale, type Tick, TOP } from "./chart_frame";

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

export function ShareChart({ id, range, shares, zone, nowMs, label, onChoose }: ShareTimeline) {
  const most = (pick: (share: Share) => number) => Math.max(...shares.map(pick), 0);
  const length = range.toMs - range.fromMs;
  const ticks = Array.from({ length: TICKS }, (_, place): Tick => {
    const ms = range.fromMs + (place * length) / TICKS;
    return { ms, text: clockIn(zone, ms), anchor: place === 0 ? "start" : "middle" };
  });
  return (
    <ChartFrame
      {...{ id, range, nowMs, label }}
      up={most(({ taken }) => taken)}
      down={most(({ given }) => given)}
      textOf={(mwh) => energyText(mwh / 1_000)}
      gaps={openRanges(shares, range, nowMs)}
      ticksOf={() => ticks}
      barsOf={(scale) =>
        shares.map((share) => <Bar key={share.slot} {...{ id, share, zone, onChoose }} {...scale} />)
      }
    />
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

type BarPlace = Pick<ShareTimeline, "id" | "zone" | "onChoose"> & Scale & { share: Share };

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
