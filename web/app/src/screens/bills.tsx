// A member's bills: which are open, one of them to read, to check here, to pay and to keep; a correction beside its first.

import { useState } from "preact/hooks";
import { address } from "../data/account";
import { fromBase } from "../data/amounts";
import { symbolOf } from "../data/assets";
import {
  type Bill,
  centsText,
  dayAfter,
  FalseBill,
  type Paid,
  paidState,
  readBill,
} from "../data/bill_document";
import {
  type BillDocument,
  type BillDocuments,
  billing,
  documentOf,
  documentsOf,
  type ListedBill,
} from "../data/bills";
import { chainNow } from "../data/node";
import { useAnswer } from "../data/resource";
import { linkTo, place } from "../router";
import { exact } from "../text/format";
import { t } from "../text/messages";
import { Card, Empty, Notice, Pairs, Screen, Skeleton, Table } from "../ui/parts";
import { Age, Pending, Problem, Said } from "../ui/states";
import { BillMark, CheckCard, useBillCheck } from "./bill_check";
import { FilesCard, PayCard } from "./bill_pay";
import { ReceiveCard } from "./bill_receive";
import { AssetTable, EnergyTable, GridTable, SharedTable, SideTable } from "./bill_tables";
import { dayName, daysName, periodName } from "./bill_words";

export default function Bills() {
  const number = Number(place.value.rest[0]);
  if (Number.isSafeInteger(number) && number > 0) return <OneBill number={number} />;
  return <List />;
}

/** What was paid for a document, and for those whose place it takes. */
const paidOf = ({ paid_on_chain, paid_by_bank, paid_before }: ListedBill): bigint =>
  BigInt(paid_on_chain.base) + BigInt(paid_by_bank.base) + BigInt(paid_before.base);

/** The chain's day: bills are due by days. */
const today = (): string => new Date(chainNow()).toISOString().slice(0, 10);

const stateOf = (bill: ListedBill, cent: bigint): Paid => paidState(bill, paidOf(bill), cent, today());

export function PaidMark({ state, day }: { state: Paid; day: string }) {
  const kind = state === "overdue" ? "unverified" : state === "paid" ? "verified" : "";
  return <span class={`mark ${kind}`}>{t(`bills.is.${state}`, { day: dayName(day) })}</span>;
}

/** Cents that are still to be paid of what is not replaced. */
const owed = ({ documents, cent }: BillDocuments): number =>
  documents
    .filter(({ corrected_by }) => !corrected_by)
    .reduce((sum, bill) => sum + Math.max(0, bill.due_cents - Number(paidOf(bill) / BigInt(cent))), 0);

function List() {
  const mine = address.value;
  const found = useAnswer(mine ? `bills/${mine}` : null, () => documentsOf(mine));
  const chain = useAnswer("billing", billing).value;
  const isTreasurer = chain?.treasurers.includes(mine) ?? false;
  const list = found.value;
  const cent = BigInt(list?.cent ?? 1);
  const open = list ? owed(list) : 0;
  const count = list?.documents.filter((each) =>
    ["open", "part", "overdue"].includes(stateOf(each, cent)),
  ).length;
  const says = open
    ? t("bills.says", { count: count ?? 0, amount: exact(centsText(open)) })
    : t(list?.documents.length ? "bills.saysPaid" : "bills.saysNone");
  return (
    <Screen
      says={!mine ? t("bills.whose") : list ? says : <Pending of={found} />}
      under={
        <>
          {list && <Said />}
          <Age of={found} />
          {isTreasurer && <a href={linkTo("treasury")}>{t("bills.toTreasury")}</a>}
        </>
      }
    >
      {!mine && (
        <p>
          <a href={linkTo("account")}>{t("nav.account")}</a>
        </p>
      )}
      {found.error && <Problem error={found.error} />}
      {list && <Listed {...{ list, cent }} />}
      {list && <ReceiveCard />}
      {mine && !list && !found.error && <Skeleton height={240} />}
    </Screen>
  );
}

function Listed({ list, cent }: { list: BillDocuments; cent: bigint }) {
  return (
    <Card title={t("nav.bills")}>
      {!list.documents.length && <Empty>{t("bills.none")}</Empty>}
      <ul class="list">
        {list.documents.map((each) => (
          <li key={each.number}>
            <span>
              <a href={linkTo("bills", each.number)}>{periodName(each.first_day, each.last_day)}</a>{" "}
              <span class="quiet small" translate={false}>
                {each.name}
                {each.corrects > 0 && ` (${t("bills.correction", { number: each.corrects })})`}
              </span>
            </span>
            <strong>{exact(centsText(each.due_cents))}</strong>
            <PaidMark state={stateOf(each, cent)} day={dayAfter(each.issued_day, each.due_days)} />
          </li>
        ))}
      </ul>
    </Card>
  );
}

/** A document that cannot even be read says so; all else is shown as it is written. */
function read(text: string): Bill | Error {
  try {
    return readBill(text);
  } catch (error) {
    return error as Error;
  }
}

function OneBill({ number }: { number: number }) {
  const found = useAnswer(`bill/${number}`, () => documentOf(number));
  const shown = found.value;
  if (!shown)
    return (
      <Screen says={<Pending of={found} />}>
        {found.error ? <Problem error={found.error} /> : <Skeleton height={400} />}
      </Screen>
    );
  const bill = read(shown.document);
  if (bill instanceof Error)
    return (
      <Screen says={t("bill.check.failed")} under={<a href={linkTo("bills")}>{t("nav.bills")}</a>}>
        <Notice>
          <strong>{t("verify.unverified")}</strong>
          <span>{bill instanceof FalseBill ? t("bill.false.not_canonical") : bill.message}</span>
        </Notice>
      </Screen>
    );
  return <Whole key={number} {...{ shown, bill, oldMs: found.oldMs }} />;
}

function Whole({ shown, bill, oldMs }: { shown: BillDocument; bill: Bill; oldMs: number }) {
  const checked = useBillCheck(shown);
  const currency = bill.assets.find(({ asset }) => asset === bill.currency);
  const cent = 10n ** BigInt(Math.max(0, (currency?.decimals ?? 2) - 2));
  const { listed_as } = shown;
  const state = paidState(listed_as, paidOf(listed_as), cent, today());
  const open = BigInt(bill.due_cents) * cent - paidOf(listed_as);
  const [wasOpen] = useState(open > 0n); // Who has just paid is shown what became of it.
  const period = periodName(bill.period.first_day, bill.period.last_day);
  const unit = symbolOf(bill.currency);
  const says = bill.due_cents
    ? t("bill.says", { period, amount: exact(centsText(bill.due_cents)), unit })
    : t("bill.saysNothing", { period });
  const dueDay = dayAfter(bill.issued_day, bill.terms.due_days);
  const isFalse = checked.state === "failed" && checked.error instanceof FalseBill;
  return (
    <Screen
      says={isFalse ? t("bill.check.failed") : says}
      under={
        <>
          <BillMark of={checked} />
          <PaidMark state={state} day={dueDay} />
          <Age of={{ value: null, error: null, oldMs }} />
          <a class="no-print" href={linkTo("bills")}>
            {t("bill.all")}
          </a>
        </>
      }
    >
      <Corrections {...{ shown, bill }} />
      <div class="columns two">
        <div class="stack">
          <Facts {...{ shown, bill }} />
          <SideTable bill={bill} side="charges" />
          <SideTable bill={bill} side="credits" />
        </div>
        <div class="stack">
          {(open > 0n || wasOpen) && state !== "replaced" && state !== "nothing" && (
            <PayCard {...{ shown, bill, open }} isFalse={isFalse} />
          )}
          {paidOf(listed_as) > 0n && <PaidCard {...{ listed_as, unit, decimals: currency?.decimals ?? 2 }} />}
          <CheckCard {...{ bill, checked }} />
          <FilesCard {...{ shown, bill }} />
        </div>
      </div>
      <EnergyTable {...{ bill, checked }} />
      <SharedTable {...{ bill, checked }} />
      <GridTable {...{ bill, checked }} />
      {bill.assets.map((each) => (
        <AssetTable key={each.asset} of={each} {...{ bill, checked }} />
      ))}
    </Screen>
  );
}

function PaidCard({ listed_as, unit, decimals }: { listed_as: ListedBill; unit: string; decimals: number }) {
  const amount = (base: number) => `${exact(fromBase(BigInt(base), decimals))}\u00a0${unit}`;
  return (
    <Card title={t("bill.paid")}>
      <Pairs
        pairs={[
          [t("bill.paid.chain"), amount(listed_as.paid_on_chain.base)],
          [t("bill.paid.bank"), amount(listed_as.paid_by_bank.base)],
          ...(listed_as.replaces.length
            ? [[t("bill.paid.before"), amount(listed_as.paid_before.base)] as const]
            : []),
        ]}
      />
    </Card>
  );
}

function Facts({ shown, bill }: { shown: BillDocument; bill: Bill }) {
  const { seller } = shown;
  return (
    <Card title={t("bill.title", { name: bill.name })}>
      <Pairs
        pairs={[
          [
            t("bill.period"),
            `${daysName(bill.period.first_day, bill.period.last_day)} (${bill.period.zone})`,
          ],
          [t("bill.day"), dayName(bill.issued_day)],
          ...(bill.payout_cents ? [[t("bill.payout"), exact(centsText(bill.payout_cents))] as const] : []),
          [
            t("bill.seller"),
            seller
              ? `${seller.name}, ${seller.street}, ${seller.postcode} ${seller.city}`
              : bill.terms.seller,
          ],
          ...(seller?.vat_id ? [[t("bill.vatId"), seller.vat_id] as const] : []),
          [
            t("nav.account"),
            <span key="account" class="code" translate={false}>
              {bill.account}
            </span>,
          ],
        ]}
      />
    </Card>
  );
}

/** A bill and what takes its place, both to be read: the chain keeps both, and neither is changed. */
function Corrections({ shown: { listed_as }, bill }: { shown: BillDocument; bill: Bill }) {
  const other = bill.corrects || listed_as.corrected_by;
  const found = useAnswer(other ? `bill/${other}` : null, () => documentOf(other));
  if (!other) return null;
  const beside = found.value ? read(found.value.document) : null;
  return (
    <Card title={t(bill.corrects ? "bill.corrects" : "bill.corrected", { number: other })}>
      <p>
        {t(bill.corrects ? "bill.corrects.what" : "bill.corrected.what")}{" "}
        <a href={linkTo("bills", other)}>{t("bill.show", { number: other })}</a>
      </p>
      {found.error && <Problem error={found.error} />}
      {beside && !(beside instanceof Error) && (
        <Compared first={bill.corrects ? beside : bill} second={bill.corrects ? bill : beside} />
      )}
    </Card>
  );
}

function Compared({ first, second }: { first: Bill; second: Bill }) {
  const row = (name: string, amount: (bill: Bill) => number) => [
    name,
    exact(centsText(amount(first))),
    exact(centsText(amount(second))),
    exact(centsText(amount(second) - amount(first))),
  ];
  return (
    <Table
      caption={t("bill.compared")}
      columns={[
        { title: t("bill.what") },
        { title: first.name, number: true },
        { title: second.name, number: true },
        { title: t("bill.difference"), number: true },
      ]}
      rows={[
        row(t("bill.charges"), ({ charges }) => charges.cents),
        row(t("bill.credits"), ({ credits }) => credits.cents),
        row(t("bill.taxes"), ({ charges }) =>
          charges.taxes.reduce((sum, { tax_cents }) => sum + tax_cents, 0),
        ),
        row(t("bill.due"), ({ due_cents }) => due_cents),
        row(t("bill.payout"), ({ payout_cents }) => payout_cents),
      ]}
    />
  );
}
