// Points for what helps the community: the board of nicknames, one's own by kind, rules, prizes; joining and leaving.

import { useState } from "preact/hooks";
import { get, type Schemas } from "../api/client";
import { address } from "../data/account";
import { type Resource, useAnswer } from "../data/resource";
import { PAYLOADS } from "../keys/transactions";
import { unlocked } from "../keys/vault";
import { exact, number } from "../text/format";
import { t } from "../text/messages";
import { Card, Empty, Field, Pairs, Screen, Skeleton, Table } from "../ui/parts";
import { Sign } from "../ui/sign";
import { Age, Pending, Problem, Said } from "../ui/states";

type Together = Schemas["TogetherView"];
type Mine = Schemas["AccountTogether"];

const KINDS = ["used", "given", "on_time", "ballots"] as const;
const MOST_CHARACTERS = 24;

export default function TogetherScreen() {
  const found: Resource<Together> = useAnswer("together", () => get<Together>("/v1/together"));
  const own = address.value;
  const mine: Resource<Mine> = useAnswer(own ? `together/${own}` : null, () =>
    get<Mine>(`/v1/together/accounts/${own}`),
  );
  const all = found.value;
  const me = mine.value?.nickname ? mine.value : null;
  return (
    <Screen
      says={all ? <Headline {...{ all, me }} /> : <Pending of={found} />}
      under={
        all && (
          <>
            <Said />
            <Age of={found} />
          </>
        )
      }
    >
      {found.error && <Problem error={found.error} />}
      {!all && !found.error && <Skeleton height={200} />}
      {all && (
        <>
          <p class="quiet">{t("together.what")}</p>
          {all.boards.map((board) => (
            <Board key={board.season} of={board} />
          ))}
          {me && <Points of={me} />}
          <Rules of={all} />
          <Closed of={all} />
          {me ? <Leave /> : <Join />}
        </>
      )}
    </Screen>
  );
}

function Headline({ all, me }: { all: Together; me: Mine | null }) {
  const points = me?.seasons.find(({ season }) => season === all.season)?.total ?? 0;
  if (!me) return <>{t("together.count", { count: all.participants })}</>;
  return <span translate={false}>{t("together.says", { nickname: me.nickname, points })}</span>;
}

function Board({ of: { season, rows } }: { of: Schemas["BoardView"] }) {
  const title = t("together.board", { season });
  return (
    <Card title={title}>
      {rows.length === 0 && <Empty>{t("together.nobody")}</Empty>}
      {rows.length > 0 && (
        <Table
          caption={title}
          columns={[
            { title: t("together.place"), number: true },
            { title: t("together.nickname") },
            { title: t("together.points"), number: true },
          ]}
          rows={rows.map(({ place, nickname, points }) => [
            number(place),
            <span key={nickname} translate={false}>
              {nickname}
            </span>,
            number(points),
          ])}
        />
      )}
    </Card>
  );
}

/** By what they are for: nobody else is told that. */
function Points({ of }: { of: Mine }) {
  return (
    <Card title={t("together.mine")}>
      <Table
        caption={t("together.mine")}
        columns={[
          { title: t("together.kind") },
          ...of.seasons.map(({ season }) => ({ title: season, number: true })),
        ]}
        rows={KINDS.map((kind) => [
          t(`together.${kind}`),
          ...of.seasons.map(({ points }) => number(points[kind] ?? 0)),
        ])}
      />
    </Card>
  );
}

function Rules({ of: { terms } }: { of: Together }) {
  return (
    <Card title={t("together.rules")}>
      <Pairs
        pairs={[
          ...KINDS.map((kind) => [t(`together.${kind}`), number(terms[kind])] as const),
          ...terms.prizes.map(
            ({ amount, symbol }, at) =>
              [t("together.prize", { place: at + 1 }), `${exact(amount.tokens)}\u00a0${symbol}`] as const,
          ),
        ]}
      />
      <p class="small">{t("together.closes", { count: terms.grace_days })}</p>
    </Card>
  );
}

function Closed({ of }: { of: Together }) {
  const rows = of.closed.flatMap(({ season, places }) =>
    places.map(({ place, nickname, points, amount, symbol }) => [
      season,
      number(place),
      nickname ? (
        <span key={`${season} ${place}`} translate={false}>
          {nickname}
        </span>
      ) : (
        t("together.left")
      ),
      number(points),
      `${exact(amount.tokens)}\u00a0${symbol}`,
    ]),
  );
  return (
    <Card title={t("together.closed")}>
      {rows.length === 0 && <Empty>{t("together.noneClosed")}</Empty>}
      {rows.length > 0 && (
        <Table
          caption={t("together.closed")}
          columns={[
            { title: t("together.month") },
            { title: t("together.place"), number: true },
            { title: t("together.nickname") },
            { title: t("together.points"), number: true },
            { title: t("together.paid"), number: true },
          ]}
          rows={rows}
        />
      )}
    </Card>
  );
}

function Join() {
  const [nickname, setNickname] = useState("");
  const isReady = nickname !== "" && nickname === nickname.trim();
  if (!address.value || !unlocked.value) return <p>{t("together.noAccount")}</p>;
  return (
    <Card title={t("together.join")}>
      <form onSubmit={(event) => event.preventDefault()} noValidate>
        <Field
          label={t("together.nickname")}
          hint={t("together.join.hint")}
          maxLength={MOST_CHARACTERS}
          autocomplete="off"
          value={nickname}
          onInput={(event) => setNickname(event.currentTarget.value)}
        />
        <Sign
          says={isReady ? t("together.join.does", { nickname }) : ""}
          label={t("together.join.sign")}
          payload={isReady ? PAYLOADS.joinBoard(nickname) : null}
        />
      </form>
    </Card>
  );
}

function Leave() {
  if (!unlocked.value) return null;
  return (
    <Card title={t("together.leave")}>
      <form onSubmit={(event) => event.preventDefault()} noValidate>
        <Sign
          says={t("together.leave.does")}
          label={t("together.leave.sign")}
          payload={PAYLOADS.leaveBoard()}
        />
      </form>
    </Card>
  );
}
