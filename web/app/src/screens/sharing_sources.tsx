// Both sources of a day side by side: what our meter signed and what the network operator's files say of the same slots.

import type { Range } from "../data/days";
import { useAnswer } from "../data/resource";
import {
  type Clock,
  type Pair,
  type Point,
  pairsOf,
  pointSlots,
  type SlotValue,
  usePoints,
} from "../data/sharing";
import { energyText, short } from "../text/format";
import { intervalIn } from "../text/local_time";
import { named, t } from "../text/messages";
import { exactMwh } from "../text/mwh";
import { Card, Empty, Notice, Skeleton, Table } from "../ui/parts";
import { Problem } from "../ui/states";

type Shown = { clock: Clock; range: Range };

export function BothSources({ of, clock, range }: Shown & { of: string }) {
  const points = usePoints(of);
  return (
    <Card title={t("sources.title")}>
      <p class="quiet">{t("sources.what")}</p>
      {points.error && <Problem error={points.error} />}
      {!points.value && !points.error && <Skeleton height={80} />}
      {points.value && !points.value.points.length && <Empty>{t("point.none")}</Empty>}
      {points.value?.points.map((point) => (
        <OfPoint key={point.number} {...{ point, clock, range }} />
      ))}
    </Card>
  );
}

export const pointName = (point: Pick<Point, "number" | "direction">): string =>
  t("point.name", { number: point.number, direction: named("point.direction", point.direction) });

function OfPoint({ point, clock, range }: Shown & { point: Point }) {
  const found = useAnswer(`point/${point.number}/${range.fromMs}`, async () => {
    const [own, operator] = await Promise.all([
      pointSlots(point.number, "own", range),
      pointSlots(point.number, "operator", range),
    ]);
    return pairsOf(own, operator);
  });
  const pairs = found.value ?? [];
  return (
    <div class="stack">
      <h3>{pointName(point)}</h3>
      {found.error && <Problem error={found.error} />}
      {!found.value && !found.error && <Skeleton height={60} />}
      {found.value && <Difference pairs={pairs} clock={clock} />}
      {pairs.length > 0 && (
        <details>
          <summary>{t("chart.table")}</summary>
          <PairTable {...{ pairs, clock }} caption={pointName(point)} />
        </details>
      )}
    </div>
  );
}

const MOST_NAMED = 3;

/** In one sentence: whether they agree, where not and by how much. */
function Difference({ pairs, clock }: { pairs: readonly Pair[]; clock: Clock }) {
  if (!pairs.length) return <Empty>{t("sources.none")}</Empty>;
  const both = pairs.filter(({ more }) => more !== null);
  if (!both.length) {
    const isOwn = pairs.some(({ own }) => own.energy_mwh !== null);
    return <p>{t(isOwn ? "sources.onlyOwn" : "sources.onlyOperator", { count: pairs.length })}</p>;
  }
  const different = both.filter(({ more }) => more !== 0);
  if (!different.length) return <p>{t("sources.same", { count: both.length })}</p>;
  const sum = different.reduce((before, { more }) => before + Math.abs(more ?? 0), 0);
  const worst = [...different].sort((one, other) => Math.abs(other.more ?? 0) - Math.abs(one.more ?? 0));
  return (
    <Notice>
      <strong>{t("sources.differ", { count: different.length, energy: `${exactMwh(sum)}\u00a0kWh` })}</strong>
      {worst.slice(0, MOST_NAMED).map(({ startMs, endMs, own, operator }) => (
        <span key={startMs}>
          {t("sources.at", {
            interval: intervalIn(clock.zone, startMs, endMs),
            own: energyText((own.energy_mwh ?? 0) / 1_000),
            operator: energyText((operator.energy_mwh ?? 0) / 1_000),
          })}
        </span>
      ))}
    </Notice>
  );
}

function PairTable({ pairs, clock, caption }: { pairs: readonly Pair[]; clock: Clock; caption: string }) {
  const columns = [
    { title: t("chart.interval") },
    { title: `${t("sources.own")}, kWh`, number: true },
    { title: t("sharing.state") },
    { title: `${t("sources.operator")}, kWh`, number: true },
    { title: `${t("sharing.state")}\u00a0` },
    { title: `${t("sources.difference")}, kWh`, number: true },
  ];
  return (
    <Table
      caption={caption}
      columns={columns}
      rows={pairs.map(({ startMs, endMs, own, operator, more }) => [
        intervalIn(clock.zone, startMs, endMs),
        own.energy_mwh === null ? "–" : exactMwh(own.energy_mwh),
        stateOf(own),
        operator.energy_mwh === null ? "–" : exactMwh(operator.energy_mwh),
        stateOf(operator),
        more === null ? "–" : exactMwh(more),
      ])}
    />
  );
}

/** Measured, substituted and how, imported from which file, corrected how often. */
function stateOf(value: SlotValue): string {
  const parts = [named("sharing.state", value.state)];
  if (value.method !== "none") parts.push(named("sharing.method", value.method));
  if (value.correction > 0 && value.state !== "corrected")
    parts.push(t("sharing.corrected", { count: value.correction }));
  if (value.file) parts.push(short(value.file));
  return parts.join(", ");
}
