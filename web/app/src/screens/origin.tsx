// Whose sun it was: what one drew from storage units by source and month, and what each unit holds now.

import { get, type Schemas } from "../api/client";
import { address } from "../data/account";
import { type Resource, useAnswer } from "../data/resource";
import { PAYLOADS } from "../keys/transactions";
import { unlocked } from "../keys/vault";
import { energy, energyText, exactKwh, percent, short } from "../text/format";
import { type MessageKey, t } from "../text/messages";
import { Gauge } from "../ui/chart";
import { Card, Empty, Figure, Screen, Skeleton, Table } from "../ui/parts";
import { Sign } from "../ui/sign";
import { Age, Pending, Problem, Said } from "../ui/states";

type Drawn = Schemas["AccountOrigin"]["drawn"][number];
type UnitOrigin = Schemas["UnitOriginAnswer"];

const sourceName = (source: string): string => t(`origin.source.${source}` as MessageKey);
const sum = (rows: readonly { energy_wh: number }[]): number =>
  rows.reduce((whole, { energy_wh }) => whole + energy_wh, 0);

export default function Origin() {
  const mine = address.value;
  const found: Resource<Schemas["AccountOrigin"]> = useAnswer(mine ? `origin/${mine}` : null, () =>
    get(`/v1/accounts/${mine}/origin`),
  );
  const drawn = found.value?.drawn ?? [];
  const whole = sum(drawn);
  const renewable = sum(drawn.filter((each) => each.renewable));
  return (
    <Screen
      says={
        found.value ? (
          whole ? (
            t("origin.says", { share: percent(renewable / whole), energy: energyText(whole) })
          ) : (
            t("origin.nothing")
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
      <p class="quiet">{t("origin.what")}</p>
      {drawn.length > 0 && <Months {...{ drawn }} />}
      <Units />
    </Screen>
  );
}

/** By month, the newest first. */
function Months({ drawn }: { drawn: readonly Drawn[] }) {
  return (
    <Card title={t("origin.drawn")}>
      <Table
        caption={t("origin.drawn")}
        columns={[
          { title: t("origin.month") },
          { title: t("origin.source") },
          { title: t("origin.energy"), number: true },
        ]}
        rows={[...drawn]
          .reverse()
          .map(({ month, source, energy_wh }) => [month, sourceName(source), exactKwh(energy_wh)])}
      />
    </Card>
  );
}

function Units() {
  const units: Resource<Schemas["Units"]> = useAnswer("units", () => get("/v1/units", { limit: 200 }));
  const all = (units.value?.units ?? []).filter(({ status }) => status !== "removed");
  return (
    <>
      {units.error && <Problem error={units.error} />}
      {units.value && !all.length && <Empty>{t("origin.noUnit")}</Empty>}
      {all.map((unit) => (
        <UnitCard key={unit.address} of={unit.address} />
      ))}
    </>
  );
}

function UnitCard({ of }: { of: string }) {
  const found: Resource<UnitOrigin> = useAnswer(`origin/unit/${of}`, () => get(`/v1/units/${of}/origin`));
  const held = found.value;
  const whole = held ? held.renewable_wh + held.other_wh + held.unknown_wh : 0;
  return (
    <Card title={t("origin.unit", { unit: short(of) })}>
      {found.error && <Problem error={found.error} />}
      {!held && !found.error && <Skeleton height={120} />}
      {held && !whole && <Empty>{t("origin.empty")}</Empty>}
      {held && whole > 0 && (
        <>
          <Figure {...energy(held.renewable_wh)} exactly={exactKwh(held.renewable_wh)} />
          <Gauge
            part={held.renewable_wh / whole}
            label={t("origin.share", { share: percent(held.renewable_wh / whole), whole: exactKwh(whole) })}
          />
          <p class="quiet small">
            {t("origin.share", { share: percent(held.renewable_wh / whole), whole: exactKwh(whole) })}{" "}
            {t(held.taken === "renewable_first" ? "origin.renewableFirst" : "origin.oldestFirst")}
          </p>
          <Lots {...{ held }} />
          {unlocked.value && <Reserve {...{ of }} />}
        </>
      )}
    </Card>
  );
}

/** For one's own open session there. */
function Reserve({ of }: { of: string }) {
  const mine = address.value;
  const found: Resource<Schemas["Sessions"]> = useAnswer(mine ? `origin/session/${mine}/${of}` : null, () =>
    get("/v1/sessions", { consumer: mine ?? "", unit: of }),
  );
  const session = found.value?.sessions[0];
  if (!session) return null;
  return (
    <Sign
      says={t("origin.reserve.does", { energy: exactKwh(session.energy_wh) })}
      label={t("origin.reserve")}
      payload={PAYLOADS.reserveOrigin(of)}
    />
  );
}

const days = ({ first_day, last_day }: UnitOrigin["lots"][number]): string =>
  first_day === last_day ? first_day : t("origin.days", { first: first_day, last: last_day });

function Lots({ held }: { held: UnitOrigin }) {
  const unknown = held.unknown_wh ? [["–", sourceName("unknown"), exactKwh(held.unknown_wh), "–"]] : [];
  return (
    <details>
      <summary>{t("origin.lots")}</summary>
      <Table
        caption={t("origin.lots")}
        columns={[
          { title: t("origin.day") },
          { title: t("origin.source") },
          { title: t("origin.energy"), number: true },
          { title: t("origin.certified") },
        ]}
        rows={[
          ...unknown,
          ...held.lots.map((lot) => [
            days(lot),
            sourceName(lot.source),
            exactKwh(lot.energy_wh),
            lot.certified === null ? "–" : t(lot.certified ? "origin.yes" : "origin.no"),
          ]),
        ]}
      />
    </details>
  );
}
