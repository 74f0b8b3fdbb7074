// Notices outside of the page: the browser shows each new one once, on whichever screen one is, also in the background.

import { effect } from "@preact/signals";
import { date, exact, span } from "../text/format";
import { type MessageKey, t, withWords } from "../text/messages";
import { address } from "./account";
import { chainNow, height } from "./node";
import { type Notice, noticesOf, notShown, type Wishes, wishes } from "./notices";

const PAUSE_MS = 30_000;
let lookedMs = 0;
let lookedAt = "";

export function wordsOf({ kind, values, timeMs }: Notice): string {
  const when =
    timeMs === undefined ? {} : { when: date(timeMs), span: span(Math.max(chainNow() - timeMs, 0)) };
  const amount = typeof values.amount === "string" ? { amount: exact(values.amount) } : {};
  return t(`notices.says.${kind}` as MessageKey, { ...values, ...amount, ...when });
}

/** What was there when an account was looked at first is no news. */
async function look(account: string, chosen: Wishes): Promise<void> {
  const isFirst = lookedAt !== account;
  lookedAt = account;
  const fresh = notShown(await noticesOf(account, chosen), isFirst);
  for (const each of fresh)
    new Notification(t(`notices.${each.kind}` as MessageKey), { body: wordsOf(each), tag: each.name });
}

/** With new blocks, not more often than is of use. */
effect(() => {
  const isDue = height.value >= 0 && Date.now() - lookedMs >= PAUSE_MS;
  const account = address.value;
  const chosen = wishes.value;
  const canShow = "Notification" in globalThis && Notification.permission === "granted";
  if (!isDue || !account || !chosen.inBrowser || !canShow) return;
  lookedMs = Date.now();
  // What a node that is away does not answer is looked at with the next block.
  withWords(["together"], () => Promise.resolve())
    .then(() => look(account, chosen))
    .catch(() => undefined);
});
