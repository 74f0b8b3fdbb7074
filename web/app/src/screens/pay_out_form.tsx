// Money out of the community: what is locked here the banker pays out, and destroys then.

import { useState } from "preact/hooks";
import { address } from "../data/account";
import { fromBase, toBase } from "../data/amounts";
import { assets, currencies } from "../data/assets";
import { holdingOf, useAccount } from "../data/holdings";
import { useAnswer } from "../data/resource";
import { PAYLOADS } from "../keys/transactions";
import { exact } from "../text/format";
import { t } from "../text/messages";
import { typedAmount } from "../ui/entry";
import { AmountField, AssetChoice } from "../ui/fields";
import { Card } from "../ui/parts";
import { Sign } from "../ui/sign";

export function PayOutForm() {
  const account = useAccount(address.value).value;
  const known = currencies(useAnswer("assets", assets).value ?? []);
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
