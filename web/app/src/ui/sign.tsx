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
import { Notice } from "./parts";
import { Problem } from "./states";

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
};

export function Sign({ says, label, payload, plain = false }: Signing) {
  const [state, setState] = useState<State>({ at: "ready" });
  useEffect(() => {
    if (state.at !== "answered" || state.answer.status !== "waiting") return;
    const again = setTimeout(() => {
      lookUp(state.answer.id).then(
        (answer) => setState({ at: "answered", answer }),
        () => setState({ ...state }),
      );
    }, AGAIN_MS);
    return () => clearTimeout(again);
  }, [state]);
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
    if (!payload) return;
    setState({ at: "sending" });
    try {
      if (shared) return await passOn(shared, payload);
      setState({ at: "answered", answer: await send(payload) });
      await refresh();
    } catch (error) {
      setState({ at: "failed", error: error as Error });
    }
  };
  return (
    <>
      {says && <div class="says">{says}</div>}
      <p class="buttons">
        <button
          type="button"
          class={plain ? "" : "main"}
          disabled={!payload || state.at === "sending"}
          onClick={press}
        >
          {state.at === "sending" ? t("sign.sending") : shared ? t("sign.propose") : label}
        </button>
      </p>
      <div aria-live="polite">{<Outcome state={state} />}</div>
    </>
  );
}

/** What several must sign is proposed to the others. */
async function passOn(shared: Shared, payload: Payload): Promise<void> {
  const { proposal, proposed } = await import("../keys/multisig");
  proposal.value = await proposed(shared, payload);
  go("shared");
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
  if (answer.status !== "decided" || answer.code) {
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
  const told = ((answer.receipt?.events ?? []) as LedgerEvent[]).filter(({ kind }) => kind !== "fee_paid");
  return (
    <Notice tone="good">
      <strong>{t("sign.done")}</strong>
      {told.map((event, place) => (
        <span key={`${event.kind}-${place}`}>{sentence(event)}</span>
      ))}
      {details}
    </Notice>
  );
}
