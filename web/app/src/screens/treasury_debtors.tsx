// Who owes: bills that are not wholly paid, the longest overdue first.

import { useState } from "preact/hooks";
import { centsText } from "../data/bill_document";
import { type Debtors, debtors } from "../data/bills";
import { linkTo } from "../router";
import { exact, short } from "../text/format";
import { t } from "../text/messages";
import { Card, Empty, Table } from "../ui/parts";
import { Problem } from "../ui/states";
import { dayName } from "./bill_words";

export function DebtorsCard({ password }: { password: string }) {
  const [found, setFound] = useState<Debtors | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const ask = () => {
    setError(null);
    debtors(password).then(setFound, setError);
  };
  return (
    <Card
      title={t("treasury.debtors")}
      aside={found && t("treasury.debtors.as", { day: dayName(found.day) })}
    >
      <p class="buttons">
        <button type="button" onClick={ask}>
          {t(found ? "treasury.debtors.again" : "treasury.debtors.show")}
        </button>
      </p>
      {error && <Problem error={error} />}
      <div aria-live="polite">
        {found && !found.bills.length && <Empty>{t("treasury.debtors.none")}</Empty>}
        {found && found.bills.length > 0 && (
          <p>
            {t("treasury.debtors.says", {
              count: found.bills.length,
              amount: exact(centsText(found.open_cents)),
            })}
          </p>
        )}
      </div>
      {found && found.bills.length > 0 && (
        <Table
          caption={t("treasury.debtors")}
          columns={[
            { title: t("bill.number") },
            { title: t("treasury.member") },
            { title: t("treasury.dueDay") },
            { title: t("treasury.overdue"), number: true },
            { title: t("treasury.open"), number: true },
          ]}
          rows={found.bills.map(({ bill, member, email, due_day, overdue_days, open_cents }) => [
            <a key="a" href={linkTo("bills", bill.number)} translate={false}>
              {bill.name}
            </a>,
            <span key="m">
              {member || short(bill.account)}
              {email && <span class="quiet small"> {email}</span>}
            </span>,
            dayName(due_day),
            overdue_days ? t("treasury.days", { count: overdue_days }) : "–",
            exact(centsText(open_cents)),
          ])}
        />
      )}
    </Card>
  );
}
