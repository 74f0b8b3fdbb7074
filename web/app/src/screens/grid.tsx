// The grid account: what the network cost me line by line, by which tariff, what is open; tariffs; who owes; sums without names.

import { useState } from "preact/hooks";
import { address } from "../data/account";
import { fromBase } from "../data/amounts";
import { type Asset, assets, currencies } from "../data/assets";
import {
  type Grid,
  type GridAccount,
  type GridLine,
  type Tariff,
  useGrid,
  useGridAccount,
  useGridSums,
  useTariffs,
} from "../data/grid";
import { useAnswer } from "../data/resource";
import { type Clock, clockOf, csvOf, useSlotTerms } from "../data/sharing";
import { type TariffTerms, zoneText } from "../data/tariff_words";
import { linkTo } from "../router";
import { who } from "../text/events";
import { exact, money, number } from "../text/format";
import { momentIn, monthName } from "../text/local_time";
import { named, t } from "../text/messages";
import { exactMwh } from "../text/mwh";
import { saveFile } from "../trust/proof_file";
import { Card, Empty, Figure, Notice, Pairs, Screen, Skeleton, Steps, Table } from "../ui/parts";
import { Age, Pending, Problem, Said } from "../ui/states";
import { GridOperator } from "./grid_operator";
import { TariffCard } from "./tariff";

/** Months that the node keeps at hand: the present one and twelve before. */
const OLDEST = -12;

export default function GridScreen() {
  const grid = useGrid();
  const tariffs = useTariffs();
  const account = useGridAccount(address.value);
  const slots = useSlotTerms().value;
  const known = useAnswer("assets", assets).value ?? [];
  const asset = currencies(known)[0];
  if (!grid.value || !slots || !asset) {
    return (
      <Screen says={<Pending of={grid} />}>
        {grid.error ? <Problem error={grid.error} /> : <Skeleton height={300} />}
      </Screen>
    );
  }
  const clock = clockOf(slots);
  const isOperator = grid.value.operator === address.value;
  const listed = tariffs.value?.tariffs ?? [];
  return (
    <Screen
      says={
        address.value ? (
          account.value ? (
            saysOf(account.value, asset)
          ) : (
            <Pending of={account} />
          )
        ) : (
          t("grid.title")
        )
      }
      under={
        <>
          <span>{t(`grid.mode.${grid.value.mode}` as "grid.mode.account")}</span>
          {isOperator && <span>{t("grid.youOperate")}</span>}
          <Said />
          <Age of={account} />
        </>
      }
    >
      {account.error && <Problem error={account.error} />}
      {account.value && (
        <>
          <Standing {...{ asset }} account={account.value} grid={grid.value} />
          <MyTariffs {...{ asset, clock, listed }} account={account.value} />
          <Months {...{ asset }} account={account.value} />
        </>
      )}
      {isOperator && <GridOperator {...{ clock, asset, listed }} />}
      <Sums {...{ asset, listed }} />
      <Terms {...{ asset, listed, clock }} grid={grid.value} />
    </Screen>
  );
}

const amountText = (tokens: string, { symbol }: Asset): string => `${exact(tokens)}\u00a0${symbol}`;

/** The newest month in a sentence, and what is open. */
function saysOf({ months, owes, is_owed }: GridAccount, { symbol }: Asset): string {
  const last = months.at(-1);
  const open = [
    owes.base ? t("grid.owes", { amount: `${money(owes.tokens)}\u00a0${symbol}` }) : "",
    is_owed.base ? t("grid.isOwed", { amount: `${money(is_owed.tokens)}\u00a0${symbol}` }) : "",
  ];
  const amount = (tokens: string) => `${money(tokens.replace("-", ""))}\u00a0${symbol}`;
  const month = last
    ? t(last.total.base < 0 ? "grid.saysGot" : "grid.saysCost", {
        month: monthName(last.month),
        amount: amount(last.total.tokens),
      })
    : t("grid.saysNone");
  return [month, ...open].filter(Boolean).join(" ");
}

function Standing({ account, grid, asset }: { account: GridAccount; grid: Grid; asset: Asset }) {
  const { owes, is_owed, blocked, moved } = account;
  return (
    <div class="columns">
      <Card title={t("grid.youOwe")}>
        <Figure value={money(owes.tokens)} unit={asset.symbol} exactly={amountText(owes.tokens, asset)} />
        {owes.base > 0 && <p class="quiet">{t("grid.owes.what")}</p>}
        {blocked && <Notice>{t("grid.blocked", { mark: amountText(grid.mark.tokens, asset) })}</Notice>}
        {!moved && <p class="quiet">{t("grid.notMoved")}</p>}
      </Card>
      <Card title={t("grid.youAreOwed")}>
        <Figure
          value={money(is_owed.tokens)}
          unit={asset.symbol}
          exactly={amountText(is_owed.tokens, asset)}
        />
        {is_owed.base > 0 && <p class="quiet">{t("grid.isOwed.what")}</p>}
      </Card>
    </div>
  );
}

type Listed = { listed: readonly Tariff[]; asset: Asset };
const termsOf = (tariff: Tariff): TariffTerms => tariff.terms as unknown as TariffTerms;

/** A tariff by its number and name. */
export function tariffName(of: number, listed: readonly Tariff[]): string {
  const found = listed.find(({ tariff }) => tariff === of);
  return of ? t("tariff.name", { number: of, name: found ? termsOf(found).name : "" }) : t("tariff.none");
}

/** The tariffs of one's points in words, each once. */
function MyTariffs({ account, listed, asset, clock }: Listed & { account: GridAccount; clock: Clock }) {
  const mine = listed.filter(({ tariff }) => account.points.some((point) => point.tariff === tariff));
  return (
    <Card title={t("grid.mine")}>
      {!account.points.length && <Empty>{t("grid.noPoint")}</Empty>}
      {account.points.length > 0 && (
        <ul class="list">
          {account.points.map((point) => (
            <li key={point.point}>
              <span>
                {t("grid.point", {
                  number: point.point,
                  direction: named("grid.direction", point.direction),
                  zone: zoneText(point.zone),
                  tariff: tariffName(point.tariff, listed),
                })}
              </span>
              {point.next_slot > 0 && (
                <span>
                  {t("grid.next", {
                    tariff: tariffName(point.next_tariff, listed),
                    when: momentIn(clock.zone, point.next_slot * clock.slotMs),
                  })}
                </span>
              )}
              {point.tariff === 0 && <span class="quiet">{t("tariff.none.what")}</span>}
            </li>
          ))}
        </ul>
      )}
      {mine.map((tariff) => (
        <TariffCard key={tariff.tariff} terms={termsOf(tariff)} symbol={asset.symbol} />
      ))}
    </Card>
  );
}

/** What a line is for. */
export function lineText({ kind, name }: Pick<GridLine, "kind" | "name">): string {
  if (kind === "levy" || kind === "shared_levy") return t(`line.${kind}`, { name });
  if (kind !== "grid_fee") return named("line", kind);
  const [from = "", to = ""] = name.split(">");
  return t("line.grid_fee", { from: zoneText(from), to: zoneText(to) });
}

function Months({ account, asset }: { account: GridAccount; asset: Asset }) {
  const months = [...account.months].reverse();
  return (
    <Card title={t("grid.months")}>
      {!months.length && <Empty>{t("grid.months.none")}</Empty>}
      {months.map(({ month, lines, total }, place) => (
        <details key={month} open={place === 0}>
          <summary>{`${monthName(month)}: ${amountText(total.tokens, asset)}`}</summary>
          <LineTable caption={monthName(month)} {...{ lines, asset }} total={total.tokens} />
        </details>
      ))}
      {months.length > 0 && <p class="quiet small">{t("grid.months.what")}</p>}
    </Card>
  );
}

function LineTable({
  caption,
  lines,
  total,
  asset,
}: {
  caption: string;
  lines: readonly GridLine[];
  total: string;
  asset: Asset;
}) {
  return (
    <Table
      caption={caption}
      columns={[
        { title: t("grid.line") },
        { title: "kWh", number: true },
        { title: asset.symbol, number: true },
      ]}
      rows={[
        ...lines.map((line) => [lineText(line), exactMwh(line.energy_mwh), exact(line.amount.tokens)]),
        [t("chart.sum"), "", exact(total)],
      ]}
    />
  );
}

/** What the grid cost the community in a month by zone and tariff: rows of so many accounts that none can be made out. */
function Sums({ listed, asset }: Listed) {
  const [step, setStep] = useState(0);
  const found = useGridSums(-step);
  const rows = found.value?.rows ?? [];
  const month = found.value ? monthName(found.value.month) : "";
  const place = (row: (typeof rows)[number]) =>
    row.rest
      ? t("gridSums.rest")
      : t("gridSums.place", { zone: zoneText(row.zone), tariff: tariffName(row.tariff, listed) });
  const file = () =>
    csvOf([
      ["month", "zone", "tariff", "accounts", "line", "name", "kwh", "amount"],
      ...rows.flatMap((row) =>
        row.lines.map(({ kind, name, energy_mwh, amount }) => [
          found.value?.month ?? "",
          row.rest ? "*" : row.zone,
          row.rest ? "*" : row.tariff,
          row.accounts,
          kind,
          name,
          fromBase(BigInt(energy_mwh), 6),
          amount.tokens,
        ]),
      ),
    ]);
  return (
    <Card
      title={t("gridSums.title", { month })}
      aside={<Steps step={step} setStep={(next) => setStep(Math.max(next, OLDEST))} />}
    >
      <p class="quiet">{t("gridSums.what", { least: found.value?.least ?? 0 })}</p>
      {found.error && <Problem error={found.error} />}
      {!found.value && !found.error && <Skeleton height={80} />}
      {found.value && !rows.length && <Empty>{t("gridSums.none", { least: found.value.least })}</Empty>}
      {rows.length > 0 && (
        <>
          <Table
            caption={t("gridSums.title", { month })}
            columns={[
              { title: t("gridSums.where") },
              { title: t("gridSums.accounts"), number: true },
              { title: t("grid.line") },
              { title: "kWh", number: true },
              { title: asset.symbol, number: true },
            ]}
            rows={rows.flatMap((row) =>
              row.lines.map((line) => [
                place(row),
                number(row.accounts),
                lineText(line),
                exactMwh(line.energy_mwh),
                exact(line.amount.tokens),
              ]),
            )}
          />
          <p class="buttons">
            <button
              type="button"
              onClick={() => saveFile(`grid-${found.value?.month}.csv`, new TextEncoder().encode(file()))}
            >
              {t("gridSums.save")}
            </button>
          </p>
        </>
      )}
    </Card>
  );
}

/** How the account works here, and all tariffs. */
function Terms({ grid, listed, asset, clock }: Listed & { grid: Grid; clock: Clock }) {
  return (
    <Card title={t("grid.terms")}>
      <Pairs
        pairs={[
          [
            t("grid.operator"),
            <span key="operator" translate={false}>
              {who(grid.operator)}
            </span>,
          ],
          [t("grid.mark"), grid.mark.base ? amountText(grid.mark.tokens, asset) : t("grid.mark.none")],
          [t("grid.default"), tariffName(grid.default_tariff, listed)],
          ...(grid.band
            ? ([
                [
                  t("grid.band"),
                  t(grid.band.bound ? "grid.band.bound" : "grid.band.free", {
                    low: exact(grid.band.feed_in.tokens),
                    high: amountText(grid.band.retail.tokens, asset),
                  }),
                ],
              ] as const)
            : []),
          [t("grid.membersOwe"), amountText(grid.members_owe.tokens, asset)],
          [t("grid.operatorOwes"), amountText(grid.operator_owes.tokens, asset)],
        ]}
      />
      {!listed.length && <Empty>{t("tariff.noneAtAll")}</Empty>}
      {listed.map((tariff) => (
        <details key={tariff.tariff}>
          <summary>{tariffName(tariff.tariff, listed)}</summary>
          <TariffCard
            terms={termsOf(tariff)}
            symbol={asset.symbol}
            since={momentIn(clock.zone, tariff.from_ms)}
          />
        </details>
      ))}
      <p class="small">
        <a href={linkTo("votes")}>{t("grid.byVote")}</a>
      </p>
    </Card>
  );
}
