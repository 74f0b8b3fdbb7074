// A battery: how full it is, whose energy is drawn from it, what it lost, what it earned for its owner.

import { useState } from "preact/hooks";
import { get, type LedgerEvent, type Schemas } from "../api/client";
import { address } from "../data/account";
import { fromBase, toBase } from "../data/amounts";
import { rangeOf } from "../data/days";
import { chainNow } from "../data/node";
import { type Resource, useAnswer } from "../data/resource";
import { movementsWithin } from "../data/statement";
import { who } from "../text/events";
import { energy, energyText, exactKwh, moment, number, percent, short } from "../text/format";
import { type MessageKey, named, t } from "../text/messages";
import { Gauge } from "../ui/chart";
import { Card, Choice, Copy, Empty, Figure, Notice, Pairs, Screen, Skeleton, Table } from "../ui/parts";
import { Age, Pending, Problem, Said } from "../ui/states";

type Unit = Schemas["UnitView"];

export default function Storage() {
  const units: Resource<Schemas["Units"]> = useAnswer("units", () => get("/v1/units", { limit: 200 }));
  const [chosen, setChosen] = useState("");
  const all = (units.value?.units ?? []).filter(({ status }) => status !== "removed");
  const mine = all.filter(({ owner, address: of }) => owner === address.value || of === address.value);
  const unit = all.find((each) => each.address === chosen) ?? mine[0] ?? all[0];
  if (units.value && !unit) return <Screen says={t("storage.none")} under={t("storage.none.what")} />;
  return (
    <Screen
      says={unit ? saying(unit) : <Pending of={units} />}
      under={
        <>
          {unit && <span>{t("storage.under", { unit: short(unit.address), owner: who(unit.owner) })}</span>}
          <Said />
          <Age of={units} />
          {all.length > 1 && (
            <Choice
              label={t("storage.choose")}
              options={all.map((each) => [each.address, short(each.address)] as const)}
              value={unit?.address ?? ""}
              onChange={setChosen}
            />
          )}
        </>
      }
    >
      {units.error && <Problem error={units.error} />}
      {unit && <Battery key={unit.address} unit={unit} />}
      {!unit && !units.error && <Skeleton height={300} />}
    </Screen>
  );
}

const heldBy = (unit: Unit): number => unit.available_wh + unit.locked_wh;

function saying(unit: Unit): string {
  const held = heldBy(unit);
  const parts = [
    unit.capacity_wh
      ? t("storage.holds", { energy: energyText(held), share: percent(held / unit.capacity_wh) })
      : t("storage.holdsOnly", { energy: energyText(held) }),
  ];
  if (unit.locked_wh > 0) parts.push(t("storage.locked", { energy: energyText(unit.locked_wh) }));
  return parts.join(" ");
}

function Battery({ unit }: { unit: Unit }) {
  const held = heldBy(unit);
  return (
    <>
      {unit.status !== "active" && (
        <Notice>
          <strong>{t("storage.status", { status: named("unitStatus", unit.status) })}</strong>
          <span>{t("storage.status.what")}</span>
        </Notice>
      )}
      <div class="columns">
        <Card title={t("storage.charge")}>
          <Figure {...energy(held)} exactly={exactKwh(held)} />
          {unit.capacity_wh > 0 && (
            <>
              <Gauge
                part={held / unit.capacity_wh}
                label={t("storage.gauge", { held: exactKwh(held), capacity: exactKwh(unit.capacity_wh) })}
              />
              <p class="quiet small">
                {t("storage.gauge", { held: exactKwh(held), capacity: exactKwh(unit.capacity_wh) })}
              </p>
            </>
          )}
        </Card>
        <Losses unit={unit} />
        {unit.owner === address.value && <Earnings unit={unit} />}
      </div>
      <Sessions unit={unit} />
      <Card title={t("storage.terms")}>
        <Pairs pairs={termsOf(unit)} />
      </Card>
    </>
  );
}

function termsOf(unit: Unit) {
  const found: [string, preact.ComponentChildren][] = [
    [t("watch.address"), <Copy key="a" value={unit.address} label={t("watch.address")} />],
    [t("storage.owner"), <Copy key="o" value={unit.owner} label={t("storage.owner")} />],
  ];
  const put = (key: MessageKey, value: string) => found.push([t(key), value]);
  if (unit.max_power_w) put("storage.power", `${number(unit.max_power_w / 1_000, 1)}\u00a0kW`);
  if (unit.max_discharge_w) put("storage.discharge", `${number(unit.max_discharge_w / 1_000, 1)}\u00a0kW`);
  put("storage.efficiency", unit.efficiency);
  if (unit.standing_wh) put("storage.standing", exactKwh(unit.standing_wh));
  if (unit.reserve_wh) put("storage.reserve", exactKwh(unit.reserve_wh));
  if (unit.level_ms) put("storage.level", moment(unit.level_ms));
  return found;
}

function Losses({ unit }: { unit: Unit }) {
  return (
    <Card title={t("storage.losses")}>
      <Figure {...energy(unit.lost_wh)} exactly={exactKwh(unit.lost_wh)} />
      {unit.loss_limit_wh > 0 && (
        <>
          <Gauge
            part={unit.lost_wh / unit.loss_limit_wh}
            label={t("storage.limit", { limit: exactKwh(unit.loss_limit_wh) })}
          />
          <p class="quiet small">{t("storage.limit", { limit: exactKwh(unit.loss_limit_wh) })}</p>
        </>
      )}
      {unit.losing && <Notice tone="mild">{t("storage.losing")}</Notice>}
      {unit.quarantined_wh > 0 && (
        <Notice tone="mild">{t("storage.quarantined", { energy: exactKwh(unit.quarantined_wh) })}</Notice>
      )}
      {unit.expected_loss_wh > 0 && (
        <p class="quiet small">{t("storage.expected", { energy: exactKwh(unit.expected_loss_wh) })}</p>
      )}
    </Card>
  );
}

type Earned = { share: bigint; reservations: bigint; stored: number };

/** What a unit brought its owner, from the owner's events. */
export function earnedBy(unit: string, owner: string, events: readonly LedgerEvent[]): Earned {
  const sum: Earned = { share: 0n, reservations: 0n, stored: 0 };
  for (const entry of events) {
    if (entry.unit !== unit || entry.owner !== owner) continue;
    if (entry.kind === "energy_stored") {
      sum.share += toBase((entry.provider_share as { tokens: string }).tokens);
      sum.stored += Number(entry.energy_wh);
    } else if (entry.kind === "reservation_paid")
      sum.reservations += toBase((entry.paid as { tokens: string }).tokens);
  }
  return sum;
}

function Earnings({ unit }: { unit: Unit }) {
  const range = rangeOf("month", chainNow() - 1);
  const found = useAnswer(`earned/${unit.address}/${range.fromMs}`, async () => {
    const movements = await movementsWithin(unit.owner, range);
    return earnedBy(
      unit.address,
      unit.owner,
      movements.flatMap(({ events }) => events as LedgerEvent[]),
    );
  });
  const sum = found.value;
  return (
    <Card title={t("storage.earned")}>
      {found.error && <Problem error={found.error} />}
      {!sum && !found.error && <Skeleton height={80} />}
      {sum && (
        <>
          <Figure
            {...energy(Number(fromBase(sum.share + sum.reservations)) * 1_000)}
            exactly={`${fromBase(sum.share + sum.reservations)} ENT`}
          />
          <p class="quiet small">
            {t("storage.earned.how", {
              stored: exactKwh(sum.stored),
              reservations: fromBase(sum.reservations),
            })}
          </p>
        </>
      )}
    </Card>
  );
}

function Sessions({ unit }: { unit: Unit }) {
  const found: Resource<Schemas["Sessions"]> = useAnswer(`sessions-at/${unit.address}`, () =>
    get("/v1/sessions", { unit: unit.address, limit: 200 }),
  );
  const sessions = found.value?.sessions ?? [];
  const columns = [
    { title: t("storage.who") },
    { title: t("storage.mayDraw"), number: true },
    { title: t("storage.since") },
    { title: t("storage.until") },
  ];
  return (
    <Card title={t("storage.sessions")} aside={found.value ? number(sessions.length) : undefined}>
      {found.error && <Problem error={found.error} />}
      {!found.value && !found.error && <Skeleton height={120} />}
      {found.value && !sessions.length && <Empty>{t("storage.sessions.none")}</Empty>}
      {sessions.length > 0 && (
        <Table
          caption={t("storage.sessions")}
          columns={columns}
          rows={sessions.map((each) => [
            <span key="who" class="address" translate={false}>
              {who(each.consumer)}
            </span>,
            exactKwh(each.energy_wh),
            moment(each.opened_ms),
            moment(each.deadline_ms),
          ])}
        />
      )}
    </Card>
  );
}
