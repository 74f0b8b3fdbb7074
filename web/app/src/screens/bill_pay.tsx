// Paying a bill, in the community's currency or over a bank, and the files that it is given out as.

import { useState } from "preact/hooks";
import { address } from "../data/account";
import { fromBase } from "../data/amounts";
import { symbolOf } from "../data/assets";
import { type Bill, dayAfter } from "../data/bill_document";
import { type BillDocument, type Buyer, FORMS, type Form, formOf, saveBillFile } from "../data/bills";
import { useAccount } from "../data/holdings";
import { PAYLOADS } from "../keys/transactions";
import { exact } from "../text/format";
import { t } from "../text/messages";
import { announce } from "../ui/announce";
import { Card, Copy, Field, Pairs } from "../ui/parts";
import { QrCode } from "../ui/qr";
import { Sign } from "../ui/sign";
import { Problem } from "../ui/states";
import { dayName } from "./bill_words";

const CURRENCY = 2;

/** IBANs as people read them: groups of four. */
export const grouped = (iban: string): string => iban.replace(/\s/g, "").replace(/(.{4})(?=.)/g, "$1 ");

export function PayCard({
  shown,
  bill,
  open,
  isFalse,
}: {
  shown: BillDocument;
  bill: Bill;
  open: bigint;
  isFalse: boolean;
}) {
  const currency = bill.assets.find(({ asset }) => asset === bill.currency);
  const account = useAccount(address.value).value;
  const unit = symbolOf(bill.currency);
  const amount = exact(fromBase(open, currency?.decimals ?? 2));
  const held = account?.balances.find(({ asset }) => asset === bill.currency)?.available.base ?? 0;
  const values = { amount, unit, name: bill.name };
  if (isFalse)
    return (
      <Card title={t("bill.pay.title")}>
        <p>{t("bill.pay.not")}</p>
      </Card>
    );
  return (
    <Card
      title={t("bill.pay.title")}
      aside={t("bill.pay.by", { day: dayName(dayAfter(bill.issued_day, bill.terms.due_days)) })}
    >
      <div class="no-print">
        <h3>{t("bill.pay.chain")}</h3>
        <Sign
          isDone={open <= 0n}
          says={t(BigInt(held) >= open ? "bill.pay.does" : "bill.pay.tooLittle", {
            ...values,
            held: exact(fromBase(BigInt(held), currency?.decimals ?? 2)),
          })}
          label={t("bill.pay.sign")}
          payload={BigInt(held) >= open ? PAYLOADS.payBill(BigInt(bill.number), CURRENCY, open) : null}
        />
      </div>
      {open > 0n && <Bank {...{ shown, unit }} />}
    </Card>
  );
}

function Bank({ shown, unit }: { shown: BillDocument; unit: string }) {
  const { seller, reference, epc, swiss } = shown;
  if (!seller?.iban) return null;
  return (
    <>
      <h3>{t("bill.pay.bank")}</h3>
      <p class="quiet small">{t("bill.pay.bank.what", { unit })}</p>
      <Pairs
        pairs={[
          [t("bill.payee"), seller.name],
          ["IBAN", <Copy key="iban" value={seller.iban} shown={grouped(seller.iban)} label="IBAN" />],
          [
            t("bill.reference"),
            <Copy key="ref" value={reference} shown={reference} label={t("bill.reference")} />,
          ],
        ]}
      />
      {epc && <QrCode text={epc} what={t("bill.pay.epc")} />}
      {swiss && <QrCode text={swiss} what={t("bill.pay.swiss")} />}
    </>
  );
}

const NOBODY: Buyer = { name: "", street: "", postcode: "", city: "", country: "AT" };

/** What a browser fills in by itself, and how long it may be. */
const BUYER_FIELDS: readonly (readonly [name: keyof Buyer, autocomplete: string, maxLength?: number])[] = [
  ["name", "name"],
  ["street", "street-address"],
  ["postcode", "postal-code"],
  ["city", "address-level2"],
  ["country", "country", 2],
];

/** Each form is made by the node; who wants its name on it says it with the request. */
export function FilesCard({ shown, bill }: { shown: BillDocument; bill: Bill }) {
  const [buyer, setBuyer] = useState<Buyer>(NOBODY);
  const [error, setError] = useState<Error | null>(null);
  const [busy, setBusy] = useState<Form | "">("");
  const isSwiss = /^(CH|LI)/.test(shown.seller?.iban ?? "");
  const ask = async (form: Form) => {
    if (busy) return;
    setBusy(form);
    setError(null);
    try {
      saveBillFile(await formOf(bill.number, form, buyer.name ? buyer : null));
      announce(t("bill.files.saved", { form: t(`bill.form.${form}`) }));
    } catch (found) {
      setError(found as Error);
    }
    setBusy("");
  };
  return (
    <Card title={t("bill.files")} class="no-print">
      <p class="buttons">
        {FORMS.filter((form) => form !== "swiss-qr" || isSwiss).map((form) => (
          <button
            key={form}
            type="button"
            aria-disabled={busy === form || undefined}
            onClick={() => ask(form)}
          >
            {t(`bill.form.${form}`)}
          </button>
        ))}
        <button type="button" onClick={() => print()}>
          {t("bill.print")}
        </button>
      </p>
      {error && <Problem error={error} />}
      <details>
        <summary>{t("bill.buyer")}</summary>
        <p class="quiet small">{t("bill.buyer.what")}</p>
        {BUYER_FIELDS.map(([name, autocomplete, maxLength]) => (
          <Field
            key={name}
            label={t(`bill.buyer.${name}`)}
            value={buyer[name]}
            onInput={(event) => setBuyer({ ...buyer, [name]: event.currentTarget.value })}
            {...{ autocomplete, maxLength }}
          />
        ))}
      </details>
    </Card>
  );
}
