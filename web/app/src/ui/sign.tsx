// The button that signs: what it will do stands above it in words, what became of it below.

import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { LedgerEvent } from "../api/client";
import { address } from "../data/account";
import { refresh } from "../data/node";
import { type Answer, lookUp, send } from "../keys/send";
import { type Shared, sharedBy } from "../keys/shared";
import type { Payload } from "../keys/transactions";
import { canSign, unlocked } from "../keys/vault";
import { go, linkTo } from "../router";
import { sentence } from "../text/events";
import { t } from "../text/messages";
import { announce } from "./announce";
import { Notice } from "./parts";
import { Problem, problemText } from "./states";

const AGAIN_MS = 3_000;

type State =
  | { at: "ready" }
  | { at: "sending" }
  | { at: "answered"; answer: Answer }
  | { at: "failed"; error: Error };

type Signing = {
  /** What signing does, in plain words. */
  says?: ComponentChildren;
  label: string;
  /** The payload; null while the form is not filled in. */
  payload: Payload | null;
  plain?: boolean;
  /** Nothing is left to sign: what became of what was signed stays. */
  isDone?: boolean;
};

export function Sign({ says, label, payload, plain = false, isDone = false }: Signing) {
  const [state, setState] = useState<State>({ at: "ready" });
  useEffect(() => {
    if (state.at !== "answered" || state.answer.status !== "waiting") return;
    const again = setTimeout(() => {
      lookUp(state.answer.id).then(
        (answer) => {
          setState({ at: "answered", answer });
          if (answer.status !== "waiting") announce(outcomeOf(answer));
        },
        () => setState({ ...state }),
      );
    }, AGAIN_MS);
    return () => clearTimeout(again);
  }, [state]);
  if (isDone) return <Outcome state={state} />;
  if (!canSign()) return <Notice tone="mild">{t("sign.insecure")}</Notice>;
  const key = unlocked.value;
  const shared = sharedBy(key, address.value);
  if (!key || (key.address !== address.value && !shared)) {
    return (
      <p>
        <a href={linkTo("account")}>{t(key ? "sign.otherKey" : "sign.unlock")}</a>
      </p>
    );
  }
  const press = async () => {
    // Not `disabled` while it is sent: the keyboard would lose its place.
    if (!payload || state.at === "sending") return;
    setState({ at: "sending" });
    try {
      if (shared) return await passOn(shared, payload);
      const answer = await send(payload);
      setState({ at: "answered", answer });
      announce(outcomeOf(answer));
      await refresh();
    } catch (error) {
      setState({ at: "failed", error: error as Error });
      announce(problemText(error as Error));
    }
  };
  return (
    <>
      {says && <div class="says">{says}</div>}
      <p class="buttons">
        <button
          type="button"
          class={plain ? "" : "main"}
          disabled={!payload}
          aria-disabled={state.at === "sending" || undefined}
          onClick={press}
        >
          {state.at === "sending" ? t("sign.sending") : shared ? t("sign.propose") : label}
        </button>
      </p>
      <Outcome state={state} />
    </>
  );
}

/** What several must sign is proposed to the others. */
async function passOn(shared: Shared, payload: Payload): Promise<void> {
  const { proposal, proposed } = await import("../keys/multisig");
  proposal.value = await proposed(shared, payload);
  go("shared");
}

const isRefused = (answer: Answer): boolean => answer.status !== "decided" || answer.code !== "";

/** What a transaction did, without its fee. */
const told = (answer: Answer): LedgerEvent[] =>
  ((answer.receipt?.events ?? []) as LedgerEvent[]).filter(({ kind }) => kind !== "fee_paid");

/** The outcome in words, for who does not see it: what was acted on may have left the screen. */
function outcomeOf(answer: Answer): string {
  if (answer.status === "waiting") return t("sign.waiting");
  if (isRefused(answer)) return `${t("transaction.refused")} ${answer.explanation}`;
  return [t("sign.done"), ...told(answer).map((event) => sentence(event))].join(" ");
}

export function Outcome({ state }: { state: State }) {
  if (state.at === "failed") return <Problem error={state.error} />;
  if (state.at !== "answered") return null;
  const { answer } = state;
  const details = <a href={linkTo("explorer", "transaction", answer.id)}>{t("sign.details")}</a>;
  if (answer.status === "waiting") {
    return (
      <Notice tone="mild">
        <span>{t("sign.waiting")}</span>
        {details}
      </Notice>
    );
  }
  if (isRefused(answer)) {
    return (
      <Notice>
        <strong>{t("transaction.refused")}</strong>
        <span lang="en">{answer.explanation}</span>
        {answer.status === "decided" && <span>{t("sign.refused.what")}</span>}
        <span class="code quiet">{answer.code || answer.status}</span>
        {details}
      </Notice>
    );
  }
  return (
    <Notice tone="good">
      <strong>{t("sign.done")}</strong>
      {told(answer).map((event, place) => (
        <span key={`${event.kind}-${place}`}>{sentence(event)}</span>
      ))}
      {details}
    </Notice>
  );
}
