// One group: my share and what I would get, its account and terms, who has what, what it paid, and what may be signed.

import { useState } from "preact/hooks";
import type { LedgerEvent } from "../api/client";
import { address } from "../data/account";
import { type Asset, assets } from "../data/assets";
import {
  type Group,
  heldAt,
  laterThan,
  type Member,
  type Mine,
  previewOf,
  termsOf,
  useGroup,
  useMembers,
  useMyGroups,
} from "../data/groups";
import { chainNow } from "../data/node";
import { useAnswer } from "../data/resource";
import { type Clock, clockOf, useSlotTerms } from "../data/sharing";
import { movementsWithin } from "../data/statement";
import { linkTo } from "../router";
import { sentence, who } from "../text/events";
import { moment } from "../text/format";
import { momentIn } from "../text/local_time";
import { t } from "../text/messages";
import { partsText } from "../text/parts";
import { typedAmount } from "../ui/entry";
import { Card, Copy, Empty, Field, Figure, Notice, Screen, Skeleton, Table } from "../ui/parts";
import { Age, Pending, Problem, Said } from "../ui/states";
import { GroupOperator } from "./group_operator";
import { ShareForms } from "./group_shares";
import { GroupPairs } from "./group_words";
import { amountsText, Later, slotNow } from "./groups";

const MONTH_MS = 31 * 86_400_000;
const MOST_LINES = 20;

export function OneGroup({ number }: { number: number }) {
  const found = useGroup(number);
  const mine = useMyGroups(address.value);
  const slots = useSlotTerms().value;
  const known = useAnswer("assets", assets).value ?? [];
  const group = found.value;
  if (!group || !slots || !known.length) {
    return (
      <Screen says={<Pending of={found} />} under={<Back />}>
        {found.error ? <Problem error={found.error} /> : <Skeleton height={300} />}
      </Screen>
    );
  }
  const clock = clockOf(slots);
  const my = mine.value?.find((each) => each.group === number);
  const isOperator = termsOf(group).operator === address.value;
  return (
    <Screen
      says={saysOf(group, my, clock, known)}
      under={
        <>
          {isOperator && <span>{t("group.youOperate")}</span>}
          <Said />
          <Age of={found} />
          <Back />
        </>
      }
    >
      {group.dissolved_slot > 0 && <Notice>{t("group.isDissolved")}</Notice>}
      {group.dividing && <Notice tone="mild">{t("group.isDividing")}</Notice>}
      <div class="columns two">
        {my && <MyShare {...{ my, group, clock, known }} />}
        <Account {...{ group, clock, known }} />
      </div>
      <Members {...{ group, clock }} isInside={Boolean(my) || isOperator} />
      <Payments group={group} isOperator={isOperator} />
      {address.value && !group.dissolved_slot && <ShareForms {...{ group, clock }} my={my ?? null} />}
      {isOperator && <GroupOperator {...{ group, clock, known }} />}
    </Screen>
  );
}

const Back = () => <a href={linkTo("groups")}>{t("groups.title")}</a>;

function saysOf(group: Group, my: Mine | undefined, clock: Clock, known: readonly Asset[]): string {
  const { name } = termsOf(group);
  const has = amountsText(group.balances, known);
  if (!my) return has ? t("group.saysHas", { name, amount: has }) : t("group.saysEmpty", { name });
  const share = partsText(heldAt(my.changes, slotNow(clock))?.share ?? 0);
  const { gets } = my.preview;
  return gets.length
    ? t("group.saysGets", { name, share, amount: amountsText(gets, known) })
    : t("group.saysShare", { name, share });
}

type Shown = { group: Group; clock: Clock; known: readonly Asset[] };

function MyShare({ my, group, clock, known }: Shown & { my: Mine }) {
  const [text, setText] = useState("");
  const money = known.find(({ name }) => name.toLowerCase() === termsOf(group).asset) ?? known[0];
  const amount = typedAmount(text, money?.decimals ?? 0);
  const tried = useAnswer(amount === null ? null : `groups/${group.number}/try/${amount}`, () =>
    previewOf(group.number, my.preview.account, amount ?? 0n),
  );
  const held = heldAt(my.changes, slotNow(clock));
  const { weight, all_weights, divided } = my.preview;
  return (
    <Card title={t("group.mine")}>
      <Figure value={partsText(held?.share ?? 0)} unit={t("group.ofGroup")} />
      {held && held.key > 0 && <p>{t("group.myKey", { key: held.key })}</p>}
      {laterThan(my.changes, slotNow(clock)).length > 0 && (
        <p class="stack">
          <Later changes={my.changes} clock={clock} />
        </p>
      )}
      <p>
        {divided.length
          ? t("group.why", {
              amount: amountsText(divided, known),
              weight: all_weights ? partsText(Math.round((weight / all_weights) * 1e9)) : partsText(0),
              gets: amountsText(my.preview.gets, known) || "0",
            })
          : t("group.nothingThere")}
      </p>
      <Field
        label={t("group.try", { symbol: money?.symbol ?? "" })}
        inputMode="decimal"
        autocomplete="off"
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
        {...(text && amount === null ? { error: t("form.wrong") } : {})}
      />
      <div aria-live="polite">
        {tried.value && amount !== null && (
          <p>{t("group.wouldGet", { amount: amountsText(tried.value.gets, known) })}</p>
        )}
      </div>
    </Card>
  );
}

function Account({ group, clock, known }: Shown) {
  const terms = termsOf(group);
  const symbol = known.find(({ name }) => name.toLowerCase() === terms.asset)?.symbol ?? "";
  return (
    <Card title={t("group.account")}>
      <GroupPairs
        {...{ terms, symbol }}
        spent={group.spent.tokens}
        more={[
          [t("group.has"), amountsText(group.balances, known) || "0"],
          ...(group.next_ms ? ([[t("group.next"), momentIn(clock.zone, group.next_ms)]] as const) : []),
          [t("group.distributions"), String(group.distributions)],
          [t("group.address"), <Copy key="copy" value={group.account} label={t("group.address")} />],
        ]}
      />
    </Card>
  );
}

/** Who has what; who is not inside is told of the group's own part only. */
function Members({ group, clock, isInside }: { group: Group; clock: Clock; isInside: boolean }) {
  const found = useMembers(group.number);
  const members = [...(found.value ?? [])].sort((one, other) => shareOf(other, clock) - shareOf(one, clock));
  return (
    <Card title={t("group.who")}>
      {!isInside && <p class="quiet">{t("group.who.closed")}</p>}
      {found.error && <Problem error={found.error} />}
      {!found.value && !found.error && <Skeleton height={80} />}
      {found.value && (
        <Table
          caption={t("group.who")}
          columns={[
            { title: t("group.member") },
            { title: t("group.share"), number: true },
            { title: t("group.key"), number: true },
            { title: t("group.since") },
            { title: t("group.toCome") },
          ]}
          rows={members.map((each) => rowOf(each, group, clock))}
        />
      )}
    </Card>
  );
}

const shareOf = ({ changes }: Member, clock: Clock): number => heldAt(changes, slotNow(clock))?.share ?? 0;

function rowOf({ account, changes }: Member, group: Group, clock: Clock) {
  const held = heldAt(changes, slotNow(clock));
  return [
    account === group.account ? (
      t("group.itself")
    ) : (
      <span key="who" translate={false}>
        {who(account)}
      </span>
    ),
    partsText(held?.share ?? 0),
    held?.key ? String(held.key) : "–",
    held ? momentIn(clock.zone, held.from_ms) : "–",
    <Later key="later" changes={changes} clock={clock} />,
  ];
}

/** The account's movements of the last month, for who may read them. */
function Payments({ group, isOperator }: { group: Group; isOperator: boolean }) {
  const toMs = chainNow() + 1;
  const found = useAnswer(isOperator ? `groups/${group.number}/statement` : null, () =>
    movementsWithin(group.account, { fromMs: Math.max(toMs - MONTH_MS, 0), toMs }),
  );
  const lines = (found.value ?? [])
    .flatMap((movement) => (movement.events as LedgerEvent[]).map((entry) => ({ movement, entry })))
    .filter(({ entry }) => entry.kind !== "fee_paid")
    .reverse();
  return (
    <Card title={t("group.payments")}>
      {!isOperator && <p class="quiet">{t("group.payments.closed")}</p>}
      {found.error && <Problem error={found.error} />}
      {isOperator && !found.value && !found.error && <Skeleton height={80} />}
      {found.value && !lines.length && <Empty>{t("group.payments.none")}</Empty>}
      {lines.length > 0 && (
        <ol class="list">
          {lines.slice(0, MOST_LINES).map(({ movement, entry }, place) => (
            <li key={`${movement.height}-${movement.index}-${place}`}>
              <span>{sentence(entry)}</span>
              <a class="small" href={linkTo("explorer", "block", movement.height)}>
                {moment(movement.time_ms)}
              </a>
            </li>
          ))}
        </ol>
      )}
    </Card>
  );
}
