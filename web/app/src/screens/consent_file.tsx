// An owner's consent to a metering point, as a file or as its text.

import { t } from "../text/messages";

export function ConsentFile({ text, onText }: { text: string; onText: (text: string) => void }) {
  return (
    <>
      <label>
        {t("register.file")}
        <input
          type="file"
          accept=".json,application/json"
          onChange={async (event) => {
            const [file] = event.currentTarget.files ?? [];
            if (file) onText(await file.text());
          }}
        />
      </label>
      <label>
        {t("register.text")}
        <textarea
          rows={3}
          autocomplete="off"
          spellcheck={false}
          value={text}
          onInput={(event) => onText(event.currentTarget.value)}
        />
      </label>
    </>
  );
}
