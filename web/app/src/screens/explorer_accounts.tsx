// An account with what it holds and does, and a key: of a meter or of a validator.

import { get, Refusal, type Schemas } from "../api/client";
import { address, watch } from "../data/account";
import { useAccount, useAccountCheck } from "../data/holdings";
import { type Resource, useAnswer } from "../data/resource";
import { linkTo } from "../router";
import { who } from "../text/events";
import { exact, exactKwh, moment, number, short } from "../text/format";
import { named, t } from "../text/messages";
import { Card, Copy, Pairs, Screen, Skeleton, Table } from "../ui/parts";
import { Mark, Problem, Said } from "../ui/states";
import { Search } from "./explorer";
import { Missing } from "./explorer_blocks";

export function AccountView({ name }: { name: string }) {
  const account = useAccount(name);
  const check = useAccountCheck(account);
  const found = account.value;
  if (account.error) return <Missing error={account.error} />;
  if (!found) return <Skeleton height={400} />;
  const roles = found.roles.map((role) => named("role", role)).join(", ");
  const { metered } = found;
  const columns = [
    { title: t("accountView.asset") },
    { title: t("accountView.available"), number: true },
    { title: t("accountView.total"), number: true },
  ];
  return (
    <Screen
      says={t("accountView.says", { account: who(name), roles: roles || t("accountView.noRole") })}
      under={
        <>
          <Copy value={name} label={t("watch.address")} />
          <Said />
        </>
      }
    >
      <Search />
      <div class="columns">
        <Card title={t("accountView.holds")} aside={<Mark check={check} />}>
          <Table
            caption={t("accountView.holds")}
            columns={columns}
            rows={found.balances.map(({ symbol, available, total }) => [
              symbol,
              exact(available.tokens),
              exact(total.tokens),
            ])}
          />
        </Card>
        <Card title={t("accountView.metered")}>
          <Pairs
            pairs={[
              [t("flow.near"), exactKwh(metered.consumed_wh)],
              [t("flow.grid"), exactKwh(metered.imported_wh)],
              [t("flow.stored"), exactKwh(metered.produced_wh)],
              [t("flow.exported"), exactKwh(metered.exported_wh)],
            ]}
          />
        </Card>
        <Card title={t("accountView.open")}>
          <Pairs
            pairs={[
              [t("accountView.sessions"), number(found.open_sessions)],
              [t("accountView.orders"), number(found.open_orders)],
              [t("accountView.votes"), number(found.open_votes)],
              [t("accountView.nonce"), number(found.nonce)],
            ]}
          />
        </Card>
      </div>
      {found.roles.includes("unit") && <UnitCard address={name} />}
      {name !== address.value && (
        <p class="buttons">
          <button type="button" onClick={() => watch(name)}>
            {t("accountView.watch")}
          </button>
        </p>
      )}
    </Screen>
  );
}

function UnitCard({ address: of }: { address: string }) {
  const found: Resource<Schemas["UnitAnswer"]> = useAnswer(`unit/${of}`, () => get(`/v1/units/${of}`));
  const unit = found.value?.unit;
  return (
    <Card title={t("accountView.unit")}>
      {found.error && <Problem error={found.error} />}
      {!unit && !found.error && <Skeleton height={140} />}
      {unit && (
        <Pairs
          pairs={[
            [
              t("storage.owner"),
              <a key="o" href={linkTo("explorer", "account", unit.owner)} translate={false}>
                {who(unit.owner)}
              </a>,
            ],
            [t("storage.charge"), exactKwh(unit.available_wh + unit.locked_wh)],
            [t("storage.capacity"), exactKwh(unit.capacity_wh)],
            [t("storage.losses"), exactKwh(unit.lost_wh)],
            [t("operator.state"), named("unitStatus", unit.status)],
          ]}
        />
      )}
    </Card>
  );
}

type Found = { meter: Schemas["MeterView"] | null; validator: Schemas["ValidatorView"] | null };

async function keyOf(name: string): Promise<Found> {
  const { validators } = await get<Schemas["Validators"]>("/v1/validators");
  const validator = validators.find(({ key }) => key === name) ?? null;
  try {
    return { meter: await get<Schemas["MeterView"]>(`/v1/meters/${name}`), validator };
  } catch (error) {
    if (validator && error instanceof Refusal && error.status === 404) return { meter: null, validator };
    throw error;
  }
}

export function KeyView({ name }: { name: string }) {
  const found = useAnswer(`key/${name}`, () => keyOf(name));
  if (found.error) return <Missing error={found.error} />;
  if (!found.value) return <Skeleton height={300} />;
  const { meter, validator } = found.value;
  const says = meter
    ? t("meter.says", { kind: named("value", meter.kind), account: meter.account ? who(meter.account) : "–" })
    : t("validator.says", { name: validator?.name || short(name) });
  return (
    <Screen says={says} under={<Copy value={name} label={t("meter.key")} />}>
      <Search />
      {meter && (
        <Card title={t("meter.title")} aside={<Said />}>
          <Pairs
            pairs={[
              [t("meter.register"), exactKwh(meter.register_wh)],
              [t("meter.last"), meter.time_ms ? moment(meter.time_ms) : "–"],
              [t("meter.sequence"), number(meter.sequence)],
              [
                t("meter.unit"),
                meter.unit ? (
                  <a key="u" href={linkTo("explorer", "account", meter.unit)} translate={false}>
                    {who(meter.unit)}
                  </a>
                ) : (
                  "–"
                ),
              ],
              [
                t("meter.account"),
                meter.account ? (
                  <a key="a" href={linkTo("explorer", "account", meter.account)} translate={false}>
                    {who(meter.account)}
                  </a>
                ) : (
                  "–"
                ),
              ],
              [t("meter.obis"), meter.obis],
            ]}
          />
        </Card>
      )}
      {validator && (
        <Card title={t("validator.title")}>
          <Pairs
            pairs={[
              [t("operator.name"), validator.name],
              [t("operator.power"), number(validator.power)],
              [
                t("validator.account"),
                <a key="a" href={linkTo("explorer", "account", validator.account)} translate={false}>
                  {who(validator.account)}
                </a>,
              ],
            ]}
          />
        </Card>
      )}
    </Screen>
  );
}
