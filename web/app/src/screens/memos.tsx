// Memos of an account: whether it takes them, and what those say that the unlocked key opens.

import { useEffect, useState } from "preact/hooks";
import type { LedgerEvent, Movement, Schemas } from "../api/client";
import { get } from "../api/client";
import { useAnswer } from "../data/resource";
import { movementsWithin } from "../data/statement";
import { PAYLOADS } from "../keys/transactions";
import { unlocked } from "../keys/vault";
import { linkTo } from "../router";
import { who } from "../text/events";
import { moment } from "../text/format";
import { t } from "../text/messages";
import { Card, Empty, Notice } from "../ui/parts";
import { Sign } from "../ui/sign";

const DAYS_BACK = 90;
const DAY_MS = 86_400_000;

type Memo = { movement: Movement; entry: LedgerEvent };

/** Newest first. */
export const memosOf = (movements: readonly Movement[]): Memo[] =>
  movements
    .flatMap((movement) => (movement.events as LedgerEvent[]).map((entry) => ({ movement, entry })))
    .filter(({ entry }) => entry.kind === "memo_sent")
    .reverse();

export function Memos({ own }: { own: string }) {
  const now = Date.now();
  const range = { fromMs: now - DAYS_BACK * DAY_MS, toMs: now + DAY_MS };
  const found = useAnswer(`memos/${own}`, () => movementsWithin(own, range)).value;
  const memos = memosOf(found ?? []);
  return (
    <Card title={t("memos.title")} aside={t("memos.days", { count: DAYS_BACK })}>
      {found && !memos.length && <Empty>{t("memos.none")}</Empty>}
      {memos.length > 0 && !unlocked.value && <Notice tone="mild">{t("memos.locked")}</Notice>}
      <ol class="list">
        {memos.map(({ movement, entry }) => (
          <li key={`${movement.height}-${movement.index}`}>
            <Text entry={entry} />
            <a class="small" href={linkTo("explorer", "transaction", movement.transaction_id)}>
              {t("memos.between", { sender: who(String(entry.sender)), reader: who(String(entry.reader)) })}{" "}
              {moment(movement.time_ms)}
            </a>
          </li>
        ))}
      </ol>
      <Publish own={own} />
    </Card>
  );
}

/** What it says: in memory, as long as the key is unlocked. */
function Text({ entry }: { entry: LedgerEvent }) {
  const [text, setText] = useState<string | null>(null);
  const key = unlocked.value;
  useEffect(() => {
    let gone = false;
    setText(null);
    if (key)
      void import("../keys/memos")
        .then(({ opened }) => opened(entry, key))
        .then((said) => {
          if (!gone) setText(said);
        });
    return () => {
      gone = true;
    };
  }, [key, entry.sealed]);
  return text === null ? <span class="quiet">{t("memos.sealed")}</span> : <span class="memo">{text}</span>;
}

const NONE = new Uint8Array();

/** The key that the account publishes, or takes back. */
function Publish({ own }: { own: string }) {
  const stands = useAnswer(`memo-key/${own}`, () =>
    get<Schemas["MemoKeyAnswer"]>(`/v1/memos/keys/${own}`),
  ).value;
  const [mine, setMine] = useState<Uint8Array | null>(null);
  const key = unlocked.value;
  useEffect(() => {
    setMine(null);
    if (key) void key.memo().then(({ publicKey }) => setMine(publicKey));
  }, [key]);
  if (!stands) return null;
  return (
    <>
      <p>{t(stands.key === null ? "memos.closed" : "memos.open")}</p>
      <Sign
        says={t(stands.key === null ? "memos.publish.does" : "memos.unpublish.does")}
        label={t(stands.key === null ? "memos.publish" : "memos.unpublish")}
        payload={stands.key === null ? mine && PAYLOADS.setMemoKey(mine) : PAYLOADS.setMemoKey(NONE)}
        plain={stands.key !== null}
      />
    </>
  );
}
