// For who runs the node: is a block being made, what is to be done, who else is there.

import { get, pages, Refusal, type Schemas } from "../api/client";
import { fromBase, toBase } from "../data/amounts";
import { type Health, type Task, tasksOf } from "../data/duty";
import { chainNow, status } from "../data/node";
import { type Resource, useAnswer } from "../data/resource";
import { energyText, moment, number, percent, short, span } from "../text/format";
import { t } from "../text/messages";
import { Card, Copy, Empty, Figure, Notice, Pairs, Screen, Skeleton, Table } from "../ui/parts";
import { Problem } from "../ui/states";

const GB = 1e9;
const MB = 1e6;

const size = (bytes: number): string =>
  bytes < GB ? `${number(bytes / MB, 1)}\u00a0MB` : `${number(bytes / GB, 1)}\u00a0GB`;

/** The probe answers 503 with the same checks when something is wrong. */
async function health(): Promise<Health | null> {
  const answer = await fetch("/readyz", { cache: "no-store" });
  return answer.headers.get("Content-Type")?.includes("json") ? ((await answer.json()) as Health) : null;
}

export default function Operator() {
  const chain = status.value;
  const peers: Resource<Schemas["PeerViews"]> = useAnswer("peers", () => get("/v1/peers"));
  const validators: Resource<Schemas["Validators"]> = useAnswer("validators", () => get("/v1/validators"));
  const units: Resource<Schemas["Units"]> = useAnswer("units", () => get("/v1/units", { limit: 200 }));
  const checks = useAnswer("readyz", health);
  const energy: Resource<Schemas["EnergyView"]> = useAnswer("energy", () => get("/v1/energy"));
  const record: Resource<Schemas["ValidatorRecord"]> = useAnswer("record", () =>
    get("/v1/validators/record"),
  );
  const meters = useAnswer("meters", () =>
    pages("/v1/meters", { limit: 500 }, (page: Schemas["Meters"]) => page.meters),
  );
  if (!chain) return <Skeleton height={400} />;
  const lists = [peers, validators, units] as const;
  const known = lists.every(({ value, error }) => value || error);
  const kept = [...lists, meters].some(({ error }) => error instanceof Refusal);
  const tasks = tasksOf({
    status: chain,
    health: checks.value,
    peers: peers.value?.peers ?? [],
    validators: validators.value?.validators ?? [],
    units: units.value?.units ?? [],
    meters: meters.value ?? [],
    nowMs: chainNow(),
  });
  return (
    <Screen
      says={t(sayingOf(tasks), { count: tasks.length })}
      under={
        <>
          <span>
            {t("operator.under", {
              version: chain.version,
              mode: t(chain.mode === "poa" ? "operator.poa" : "operator.pbft"),
            })}
          </span>
          <Duty signing={chain.signing} validator={chain.validator !== ""} />
        </>
      }
    >
      {peers.error && !kept && <Problem error={peers.error} />}
      <div class="columns narrow">
        <Card title={t("operator.last")}>
          <Figure
            value={number(chain.height)}
            unit={t("operator.ago", { ago: span(Math.max(chainNow() - chain.time_ms, 0)) })}
          />
          <p class="quiet small">
            {chain.behind ? t("operator.behind", { count: chain.behind }) : t("operator.inStep")}
            {chain.simulated_clock && ` · ${t("operator.simulated", { when: moment(chain.clock_ms) })}`}
          </p>
        </Card>
        <Card title={t("operator.peers")}>
          <Figure
            value={number(chain.peers)}
            unit={peers.value ? t("operator.ofPeers", { count: peers.value.peers.length }) : ""}
          />
          <p class="quiet small">
            {t("operator.validators", {
              connected: chain.validators_connected,
              others: Math.max(chain.validators - 1, 0),
            })}
          </p>
        </Card>
        <Card title={t("operator.pool")}>
          <Figure value={number(chain.pool.transactions)} unit={t("operator.waiting")} />
          <p class="quiet small">{t("operator.round", { round: chain.round })}</p>
        </Card>
        <Card title={t("operator.disk")}>
          <Figure
            value={number(chain.disk.free_bytes / GB, 1)}
            unit={`GB ${t("operator.free", { total: size(chain.disk.total_bytes) })}`}
          />
          <p class="quiet small">{t("operator.store", { store: size(chain.disk.store_bytes) })}</p>
        </Card>
        {energy.value && <Imbalance energy={energy.value} />}
      </div>
      <Card title={t("operator.toDo")}>
        {!known && <Skeleton height={60} />}
        {known && !tasks.length && !kept && <Empty>{t("operator.nothing")}</Empty>}
        {kept && <Empty>{t("operator.partly")}</Empty>}
        {tasks.map((task) => (
          <Notice key={`${task.key}${JSON.stringify(task.values)}`} tone={task.weight > 1 ? "warn" : "mild"}>
            <span>{t(task.key, shown(task))}</span>
          </Notice>
        ))}
      </Card>
      <Validators found={validators} record={record.value} peers={peers.value} />
      <Card title={t("operator.chain")}>
        <Pairs
          pairs={[
            [
              t("account.chain"),
              <Copy key="c" value={chain.chain_id} shown={chain.chain_id} label={t("account.chain")} />,
            ],
            [t("account.genesis"), <Copy key="g" value={chain.genesis_hash} label={t("account.genesis")} />],
            [t("operator.block"), <Copy key="b" value={chain.block_hash} label={t("operator.block")} />],
            [t("operator.root"), <Copy key="r" value={chain.state_root} label={t("operator.root")} />],
            [
              t("operator.protocol"),
              t("operator.protocolText", { version: chain.protocol_version, known: chain.known_version }),
            ],
            [
              t("operator.modules"),
              <span key="m" translate={false}>
                {chain.modules.join(", ")}
              </span>,
            ],
          ]}
        />
      </Card>
    </Screen>
  );
}

function sayingOf(tasks: readonly Task[]) {
  const worst = tasks[0]?.weight ?? 0;
  if (worst === 3) return "operator.says.stopped" as const;
  return worst ? ("operator.says.tasks" as const) : ("operator.says.well" as const);
}

function shown({ values }: Task) {
  const wh = (name: string) => (name in values ? { [name]: energyText(Number(values[name])) } : {});
  const unit = "unit" in values ? { unit: short(String(values.unit)) } : {};
  const names: Record<string, string> = {};
  for (const name of ["meter", "account"]) if (name in values) names[name] = short(String(values[name]));
  if ("since" in values) names.since = span(Number(values.since));
  if ("free" in values) names.free = size(Number(values.free));
  return {
    ...values,
    ...names,
    ...unit,
    ...wh("lost"),
    ...wh("limit"),
    ...("ms" in values ? { limit: Number(values.limit) } : {}),
  };
}

function Duty({ signing, validator }: { signing: boolean; validator: boolean }) {
  if (!validator) return <span class="mark">{t("operator.follows")}</span>;
  return (
    <span class={signing ? "mark verified" : "mark unverified"}>
      {t(signing ? "operator.signs" : "operator.signsNot")}
    </span>
  );
}

function Imbalance({ energy }: { energy: Schemas["EnergyView"] }) {
  const gap = toBase(energy.difference.tokens);
  return (
    <Card title={t("operator.imbalance")}>
      <Figure value={`${fromBase(gap)}`} unit="ENT" exactly={`${energy.difference.tokens} ENT`} />
      <p class="quiet small">
        {gap === 0n
          ? t("operator.balanced", { energy: energyText(energy.network_wh) })
          : t("operator.rate", { rate: energy.rate.tokens })}
      </p>
    </Card>
  );
}

type Shown = {
  found: Resource<Schemas["Validators"]>;
  record: Schemas["ValidatorRecord"] | null;
  peers: Schemas["PeerViews"] | null;
};

function Validators({ found, record, peers }: Shown) {
  const validators = found.value?.validators ?? [];
  const deedsOf = (address: string) => record?.validators.find((each) => each.address === address);
  const columns = [
    { title: t("operator.name") },
    { title: t("operator.proposed"), number: true },
    { title: t("operator.missed"), number: true },
    { title: t("operator.signed", { count: record?.blocks ?? 0 }), number: true },
    { title: t("operator.power"), number: true },
    { title: t("operator.state") },
  ];
  const total = validators.reduce((sum, { power }) => sum + power, 0);
  const stateOf = (key: string, address: string, muted: number): string => {
    if (address === status.value?.validator) return t("operator.this");
    if (muted > chainNow()) return t("operator.muted");
    const peer = peers?.peers.find((each) => each.validator === key);
    if (!peer) return "–";
    return peer.connected_s === null
      ? t("operator.away")
      : t("operator.connected", { since: span(peer.connected_s * 1_000) });
  };
  return (
    <Card title={t("operator.validatorsTitle")}>
      {found.error && <Problem error={found.error} />}
      {!found.value && !found.error && <Skeleton height={120} />}
      {validators.length > 0 && (
        <Table
          caption={t("operator.validatorsTitle")}
          columns={columns}
          rows={validators.map(({ name, address, key, power, muted_until_ms }) => [
            name || short(address),
            number(deedsOf(address)?.proposed ?? 0),
            number(deedsOf(address)?.missed ?? 0),
            number(deedsOf(address)?.signed ?? 0),
            percent(power / total),
            stateOf(key, address, muted_until_ms),
          ])}
        />
      )}
    </Card>
  );
}
