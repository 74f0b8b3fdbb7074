// Figures from outside: what is in force, how old it is, who said what, the last day; a reporter's own report.

import { useState } from "preact/hooks";
import { get, pages, type Schemas } from "../api/client";
import { address } from "../data/account";
import { toBase } from "../data/amounts";
import { chainNow } from "../data/node";
import { type Resource, useAnswer } from "../data/resource";
import { PAYLOADS } from "../keys/transactions";
import { unlocked } from "../keys/vault";
import { who } from "../text/events";
import { exact, moment, span } from "../text/format";
import { type MessageKey, t } from "../text/messages";
import { Card, Empty, Field, Figure, Notice, Pairs, Screen, Skeleton, Table } from "../ui/parts";
import { Sign } from "../ui/sign";
import { Age, Pending, Problem, Said } from "../ui/states";

type Feed = Schemas["FeedView"];

/** A limit keeps open ones few; ended ones are kept for years. */
const allFeeds = (): Promise<readonly Feed[]> =>
  pages("/v1/feeds", {}, (page: Schemas["Feeds"]) => page.feeds);

export default function Feeds() {
  const found: Resource<readonly Feed[]> = useAnswer("feeds", allFeeds);
  const all = found.value ?? [];
  const open = all.filter(({ ended_ms }) => !ended_ms);
  const ended = all.filter(({ ended_ms }) => ended_ms);
  return (
    <Screen
      says={
        found.value ? (
          open.length ? (
            t("feeds.says", { count: open.length })
          ) : (
            t("feeds.none")
          )
        ) : (
          <Pending of={found} />
        )
      }
      under={
        found.value && (
          <>
            <Said />
            <Age of={found} />
          </>
        )
      }
    >
      {found.error && <Problem error={found.error} />}
      {!found.value && !found.error && <Skeleton height={200} />}
      <p class="quiet">{t("feeds.what")}</p>
      {open.map((feed) => (
        <FeedCard key={feed.number} {...{ feed }} />
      ))}
      {ended.length > 0 && (
        <p class="quiet small">
          {t("feeds.ended", { names: ended.map(({ number, name }) => `${number} ${name}`).join(", ") })}
        </p>
      )}
    </Screen>
  );
}

function FeedCard({ feed }: { feed: Feed }) {
  const { value, unit, quorum, liars, reporters } = feed;
  const isReporter = reporters.some(({ account }) => account === address.value);
  return (
    <Card title={`${feed.number}. ${feed.name}`} aside={t(`feeds.counts.${feed.counts}` as MessageKey)}>
      {value ? (
        <Figure
          value={exact(value.text)}
          unit={unit}
          exactly={t("feeds.since", { when: moment(feed.since_ms) })}
        />
      ) : (
        <Notice>{t("feeds.noValue")}</Notice>
      )}
      <p>
        {t("feeds.state", { counting: feed.counting, all: reporters.length, quorum })}{" "}
        {liars ? t("feeds.liars", { count: liars }) : t("feeds.noLiars")}
      </p>
      {2 * quorum <= reporters.length && <Notice>{t("feeds.weak")}</Notice>}
      {feed.oldest_ms > 0 && (
        <p class="under small">
          {t("feeds.oldest", { age: span(Math.max(chainNow() - feed.oldest_ms, 0)) })}
        </p>
      )}
      <Pairs
        pairs={[
          [t("feeds.age"), span(feed.oldest_age_ms)],
          [
            t("feeds.bounds"),
            t("feeds.boundsText", { least: exact(feed.least.text), most: exact(feed.most.text), unit }),
          ],
        ]}
      />
      <details>
        <summary>{t("feeds.reports")}</summary>
        <Reports {...{ feed }} />
      </details>
      <History {...{ feed }} />
      {isReporter && unlocked.value && <Report {...{ feed }} />}
    </Card>
  );
}

function Reports({ feed }: { feed: Feed }) {
  return (
    <Table
      caption={t("feeds.reports")}
      columns={[
        { title: t("feeds.reporter") },
        { title: t("feeds.said"), number: true },
        { title: t("feeds.for") },
        { title: t("feeds.counted") },
      ]}
      rows={feed.reporters.map(({ account, value, time_ms, counts }) => [
        <span key={account} translate={false}>
          {who(account)}
        </span>,
        value ? exact(value.text) : t("feeds.never"),
        value ? moment(time_ms) : "–",
        value ? t(counts ? "feeds.yes" : "feeds.no") : "–",
      ])}
    />
  );
}

/** What was in force over the last day, asked for when it is opened. */
function History({ feed }: { feed: Feed }) {
  const [isOpen, setIsOpen] = useState(false);
  const found: Resource<Schemas["FeedHistory"]> = useAnswer(
    isOpen ? `feeds/${feed.number}/history` : null,
    () => get(`/v1/feeds/${feed.number}/history`),
  );
  const steps = [...(found.value?.steps ?? [])].reverse();
  return (
    <details onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary>{t("feeds.history")}</summary>
      <p class="quiet small">{t("feeds.history.what")}</p>
      {found.error && <Problem error={found.error} />}
      {found.value && !steps.length && <Empty>{t("feeds.nothing")}</Empty>}
      {steps.length > 0 && (
        <Table
          caption={t("feeds.history")}
          columns={[{ title: t("feeds.from") }, { title: feed.unit, number: true }]}
          rows={steps.map(({ from_ms, value }) => [
            moment(from_ms),
            value ? exact(value.text) : t("feeds.nothing"),
          ])}
        />
      )}
    </details>
  );
}

/** A reporter's next report. */
function Report({ feed }: { feed: Feed }) {
  const [text, setText] = useState("");
  const value = figureOf(text, feed.decimals);
  const isInside = value !== null && value >= BigInt(feed.least.base) && value <= BigInt(feed.most.base);
  const error = !text || isInside ? "" : t(value === null ? "form.wrong" : "feeds.outside");
  return (
    <form onSubmit={(event) => event.preventDefault()} noValidate>
      <h3>{t("feeds.yours")}</h3>
      <Field
        label={t("feeds.yourValue", { unit: feed.unit })}
        inputMode="decimal"
        autocomplete="off"
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
        {...(error ? { error } : {})}
      />
      <Sign
        says={isInside ? t("feeds.does", { value: text, unit: feed.unit, name: feed.name }) : ""}
        label={t("feeds.sign")}
        payload={isInside ? PAYLOADS.reportFeed(feed.number, value, chainNow()) : null}
      />
    </form>
  );
}

/** The value that was typed, in the feed's smallest unit; null: none. */
function figureOf(text: string, decimals: number): bigint | null {
  try {
    return toBase(text.trim().replace(",", "."), decimals);
  } catch {
    return null;
  }
}
