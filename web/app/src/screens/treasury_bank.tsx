// The bank: a statement whose entries are shown before any is noted, and files that ask it to collect or to pay.

import { useState } from "preact/hooks";
import { fromHex } from "../../../verifier/index.js";
import type { Schemas } from "../api/client";
import { address } from "../data/account";
import { centsText } from "../data/bill_document";
import { bankFile, type Entry, entriesIn, saveBillFile } from "../data/bills";
import { chainNow, refresh } from "../data/node";
import { send } from "../keys/send";
import { PAYLOADS } from "../keys/transactions";
import { unlocked } from "../keys/vault";
import { linkTo } from "../router";
import { exact, number } from "../text/format";
import { hasMessage, type MessageKey, t } from "../text/messages";
import { announce } from "../ui/announce";
import { Card, Choice, Empty, Field, Notice, Table } from "../ui/parts";
import { Problem, problemText } from "../ui/states";
import { dayName } from "./bill_words";

const CURRENCY = 2n;
const MOST_BYTES = 1_000_000;

export function BankCards({ password, next }: { password: string; next: number }) {
  return (
    <div class="columns two">
      <StatementCard />
      <FilesCard {...{ password, next }} />
    </div>
  );
}

const isReady = ({ number: of, noted, reason }: Entry): boolean => of > 0 && !noted && !reason;

function StatementCard() {
  const [text, setText] = useState("");
  const [entries, setEntries] = useState<readonly Entry[] | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const look = async (statement: string) => {
    setError(null);
    try {
      setEntries((await entriesIn(statement)).entries);
    } catch (found) {
      setEntries(null);
      setError(found as Error);
    }
  };
  const chosen = async (file: File | undefined) => {
    if (!file) return;
    if (file.size > MOST_BYTES) {
      setEntries(null);
      setError(new Error(t("treasury.statement.tooLarge")));
      return;
    }
    const statement = await file.text();
    setText(statement);
    await look(statement);
  };
  return (
    <Card title={t("treasury.statement")}>
      <p class="quiet">{t("treasury.statement.what")}</p>
      <Field
        label={t("treasury.statement.file")}
        type="file"
        accept=".xml,.csv,text/xml,text/csv"
        onChange={(event) => void chosen(event.currentTarget.files?.[0])}
      />
      {error && <Problem error={error} />}
      {entries && !entries.length && <Empty>{t("treasury.statement.empty")}</Empty>}
      {entries && entries.length > 0 && (
        <>
          <Matches entries={entries} />
          <NoteAll entries={entries.filter(isReady)} onDone={() => look(text)} />
        </>
      )}
    </Card>
  );
}

function becomesOf({ number: of, noted, reason, name }: Entry): string {
  if (noted) return t("treasury.entry.noted", { name });
  if (of) return t("treasury.entry.pays", { name });
  const key = `treasury.entry.${reason}`;
  return hasMessage(key) ? t(key as MessageKey) : reason;
}

function Matches({ entries }: { entries: readonly Entry[] }) {
  return (
    <Table
      caption={t("treasury.statement")}
      columns={[
        { title: t("bill.day") },
        { title: t("bill.amount"), number: true },
        { title: t("treasury.entry.becomes") },
        { title: t("treasury.entry.text") },
      ]}
      rows={entries.map((each) => [
        dayName(each.date),
        `${exact(centsText(each.cents))} ${each.currency}`,
        becomesOf(each),
        each.text,
      ])}
    />
  );
}

/** Each entry is a transaction of its own; the first that is refused ends it, and what was noted stays so. */
function NoteAll({ entries, onDone }: { entries: readonly Entry[]; onDone: () => Promise<void> }) {
  const [done, setDone] = useState(-1);
  const [error, setError] = useState<Error | null>(null);
  const key = unlocked.value;
  if (!entries.length) return <p class="quiet">{t("treasury.note.none")}</p>;
  if (!key || key.address !== address.value)
    return (
      <p>
        <a href={linkTo("account")}>{t(key ? "sign.otherKey" : "sign.unlock")}</a>
      </p>
    );
  const note = async () => {
    if (done >= 0) return;
    setError(null);
    try {
      for (const [place, entry] of entries.entries()) {
        setDone(place);
        const answer = await send(
          PAYLOADS.notePayment({
            number: BigInt(entry.number),
            asset: CURRENCY,
            amount: BigInt(entry.base),
            reference: fromHex(entry.hash),
          }),
        );
        if (answer.status !== "decided" || answer.code)
          throw new Error(answer.explanation || t("sign.waiting"));
      }
      announce(t("treasury.note.done", { count: entries.length }));
    } catch (found) {
      setError(found as Error);
      announce(problemText(found as Error));
    }
    setDone(-1);
    await refresh();
    await onDone();
  };
  const sum = entries.reduce((before, { cents }) => before + cents, 0);
  return (
    <>
      <div class="says">
        {t("treasury.note.does", { count: entries.length, amount: exact(centsText(sum)) })}
      </div>
      <p class="buttons">
        <button type="button" class="main" aria-disabled={done >= 0 || undefined} onClick={note}>
          {done < 0
            ? t("treasury.note", { count: entries.length })
            : t("treasury.note.sending", { done: number(done), count: number(entries.length) })}
        </button>
      </p>
      {error && <Problem error={error} />}
    </>
  );
}

type Kind = "debits" | "transfers";
const WEEK_MS = 7 * 86_400_000;
const inAWeek = (): string => new Date(chainNow() + WEEK_MS).toISOString().slice(0, 10);

function FilesCard({ password, next }: { password: string; next: number }) {
  const [kind, setKind] = useState<Kind>("debits");
  const [day, setDay] = useState(inAWeek);
  const [first, setFirst] = useState("1");
  const [made, setMade] = useState<Schemas["PaymentFile"] | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const make = async () => {
    setError(null);
    setMade(null);
    try {
      const found = await bankFile({ kind, day, run: kind === "debits" ? Number(first) || 0 : 0, password });
      saveBillFile(found.file);
      setMade(found);
    } catch (problem) {
      setError(problem as Error);
    }
  };
  return (
    <Card title={t("treasury.files")}>
      <Choice
        label={t("treasury.files")}
        options={[
          ["debits", t("treasury.files.debits")],
          ["transfers", t("treasury.files.transfers")],
        ]}
        value={kind}
        onChange={setKind}
      />
      <p class="quiet">{t(`treasury.files.${kind}.what`)}</p>
      {kind === "debits" && next > 1 && (
        <Field
          label={t("treasury.files.run")}
          inputMode="numeric"
          value={first}
          onInput={(event) => setFirst(event.currentTarget.value)}
        />
      )}
      <Field
        label={t("treasury.files.day")}
        type="date"
        value={day}
        onInput={(event) => setDay(event.currentTarget.value)}
      />
      <p class="buttons">
        <button type="button" onClick={make}>
          {t("treasury.files.make")}
        </button>
      </p>
      {error && <Problem error={error} />}
      {made && (
        <Notice tone="good">
          <span>{t("treasury.files.made", { count: made.orders, amount: exact(made.total.tokens) })}</span>
          {made.without.length > 0 && (
            <span>{t("treasury.files.without", { names: made.without.join(", ") })}</span>
          )}
        </Notice>
      )}
    </Card>
  );
}
