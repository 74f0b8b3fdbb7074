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
import { Card, Field } from "../ui/parts";
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
        <Field
          label={t("transfer.to")}
          placeholder="nrg1…"
          autocomplete="off"
          spellcheck={false}
          value={to}
          onInput={(event) => setTo(event.currentTarget.value)}
          {...(to && !isAddress ? { error: t("watch.wrong") } : {})}
        />
        <Field
          label={t("transfer.amount")}
          inputMode="decimal"
          autocomplete="off"
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
          {...(text && amount === null ? { error: t("form.wrong") } : {})}
        />
        <label>
          {t("accountView.asset")}
          <select value={asset.name} onChange={(event) => setChosen(event.currentTarget.value)}>
            {known.map(({ name, symbol }) => (
              <option key={name} value={name}>
                {symbol}
              </option>
            ))}
          </select>
        </label>
        <Sign
          says={says}
          label={t("transfer.sign")}
          payload={ready ? PAYLOADS.transfer(asset.number, to.trim(), amount) : null}
        />
      </form>
    </Card>
  );
}
