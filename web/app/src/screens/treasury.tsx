// A treasurer's desk: a period's bills from the preview to the signature, who owes, what the bank says and is asked for.

import { useEffect, useState } from "preact/hooks";
import { fromHex } from "../../../verifier/index.js";
import { address } from "../data/account";
import { centsText } from "../data/bill_document";
import { billing, type Desk, desk, makeRun, type Run, settle } from "../data/bills";
import { height } from "../data/node";
import { useAnswer } from "../data/resource";
import { PAYLOADS } from "../keys/transactions";
import { linkTo } from "../router";
import { exact, number, short } from "../text/format";
import { hasMessage, type MessageKey, t } from "../text/messages";
import { announce } from "../ui/announce";
import { Card, Empty, Field, Notice, Pairs, Screen, Skeleton, Table } from "../ui/parts";
import { Sign } from "../ui/sign";
import { Age, Pending, Problem } from "../ui/states";
import { dayName } from "./bill_words";
import { BankCards } from "./treasury_bank";
import { DebtorsCard } from "./treasury_debtors";
import { FormsCard } from "./treasury_forms";

const LOOK_MS = 500;

export default function Treasury() {
  const chain = useAnswer("billing", billing).value;
  const found = useAnswer("billing/desk", desk);
  const [later, setLater] = useState<Desk | null>(null);
  const [password, setPassword] = useState("");
  const shown = later ?? found.value;
  const isTreasurer = chain?.treasurers.includes(address.value) ?? false;
  const pending = shown?.pending ?? 0;
  // What the chain has decided meanwhile is kept for good.
  useEffect(() => {
    if (!pending) return;
    settle().then(setLater, () => undefined); // Another piece of work is being done: the next block asks again.
  }, [pending, height.value]);
  return (
    <Screen
      says={shown ? saysOf(shown) : <Pending of={found} />}
      under={
        <>
          {chain && !isTreasurer && <span>{t("treasury.notTreasurer")}</span>}
          <Age of={found} />
          <a href={linkTo("bills")}>{t("nav.bills")}</a>
        </>
      }
    >
      {found.error && <Problem error={found.error} />}
      {!shown && !found.error && <Skeleton height={300} />}
      {shown && !shown.zone && <Notice>{t("treasury.noSettings")}</Notice>}
      {shown?.zone && (
        <>
          <div class="columns two">
            <RunCard {...{ shown, password }} onDesk={setLater} />
            <DeskCard {...{ shown, password }} onPassword={setPassword} />
          </div>
          <DebtorsCard password={password} />
          <FormsCard password={password} />
          <BankCards {...{ password, next: shown.next_number }} />
        </>
      )}
    </Screen>
  );
}

const saysOf = (shown: Desk): string =>
  shown.billed_until_day
    ? t("treasury.says", { day: dayName(shown.billed_until_day), count: shown.documents })
    : t("treasury.saysNone");

function DeskCard({
  shown,
  password,
  onPassword,
}: {
  shown: Desk;
  password: string;
  onPassword: (text: string) => void;
}) {
  return (
    <Card title={t("treasury.desk")}>
      <Pairs
        pairs={[
          [t("bill.seller"), shown.seller],
          [t("treasury.next"), number(shown.next_number)],
          [t("treasury.zone"), shown.zone],
        ]}
      />
      {shown.pending > 0 && <Notice tone="mild">{t("treasury.pending", { count: shown.pending })}</Notice>}
      {shown.settled > 0 && <Notice tone="good">{t("treasury.settled", { count: shown.settled })}</Notice>}
      {shown.has_book ? (
        <Field
          label={t("treasury.password")}
          hint={t("treasury.password.what")}
          type="password"
          autocomplete="off"
          value={password}
          onInput={(event) => onPassword(event.currentTarget.value)}
        />
      ) : (
        <Empty>{t("treasury.noBook")}</Empty>
      )}
    </Card>
  );
}

type Making = { shown: Desk; password: string; onDesk: (desk: Desk) => void };

function RunCard({ shown, password, onDesk }: Making) {
  const [period, setPeriod] = useState("");
  const [error, setError] = useState<Error | null>(null);
  const run = shown.run;
  const isMade = run !== null && !run.over;
  useEffect(() => {
    if (!isMade) return;
    const again = setTimeout(() => desk().then(onDesk, setError), LOOK_MS);
    return () => clearTimeout(again);
  }, [shown]);
  useEffect(() => {
    if (run?.over) announce(run.error ? run.error_text : t("treasury.run.made", { count: run.count }));
  }, [run?.over, run?.period]);
  const make = async (isFinal: boolean) => {
    if (isMade) return;
    setError(null);
    try {
      onDesk(await makeRun(period.trim(), password, isFinal));
    } catch (found) {
      setError(found as Error);
    }
  };
  const pressed = (isFinal: boolean) => () => void make(isFinal);
  return (
    <Card title={t("treasury.run")}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void make(false);
        }}
        noValidate
      >
        <Field
          label={t("treasury.period")}
          hint={t("treasury.period.what")}
          autocomplete="off"
          value={period}
          onInput={(event) => setPeriod(event.currentTarget.value)}
        />
        <p class="buttons">
          <button type="submit" disabled={!period.trim()} aria-disabled={isMade || undefined}>
            {t("treasury.preview")}
          </button>
          <button
            type="button"
            disabled={!period.trim()}
            aria-disabled={isMade || undefined}
            onClick={pressed(true)}
          >
            {t("treasury.number")}
          </button>
        </p>
      </form>
      {error && <Problem error={error} />}
      {run && <RunView run={run} />}
    </Card>
  );
}

function RunView({ run }: { run: Run }) {
  if (!run.over)
    return (
      <label class="stack">
        {t("treasury.run.making", { done: number(run.done), count: number(run.count) })}
        <progress value={run.done} max={run.count || 1} />
      </label>
    );
  if (run.error)
    return (
      <Notice>
        <strong>{t("treasury.run.failed", { period: run.period })}</strong>
        <span lang="en">{run.error_text}</span>
        <span class="code quiet">{run.error}</span>
      </Notice>
    );
  return (
    <>
      <h3>{t(run.is_final ? "treasury.run.final" : "treasury.run.preview", { period: run.period })}</h3>
      <Problems run={run} />
      <Drafts run={run} />
      {run.finalising && (
        <Sign
          says={t("treasury.sign.does", {
            count: run.finalising.count,
            first: dayName(run.first_day),
            last: dayName(run.last_day),
          })}
          label={t("treasury.sign")}
          payload={PAYLOADS.finaliseBills({
            first: BigInt(run.finalising.first),
            count: BigInt(run.finalising.count),
            root: fromHex(run.finalising.root),
            from_ms: BigInt(run.finalising.from_ms),
            to_ms: BigInt(run.finalising.to_ms),
          })}
        />
      )}
    </>
  );
}

const called = (member: string, account: string): string =>
  member || (account ? short(account) : t("treasury.all"));

/** Codes whose cause names a meter, a zone, a section or a number. */
const DETAILED = new Set([
  "meter_behind",
  "meter_quarantined",
  "other_zone",
  "no_tax_rule",
  "archive_incomplete",
  "unsettled_slots",
  "point_without_tariff",
  "other_currency",
]);

function Problems({ run }: { run: Run }) {
  if (!run.problem_count) return <Notice tone="good">{t("treasury.ready")}</Notice>;
  const text = (code: string, english: string) => {
    const key = `treasury.problem.${code}`;
    return hasMessage(key) ? t(key as MessageKey) : <span lang="en">{english}</span>;
  };
  return (
    <>
      <Notice>
        <strong>{t("treasury.blocked", { count: run.problem_count })}</strong>
        <span>{t("treasury.blocked.what")}</span>
      </Notice>
      <ul class="list">
        {run.problems.map(({ code, account, member, text: english }) => (
          <li key={`${code}${account}${english}`}>
            <span>
              <strong>{called(member, account)}</strong>: {text(code, english)}
            </span>
            {DETAILED.has(code) && (
              <span class="quiet small" lang="en">
                {english}
              </span>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

function Drafts({ run }: { run: Run }) {
  if (!run.drafts.length) return <Empty>{t("treasury.nobody")}</Empty>;
  return (
    <Table
      caption={t("treasury.drafts")}
      columns={[
        { title: t("treasury.member") },
        { title: t("bill.number"), number: true },
        { title: t("bill.charges"), number: true },
        { title: t("bill.credits"), number: true },
        { title: t("bill.due"), number: true },
      ]}
      rows={run.drafts.map((each) => [
        called(each.member, each.account),
        each.number ? number(each.number) : "–",
        exact(centsText(each.charges_cents)),
        exact(centsText(each.credits_cents)),
        exact(centsText(each.due_cents)),
      ])}
    />
  );
}
