// What this browser has checked of a bill, step by step: what is proven, what is made again, and what is only read.

import { useEffect, useState } from "preact/hooks";
import { Unreachable } from "../api/client";
import { type Bill, FalseBill } from "../data/bill_document";
import type { BillDocument } from "../data/bills";
import { number, short } from "../text/format";
import { hasMessage, type MessageKey, t } from "../text/messages";
import { type BillCheck, checkBill, type Progress } from "../trust/bill";
import type { Check } from "../trust/useChecked";
import { Card, Pairs } from "../ui/parts";
import { Mark } from "../ui/states";

export type Checked =
  | { state: "checking"; progress: Progress | null }
  | { state: "done"; found: BillCheck }
  | { state: "failed"; error: Error };

/** The check of a document, run once for each text and height that the node says it was paid at. */
export function useBillCheck(shown: BillDocument | null): Checked {
  const [checked, setChecked] = useState<Checked>({ state: "checking", progress: null });
  const key =
    shown &&
    `${shown.listed_as.paid_on_chain.base} ${shown.listed_as.paid_by_bank.base} ${shown.listed_as.paid_before.base} ${shown.document}`;
  // What is checked follows from the key.
  useEffect(() => {
    if (!shown) return;
    let gone = false;
    const show = (next: Checked) => {
      if (!gone) setChecked(next);
    };
    const told = (progress: Progress) => show({ state: "checking", progress });
    checkBill(shown.document, shown.listed, shown.listed_as.replaces, told).then(
      (found) => show(paidAsSaid(shown, found)),
      (error: Error) => show({ state: "failed", error }),
    );
    return () => {
      gone = true;
    };
  }, [key]);
  return checked;
}

/** What the node says was paid must be what the signed state holds; in between it may only have grown. */
function paidAsSaid(
  { height, listed_as: { paid_on_chain, paid_by_bank, paid_before } }: BillDocument,
  found: BillCheck,
): Checked {
  const said = [paid_on_chain, paid_by_bank, paid_before].map(({ base }) => BigInt(base));
  const holds = [found.paidOnChain, found.paidByBank, found.paidBefore];
  const isSame = said.join() === holds.join();
  const isOlder = height < found.standing.height && said.every((each, place) => each <= (holds[place] ?? 0n));
  if (isSame || isOlder) return { state: "done", found };
  return { state: "failed", error: new FalseBill("paid", said.join(" + "), holds.join(" + ")) };
}

const markOf = (checked: Checked): Check => {
  switch (checked.state) {
    case "checking":
      return { state: "checking" };
    case "done":
      return { state: "verified", standing: checked.found.standing };
    case "failed":
      if (checked.error instanceof Unreachable) return { state: "offline" };
      return { state: "unverified", error: checked.error };
  }
};

export function BillMark({ of }: { of: Checked }) {
  if (of.state === "checking" && of.progress && of.progress.count > 1)
    return <span class="mark">{t("bill.check.progress", numbers(of.progress))}</span>;
  if (of.state === "failed" && of.error instanceof FalseBill)
    return (
      <span class="mark unverified">
        <span aria-hidden="true">!</span> {t("verify.unverified")}
      </span>
    );
  return <Mark check={markOf(of)} />;
}

const numbers = ({ done, count }: Progress) => ({ done: number(done), count: number(count) });

const STATES = { proven: "✓", made: "=", read: "○" } as const;
type Step = { state: keyof typeof STATES; text: string };

function stepsOf(bill: Bill, found: BillCheck): Step[] {
  const all = [...found.lines, ...found.energy, ...found.shared, ...found.grid];
  const read = all.filter((each) => each === "read").length;
  const steps: Step[] = [
    {
      state: "proven",
      text: t("bill.check.hash", { hash: short(found.hash), height: number(found.height) }),
    },
  ];
  if (all.length > read)
    steps.push({
      state: "proven",
      text: t("bill.check.lines", { lines: number(all.length - read), count: number(found.receipts) }),
    });
  if (read) steps.push({ state: "read", text: t("bill.check.unknown", { lines: number(read) }) });
  steps.push({ state: "made", text: t("bill.check.sums") });
  steps.push(
    found.opening === "before"
      ? { state: "made", text: t("bill.check.opening", { number: bill.previous?.number ?? 0 }) }
      : { state: "read", text: t(`bill.check.opening.${found.opening}`) },
  );
  steps.push({ state: "proven", text: t("bill.check.paid") });
  steps.push({ state: "read", text: t("bill.check.terms") });
  steps.push({ state: "read", text: t("bill.check.leftOut") });
  return steps;
}

/** Hashes are too long to read. */
const tidy = (value: string): string => (/^[0-9a-f]{64}$/.test(value) ? short(value) : value);

/** A fault of the document in words, with both values. */
export function faultOf(error: Error): string {
  if (!(error instanceof FalseBill)) return error.message;
  const key = `bill.false.${error.code}`;
  const text = hasMessage(key) ? t(key as MessageKey) : error.message;
  if (!error.holds) return text;
  return `${text} ${t("bill.false.both", { said: tidy(error.said), holds: tidy(error.holds) })}`;
}

export function CheckCard({ bill, checked }: { bill: Bill; checked: Checked }) {
  return (
    <Card title={t("bill.check.title")} aside={<BillMark of={checked} />}>
      {checked.state === "failed" && (
        <div class="notice warn" role="alert">
          <strong>{t("bill.check.failed")}</strong>
          <span>{faultOf(checked.error)}</span>
          <span>{t("bill.check.failed.what")}</span>
        </div>
      )}
      {checked.state === "done" && (
        <ul class="list bill-steps">
          {stepsOf(bill, checked.found).map(({ state, text }) => (
            <li key={text}>
              <span>
                <strong>
                  <span aria-hidden="true">{STATES[state]}</span> {t(`bill.check.is.${state}`)}
                </strong>{" "}
                {text}
              </span>
            </li>
          ))}
        </ul>
      )}
      {checked.state === "checking" && <p class="quiet">{t("bill.check.what")}</p>}
      {checked.state === "done" && (
        <Pairs
          pairs={[
            [
              t("bill.hash"),
              <span key="hash" class="code" translate={false}>
                {checked.found.hash}
              </span>,
            ],
          ]}
        />
      )}
    </Card>
  );
}
