// Rows that come with each interval: what those of one say of a point, and which intervals of late lack theirs.

import { get, type Schemas } from "../api/client";
import { chainNow } from "../data/node";
import { useAnswer } from "../data/resource";
import type { Row, Settled } from "../data/settled_slot";
import type { Clock, Scheme } from "../data/sharing";
import { number } from "../text/format";
import { momentIn } from "../text/local_time";
import { t } from "../text/messages";
import { Card, Empty, Notice, Skeleton } from "../ui/parts";
import { Problem } from "../ui/states";

/** Of a point so many are written; the command line shows all. */
const MOST_SIDES = 12;
/** Intervals of one answer: a week of quarter hours. */
const MOST_SLOTS = 672;
const PERCENT = 10_000_000;

type Asked = { rule: { method: { kind: string; levels?: readonly { kind: string }[] } } };

/** Whether terms, or a level of theirs, take rows with each interval. */
export function asksForRows(terms: unknown): boolean {
  const { method } = (terms as Asked).rule;
  return [method, ...(method.levels ?? [])].some(({ kind }) => kind === "pairs_each_slot");
}

/** Where the rows of an interval come from; nothing where the rule asks for none. */
export function RowsFrom({ run }: Pick<Settled, "run">) {
  if (run.slot_rows === "none") return null;
  return <>{t(run.slot_rows === "imported" ? "rows.imported" : "rows.substituted")}</>;
}

/** What the rows of the interval say of a point. */
export function Sides({ row, run }: { row: Row; run: Settled["run"] }) {
  if (run.slot_rows === "none") return null;
  if (!row.sides.length) return <li>{t("rows.notNamed")}</li>;
  const key = row.direction === "offtake" ? "rows.from" : "rows.to";
  const shown = row.sides
    .slice(0, MOST_SIDES)
    .map(({ other, share }) =>
      t(key, { point: other, share: `${number(share / PERCENT, 7).replace(/[.,]?0+$/, "")}\u00a0%` }),
    );
  const more = row.sides.length - shown.length;
  return (
    <li>
      {t("rows.sides")} {shown.join(", ")}
      {more > 0 && ` ${t("rows.more", { count: more })}`}
    </li>
  );
}

/** For who brings them, bills or manages: the intervals of the last days whose rows have not come. */
export function MissingRows({ scheme, clock }: { scheme: Scheme; clock: Clock }) {
  const end = Math.floor(chainNow() / clock.slotMs);
  const found = useAnswer(`rows/${scheme.scheme}/${end}`, () =>
    get<Schemas["RowsBySlot"]>(`/v1/sharing/schemes/${scheme.scheme}/rows`, {
      from: Math.max(0, end - MOST_SLOTS),
      to: end,
    }),
  );
  const missing = found.value?.slots.filter(({ state }) => state === "missing") ?? [];
  const standIns = found.value?.slots.filter(({ state }) => state === "substituted").length ?? 0;
  const first = missing[0];
  const last = missing.at(-1);
  return (
    <Card title={t("rows.title")}>
      {found.error && <Problem error={found.error} />}
      {!found.value && !found.error && <Skeleton height={60} />}
      {found.value && !first && <Empty>{t("rows.allThere")}</Empty>}
      {first && last && (
        <Notice>
          <strong>{t("rows.missing", { count: missing.length })}</strong>
          <span>
            {t("rows.between", {
              first: momentIn(clock.zone, first.start_ms),
              last: momentIn(clock.zone, last.start_ms),
            })}
          </span>
          <span>{t("rows.bring")}</span>
        </Notice>
      )}
      {standIns > 0 && <p class="quiet small">{t("rows.standIns", { count: standIns })}</p>}
      {first && (
        <p class="code small" translate={false}>
          nodechain sharing rows FILE --scheme {scheme.scheme}
        </p>
      )}
    </Card>
  );
}
