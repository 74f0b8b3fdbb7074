// The community's fund: what it has, what came in and what became of it, budgets, payments with their votes; giving.

import { useState } from "preact/hooks";
import { get, pages, type Schemas } from "../api/client";
import { address } from "../data/account";
import { fromBase, toBase } from "../data/amounts";
import { type Asset, assets } from "../data/assets";
import { useAccount } from "../data/holdings";
import { type Resource, useAnswer } from "../data/resource";
import { PAYLOADS } from "../keys/transactions";
import { linkTo } from "../router";
import { who } from "../text/events";
import { date, exact } from "../text/format";
import { type MessageKey, t } from "../text/messages";
import { Gauge } from "../ui/chart";
import { typedAmount } from "../ui/entry";
import { AmountField } from "../ui/fields";
import { Card, Copy, Empty, Pairs, Screen, Skeleton, Table } from "../ui/parts";
import { Sign } from "../ui/sign";
import { Age, Pending, Problem, Said } from "../ui/states";

type Fund = Schemas["FundView"];
type Book = Schemas["FundBookView"];

const INCOME = ["fees", "commission", "admissions", "gifts"] as const;
const OUTLAY = ["spent", "rewards", "grants", "prizes"] as const;

const hasMoved = (book: Book): boolean =>
  [...INCOME, ...OUTLAY, "available" as const, "is_owed" as const].some((name) => book[name].base !== 0);

export default function FundScreen() {
  const found: Resource<Fund> = useAnswer("fund", () => get<Fund>("/v1/fund"));
  const known = useAnswer("assets", assets).value ?? [];
  const fund = found.value;
  const book = fund?.books[1];
  return (
    <Screen
      says={
        book ? (
          t("fund.says", { amount: exact(book.available.tokens), unit: book.symbol })
        ) : (
          <Pending of={found} />
        )
      }
      under={
        fund && (
          <>
            <Said />
            <Age of={found} />
          </>
        )
      }
    >
      {found.error && <Problem error={found.error} />}
      {!fund && !found.error && <Skeleton height={200} />}
      {fund && (
        <>
          <p class="quiet">{t("fund.what")}</p>
          {fund.books
            .filter((each) => each === book || hasMoved(each))
            .map((each) => (
              <Flows key={each.asset} of={each} />
            ))}
          <Budgets of={fund} />
          <Payments />
          <Terms of={fund} />
          {known[1] && <Give asset={known[1]} to={fund.account} />}
        </>
      )}
    </Screen>
  );
}

function Flows({ of }: { of: Book }) {
  const cell = (name: (typeof INCOME)[number] | (typeof OUTLAY)[number]) => exact(of[name].tokens);
  return (
    <Card title={`${t("fund.flows")} (${of.symbol})`}>
      <Table
        caption={t("fund.flows")}
        columns={[
          { title: t("fund.kind") },
          { title: t("fund.came"), number: true },
          { title: t("fund.went"), number: true },
        ]}
        rows={[
          ...INCOME.map((name) => [t(`fund.${name}` as MessageKey), cell(name), "–"]),
          ...OUTLAY.map((name) => [t(`fund.${name}` as MessageKey), "–", cell(name)]),
        ]}
      />
      {of.is_owed.base > 0 && (
        <p class="small">{t("fund.owed", { amount: exact(of.is_owed.tokens), unit: of.symbol })}</p>
      )}
    </Card>
  );
}

function Budgets({ of }: { of: Fund }) {
  return (
    <Card title={t("fund.budgets")}>
      {of.budgets.length === 0 && <Empty>{t("fund.noBudget")}</Empty>}
      {of.budgets.map(({ purpose, symbol, period, amount, spent }) => {
        const label = t("fund.budget", {
          purpose,
          spent: exact(spent.tokens),
          amount: exact(amount.tokens),
          unit: symbol,
          period: t(`fundPeriod.${period}` as MessageKey),
        });
        return (
          <div key={`${symbol} ${purpose}`}>
            <Gauge part={amount.base ? spent.base / amount.base : 1} label={label} />
            <p class="under small">{label}</p>
          </div>
        );
      })}
      <p class="small">
        <a href={linkTo("votes")}>{t("fund.toVotes")}</a>
      </p>
    </Card>
  );
}

function Payments() {
  const found = useAnswer("fund/spends", () =>
    pages("/v1/fund/spends", {}, (page: Schemas["FundSpends"]) => page.spends),
  );
  const spends = [...(found.value ?? [])].reverse();
  return (
    <Card title={t("fund.payments")}>
      {found.error && <Problem error={found.error} />}
      {found.value && !spends.length && <Empty>{t("fund.noPayments")}</Empty>}
      {spends.length > 0 && (
        <Table
          caption={t("fund.payments")}
          columns={[
            { title: t("fund.when") },
            { title: t("fund.to") },
            { title: t("fund.for") },
            { title: t("fund.reference") },
            { title: t("fund.amount"), number: true },
            { title: t("fund.vote"), number: true },
          ]}
          rows={spends.map((each) => [
            date(each.time_ms),
            <span key="who" translate={false}>
              {who(each.recipient)}
            </span>,
            each.purpose,
            each.reference,
            `${exact(each.amount.tokens)}\u00a0${each.symbol}`,
            <a key="vote" href={linkTo("explorer", "vote", each.vote)}>
              {each.vote}
            </a>,
          ])}
        />
      )}
    </Card>
  );
}

const percent = (parts: number): string => String(parts / 10_000);

function Terms({ of: { terms, account } }: { of: Fund }) {
  const amount = ({ tokens }: { tokens: string }) => `${exact(tokens)}\u00a0${terms.symbol}`;
  const split = {
    proposer: percent(terms.proposer),
    committee: percent(terms.committee),
    fund: percent(terms.fund),
  };
  return (
    <Card title={t("fund.terms")}>
      <Pairs
        pairs={[
          [t("fund.split"), t("fund.splitParts", split)],
          [t("fund.rate"), `${percent(terms.commission)} %`],
          [t("fund.fee"), amount(terms.admission_fee)],
          [t("fund.reward"), amount(terms.referral_reward)],
          [t("fund.grant"), amount(terms.starter_grant)],
          [t("fund.account"), <Copy key="account" value={account} label={t("fund.account")} />],
        ]}
      />
    </Card>
  );
}

function Give({ asset, to }: { asset: Asset; to: string }) {
  const account = useAccount(address.value).value;
  const [text, setText] = useState("");
  if (!account) return null;
  const amount = typedAmount(text, asset.decimals);
  const balance = account.balances.find((each) => each.asset === asset.name);
  const held = toBase(balance?.available.tokens ?? "0", asset.decimals);
  const shown = (base: bigint) => exact(fromBase(base, asset.decimals));
  const isReady = amount !== null && amount <= held;
  return (
    <Card title={t("fund.give")}>
      <form onSubmit={(event) => event.preventDefault()} noValidate>
        <AmountField value={text} onValue={setText} isWrong={amount === null} />
        <Sign
          says={
            isReady
              ? t("fund.give.does", { amount: shown(amount), unit: asset.symbol })
              : t("fund.give.fillIn", { held: shown(held), unit: asset.symbol })
          }
          label={t("fund.give.sign")}
          payload={isReady ? PAYLOADS.transfer(asset.number, to, amount) : null}
        />
      </form>
    </Card>
  );
}
