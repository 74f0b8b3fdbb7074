// The banker's screen: what waits to be paid out, and money issued against money that came in.

import { useState } from "preact/hooks";
import { get, type Schemas } from "../api/client";
import { address } from "../data/account";
import { fromBase, toBase } from "../data/amounts";
import { type Asset, assets, currencies } from "../data/assets";
import { addressBytes } from "../data/codec";
import { useAccount } from "../data/holdings";
import { type Resource, useAnswer } from "../data/resource";
import { PAYLOADS } from "../keys/transactions";
import { linkTo } from "../router";
import { who } from "../text/events";
import { exact } from "../text/format";
import { t } from "../text/messages";
import { typedAmount } from "../ui/entry";
import { AddressField, AmountField, AssetChoice } from "../ui/fields";
import { Card, Empty, Screen, Skeleton } from "../ui/parts";
import { Sign } from "../ui/sign";
import { Age, Pending, Problem, Said } from "../ui/states";

const LISTED = 200;

type Waiting = Schemas["Withdrawal"];

/** The sums of what waits, by currency. */
export function sumsOf(waiting: readonly Waiting[], known: readonly Asset[]): string {
  return known
    .map(({ name, symbol, decimals }) => {
      const of = waiting.filter(({ asset }) => asset === name);
      const sum = of.reduce((before, { amount }) => before + toBase(amount.tokens, decimals), 0n);
      return sum ? `${exact(fromBase(sum, decimals))}\u00a0${symbol}` : "";
    })
    .filter(Boolean)
    .join(", ");
}

export default function Bank() {
  const found: Resource<Schemas["Withdrawals"]> = useAnswer("withdrawals", () =>
    get("/v1/withdrawals", { limit: LISTED }),
  );
  const known = useAnswer("assets", assets).value;
  const account = useAccount(address.value).value;
  const isBanker = account?.roles.includes("banker") ?? false;
  const waiting = found.value?.withdrawals ?? [];
  const says =
    waiting.length && known
      ? t("bank.says", { count: waiting.length, sum: sumsOf(waiting, known) })
      : t("bank.saysNone");
  return (
    <Screen
      says={found.value && known ? says : <Pending of={found} />}
      under={
        found.value && (
          <>
            {account && !isBanker && <span>{t("bank.notBanker")}</span>}
            <Said />
            <Age of={found} />
          </>
        )
      }
    >
      {found.error && <Problem error={found.error} />}
      {found.value && known && (
        <div class="columns two">
          <Queue of={found.value} {...{ known, isBanker }} />
          {isBanker && <Mint known={currencies(known)} />}
        </div>
      )}
      {!found.value && !found.error && <Skeleton height={200} />}
    </Screen>
  );
}

function Queue({
  of: { withdrawals, next },
  known,
  isBanker,
}: {
  of: Schemas["Withdrawals"];
  known: readonly Asset[];
  isBanker: boolean;
}) {
  return (
    <Card title={t("bank.waiting")}>
      {!withdrawals.length && <Empty>{t("bank.waiting.none")}</Empty>}
      {withdrawals.length > 0 && (
        <ul class="list">
          {withdrawals.map((each) => (
            <li key={`${each.holder} ${each.asset}`}>
              <PayOut
                waiting={each}
                asset={known.find(({ name }) => name === each.asset)}
                isBanker={isBanker}
              />
            </li>
          ))}
        </ul>
      )}
      {next && <p class="quiet small">{t("bank.more", { count: withdrawals.length })}</p>}
    </Card>
  );
}

function PayOut({
  waiting: { holder, symbol, amount },
  asset,
  isBanker,
}: {
  waiting: Waiting;
  asset: Asset | undefined;
  isBanker: boolean;
}) {
  const values = { amount: exact(amount.tokens), unit: symbol, to: who(holder) };
  const base = toBase(amount.tokens, asset?.decimals);
  return (
    <div class="stack">
      <h3>
        <a href={linkTo("explorer", "account", holder)} translate={false}>
          {values.to}
        </a>
        : {values.amount}&nbsp;{symbol}
      </h3>
      {isBanker && asset && (
        <>
          <Sign
            says={t("bank.burn.does", values)}
            label={t("bank.burn")}
            payload={PAYLOADS.burn(asset.number, holder, base)}
          />
          <Sign
            says={t("bank.unlock.does", values)}
            label={t("bank.unlock")}
            payload={PAYLOADS.unlock(asset.number, holder, base)}
            plain
          />
        </>
      )}
    </div>
  );
}

function Mint({ known }: { known: readonly Asset[] }) {
  const [to, setTo] = useState("");
  const [text, setText] = useState("");
  const [chosen, setChosen] = useState("");
  const asset = known.find(({ name }) => name === chosen) ?? known[0];
  if (!asset) return null;
  const amount = typedAmount(text, asset.decimals);
  const ready = amount !== null && addressBytes(to) !== null;
  const says = ready
    ? t("bank.mint.does", {
        amount: exact(fromBase(amount, asset.decimals)),
        unit: asset.symbol,
        to: who(to.trim()),
      })
    : t("bank.mint.fillIn");
  return (
    <Card title={t("bank.mint.title")}>
      <form onSubmit={(event) => event.preventDefault()} noValidate>
        <AddressField label={t("transfer.to")} value={to} onValue={setTo} />
        <AmountField value={text} onValue={setText} isWrong={amount === null} />
        <AssetChoice known={known} chosen={asset} onChoose={setChosen} />
        <Sign
          says={says}
          label={t("bank.mint")}
          payload={ready ? PAYLOADS.mint(asset.number, to.trim(), amount) : null}
        />
      </form>
    </Card>
  );
}
