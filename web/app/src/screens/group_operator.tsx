// What a group's operator signs, as far as the terms give it the right: shares, payments, dividing what is there.

import { useState } from "preact/hooks";
import { fromBase, toBase } from "../data/amounts";
import type { Asset } from "../data/assets";
import { addressBytes } from "../data/codec";
import { type Group, rowsOf, termsOf } from "../data/groups";
import type { Clock } from "../data/sharing";
import { PAYLOADS } from "../keys/transactions";
import { who } from "../text/events";
import { exact } from "../text/format";
import { momentIn } from "../text/local_time";
import { t } from "../text/messages";
import { typedAmount } from "../ui/entry";
import { AddressField, AmountField } from "../ui/fields";
import { Card, Empty, Field } from "../ui/parts";
import { Sign } from "../ui/sign";
import { amountsText, slotNow } from "./groups";

type Of = { group: Group; clock: Clock; known: readonly Asset[] };

export function GroupOperator({ group, clock, known }: Of) {
  const may = (right: string) => group.rights.includes(right);
  const isOpen = group.dissolved_slot === 0;
  return (
    <Card title={t("operate.title")}>
      {!isOpen && <Empty>{t("group.isDissolved")}</Empty>}
      {isOpen && !group.rights.length && <Empty>{t("operate.none")}</Empty>}
      {isOpen && may("distribute") && (
        <details>
          <summary>{t("operate.divide")}</summary>
          <form onSubmit={(event) => event.preventDefault()} noValidate>
            <div class="says">
              {t("operate.divide.does", {
                amount: amountsText(group.balances, known) || "0",
                reserve: exact(termsOf(group).reserve.tokens),
              })}
            </div>
            <Sign
              label={t("operate.divide.sign")}
              payload={group.dividing ? null : PAYLOADS.distribute(group.number)}
            />
          </form>
        </details>
      )}
      {isOpen && may("pay") && (
        <details>
          <summary>{t("operate.pay")}</summary>
          <Pay {...{ group, known }} />
        </details>
      )}
      {isOpen && may("shares") && (
        <details>
          <summary>{t("operate.shares")}</summary>
          <Shares {...{ group, clock }} />
        </details>
      )}
    </Card>
  );
}

function Pay({ group, known }: Omit<Of, "clock">) {
  const terms = termsOf(group);
  const [to, setTo] = useState("");
  const [text, setText] = useState("");
  const [purpose, setPurpose] = useState("");
  const asset = known.find(({ name }) => name.toLowerCase() === terms.asset);
  if (!asset) return null;
  const amount = typedAmount(text, asset.decimals);
  const left =
    toBase(terms.monthly_limit.tokens, asset.decimals) - toBase(group.spent.tokens, asset.decimals);
  const isReady =
    amount !== null && amount <= left && addressBytes(to.trim()) !== null && purpose.trim() !== "";
  const values = {
    left: exact(fromBase(left, asset.decimals)),
    unit: asset.symbol,
    amount: exact(fromBase(amount ?? 0n, asset.decimals)),
    to: who(to.trim()),
    purpose: purpose.trim(),
  };
  const isTooMuch = amount !== null && amount > left;
  return (
    <form onSubmit={(event) => event.preventDefault()} noValidate>
      <AddressField label={t("operate.pay.to")} value={to} onValue={setTo} />
      <AmountField value={text} onValue={setText} isWrong={amount === null} />
      <Field
        label={t("operate.pay.purpose")}
        autocomplete="off"
        maxLength={128}
        value={purpose}
        onInput={(event) => setPurpose(event.currentTarget.value)}
      />
      <Sign
        says={t(
          isReady ? "operate.pay.does" : isTooMuch ? "operate.pay.tooMuch" : "operate.pay.fillIn",
          values,
        )}
        label={t("operate.pay.sign")}
        payload={
          isReady
            ? PAYLOADS.payFromGroup({
                group: group.number,
                recipient: to.trim(),
                asset: asset.number,
                amount,
                bill: 0,
                purpose: purpose.trim(),
              })
            : null
        }
      />
    </form>
  );
}

function Shares({ group, clock }: Omit<Of, "known">) {
  const [text, setText] = useState("");
  const rows = rowsOf(text);
  const slot = Math.max(slotNow(clock) + 2, group.opened_slot);
  const when = momentIn(clock.zone, slot * clock.slotMs);
  return (
    <form onSubmit={(event) => event.preventDefault()} noValidate>
      <label>
        {t("operate.shares.rows")}
        <textarea
          rows={4}
          autocomplete="off"
          spellcheck={false}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      {text.trim() && !rows && <p class="wrong">{t("operate.shares.wrong")}</p>}
      <Sign
        says={rows ? t("operate.shares.does", { count: rows.length, when }) : t("form.fillIn")}
        label={t("operate.shares.sign")}
        payload={rows && PAYLOADS.setShares(group.number, slot, rows)}
      />
    </form>
  );
}
