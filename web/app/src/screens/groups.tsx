// Groups: a plant or house that several own. Which ones I am in, my share and what I would get; one of them with all of it.

import { address } from "../data/account";
import { fromBase } from "../data/amounts";
import { type Asset, assets } from "../data/assets";
import { type Group, heldAt, laterThan, type Mine, termsOf, useGroups, useMyGroups } from "../data/groups";
import { chainNow } from "../data/node";
import { useAnswer } from "../data/resource";
import { type Clock, clockOf, useSlotTerms } from "../data/sharing";
import { linkTo, place } from "../router";
import { who } from "../text/events";
import { exact, number } from "../text/format";
import { momentIn } from "../text/local_time";
import { named, t } from "../text/messages";
import { partsText } from "../text/parts";
import { Card, Empty, Screen, Skeleton, Table } from "../ui/parts";
import { Age, Pending, Problem, Said } from "../ui/states";
import { OneGroup } from "./group_one";

export default function Groups() {
  const [first = ""] = place.value.rest;
  return /^\d+$/.test(first) ? <OneGroup key={first} number={Number(first)} /> : <AllGroups />;
}

type Amount = { asset: number; amount: { tokens: string } };

/** Amounts of several assets. */
export const amountsText = (amounts: readonly Amount[], known: readonly Asset[]): string =>
  amounts
    .map(({ asset, amount }) => {
      const found = known.find((each) => each.number === asset);
      return `${exact(amount.tokens)}\u00a0${found?.supply === "meters" ? "kWh" : (found?.symbol ?? "")}`;
    })
    .join(t("word.and"));

/** The slot that goes on. */
export const slotNow = (clock: Clock): number => Math.floor(chainNow() / clock.slotMs);

/** What a member has from when on, where that is decided and yet to come. */
export function Later({ changes, clock }: { changes: Mine["changes"]; clock: Clock }) {
  return (
    <>
      {laterThan(changes, slotNow(clock)).map(({ from_slot, from_ms, share, key, points }) => (
        <span key={from_slot}>
          {t(share || key || points.length ? "group.later" : "group.laterNone", {
            when: momentIn(clock.zone, from_ms),
            share: partsText(share),
          })}
        </span>
      ))}
    </>
  );
}

/** What one would get of all groups together, by asset. */
function sumOf(mine: readonly Mine[], known: readonly Asset[]): Amount[] {
  const sums = new Map<number, bigint>();
  for (const { asset, amount } of mine.flatMap(({ preview }) => preview.gets))
    sums.set(asset, (sums.get(asset) ?? 0n) + BigInt(amount.base));
  return [...sums].map(([asset, base]) => {
    const decimals = known.find((each) => each.number === asset)?.decimals ?? 0;
    return { asset, amount: { tokens: fromBase(base, decimals) } };
  });
}

function saysOf(mine: readonly Mine[], known: readonly Asset[]): string {
  const gets = sumOf(mine, known).filter(({ amount }) => amount.tokens !== "0");
  const of = { count: mine.length, name: mine[0]?.name ?? "", amount: amountsText(gets, known) };
  if (!mine.length) return t("groups.saysNone");
  if (mine.length === 1) return t(gets.length ? "groups.saysOneGets" : "groups.saysOne", of);
  return t(gets.length ? "groups.saysManyGets" : "groups.saysMany", of);
}

function AllGroups() {
  const all = useGroups();
  const mine = useMyGroups(address.value);
  const slots = useSlotTerms().value;
  const known = useAnswer("assets", assets).value ?? [];
  const clock = slots && clockOf(slots);
  const operated = (all.value ?? []).filter((group) => termsOf(group).operator === address.value);
  const says = mine.value ? saysOf(mine.value, known) : <Pending of={mine} />;
  return (
    <Screen
      says={address.value ? says : t("groups.title")}
      under={
        <>
          {operated.length > 0 && <span>{t("groups.operated", { count: operated.length })}</span>}
          <Said />
          <Age of={mine} />
        </>
      }
    >
      {mine.error && <Problem error={mine.error} />}
      {clock && mine.value && mine.value.length > 0 && (
        <Card title={t("groups.mine")}>
          <ul class="list">
            {mine.value.map((each) => (
              <li key={each.group}>
                <MyGroup {...{ each, clock, known }} />
              </li>
            ))}
          </ul>
        </Card>
      )}
      <Card title={t("groups.all")}>
        {all.error && <Problem error={all.error} />}
        {!all.value && !all.error && <Skeleton height={120} />}
        {all.value && !all.value.length && <Empty>{t("groups.none")}</Empty>}
        {all.value && all.value.length > 0 && <GroupTable groups={all.value} known={known} />}
      </Card>
    </Screen>
  );
}

function MyGroup({ each, clock, known }: { each: Mine; clock: Clock; known: readonly Asset[] }) {
  const held = heldAt(each.changes, slotNow(clock));
  const { gets } = each.preview;
  return (
    <>
      <strong>
        <a href={linkTo("groups", each.group)}>{each.name}</a>
      </strong>
      <span>
        {t("group.myShare", { share: partsText(held?.share ?? 0) })}{" "}
        {gets.length ? t("group.wouldGet", { amount: amountsText(gets, known) }) : t("group.nothingThere")}
      </span>
      <Later changes={each.changes} clock={clock} />
    </>
  );
}

function GroupTable({ groups, known }: { groups: readonly Group[]; known: readonly Asset[] }) {
  return (
    <Table
      caption={t("groups.all")}
      columns={[
        { title: t("group.name") },
        { title: t("group.operator") },
        { title: t("group.members"), number: true },
        { title: t("group.has"), number: true },
        { title: t("group.division") },
      ]}
      rows={groups.map((group) => [
        <a key="name" href={linkTo("groups", group.number)}>
          {termsOf(group).name}
        </a>,
        <span key="operator" translate={false}>
          {who(termsOf(group).operator)}
        </span>,
        number(group.members),
        amountsText(group.balances, known) || "0",
        group.dissolved_slot ? t("group.dissolved") : named("group.division", termsOf(group).division),
      ])}
    />
  );
}
