// Opening a deal: what is bought, from whom, who rules in a dispute, until when.

import { useState } from "preact/hooks";
import { address } from "../data/account";
import { assets, currencies } from "../data/assets";
import { addressBytes } from "../data/codec";
import { NO_DOCUMENT } from "../data/digest";
import { chainNow } from "../data/node";
import { useAnswer } from "../data/resource";
import { PAYLOADS } from "../keys/transactions";
import { who } from "../text/events";
import { date } from "../text/format";
import { t } from "../text/messages";
import { typedAmount } from "../ui/entry";
import { AddressField, AmountField, AssetChoice, DocumentField } from "../ui/fields";
import { Card, Field } from "../ui/parts";
import { Sign } from "../ui/sign";

const DAY_MS = 86_400_000;
const USUAL_DAYS = "14";

export function OpenDealForm() {
  const known = currencies(useAnswer("assets", assets).value ?? []);
  const [chosen, setChosen] = useState("");
  const [seller, setSeller] = useState("");
  const [arbiter, setArbiter] = useState("");
  const [text, setText] = useState("");
  const [feeText, setFee] = useState("");
  const [daysText, setDays] = useState(USUAL_DAYS);
  const [hash, setHash] = useState(NO_DOCUMENT);
  const asset = known.find(({ name }) => name === chosen) ?? known[0];
  if (!address.value || !asset) return null;
  const amount = typedAmount(text, asset.decimals);
  const fee = feeText.trim() === "" || feeText.trim() === "0" ? 0n : typedAmount(feeText, asset.decimals);
  const days = /^[1-9]\d{0,2}$/.test(daysText.trim()) ? Number(daysText) : null;
  const deadlineMs = chainNow() + (days ?? 0) * DAY_MS;
  const both = addressBytes(seller) !== null && addressBytes(arbiter) !== null;
  const isReady = both && amount !== null && fee !== null && days !== null;
  const values = {
    amount: text.trim(),
    fee: feeText.trim() || "0",
    unit: asset.symbol,
    seller: who(seller.trim()),
    arbiter: who(arbiter.trim()),
    when: date(deadlineMs),
  };
  const number = (label: string, value: string, onValue: (value: string) => void, isWrong: boolean) => (
    <Field
      label={label}
      inputMode="decimal"
      autocomplete="off"
      value={value}
      onInput={(event) => onValue(event.currentTarget.value)}
      {...(value && isWrong ? { error: t("form.wrong") } : {})}
    />
  );
  return (
    <Card title={t("deals.new")}>
      <form onSubmit={(event) => event.preventDefault()} noValidate>
        <AddressField label={t("deals.new.seller")} value={seller} onValue={setSeller} />
        <AddressField label={t("deals.new.arbiter")} value={arbiter} onValue={setArbiter} />
        <AmountField value={text} onValue={setText} isWrong={amount === null} />
        <AssetChoice known={known} chosen={asset} onChoose={setChosen} />
        {number(t("deals.new.fee"), feeText, setFee, fee === null)}
        {number(t("deals.new.days"), daysText, setDays, days === null)}
        <DocumentField label={t("deals.new.terms")} onHash={setHash} />
        <Sign
          says={t(isReady ? "deals.new.does" : "deals.new.fillIn", values)}
          label={t("deals.new.sign")}
          payload={
            isReady
              ? PAYLOADS.openDeal({
                  seller: seller.trim(),
                  arbiter: arbiter.trim(),
                  asset: asset.number,
                  amount,
                  fee,
                  terms_hash: hash,
                  deadline_ms: deadlineMs,
                })
              : null
          }
        />
      </form>
    </Card>
  );
}
