// What several forms ask for: an account's address, an amount, of which asset.

import type { Asset } from "../data/assets";
import { addressBytes } from "../data/codec";
import { documentHash, NO_DOCUMENT } from "../data/digest";
import { t } from "../text/messages";
import { Field } from "./parts";
import { addressIn, Scan } from "./scan";

type Text = { value: string; onValue: (value: string) => void };

export function AddressField({ label, value, onValue }: Text & { label: string }) {
  const scanned = (text: string) => {
    const found = addressIn(text);
    if (found) onValue(found);
    return found !== "";
  };
  return (
    <>
      <Field
        label={label}
        placeholder="nrg1…"
        autocomplete="off"
        spellcheck={false}
        value={value}
        onInput={(event) => onValue(event.currentTarget.value)}
        {...(value && !addressBytes(value) ? { error: t("watch.wrong") } : {})}
      />
      <Scan onText={scanned} />
    </>
  );
}

/** `isWrong`: the text is no amount; nothing is wrong with an empty field. */
export function AmountField({ value, onValue, isWrong }: Text & { isWrong: boolean }) {
  return (
    <Field
      label={t("transfer.amount")}
      inputMode="decimal"
      autocomplete="off"
      value={value}
      onInput={(event) => onValue(event.currentTarget.value)}
      {...(value && isWrong ? { error: t("form.wrong") } : {})}
    />
  );
}

/** Which asset a form is about; nothing to choose where there is one. */
export function AssetChoice({
  known,
  chosen,
  onChoose,
}: {
  known: readonly Asset[];
  chosen: Asset;
  onChoose: (name: string) => void;
}) {
  if (known.length < 2) return null;
  return (
    <label>
      {t("accountView.asset")}
      <select value={chosen.name} onChange={(event) => onChoose(event.currentTarget.value)}>
        {known.map(({ name, symbol }) => (
          <option key={name} value={name}>
            {symbol}
          </option>
        ))}
      </select>
    </label>
  );
}

export function FileField({ label, onFile }: { label: string; onFile: (file: File | undefined) => void }) {
  return (
    <label>
      {label}
      <input type="file" onChange={(event) => onFile(event.currentTarget.files?.[0])} />
    </label>
  );
}

/** The SHA-256 of a file that is chosen; of none, where it is taken away again. */
export function DocumentField({ label, onHash }: { label: string; onHash: (hash: Uint8Array) => void }) {
  const hashed = async (file: File | undefined) => onHash(file ? await documentHash(file) : NO_DOCUMENT);
  return <FileField label={label} onFile={hashed} />;
}
