// Sending energy or money to another account.

import { useState } from "preact/hooks";
import { address } from "../data/account";
import { fromBase, toBase } from "../data/amounts";
import { assets } from "../data/assets";
import { addressBytes } from "../data/codec";
import { useAccount } from "../data/holdings";
import { useAnswer } from "../data/resource";
import { PAYLOADS } from "../keys/transactions";
import { who } from "../text/events";
import { exact } from "../text/format";
import { t } from "../text/messages";
import { typedAmount } from "../ui/entry";
import { AddressField, AmountField, AssetChoice } from "../ui/fields";
import { Card } from "../ui/parts";
import { Sign } from "../ui/sign";

export function TransferForm() {
  const account = useAccount(address.value).value;
  const known = useAnswer("assets", assets).value ?? [];
  const [chosen, setChosen] = useState("");
  const [to, setTo] = useState("");
  const [text, setText] = useState("");
  const asset = known.find(({ name }) => name === chosen) ?? known[1] ?? known[0];
  if (!account || !asset) return null;
  const amount = typedAmount(text, asset.decimals);
  const isAddress = addressBytes(to) !== null;
  const held = toBase(
    account.balances.find((each) => each.asset === asset.name)?.available.tokens ?? "0",
    asset.decimals,
  );
  const ready = amount !== null && isAddress;
  const shown = (base: bigint) => exact(fromBase(base, asset.decimals));
  const says = ready
    ? t(amount > held ? "form.tooLittle" : "transfer.does", {
        amount: shown(amount),
        needed: shown(amount),
        held: shown(held),
        unit: asset.symbol,
        to: who(to.trim()),
      })
    : t("transfer.fillIn", { held: shown(held), unit: asset.symbol });
  return (
    <Card title={t("transfer.title")}>
      <form onSubmit={(event) => event.preventDefault()} noValidate>
        <AddressField label={t("transfer.to")} value={to} onValue={setTo} />
        <AmountField value={text} onValue={setText} isWrong={amount === null} />
        <AssetChoice known={known} chosen={asset} onChoose={setChosen} />
        <Sign
          says={says}
          label={t("transfer.sign")}
          payload={ready ? PAYLOADS.transfer(asset.number, to.trim(), amount) : null}
        />
      </form>
    </Card>
  );
}
