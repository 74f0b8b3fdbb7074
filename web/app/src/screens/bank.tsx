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
import { exact, moment } from "../text/format";
import { t } from "../text/messages";
import { typedAmount } from "../ui/entry";
import { AddressField, AmountField, AssetChoice } from "../ui/fields";
import { Card, Empty, Pairs, Screen, Skeleton } from "../ui/parts";
import { Sign } from "../ui/sign";
import { Age, Pending, Problem, Said } from "../ui/states";

const LISTED = 200;

type Waiting = Schemas["WithdrawalView"];

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
  const reserves = useAnswer("reserves", () => get<Schemas["Reserves"]>("/v1/bank/reserves")).value;
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
          <div class="stack">
            {isBanker && <Mint known={currencies(known)} />}
            {reserves && <Reserves of={reserves} />}
          </div>
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
  waiting: { holder, symbol, amount, waiting, marks },
  asset,
  isBanker,
}: {
  waiting: Waiting;
  asset: Asset | undefined;
  isBanker: boolean;
}) {
  const to = who(holder);
  const values = { amount: exact(waiting.tokens), unit: symbol, to };
  const base = toBase(waiting.tokens, asset?.decimals);
  return (
    <div class="stack">
      <h3>
        <a href={linkTo("explorer", "account", holder)} translate={false}>
          {to}
        </a>
        : {exact(amount.tokens)}&nbsp;{symbol}
      </h3>
      {isBanker && asset && base > 0n && (
        <>
          <Sign
            says={t("bank.mark.does", values)}
            label={t("bank.mark")}
            payload={PAYLOADS.mark(asset.number, holder, base)}
          />
          <Sign
            says={t("bank.unlock.does", values)}
            label={t("bank.unlock")}
            payload={PAYLOADS.unlock(asset.number, holder, base, 0)}
            plain
          />
        </>
      )}
      {marks.map((mark) => (
        <Marked key={mark.number} {...{ mark, holder, symbol, asset, isBanker }} />
      ))}
    </div>
  );
}

/** What is being paid: the banker says that it is done, in time. */
function Marked({
  mark: { number, amount, lapses_ms, lapsed },
  holder,
  symbol,
  asset,
  isBanker,
}: {
  mark: Schemas["WithdrawalMarkView"];
  holder: string;
  symbol: string;
  asset: Asset | undefined;
  isBanker: boolean;
}) {
  const values = { amount: exact(amount.tokens), unit: symbol, to: who(holder) };
  const base = toBase(amount.tokens, asset?.decimals);
  return (
    <div class="stack">
      <p>
        {values.amount}&nbsp;{symbol}:{" "}
        {lapsed ? t("bank.lapsed") : t("bank.due", { until: moment(lapses_ms) })}
      </p>
      {isBanker && asset && (
        <>
          {!lapsed && (
            <Sign
              says={t("bank.burn.does", values)}
              label={t("bank.burn")}
              payload={PAYLOADS.burn(asset.number, holder, base, number)}
            />
          )}
          <Sign
            says={t("bank.unlock.does", values)}
            label={t("bank.unlock")}
            payload={PAYLOADS.unlock(asset.number, holder, base, number)}
            plain
          />
        </>
      )}
    </div>
  );
}

/** What the newest word says of each currency, against what exists. */
function Reserves({ of }: { of: Schemas["Reserves"] }) {
  return (
    <Card title={t("bank.reserves")}>
      {of.currencies.map(({ asset, symbol, existing, asked, marked, attestations: [newest] }) => (
        <div class="stack" key={asset}>
          <p>
            {newest
              ? t("bank.reserves.says", {
                  amount: exact(newest.amount.tokens),
                  unit: symbol,
                  who: who(newest.attester),
                  share: newest.coverage_ppm === null ? "–" : covered(newest.coverage_ppm),
                })
              : t("bank.reserves.none")}
          </p>
          <Pairs
            pairs={[
              ...(newest ? [[t("bank.reserves.at"), moment(newest.time_ms)] as const] : []),
              [t("bank.reserves.exists"), `${exact(existing.tokens)}\u00a0${symbol}`],
              [t("bank.reserves.asked"), `${exact(asked.tokens)}\u00a0${symbol}`],
              [t("bank.reserves.marked"), `${exact(marked.tokens)}\u00a0${symbol}`],
            ]}
          />
        </div>
      ))}
    </Card>
  );
}

/** Rounded down: what lacks a millionth is not all. */
export const covered = (ppm: number): string => `${exact((Math.floor(ppm / 100) / 100).toFixed(2))}\u00a0%`;

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
