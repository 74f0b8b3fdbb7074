// What stands on a bill: metered energy, each asset from its opening to its closing balance, both sides with their taxes.

import type { ComponentChildren } from "preact";
import { fromBase } from "../data/amounts";
import { symbolOf } from "../data/assets";
import {
  type Bill,
  type BillAsset,
  type BillLine,
  type BillSide,
  type BillSource,
  centsText,
  type SharedLine,
  sumOf,
} from "../data/bill_document";
import { linkTo } from "../router";
import { exact, exactKwh, number } from "../text/format";
import { named, t } from "../text/messages";
import type { LineProof } from "../trust/bill";
import { Card, Table } from "../ui/parts";
import type { Checked } from "./bill_check";

const MOST_SOURCES = 200;

const money = (cents: number, unit: string): string => `${exact(centsText(cents))}\u00a0${unit}`;

function proofOf(
  checked: Checked,
  part: "lines" | "energy" | "shared" | "grid",
  place: number,
): LineProof | null {
  return checked.state === "done" ? (checked.found[part][place] ?? null) : null;
}

function Proof({ of }: { of: LineProof | null }) {
  if (!of) return null;
  return (
    <span class={`mark ${of === "proven" ? "verified" : ""}`}>
      {of === "proven" && <span aria-hidden="true">✓</span>} {t(`bill.check.is.${of}`)}
    </span>
  );
}

/** Where the chain says it: the blocks of the receipts, one step away. */
function Sources({ of, shown }: { of: readonly BillSource[]; shown: (amount: string) => string }) {
  return (
    <details>
      <summary>{t("bill.receipts", { count: of.length })}</summary>
      <ul class="sources">
        {of.slice(0, MOST_SOURCES).map(({ height, index, amount }) => (
          <li key={`${height}-${index}`}>
            <a href={linkTo("explorer", "block", height)}>{t("bill.block", { height: number(height) })}</a>{" "}
            {shown(amount)}
          </li>
        ))}
        {of.length > MOST_SOURCES && <li>{t("bill.receipts.more", { count: of.length - MOST_SOURCES })}</li>}
      </ul>
    </details>
  );
}

export function EnergyTable({ bill, checked }: { bill: Bill; checked: Checked }) {
  if (!bill.energy.length) return null;
  const kwh = (wh: string) => exactKwh(Number(wh));
  return (
    <Card title={t("bill.energy")} aside={t("bill.energy.what")}>
      <Table
        caption={t("bill.energy")}
        columns={[
          { title: t("bill.measure") },
          { title: t("bill.amount"), number: true },
          { title: t("bill.comesFrom") },
        ]}
        rows={bill.energy.map(({ measure, energy_wh, sources }, place) => [
          <>
            {named("bill.measure", measure)} <Proof of={proofOf(checked, "energy", place)} />
          </>,
          kwh(energy_wh),
          <Sources key="s" of={sources} shown={kwh} />,
        ])}
      />
    </Card>
  );
}

const kwhOf = (mwh: string): string => `${exact(fromBase(BigInt(mwh), 6))}\u00a0kWh`;

/** Of a scheme by the month: claims before, the part of the month, claims after it, and what expired. */
function ClaimsOfMonth({
  line,
  amount,
}: {
  line: SharedLine;
  amount: (base: string, asset: string) => string;
}) {
  const after = String(BigInt(line.carried_mwh) + BigInt(line.claims_mwh));
  const paid = BigInt(line.expired_cost) - BigInt(line.expired_revenue);
  const values = {
    month: line.month,
    before: kwhOf(line.carried_mwh),
    credited: kwhOf(line.credited_mwh),
    after: kwhOf(after),
    expired: kwhOf(line.expired_mwh),
    amount: `${amount(String(paid), line.asset)}\u00a0${symbolOf(line.asset)}`,
  };
  return <small className="block">{t("bill.shared.claims", values)}</small>;
}

/** What schemes gave in the period: moved at once, or asked for by this bill. */
export function SharedTable({ bill, checked }: { bill: Bill; checked: Checked }) {
  const decimals = (name: string) => bill.assets.find(({ asset }) => asset === name)?.decimals ?? 0;
  if (!bill.shared.length) return null;
  const amount = (base: string, asset: string) => exact(fromBase(BigInt(base), decimals(asset)));
  return (
    <Card title={t("bill.shared")} aside={t("bill.energy.what")}>
      <Table
        caption={t("bill.shared")}
        columns={[
          { title: t("bill.what") },
          { title: t("bill.shared.bought"), number: true },
          { title: t("bill.shared.sold"), number: true },
          { title: t("bill.shared.cost"), number: true },
          { title: t("bill.shared.fee"), number: true },
          { title: t("bill.shared.revenue"), number: true },
          { title: t("bill.comesFrom") },
        ]}
        rows={bill.shared.map((line, place) => [
          <>
            {t(line.by_period ? "bill.shared.waits" : "bill.shared.moved", { scheme: line.scheme })}{" "}
            <Proof of={proofOf(checked, "shared", place)} />
            {line.month ? <ClaimsOfMonth line={line} amount={amount} /> : null}
          </>,
          kwhOf(line.bought_mwh),
          kwhOf(line.sold_mwh),
          amount(line.cost, line.asset),
          amount(line.fee, line.asset),
          amount(line.revenue, line.asset),
          <Sources key="s" of={line.sources} shown={(each) => amount(each, line.asset)} />,
        ])}
      />
    </Card>
  );
}

/** What came from the grid and went into it, by the voted tariffs. */
export function GridTable({ bill, checked }: { bill: Bill; checked: Checked }) {
  const decimals = (name: string) => bill.assets.find(({ asset }) => asset === name)?.decimals ?? 0;
  if (!bill.grid.length) return null;
  const amount = (base: string, asset: string) =>
    `${exact(fromBase(BigInt(base), decimals(asset)))}\u00a0${symbolOf(asset)}`;
  return (
    <Card title={t("bill.grid")}>
      <Table
        caption={t("bill.grid")}
        columns={[
          { title: t("bill.what") },
          { title: t("bill.quantity"), number: true },
          { title: t("bill.amount"), number: true },
          { title: t("bill.comesFrom") },
        ]}
        rows={bill.grid.map((line, place) => [
          <>
            {named("bill.grid", line.kind)} {line.name}
            {line.external && ` (${t("bill.grid.external")})`} <Proof of={proofOf(checked, "grid", place)} />
          </>,
          kwhOf(line.energy_mwh),
          amount(line.amount, line.asset),
          <Sources key="s" of={line.sources} shown={(each) => amount(each, line.asset)} />,
        ])}
      />
    </Card>
  );
}

const lineName = ({ section, kind, amount }: BillLine): string =>
  t("bill.line", {
    section: named("bill.section", section),
    kind: named("bill.kind", kind),
    way: t(amount.startsWith("-") ? "bill.out" : "bill.in"),
  });

function quantityOf(line: BillLine, bill: Bill): string {
  if (line.energy_wh !== "0") return exactKwh(Number(line.energy_wh));
  const other = bill.assets.find(({ asset }) => asset === line.quantity_asset);
  if (!other || line.quantity === "0") return "";
  return `${exact(fromBase(BigInt(line.quantity.replace("-", "")), other.decimals))}\u00a0${other.symbol}`;
}

export function AssetTable({ bill, of, checked }: { bill: Bill; of: BillAsset; checked: Checked }) {
  const currency = bill.assets.find(({ asset }) => asset === bill.currency);
  const amount = (base: bigint) => exact(fromBase(base, of.decimals));
  const unit = symbolOf(of.asset);
  const rows: ComponentChildren[][] = bill.lines
    .map((line, place) => ({ line, place }))
    .filter(({ line }) => line.asset === of.asset)
    .map(({ line, place }) => [
      <>
        {lineName(line)} <Proof of={proofOf(checked, "lines", place)} />
      </>,
      quantityOf(line, bill),
      line.price === "0" ? "" : exact(fromBase(BigInt(line.price), currency?.decimals ?? 0)),
      amount(BigInt(line.amount)),
      <Sources key="s" of={line.sources} shown={(each) => `${amount(BigInt(each))}\u00a0${unit}`} />,
    ]);
  return (
    <Card title={t("bill.asset", { unit })} aside={t("bill.asset.what")}>
      <Table
        caption={t("bill.asset", { unit })}
        class="sums"
        columns={[
          { title: t("bill.what") },
          { title: t("bill.quantity"), number: true },
          { title: t("bill.price"), number: true },
          { title: `${t("bill.amount")} (${unit})`, number: true },
          { title: t("bill.comesFrom") },
        ]}
        rows={[
          [t("bill.opening"), "", "", amount(sumOf(of.opening)), ""],
          ...rows,
          [t("bill.closing"), "", "", amount(sumOf(of.closing)), ""],
        ]}
      />
    </Card>
  );
}

/** A side of the bill: what it adds up to with all digits, what is below a cent, and the taxes held in it. */
export function SideTable({ bill, side: name }: { bill: Bill; side: "charges" | "credits" }) {
  const side: BillSide = bill[name];
  if (!side.taxes.length && !side.cents) return null;
  const currency = bill.assets.find(({ asset }) => asset === bill.currency);
  const decimals = currency?.decimals ?? 2;
  const unit = symbolOf(bill.currency);
  const base = (text: string) => exact(fromBase(BigInt(text), decimals));
  const dues = name === "charges" ? bill.terms.dues : [];
  const rows: ComponentChildren[][] = [
    ...dues.map(({ text, cents, count }) => [
      <span key="due" lang={bill.terms.language}>{`${text} × ${number(count)}`}</span>,
      exact(centsText(cents * count)),
    ]),
    [t("bill.base"), base(side.base)],
  ];
  if (side.carried_in !== "0") rows.push([t("bill.carriedIn"), base(side.carried_in)]);
  if (side.carried_out !== "0") rows.push([t("bill.carriedOut"), base(`${-BigInt(side.carried_out)}`)]);
  for (const { category, rate, net_cents, tax_cents, reason } of side.taxes) {
    const values = { category, rate: exact(centsText(rate)), net: exact(centsText(net_cents)) };
    rows.push([
      <>
        {t("bill.tax", values)} {reason && <span lang={bill.terms.language}>({reason})</span>}
      </>,
      exact(centsText(tax_cents)),
    ]);
  }
  rows.push([t("bill.total"), exact(centsText(side.cents))]);
  rows.push([t("bill.settled"), exact(centsText(side.settled_cents))]);
  return (
    <Card title={t(`bill.${name}`)} aside={money(side.cents, unit)}>
      <Table
        caption={t(`bill.${name}`)}
        columns={[{ title: t("bill.what") }, { title: unit, number: true }]}
        rows={rows}
      />
    </Card>
  );
}
