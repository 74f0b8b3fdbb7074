// An account's movements as sentences, newest first: money and energy that changed hands.

import { useState } from "preact/hooks";
import type { LedgerEvent, Movement } from "../api/client";
import type { Range } from "../data/days";
import { linkTo } from "../router";
import { sentence } from "../text/events";
import { moment } from "../text/format";
import { t } from "../text/messages";
import { Card, Empty } from "../ui/parts";

const FIRST = 8;
const MORE = 100;

/** What a household wants to know of; readings are in the chart, orders on the market's screen. */
const TOLD = new Set([
  "traded",
  "transferred",
  "currency_minted",
  "currency_burned",
  "session_opened",
  "session_closed",
  "session_ended",
  "reservation_paid",
  "reading_quarantined",
  "jump_settled",
  "meter_bound",
  "meter_unbound",
  "member_changed",
  "withdrawal_requested",
  "excess_drawn",
  "annulled",
]);

type Line = { movement: Movement; entry: LedgerEvent };

export function linesOf(movements: readonly Movement[], range: Range): Line[] {
  const inside = movements.filter(({ time_ms }) => time_ms > range.fromMs && time_ms <= range.toMs);
  const lines = inside.flatMap((movement) =>
    (movement.events as LedgerEvent[]).map((entry) => ({ movement, entry })),
  );
  return lines.filter(({ entry }) => TOLD.has(entry.kind)).reverse();
}

export function Statement({ movements, range }: { movements: readonly Movement[]; range: Range }) {
  const [most, setMost] = useState(FIRST);
  const lines = linesOf(movements, range);
  return (
    <Card title={t("statement.title")}>
      {!lines.length && <Empty>{t("statement.none")}</Empty>}
      <ol class="list">
        {lines.slice(0, most).map(({ movement, entry }, place) => (
          <li key={`${movement.height}-${movement.index}-${place}`}>
            <span>{sentence(entry)}</span>
            <a class="small" href={linkTo("explorer", "block", movement.height)}>
              {moment(movement.time_ms)}
            </a>
          </li>
        ))}
      </ol>
      {lines.length > most && (
        <p>
          <button type="button" class="plain" onClick={() => setMost(most + MORE)}>
            {t("statement.more", { count: lines.length - most })}
          </button>
        </p>
      )}
    </Card>
  );
}
