// Drawing from a battery: lock tokens for a session, or end one.

import { useState } from "preact/hooks";
import { get, type Schemas } from "../api/client";
import { fromBase, toBase } from "../data/amounts";
import { ENERGY } from "../data/assets";
import { type Account, holdingOf } from "../data/holdings";
import { type Resource, useAnswer } from "../data/resource";
import { PAYLOADS } from "../keys/transactions";
import { unlocked } from "../keys/vault";
import { exact } from "../text/format";
import { t } from "../text/messages";
import { typedAmount } from "../ui/entry";
import { Field } from "../ui/parts";
import { Sign } from "../ui/sign";

export function OpenSession({ account }: { account: Account }) {
  const [text, setText] = useState("");
  const units: Resource<Schemas["Units"]> = useAnswer("units", () => get("/v1/units", { limit: 200 }));
  const unit = units.value?.units.find(({ status }) => status === "active");
  const amount = typedAmount(text);
  const held = toBase(holdingOf(account, ENERGY)?.available.tokens ?? "0");
  if (!unit || held === 0n) return null;
  if (!unlocked.value) return <Sign label={t("session.open")} payload={null} />;
  const says = amount
    ? t(amount > held ? "form.tooLittle" : "session.does", {
        amount: exact(fromBase(amount)),
        needed: exact(fromBase(amount)),
        held: exact(fromBase(held)),
        unit: "kWh",
      })
    : t("session.fillIn", { held: exact(fromBase(held)) });
  return (
    <form onSubmit={(event) => event.preventDefault()} noValidate>
      <Field
        label={t("form.quantity")}
        inputMode="decimal"
        autocomplete="off"
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
        {...(text && amount === null ? { error: t("form.wrong") } : {})}
      />
      <Sign
        says={says}
        label={t("session.open")}
        payload={amount ? PAYLOADS.open(unit.address, amount) : null}
      />
    </form>
  );
}

export function CloseSession({ session }: { session: Schemas["SessionView"] }) {
  if (!unlocked.value) return null;
  return (
    <Sign
      plain
      says={t("session.closeDoes")}
      label={t("session.close")}
      payload={PAYLOADS.close(session.unit)}
    />
  );
}
