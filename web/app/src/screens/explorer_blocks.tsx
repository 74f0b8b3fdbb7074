// A block with its events as sentences, and a transaction with its receipt and its proof.

import { useState } from "preact/hooks";
import { get, type LedgerEvent, Refusal, type Schemas } from "../api/client";
import { type BlockEvent, eventsOf } from "../data/block_events";
import { useAnswer } from "../data/resource";
import { go, linkTo } from "../router";
import { sentence, who } from "../text/events";
import { clock, date, exact, number } from "../text/format";
import { named, t } from "../text/messages";
import { saveFile, transactionProof } from "../trust/proof_file";
import { Card, Copy, Empty, Notice, Pairs, Screen, Skeleton } from "../ui/parts";
import { Problem, Said } from "../ui/states";
import { Search } from "./explorer";

const MOST_EVENTS = 200;

type Block = { header: Schemas["HeaderView"]; transactions: readonly string[] | null };

/** A whole block is for who reads everything; its header is for everybody who knows its height. */
async function blockOf(name: string): Promise<Block> {
  try {
    return await get<Schemas["BlockView"]>(`/v1/blocks/${name}`);
  } catch (error) {
    const isKept = error instanceof Refusal && (error.status === 401 || error.status === 403);
    if (!isKept || !/^\d+$/.test(name)) throw error;
    const { blocks } = await get<Schemas["BlockViews"]>("/v1/headers", { from: name, to: name });
    const header = blocks[0];
    if (!header) throw error;
    return { header, transactions: null };
  }
}

export function BlockView({ name }: { name: string }) {
  const found = useAnswer(`block/${name}`, () => blockOf(name));
  const block = found.value;
  const height = block?.header.height;
  const events = useAnswer(height === undefined ? null : `events/${height}`, () =>
    eventsOf(height as number),
  );
  if (found.error) return <Missing error={found.error} />;
  if (!block || height === undefined) return <Skeleton height={500} />;
  const { header, transactions } = block;
  return (
    <Screen
      says={
        transactions
          ? t("block.says", { height: number(height), count: transactions.length })
          : `${t("explorer.block")} ${number(height)}`
      }
      under={
        <>
          <span>{`${date(header.time_ms)}, ${clock(header.time_ms)}`}</span>
          <Said />
        </>
      }
    >
      <Search />
      <p class="buttons">
        {height > 0 && (
          <a class="button" href={linkTo("explorer", "block", height - 1)}>
            {t("block.before")}
          </a>
        )}
        <a class="button" href={linkTo("explorer", "block", height + 1)}>
          {t("block.after")}
        </a>
      </p>
      <Card title={t("block.events")} aside={events.value ? number(events.value.length) : undefined}>
        {events.error && <Problem error={events.error} />}
        {!events.value && !events.error && <Skeleton height={200} />}
        {events.value && !events.value.length && <Empty>{t("block.events.none")}</Empty>}
        <EventList events={events.value ?? []} />
        {!transactions && <p class="quiet small">{t("block.headerOnly")}</p>}
      </Card>
      {transactions && transactions.length > 0 && (
        <Card title={t("block.transactions")}>
          <ol class="list">
            {transactions.map((id) => (
              <li key={id}>
                <a class="code" translate={false} href={linkTo("explorer", "transaction", id)}>
                  {id}
                </a>
              </li>
            ))}
          </ol>
        </Card>
      )}
      <Card title={t("block.header")}>
        <Pairs
          pairs={[
            [t("explorer.hash"), <Copy key="h" value={header.hash} label={t("explorer.hash")} />],
            [t("block.parent"), <Copy key="p" value={header.parent} label={t("block.parent")} />],
            [t("explorer.madeBy"), <Copy key="m" value={header.proposer} label={t("explorer.madeBy")} />],
            [t("operator.root"), <Copy key="r" value={header.state_root} label={t("operator.root")} />],
            [t("operator.protocol"), number(header.version)],
          ]}
        />
      </Card>
    </Screen>
  );
}

function EventList({ events }: { events: readonly BlockEvent[] }) {
  return (
    <ol class="list">
      {events.slice(0, MOST_EVENTS).map(({ receipt, place, transaction_id, event }) => (
        <li key={`${receipt}-${place}`}>
          <span>{sentence(event)}</span>
          {receipt > 0 && (
            <a class="small" href={linkTo("explorer", "transaction", transaction_id)}>
              {t("block.transaction", { number: receipt })}
            </a>
          )}
        </li>
      ))}
    </ol>
  );
}

/** A hash may be a block's, too. */
async function transactionOf(id: string): Promise<Schemas["TransactionAnswer"] | null> {
  try {
    return await get<Schemas["TransactionAnswer"]>(`/v1/transactions/${id}`);
  } catch (error) {
    if (!(error instanceof Refusal) || error.status !== 404) throw error;
    const block = await get<Schemas["BlockView"]>(`/v1/blocks/${id}`);
    go("explorer", "block", block.header.height);
    return null;
  }
}

export function TransactionView({ name }: { name: string }) {
  const found = useAnswer(`transaction/${name}`, () => transactionOf(name));
  const answer = found.value;
  if (found.error) return <Missing error={found.error} />;
  if (!answer) return <Skeleton height={400} />;
  const { transaction, receipt } = answer;
  return (
    <Screen
      says={t(sayingOf(answer), {
        kind: transaction ? named("type", transaction.type) : "",
        height: number(answer.height ?? 0),
      })}
      under={<Said />}
    >
      <Search />
      {answer.code && (
        <Notice>
          <strong>{t("transaction.refused")}</strong>
          <span lang="en">{answer.explanation}</span>
          <span class="code quiet">{answer.code}</span>
        </Notice>
      )}
      {receipt && receipt.events.length > 0 && (
        <Card title={t("transaction.did")}>
          <ol class="list">
            {(receipt.events as LedgerEvent[]).map((event, place) => (
              <li key={`${event.kind}-${place}`}>{sentence(event)}</li>
            ))}
          </ol>
        </Card>
      )}
      <Card title={t("transaction.signed")}>
        <Pairs
          pairs={[
            [t("transaction.id"), <Copy key="id" value={answer.id} label={t("transaction.id")} />],
            ...(transaction
              ? ([
                  [
                    t("transaction.sender"),
                    <a key="s" href={linkTo("explorer", "account", transaction.sender)} translate={false}>
                      {who(transaction.sender)}
                    </a>,
                  ],
                  [t("transaction.fee"), exact(transaction.fee.tokens)],
                  [t("transaction.nonce"), number(transaction.nonce)],
                  [t("transaction.bytes"), number(transaction.bytes)],
                ] as const)
              : []),
          ]}
        />
        {answer.height !== null && (
          <p class="buttons">
            <a class="button" href={linkTo("explorer", "block", answer.height)}>
              {t("explorer.block")} {number(answer.height)}
            </a>
            {answer.index !== null && (
              <SaveProof id={answer.id} height={answer.height} index={answer.index} />
            )}
          </p>
        )}
      </Card>
    </Screen>
  );
}

function sayingOf({ status, code }: Schemas["TransactionAnswer"]) {
  if (status === "decided")
    return code ? ("transaction.says.refused" as const) : ("transaction.says.done" as const);
  return status === "waiting" ? ("transaction.says.waiting" as const) : ("transaction.says.dropped" as const);
}

function SaveProof({ id, height, index }: { id: string; height: number; index: number }) {
  const [error, setError] = useState<Error | null>(null);
  const [busy, setBusy] = useState(false);
  const save = async () => {
    setBusy(true);
    setError(null);
    try {
      saveFile(`${id.slice(0, 12)}.proof`, await transactionProof(height, index));
    } catch (failure) {
      setError(failure as Error);
    }
    setBusy(false);
  };
  return (
    <>
      <button type="button" onClick={save} disabled={busy}>
        {t("transaction.proof")}
      </button>
      {error && <Problem error={error} />}
    </>
  );
}

/** Nothing of that name, with the field to look again. */
export function Missing({ error }: { error: Error }) {
  return (
    <Screen says={t("explorer.nothing")}>
      <Search />
      <Problem error={error} />
    </Screen>
  );
}
