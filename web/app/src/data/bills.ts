// Bills as a node of the operator gives them, and files made of them.

import { get, postJson, type Schemas } from "../api/client";

export type ListedBill = Schemas["ListedBill"];
export type BillDocuments = Schemas["BillDocuments"];
export type BillDocument = Schemas["BillDocument"];
export type Issued = Schemas["IssuedBill"];
export type Desk = Schemas["DeskView"];
export type Run = Schemas["RunView"];
export type Debtors = Schemas["Debtors"];
export type Entry = Schemas["EntryView"];

export const FORMS = ["json", "html", "csv", "pdf", "cii", "ubl", "swiss-qr"] as const;
export type Form = (typeof FORMS)[number];
/** So long a node may take to prove a bill, or to check one. */
const FORM_MS = 120_000;

/** What a member says of itself for a form; it stands on it and is not kept by the node. */
export type Buyer = { name: string; street: string; postcode: string; city: string; country: string };

export const documentsOf = (account: string): Promise<BillDocuments> =>
  get("/v1/billing/documents", { account });
export const documentOf = (number: number): Promise<BillDocument> => get(`/v1/billing/documents/${number}`);
export const issuedBill = (number: number): Promise<Issued> => get(`/v1/billing/bills/${number}`);
export const billing = (): Promise<Schemas["BillingView"]> => get("/v1/billing");

export const formOf = (number: number, form: Form, buyer: Buyer | null): Promise<Schemas["BillFile"]> =>
  postJson(`/v1/billing/documents/${number}/forms`, { form, ...(buyer ? { buyer } : {}) }, FORM_MS);

/** A file of a bill, checked and kept by the node. */
export const receiveBill = (file: Uint8Array): Promise<Schemas["ReceivedBill"]> =>
  postJson("/v1/billing/received", { file: base64Of(file) }, FORM_MS);

export const desk = (): Promise<Desk> => get("/v1/billing/desk");
export const makeRun = (period: string, password: string, final: boolean): Promise<Desk> =>
  postJson("/v1/billing/desk/runs", { period, password, final });
export const settle = (): Promise<Desk> => postJson("/v1/billing/desk/settle", {});
export const debtors = (password: string): Promise<Debtors> =>
  postJson("/v1/billing/desk/debtors", { password });
export const entriesIn = (statement: string): Promise<Schemas["StatementEntries"]> =>
  postJson("/v1/billing/desk/entries", { statement });

/** A form that names the member as the member book has it. */
export const deskFormOf = (number: number, form: Form, password: string): Promise<Schemas["BillFile"]> =>
  postJson("/v1/billing/desk/forms", { number, form, password }, FORM_MS);

/** The reminder of a level, written and noted by the node. */
export const remind = (number: number, level: number, form: "pdf" | "html", password: string) =>
  postJson<Schemas["BillFile"]>("/v1/billing/desk/reminders", { number, level, form, password }, FORM_MS);

export type BankFile = { kind: "debits" | "transfers"; day: string; run: number; password: string };
export const bankFile = (asked: BankFile): Promise<Schemas["PaymentFile"]> =>
  postJson("/v1/billing/desk/files", asked);

function base64Of(bytes: Uint8Array): string {
  const STEP = 0x8000; // More arguments than a call takes.
  let text = "";
  for (let place = 0; place < bytes.length; place += STEP)
    text += String.fromCharCode(...bytes.subarray(place, place + STEP));
  return btoa(text);
}

/** Hands a file of the node to the reader; of what it says only the type of a download is taken. */
export function saveBillFile({ name, data }: Schemas["BillFile"]): void {
  const bytes = Uint8Array.from(atob(data), (each) => each.charCodeAt(0));
  const url = URL.createObjectURL(new Blob([bytes], { type: "application/octet-stream" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
