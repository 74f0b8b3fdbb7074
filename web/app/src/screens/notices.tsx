// What needs somebody now: low balance, overdue and new bills, silent meters, open votes; what is told, and whether the
// browser shows it outside of the page.

import { useState } from "preact/hooks";
import { address } from "../data/account";
import { wordsOf } from "../data/notice_watch";
import { choose, KINDS, type Notice, noticesOf, wishes } from "../data/notices";
import { type Resource, useAnswer } from "../data/resource";
import { linkTo } from "../router";
import { type MessageKey, t } from "../text/messages";
import { Card, Empty, Field, Screen, Skeleton } from "../ui/parts";
import { Pending, Problem, Said } from "../ui/states";

/** Where somebody does something about it. */
const PLACES = {
  low_balance: "account",
  unpaid: "bills",
  silent_meter: "account",
  vote_open: "votes",
  bill_ready: "bills",
} as const;

export default function Notices() {
  const own = address.value;
  const chosen = wishes.value;
  const key = own ? `notices/${own}/${chosen.kinds.join()}/${chosen.least}` : null;
  const found: Resource<Notice[]> = useAnswer(key, () => noticesOf(own, chosen));
  const all = found.value;
  return (
    <Screen
      says={
        all ? (
          all.length ? (
            t("notices.some", { count: all.length })
          ) : (
            t("notices.none")
          )
        ) : own ? (
          <Pending of={found} />
        ) : (
          t("notices.none")
        )
      }
      under={all && <Said />}
    >
      {found.error && <Problem error={found.error} />}
      <p class="quiet">{t("notices.what")}</p>
      {!own && <p>{t("notices.noAccount")}</p>}
      {own && (
        <Card title={t("notices.list")}>
          {!all && !found.error && <Skeleton height={80} />}
          {all && !all.length && <Empty>{t("notices.none")}</Empty>}
          {all && all.length > 0 && (
            <ul>
              {all.map((each) => (
                <li key={each.name}>
                  <a href={linkTo(PLACES[each.kind])}>{wordsOf(each)}</a>
                </li>
              ))}
            </ul>
          )}
        </Card>
      )}
      <Chosen />
      <InBrowser />
    </Screen>
  );
}

function Chosen() {
  const { kinds, least } = wishes.value;
  const [text, setText] = useState(least);
  const isAmount = /^\d{1,9}([.,]\d{1,9})?$/.test(text);
  return (
    <Card title={t("notices.choose")}>
      {KINDS.map((kind) => (
        <label key={kind} class="check">
          <input
            type="checkbox"
            checked={kinds.includes(kind)}
            onChange={() =>
              choose({
                kinds: KINDS.filter((each) => (each === kind ? !kinds.includes(kind) : kinds.includes(each))),
              })
            }
          />{" "}
          {t(`notices.${kind}` as MessageKey)}
        </label>
      ))}
      <Field
        label={t("notices.least")}
        inputMode="decimal"
        autocomplete="off"
        value={text}
        onInput={(event) => {
          const typed = event.currentTarget.value;
          setText(typed);
          if (/^\d{1,9}([.,]\d{1,9})?$/.test(typed)) choose({ least: typed.replace(",", ".") });
        }}
        {...(isAmount ? {} : { error: t("form.wrong") })}
      />
    </Card>
  );
}

function InBrowser() {
  const [permission, setPermission] = useState(
    "Notification" in globalThis ? Notification.permission : "denied",
  );
  const ask = async () => {
    const said = await Notification.requestPermission();
    setPermission(said);
    choose({ inBrowser: said === "granted" });
  };
  return (
    <Card title={t("notices.browser")}>
      <p>{t("notices.browser.what")}</p>
      {permission === "default" && (
        <button type="button" onClick={ask}>
          {t("notices.browser.ask")}
        </button>
      )}
      {permission === "granted" && <p>{t("notices.browser.granted")}</p>}
      {permission === "denied" && <p>{t("notices.browser.denied")}</p>}
    </Card>
  );
}
