// Of schemes by the month: an account's claims and until when they are usable, its credits by month, compared with the
// signed state.

import { type SharingTerms, useCredits } from "../data/sharing";
import { linkTo } from "../router";
import { exact } from "../text/format";
import { monthName } from "../text/local_time";
import { t } from "../text/messages";
import { exactMwh } from "../text/mwh";
import { checkCredits } from "../trust/sharing";
import { useChecked } from "../trust/useChecked";
import { Card, Table } from "../ui/parts";
import { Mark } from "../ui/states";

/** Nothing where the account is in no scheme by the month. */
export function Credits({ of, terms }: { of: string; terms: SharingTerms }) {
  const found = useCredits(of);
  const isThere = (found.value?.months.length ?? 0) + (found.value?.claims.length ?? 0) > 0;
  const shown = found.oldMs || !isThere ? null : found.value;
  const check = useChecked(shown && `credits/${of}@${shown.height}`, () =>
    checkCredits(shown as NonNullable<typeof shown>),
  );
  const months = [...(found.value?.months ?? [])].sort((one, other) => (one.month < other.month ? 1 : -1));
  const claims = (found.value?.claims ?? []).flatMap((each) =>
    each.claims.map((claim) => ({ ...claim, scheme: each.scheme, point: each.point })),
  );
  const owed = (found.value?.claims ?? []).filter((each) => each.owed_mwh > 0);
  if (!isThere) return null;
  const scheme = (number: number) => (
    <a key="scheme" href={linkTo("sharing", "scheme", number)}>
      {number}
    </a>
  );
  return (
    <Card title={t("sharing.credits")} aside={shown && <Mark check={check} />}>
      <p>{t("sharing.credits.what")}</p>
      {owed.map((each) => (
        <p key={`${each.scheme}/${each.point}`}>
          {t("sharing.credits.owed", { point: each.point, energy: `${exactMwh(each.owed_mwh)}\u00a0kWh` })}
        </p>
      ))}
      {claims.length > 0 && (
        <Table
          caption={t("sharing.claims")}
          columns={[
            { title: t("scheme.one") },
            { title: t("sharing.claims.point"), number: true },
            { title: `${t("sharing.claims.open")}, kWh`, number: true },
            { title: t("sharing.claims.until") },
          ]}
          rows={claims.map((each) => [
            scheme(each.scheme),
            String(each.point),
            exactMwh(each.energy_mwh),
            monthName(each.until),
          ])}
        />
      )}
      {months.length > 0 && (
        <Table
          caption={t("sharing.credits")}
          columns={[
            { title: t("span.month") },
            { title: t("scheme.one") },
            { title: `${t("sharing.credits.part")}, kWh`, number: true },
            { title: `${t("sharing.credits.change")}, kWh`, number: true },
            { title: `${t("sharing.credits.expired")}, kWh`, number: true },
            { title: `${t("sharing.credits.pays")}, ${terms.symbol}`, number: true },
            { title: `${t("sharing.credits.gets")}, ${terms.symbol}`, number: true },
          ]}
          rows={months.map((each) => [
            monthName(each.month),
            scheme(each.scheme),
            exactMwh(each.credited_mwh),
            exactMwh(each.claims_mwh),
            exactMwh(each.expired_mwh),
            exact(each.expired_cost.tokens),
            exact(each.expired_revenue.tokens),
          ])}
        />
      )}
    </Card>
  );
}
