// An account's months of sharing and what it owes, compared with the signed state.

import { chainNow } from "../data/node";
import { type SharingTerms, useShares } from "../data/sharing";
import { linkTo } from "../router";
import { exact, money } from "../text/format";
import { monthName } from "../text/local_time";
import { t } from "../text/messages";
import { exactMwh } from "../text/mwh";
import { checkShares } from "../trust/sharing";
import { useChecked } from "../trust/useChecked";
import { Card, Empty, Notice, Skeleton, Table } from "../ui/parts";
import { Mark, Problem } from "../ui/states";

type Of = { of: string; terms: SharingTerms };

/** What the account owes a scheme, or is owed by it. */
export function Owed({ of, terms }: Of) {
  const found = useShares(of).value;
  if (!found || !(found.owes.length + found.is_owed.length)) return null;
  const amount = (each: { amount: { tokens: string } }) =>
    `${exact(each.amount.tokens)}\u00a0${terms.symbol}`;
  return (
    <Notice>
      {found.owes.map((each) => (
        <span key={`o${each.scheme}`}>
          {t("sharing.owes", { amount: amount(each), scheme: each.scheme })}
        </span>
      ))}
      {found.is_owed.map((each) => (
        <span key={`c${each.scheme}`}>
          {t("sharing.isOwed", { amount: amount(each), scheme: each.scheme })}
        </span>
      ))}
    </Notice>
  );
}

export function Months({ of, terms }: Of) {
  const found = useShares(of);
  const shown = found.oldMs ? null : found.value;
  const check = useChecked(shown && `shares/${of}@${shown.height}`, () =>
    checkShares(shown as NonNullable<typeof shown>, chainNow()),
  );
  const months = [...(found.value?.months ?? [])].sort((one, other) => (one.month < other.month ? 1 : -1));
  const columns = [
    { title: t("span.month") },
    { title: t("scheme.one") },
    { title: `${t("sharing.near")}, kWh`, number: true },
    { title: `${t("sharing.sold")}, kWh`, number: true },
    { title: `${t("sharing.cost")}, ${terms.symbol}`, number: true },
    { title: `${t("sharing.fee")}, ${terms.symbol}`, number: true },
    { title: `${t("sharing.revenue")}, ${terms.symbol}`, number: true },
  ];
  return (
    <Card title={t("sharing.months")} aside={months.length > 0 && shown && <Mark check={check} />}>
      {found.error && <Problem error={found.error} />}
      {!found.value && !found.error && <Skeleton height={80} />}
      {found.value && !months.length && <Empty>{t("sharing.months.none")}</Empty>}
      {months[0] && (
        <p>
          {t("sharing.months.says", {
            month: monthName(months[0].month),
            near: `${exactMwh(sum(months, "bought_mwh"))}\u00a0kWh`,
            sold: `${exactMwh(sum(months, "sold_mwh"))}\u00a0kWh`,
            cost: `${money(tokens(months, ["cost", "fee"]))}\u00a0${terms.symbol}`,
            revenue: `${money(tokens(months, ["revenue"]))}\u00a0${terms.symbol}`,
          })}
        </p>
      )}
      {months.length > 0 && (
        <Table
          caption={t("sharing.months")}
          columns={columns}
          rows={months.map((each) => [
            monthName(each.month),
            <a key="scheme" href={linkTo("sharing", "scheme", each.scheme)}>
              {each.scheme}
            </a>,
            exactMwh(each.bought_mwh),
            exactMwh(each.sold_mwh),
            exact(each.cost.tokens),
            exact(each.fee.tokens),
            exact(each.revenue.tokens),
          ])}
        />
      )}
    </Card>
  );
}

type Month = NonNullable<ReturnType<typeof useShares>["value"]>["months"][number];

/** Of the newest month, over all schemes. */
const newest = (months: readonly Month[]) => months.filter(({ month }) => month === months[0]?.month);

const sum = (months: readonly Month[], name: "bought_mwh" | "sold_mwh"): number =>
  newest(months).reduce((before, each) => before + each[name], 0);

const tokens = (months: readonly Month[], names: readonly ("cost" | "fee" | "revenue")[]): string =>
  newest(months)
    .reduce((before, each) => names.reduce((part, name) => part + Number(each[name].tokens), before), 0)
    .toFixed(9);
