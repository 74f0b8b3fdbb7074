// Sending energy or money to another account.

import { useState } from "preact/hooks";
import { address } from "../data/account";
import { fromBase, toBase } from "../data/amounts";
import { assets } from "../data/assets";
import { addressBytes } from "../data/codec";
import { useAccount } from "../data/holdings";
import { status } from "../data/node";
import { useAnswer } from "../data/resource";
import { PAYLOADS } from "../keys/transactions";
import { unlocked } from "../keys/vault";
import { who } from "../text/events";
import { exact } from "../text/format";
import { t } from "../text/messages";
import { typedAmount } from "../ui/entry";
import { AddressField, AmountField, AssetChoice } from "../ui/fields";
import { Card, Field } from "../ui/parts";
import { Sign } from "../ui/sign";

export function TransferForm() {
  const account = useAccount(address.value).value;
  const known = useAnswer("assets", assets).value ?? [];
  const [chosen, setChosen] = useState("");
  const [to, setTo] = useState("");
  const [text, setText] = useState("");
  const [memo, setMemo] = useState("");
  const isAddress = addressBytes(to) !== null;
  // An account of several owners has no key that could seal one.
  const mayWrite = status.value?.modules.includes("memos") && unlocked.value?.address === address.value;
  const reading = useAnswer(mayWrite && isAddress ? `reads/${to.trim()}` : null, async () =>
    (await import("../keys/memos")).readerKey(to.trim()),
  ).value;
  const asset = known.find(({ name }) => name === chosen) ?? known[1] ?? known[0];
  if (!account || !asset) return null;
  const amount = typedAmount(text, asset.decimals);
  const held = toBase(
    account.balances.find((each) => each.asset === asset.name)?.available.tokens ?? "0",
    asset.decimals,
  );
  const written = reading ? memo.trim() : "";
  const tooLong = reading ? new TextEncoder().encode(written).length >= reading.longest : false;
  const ready = amount !== null && isAddress && !tooLong;
  const payload = () => {
    if (!ready) return null;
    if (!written || !reading) return PAYLOADS.transfer(asset.number, to.trim(), amount);
    const { key: readerKey, longest } = reading;
    const sealing = { text: written, reader: to.trim(), readerKey, longest };
    return PAYLOADS.withMemo(asset.number, to.trim(), amount, sealing);
  };
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
        {reading && (
          <Field
            label={t("memos.field")}
            hint={t("memos.field.hint")}
            autocomplete="off"
            value={memo}
            onInput={(event) => setMemo(event.currentTarget.value)}
            {...(tooLong ? { error: t("memos.tooLong") } : {})}
          />
        )}
        <Sign
          says={written && ready ? `${says} ${t("memos.does", { to: who(to.trim()) })}` : says}
          label={t("transfer.sign")}
          payload={payload()}
        />
      </form>
    </Card>
  );
}
