// A bill that somebody was given as a file, taken into the node that is asked: the node checks it wholly, then keeps it.

import { useState } from "preact/hooks";
import { receiveBill } from "../data/bills";
import { linkTo } from "../router";
import { number } from "../text/format";
import { t } from "../text/messages";
import { announce } from "../ui/announce";
import { Card, Field, Notice } from "../ui/parts";
import { Problem } from "../ui/states";

/** Base64 of it is what a node reads of a request. */
const MOST_BYTES = 6_000_000;

type Taken = { number: number; name: string; receipts: number };

export function ReceiveCard() {
  const [taken, setTaken] = useState<Taken | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const [busy, setBusy] = useState(false);
  const chosen = async (file: File | undefined) => {
    if (!file || busy) return;
    setTaken(null);
    setError(null);
    if (file.size > MOST_BYTES) {
      setError(new Error(t("bills.receive.tooLarge")));
      return;
    }
    setBusy(true);
    try {
      const { listed_as, receipts } = await receiveBill(new Uint8Array(await file.arrayBuffer()));
      setTaken({ number: listed_as.number, name: listed_as.name, receipts });
      announce(t("bills.receive.done", { name: listed_as.name, count: number(receipts) }));
    } catch (found) {
      setError(found as Error);
    }
    setBusy(false);
  };
  return (
    <Card title={t("bills.receive")} class="no-print">
      <p class="quiet">{t("bills.receive.what")}</p>
      <Field
        label={t("bills.receive.file")}
        type="file"
        accept=".pdf,.html,application/pdf,text/html"
        onChange={(event) => void chosen(event.currentTarget.files?.[0])}
      />
      {busy && <p class="quiet">{t("bill.check.what")}</p>}
      {error && <Problem error={error} />}
      {taken && (
        <Notice tone="good">
          <span>{t("bills.receive.done", { name: taken.name, count: number(taken.receipts) })}</span>
          <a href={linkTo("bills", taken.number)}>{t("bill.show", { number: taken.number })}</a>
        </Notice>
      )}
    </Card>
  );
}
