// Who owes: bills that are not wholly paid, the longest overdue first; what was sent to remind of them, and what is due.

import { useState } from "preact/hooks";
import { centsText } from "../data/bill_document";
import { type Debtors, debtors, remind, saveBillFile } from "../data/bills";
import { linkTo } from "../router";
import { exact, short } from "../text/format";
import { t } from "../text/messages";
import { announce } from "../ui/announce";
import { Card, Empty, Table } from "../ui/parts";
import { Problem } from "../ui/states";
import { dayName } from "./bill_words";

type Debtor = Debtors["bills"][number];

/** What was sent last, and the reminder that the terms of the bill allow now: pressed, it is written, noted and saved. */
function Reminders({ of, password, onDone }: { of: Debtor; password: string; onDone: () => void }) {
  const [error, setError] = useState<Error | null>(null);
  const [busy, setBusy] = useState(false);
  const { next_level, next_fee_cents, reminded, reminded_day, bill } = of;
  const save = async (level: number) => {
    if (busy) return;
    setBusy(true);
    setError(null);
    try {
      saveBillFile(await remind(bill.number, level, "html", password));
      announce(t("treasury.reminder.saved", { level, name: bill.name }));
      onDone();
    } catch (found) {
      setError(found as Error);
    }
    setBusy(false);
  };
  const button = (level: number, text: string) => (
    <button type="button" class="plain" aria-disabled={busy || undefined} onClick={() => void save(level)}>
      {text}
    </button>
  );
  return (
    <>
      {reminded > 0 &&
        button(reminded, t("treasury.reminder.sent", { level: reminded, day: dayName(reminded_day) }))}
      {next_level > 0 &&
        button(
          next_level,
          t(next_fee_cents ? "treasury.reminder.nextFee" : "treasury.reminder.next", {
            level: next_level,
            fee: exact(centsText(next_fee_cents)),
          }),
        )}
      {!reminded && !next_level && "–"}
      {error && <Problem error={error} />}
    </>
  );
}

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
            { title: t("treasury.reminder") },
          ]}
          rows={found.bills.map((each) => {
            const { bill, member, email, due_day, overdue_days, open_cents } = each;
            return [
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
              <Reminders key="r" of={each} password={password} onDone={ask} />,
            ];
          })}
        />
      )}
    </Card>
  );
}
