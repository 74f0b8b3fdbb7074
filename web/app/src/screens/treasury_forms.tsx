// A bill for its member, as the member book has it: with its proof, to be sent or printed.

import { useState } from "preact/hooks";
import { deskFormOf, type Form, saveBillFile } from "../data/bills";
import { t } from "../text/messages";
import { announce } from "../ui/announce";
import { Card, Field } from "../ui/parts";
import { Problem } from "../ui/states";

const OF_MEMBERS = ["pdf", "html"] as const;

export function FormsCard({ password }: { password: string }) {
  const [text, setText] = useState("");
  const [error, setError] = useState<Error | null>(null);
  const [busy, setBusy] = useState<Form | "">("");
  const number = Number(text);
  const isNumber = Number.isSafeInteger(number) && number > 0;
  const save = async (form: Form) => {
    if (busy) return;
    setBusy(form);
    setError(null);
    try {
      saveBillFile(await deskFormOf(number, form, password));
      announce(t("bill.files.saved", { form: t(`bill.form.${form}`) }));
    } catch (found) {
      setError(found as Error);
    }
    setBusy("");
  };
  return (
    <Card title={t("treasury.form")}>
      <p class="quiet">{t("treasury.form.what")}</p>
      <Field
        label={t("bill.number")}
        inputMode="numeric"
        autocomplete="off"
        value={text}
        onInput={(event) => setText(event.currentTarget.value.trim())}
      />
      <p class="buttons">
        {OF_MEMBERS.map((form) => (
          <button
            key={form}
            type="button"
            disabled={!isNumber}
            aria-disabled={busy === form || undefined}
            onClick={() => void save(form)}
          >
            {t(`bill.form.${form}`)}
          </button>
        ))}
      </p>
      {error && <Problem error={error} />}
    </Card>
  );
}
