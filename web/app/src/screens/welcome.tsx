// For who is new: what this is, and how to see an account's figures without a key.

import { useState } from "preact/hooks";
import { get, type Schemas } from "../api/client";
import { watch } from "../data/account";
import { addressBytes } from "../data/codec";
import { status } from "../data/node";
import { useAnswer } from "../data/resource";
import { energyText, number } from "../text/format";
import { t } from "../text/messages";
import { Card, Field, Screen } from "../ui/parts";
import { addressIn, Scan } from "../ui/scan";
import { Pending, Problem, Said } from "../ui/states";

export default function Welcome() {
  const found = useAnswer("energy", () => get<Schemas["EnergyView"]>("/v1/energy"));
  const energy = found.value;
  return (
    <Screen
      says={energy ? t("welcome.says", { stored: energyText(energy.network_wh) }) : <Pending of={found} />}
      under={energy && <Said />}
    >
      {found.error && <Problem error={found.error} />}
      <div class="columns">
        <WatchForm />
        <Card title={t("welcome.how")}>
          <p>{t("welcome.how.energy")}</p>
          <p>{t("welcome.how.money")}</p>
          <p class="quiet small">
            {t("welcome.how.node", {
              count: status.value?.validators ?? 0,
              height: number(status.value?.height ?? 0),
            })}
          </p>
        </Card>
      </div>
    </Screen>
  );
}

/** Watching needs the address only: nothing can be spent with it. */
export function WatchForm() {
  const [text, setText] = useState("");
  const [label, setLabel] = useState("");
  const [wrong, setWrong] = useState(false);
  const submit = (event: Event) => {
    event.preventDefault();
    if (addressBytes(text)) watch(text.trim(), label.trim());
    else setWrong(true);
  };
  const scanned = (held: string) => {
    const found = addressIn(held);
    if (found) setText(found);
    setWrong(false);
    return found !== "";
  };
  return (
    <Card title={t("watch.title")}>
      <p class="quiet">{t("watch.why")}</p>
      <form onSubmit={submit} noValidate>
        <Field
          label={t("watch.address")}
          placeholder="nrg1…"
          value={text}
          autocomplete="off"
          spellcheck={false}
          {...(wrong ? { error: t("watch.wrong") } : {})}
          onInput={(event) => {
            setText(event.currentTarget.value);
            setWrong(false);
          }}
        />
        <Scan onText={scanned} />
        <Field
          label={t("watch.label")}
          hint={t("watch.label.hint")}
          value={label}
          onInput={(event) => setLabel(event.currentTarget.value)}
        />
        <div class="buttons">
          <button type="submit" class="main">
            {t("watch.do")}
          </button>
        </div>
      </form>
    </Card>
  );
}
