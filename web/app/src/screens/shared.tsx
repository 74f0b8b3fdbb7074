// Accounts of several owners: which they are, what one of them proposes, and who must sign it yet.

import { formatKey } from "@nodechain/client/address.js";
import { useEffect, useState } from "preact/hooks";
import { fromHex, toHex } from "../../../verifier/index.js";
import { Refusal, Unreachable } from "../api/client";
import { labelOf, unwatch, watch } from "../data/account";
import { refresh } from "../data/node";
import {
  compactOf,
  type Proposal,
  proposal,
  sendProposal,
  signedToo,
  type Told,
  taken,
  textOf,
  told,
} from "../keys/multisig";
import { sharedOf } from "../keys/owners";
import type { Answer } from "../keys/send";
import { keepShared, removeShared, type Shared, shared } from "../keys/shared";
import { canSign, unlocked } from "../keys/vault";
import { go, linkTo } from "../router";
import { short } from "../text/format";
import { t } from "../text/messages";
import { saveFile } from "../trust/proof_file";
import { WrongChain } from "../trust/trust";
import { Card, Copy, Empty, Field, Notice, Screen, Skeleton } from "../ui/parts";
import { QrCode } from "../ui/qr";
import { Scan } from "../ui/scan";
import { Outcome } from "../ui/sign";
import { Problem } from "../ui/states";

export default function SharedAccounts() {
  const found = proposal.value;
  const [about, setAbout] = useState<Told | null>(null);
  const [error, setError] = useState<Error | null>(null);
  useEffect(() => {
    setAbout(null);
    setError(null);
    if (found) told(found).then(setAbout, setError);
  }, [found]);
  const says = about
    ? t(about.missing ? "shared.missing" : "shared.ready", { count: about.missing })
    : t("shared.says");
  return (
    <Screen says={says} under={<span>{t("shared.under")}</span>}>
      {!canSign() && <Notice>{t("sign.insecure")}</Notice>}
      <div class="columns two">
        <div class="stack">
          {error && <Trouble error={error} />}
          {found && !about && !error && <Skeleton height={240} />}
          {found && about && <Proposed {...{ found, about }} />}
          <Take />
        </div>
        <div class="stack">
          <Known />
          <Add />
        </div>
      </div>
    </Screen>
  );
}

/** An error of the client has its code, cause and advice, too. */
function Trouble({ error }: { error: Error }) {
  if (
    error instanceof Refusal ||
    error instanceof Unreachable ||
    error instanceof WrongChain ||
    !("code" in error)
  )
    return <Problem error={error} />;
  const { code, detail, advice } = error as Error & Record<string, unknown>;
  return (
    <Notice>
      <strong>{t("shared.fault")}</strong>
      <span lang="en">{String(detail)}</span>
      {advice ? <span lang="en">{String(advice)}</span> : null}
      <span class="code quiet">{String(code)}</span>
    </Notice>
  );
}

type Outcomes =
  | { at: "ready" }
  | { at: "sending" }
  | { at: "answered"; answer: Answer }
  | { at: "failed"; error: Error };

function Proposed({ found, about }: { found: Proposal; about: Told }) {
  const [state, setState] = useState<Outcomes>({ at: "ready" });
  const key = unlocked.value;
  const mine = key && about.owners.find((owner) => owner.key === toHex(key.publicKey));
  const sign = () =>
    signedToo(found)
      .then((next) => (proposal.value = next))
      .catch(failed);
  const failed = (error: Error) => setState({ at: "failed", error });
  const send = async () => {
    setState({ at: "sending" });
    try {
      setState({ at: "answered", answer: await sendProposal(found) });
      await refresh();
    } catch (error) {
      failed(error as Error);
    }
  };
  return (
    <Card
      title={t("shared.proposed")}
      aside={t("shared.signed", { count: about.needed - about.missing, needed: about.needed })}
    >
      <div class="says" lang={about.isTranslated ? undefined : "en"}>
        {about.lines.map((line) => (
          <p key={line}>{line}</p>
        ))}
      </div>
      <ul class="list">
        {about.owners.map((owner) => (
          <li key={owner.key}>
            <span class="code" translate={false}>
              {short(formatKey(fromHex(owner.key)))}
            </span>
            <span>
              {owner === mine && `${t("who.you")}, `}
              {t(owner.hasSigned ? "shared.hasSigned" : "shared.hasNotSigned")}
            </span>
          </li>
        ))}
      </ul>
      {!key && (
        <p>
          <a href={linkTo("account")}>{t("sign.unlock")}</a>
        </p>
      )}
      {key && !mine && <p class="quiet">{t("shared.notOwner")}</p>}
      <p class="buttons">
        {mine && !mine.hasSigned && about.missing > 0 && (
          <button type="button" class="main" onClick={sign}>
            {t("shared.sign")}
          </button>
        )}
        {about.missing === 0 && (
          <button type="button" class="main" disabled={state.at !== "ready"} onClick={send}>
            {state.at === "sending" ? t("sign.sending") : t("shared.send")}
          </button>
        )}
        <PassOn found={found} />
      </p>
      <QrCode text={compactOf(found)} what={t("qr.proposal")} />
      {about.missing > 0 && <p class="quiet small">{t("shared.passOn", { count: about.missing })}</p>}
      <div aria-live="polite">
        {state.at === "failed" ? <Trouble error={state.error} /> : <Outcome state={state} />}
      </div>
    </Card>
  );
}

function PassOn({ found }: { found: Proposal }) {
  const [copied, setCopied] = useState(false);
  const text = textOf(found);
  const copy = () => navigator.clipboard.writeText(text).then(() => setCopied(true));
  const name = `proposal-${toHex(found.envelope.slice(-4))}.json`;
  return (
    <>
      <button type="button" onClick={() => saveFile(name, new TextEncoder().encode(text))}>
        {t("shared.save")}
      </button>
      <button type="button" onClick={copy}>
        {copied ? t("copy.done") : t("shared.copy")}
      </button>
      <button type="button" class="plain" onClick={() => (proposal.value = null)}>
        {t("shared.putAway")}
      </button>
    </>
  );
}

/** A file or a text that a co-owner has passed on. */
function Take() {
  const [text, setText] = useState("");
  const [error, setError] = useState<Error | null>(null);
  const take = async (given: string) => {
    setError(null);
    try {
      proposal.value = await taken(given);
      setText("");
    } catch (failure) {
      setError(failure as Error);
    }
  };
  const scanned = (found: string) => {
    void take(found);
    return true;
  };
  const choose = async (event: Event) => {
    const file = (event.currentTarget as HTMLInputElement).files?.[0];
    if (file) await take(await file.text());
  };
  return (
    <Card title={t("shared.take")}>
      <Field
        label={t("shared.file")}
        hint={t("shared.file.hint")}
        type="file"
        accept="application/json,.json"
        onChange={choose}
      />
      <Scan onText={scanned} />
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void take(text);
        }}
      >
        <label>
          {t("shared.text")}
          <textarea
            rows={3}
            autocomplete="off"
            spellcheck={false}
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </label>
        <p class="buttons">
          <button type="submit" disabled={!text.trim()}>
            {t("shared.look")}
          </button>
        </p>
      </form>
      {error && <Trouble error={error} />}
    </Card>
  );
}

function Known() {
  const forget = ({ address }: Shared) => {
    removeShared(address);
    unwatch(address);
  };
  return (
    <Card title={t("shared.known")}>
      {!shared.value.length && <Empty>{t("shared.none")}</Empty>}
      <ul class="list">
        {shared.value.map((each) => (
          <li key={each.address}>
            <strong>{labelOf(each.address) || t("account.noLabel")}</strong>
            <span>{t("shared.rule", { count: each.threshold, of: each.keys.length })}</span>
            <Copy value={each.address} label={t("watch.address")} />
            <span class="buttons">
              <button
                type="button"
                class="plain"
                onClick={() => {
                  watch(each.address);
                  go("today");
                }}
              >
                {t("account.show")}
              </button>
              <button type="button" class="plain" onClick={() => forget(each)}>
                {t("account.unwatch")}
              </button>
            </span>
          </li>
        ))}
      </ul>
      <OwnKey />
    </Card>
  );
}

/** What co-owners need of one: the public key. */
function OwnKey() {
  const key = unlocked.value;
  if (!key) return null;
  return (
    <p class="small">
      {t("shared.yourKey")} <Copy value={formatKey(key.publicKey)} label={t("shared.yourKey")} />
    </p>
  );
}

function Add() {
  const [name, setName] = useState("");
  const [threshold, setThreshold] = useState("2");
  const [keys, setKeys] = useState("");
  const [error, setError] = useState<Error | null>(null);
  const add = async (event: Event) => {
    event.preventDefault();
    setError(null);
    try {
      const found = await sharedOf(Number(threshold), keys.split(/[\s,;]+/).filter(Boolean));
      keepShared(found);
      watch(found.address, name.trim());
      setKeys("");
    } catch (failure) {
      setError(failure as Error);
    }
  };
  return (
    <Card title={t("shared.add")}>
      <p class="quiet">{t("shared.add.how")}</p>
      <form onSubmit={add} noValidate>
        <Field
          label={t("watch.label")}
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <Field
          label={t("shared.threshold")}
          inputMode="numeric"
          value={threshold}
          onInput={(event) => setThreshold(event.currentTarget.value)}
        />
        <label>
          {t("shared.keys")}
          <textarea
            rows={4}
            placeholder="nrgpub1…"
            autocomplete="off"
            spellcheck={false}
            value={keys}
            onInput={(event) => setKeys(event.currentTarget.value)}
          />
        </label>
        <p class="buttons">
          <button type="submit" class="main" disabled={!keys.trim()}>
            {t("shared.addDo")}
          </button>
        </p>
        {error && <Trouble error={error} />}
      </form>
    </Card>
  );
}
