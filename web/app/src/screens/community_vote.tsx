// An open vote about tariffs, the grid account or groups: what it would hold, in the words of their screens.

import { assets, currencies } from "../data/assets";
import type { GroupTerms } from "../data/groups";
import { useAnswer } from "../data/resource";
import { clockOf, useSlotTerms } from "../data/sharing";
import type { TariffTerms } from "../data/tariff_words";
import { linkTo } from "../router";
import { who } from "../text/events";
import { momentIn } from "../text/local_time";
import { t } from "../text/messages";
import { partsText } from "../text/parts";
import { Table } from "../ui/parts";
import { GroupPairs } from "./group_words";
import { TariffCard } from "./tariff";

type Action = Record<string, unknown>;
type Row = { account: string; share: number; key: number; points: readonly number[] };

/** The kinds that it knows. */
const KINDS = new Set([
  "set_tariff",
  "set_point_tariff",
  "admit_group",
  "change_group",
  "assign_shares",
  "spend_from_group",
  "dissolve_group",
]);

export const isOfCommunity = (action: Action): boolean => KINDS.has(String(action.kind));

export function CommunityVote({ action }: { action: Action }) {
  const slots = useSlotTerms().value;
  const known = useAnswer("assets", assets).value;
  if (!slots || !known) return null;
  const symbol = currencies(known)[0]?.symbol ?? "";
  const clock = clockOf(slots);
  const { opening, change, payment } = action as Record<string, Action | undefined>;
  const from = Number(action.from_slot ?? opening?.from_slot ?? change?.from_slot ?? 0);
  const rows = (opening?.rows ?? change?.rows) as readonly Row[] | undefined;
  const terms = (action.terms ?? opening?.terms) as unknown;
  const group = Number(action.group ?? change?.group ?? payment?.group ?? 0);
  return (
    <>
      {from > 0 && <p>{t("communityVote.from", { when: momentIn(clock.zone, from * clock.slotMs) })}</p>}
      {action.kind === "set_tariff" ? (
        <TariffCard terms={terms as TariffTerms} symbol={symbol} />
      ) : (
        terms !== undefined && <GroupPairs terms={terms as GroupTerms} symbol={symbol} />
      )}
      {action.kind === "set_point_tariff" && (
        <p>{t("communityVote.points", { points: (action.points as readonly number[]).join(", ") })}</p>
      )}
      {rows && rows.length > 0 && <Rows rows={rows} />}
      {group > 0 && (
        <p class="small">
          <a href={linkTo("groups", group)}>{t("communityVote.now")}</a>
        </p>
      )}
    </>
  );
}

function Rows({ rows }: { rows: readonly Row[] }) {
  return (
    <Table
      caption={t("group.who")}
      columns={[
        { title: t("group.member") },
        { title: t("group.share"), number: true },
        { title: t("group.key"), number: true },
        { title: t("group.points") },
      ]}
      rows={rows.map(({ account, share, key, points }) => [
        <span key="who" translate={false}>
          {who(account)}
        </span>,
        partsText(share),
        key ? String(key) : "–",
        points.join(", ") || "–",
      ])}
    />
  );
}
