// Money out of the community: what is locked here the banker pays out, and destroys then.

import { useState } from "preact/hooks";
import { get, type Schemas } from "../api/client";
import { address } from "../data/account";
import { fromBase, toBase } from "../data/amounts";
import { type Asset, assets, currencies } from "../data/assets";
import { holdingOf, useAccount } from "../data/holdings";
import { type Resource, useAnswer } from "../data/resource";
import { PAYLOADS } from "../keys/transactions";
import { unlocked } from "../keys/vault";
import { exact, moment } from "../text/format";
import { t } from "../text/messages";
import { typedAmount } from "../ui/entry";
import { AmountField, AssetChoice } from "../ui/fields";
import { Card } from "../ui/parts";
import { Sign } from "../ui/sign";

export function PayOutForm() {
  const account = useAccount(address.value).value;
  const known = currencies(useAnswer("assets", assets).value ?? []);
  const found: Resource<Schemas["AccountWithdrawals"]> = useAnswer(`withdrawals/${address.value}`, () =>
    get(`/v1/accounts/${address.value}/withdrawals`),
  );
  const isOwn = unlocked.value?.address === address.value;
  const [text, setText] = useState("");
  const [chosen, setChosen] = useState("");
  const asset = known.find(({ name }) => name === chosen) ?? known[0];
  if (!account || !asset) return null;
  const held = holdingOf(account, asset.name);
  const available = toBase(held?.available.tokens ?? "0", asset.decimals);
  const waiting = toBase(held?.withdrawal?.tokens ?? "0", asset.decimals);
  const amount = typedAmount(text, asset.decimals);
  const shown = (base: bigint) => exact(fromBase(base, asset.decimals));
  const values = { held: shown(available), unit: asset.symbol };
  const enough = amount !== null && amount <= available;
  const says =
    amount === null
      ? t("payOut.fillIn", values)
      : t(enough ? "payOut.does" : "form.tooLittle", {
          ...values,
          amount: shown(amount),
          needed: shown(amount),
        });
  return (
    <Card title={t("payOut.title")}>
      {waiting > 0n && <p>{t("payOut.waiting", { amount: shown(waiting), unit: asset.symbol })}</p>}
      {found.value?.withdrawals
        .filter((each) => each.asset === asset.name)
        .map((each) => (
          <Asked key={each.asset} of={each} asset={asset} isOwn={isOwn} />
        ))}
      <form onSubmit={(event) => event.preventDefault()} noValidate>
        <AmountField value={text} onValue={setText} isWrong={amount === null} />
        <AssetChoice known={known} chosen={asset} onChoose={setChosen} />
        <Sign
          says={says}
          label={t("payOut.sign")}
          payload={amount === null ? null : PAYLOADS.payOut(asset.number, amount)}
        />
      </form>
    </Card>
  );
}

/** What one has asked for: what the bank is not paying yet one takes back. */
function Asked({
  of: { waiting, marks, symbol },
  asset,
  isOwn,
}: {
  of: Schemas["WithdrawalView"];
  asset: Asset;
  isOwn: boolean;
}) {
  const base = toBase(waiting.tokens, asset.decimals);
  return (
    <>
      {marks.map(({ number, amount, lapses_ms, lapsed }) => (
        <p key={number}>
          {t(lapsed ? "payOut.lapsed" : "payOut.marked", {
            amount: exact(amount.tokens),
            unit: symbol,
            until: moment(lapses_ms),
          })}
        </p>
      ))}
      {isOwn && base > 0n && (
        <Sign
          says={t("payOut.takeBack.does", { amount: exact(waiting.tokens), unit: symbol })}
          label={t("payOut.takeBack")}
          payload={PAYLOADS.takeBack(asset.number, base)}
          plain
        />
      )}
    </>
  );
}
