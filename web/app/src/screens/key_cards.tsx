// Keys in this browser: new with 24 words, from words, from a file of the command line; unlocked for a while.

import { useEffect, useState } from "preact/hooks";
import { loginNeeded } from "../api/access";
import { type Keyfile, readKeyfile, sealKeyfile } from "../keys/keyfile";
import { loadPasskeys } from "../keys/passkey";
import {
  canSign,
  keepKeyfile,
  keyfiles,
  loadKeyfiles,
  lock,
  removeKeyfile,
  unlock,
  unlocked,
} from "../keys/vault";
import { short } from "../text/format";
import { type MessageKey, t } from "../text/messages";
import { saveFile } from "../trust/proof_file";
import { LoginState } from "../ui/login_state";
import { Card, Empty, Field, Notice } from "../ui/parts";
import { faultOf } from "./key_faults";
import { PasskeyOffer, UnlockByPasskey } from "./passkey";

const LEAST_PASSWORD = 8;

export function KeyCards() {
  const [making, setMaking] = useState<"" | "new" | "words" | "file">("");
  useEffect(() => {
    void loadKeyfiles();
    void loadPasskeys();
  }, []);
  if (!canSign()) {
    return (
      <Card title={t("key.title")}>
        <Notice>{t("sign.insecure")}</Notice>
      </Card>
    );
  }
  const done = () => setMaking("");
  return (
    <Card title={t("key.title")}>
      <p class="quiet">{t("key.warning")}</p>
      {!keyfiles.value.length && !making && (
        <Empty>{t(loginNeeded.value ? "key.noneHere" : "key.none")}</Empty>
      )}
      {keyfiles.value.map((file) => (
        <KeyLine key={file.pubkey} file={file} />
      ))}
      {making === "new" && <NewKey done={done} />}
      {making === "words" && <FromWords done={done} />}
      {making === "file" && <FromFile done={done} />}
      {!making && (
        <p class="buttons">
          <button type="button" onClick={() => setMaking("new")}>
            {t("key.new")}
          </button>
          <button type="button" onClick={() => setMaking("words")}>
            {t("key.fromWords")}
          </button>
          <button type="button" onClick={() => setMaking("file")}>
            {t("key.fromFile")}
          </button>
        </p>
      )}
    </Card>
  );
}

function KeyLine({ file }: { file: Keyfile }) {
  const [password, setPassword] = useState("");
  const [fault, setFault] = useState<MessageKey | "">("");
  const [busy, setBusy] = useState(false);
  const key = unlocked.value;
  const isOpen =
    key !== null &&
    file.pubkey === [...key.publicKey].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const open = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setFault("");
    try {
      await unlock(file, password);
      setPassword("");
    } catch (error) {
      setFault(faultOf(error));
    }
    setBusy(false);
  };
  const download = () =>
    saveFile(
      `${file.name || "account"}.json`,
      new TextEncoder().encode(`${JSON.stringify(file, null, 2)}\n`),
    );
  return (
    <div class="stack">
      <h3>{file.name || t("account.noLabel")}</h3>
      {isOpen ? (
        <Notice tone="good">
          <span>{t("key.isOpen", { address: short(key.address) })}</span>
          <LoginState />
          <PasskeyOffer file={file} />
          <span class="buttons">
            <button type="button" onClick={lock}>
              {t("key.lock")}
            </button>
            <button type="button" class="plain" onClick={download}>
              {t("key.save")}
            </button>
          </span>
        </Notice>
      ) : (
        <>
          <UnlockByPasskey file={file} />
          <form class="row" onSubmit={open}>
            <Field
              label={t("key.password")}
              type="password"
              autocomplete="current-password"
              value={password}
              onInput={(event) => setPassword(event.currentTarget.value)}
              {...(fault ? { error: t(fault) } : {})}
            />
            <button type="submit" class="main" disabled={busy || !password}>
              {busy ? t("key.opening") : t("key.unlock")}
            </button>
            <button type="button" class="plain" onClick={() => removeKeyfile(file)}>
              {t("key.remove")}
            </button>
          </form>
        </>
      )}
    </div>
  );
}

type Made = { secret: Uint8Array; path: string };

/** The last step of every way: a name and a password for the key. */
function Seal({ made, done }: { made: Made; done: () => void }) {
  const [name, setName] = useState("home");
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const [fault, setFault] = useState<MessageKey | "">("");
  const finish = async (event: Event) => {
    event.preventDefault();
    if (password.length < LEAST_PASSWORD) return setFault("key.fault.short");
    if (password !== again) return setFault("key.fault.differ");
    const file = await sealKeyfile(made.secret, password, { name: name.trim(), path: made.path });
    await keepKeyfile(file);
    await unlock(file, password);
    done();
  };
  return (
    <form onSubmit={finish}>
      <Field label={t("watch.label")} value={name} onInput={(event) => setName(event.currentTarget.value)} />
      <Field
        label={t("key.newPassword")}
        hint={t("key.newPassword.hint", { count: LEAST_PASSWORD })}
        type="password"
        autocomplete="new-password"
        value={password}
        onInput={(event) => setPassword(event.currentTarget.value)}
        {...(fault ? { error: t(fault) } : {})}
      />
      <Field
        label={t("key.again")}
        type="password"
        autocomplete="new-password"
        value={again}
        onInput={(event) => setAgain(event.currentTarget.value)}
      />
      <p class="buttons">
        <button type="submit" class="main">
          {t("key.keep")}
        </button>
        <button type="button" onClick={done}>
          {t("key.stop")}
        </button>
      </p>
    </form>
  );
}

/** Two places of the phrase that are asked back, in their order. */
export function askedBack(random: () => number, words: number): [number, number] {
  const first = Math.floor(random() * words);
  const second = (first + 1 + Math.floor(random() * (words - 1))) % words;
  return first < second ? [first, second] : [second, first];
}

function NewKey({ done }: { done: () => void }) {
  const [phrase, setPhrase] = useState<string[]>([]);
  const [asked, setAsked] = useState<[number, number] | null>(null);
  const [given, setGiven] = useState<[string, string]>(["", ""]);
  const [wrong, setWrong] = useState(false);
  const [made, setMade] = useState<Made | null>(null);
  useEffect(() => {
    void import("../keys/phrase").then(({ newPhrase }) => setPhrase(newPhrase().split(" ")));
  }, []);
  if (made) return <Seal made={made} done={done} />;
  if (!asked) {
    return (
      <>
        <Notice tone="mild">{t("key.words.write")}</Notice>
        <ol class="words" translate={false}>
          {phrase.map((word, place) => (
            <li key={`${place + 1}-${word}`}>{word}</li>
          ))}
        </ol>
        <p class="buttons">
          <button
            type="button"
            class="main"
            disabled={!phrase.length}
            onClick={() => setAsked(askedBack(Math.random, phrase.length))}
          >
            {t("key.words.written")}
          </button>
          <button type="button" onClick={done}>
            {t("key.stop")}
          </button>
        </p>
      </>
    );
  }
  const check = async (event: Event) => {
    event.preventDefault();
    const right = asked.every((place, at) => given[at]?.trim().toLowerCase() === phrase[place]);
    setWrong(!right);
    if (!right) return;
    const { accountSecret, pathOf } = await import("../keys/phrase");
    setMade({ secret: await accountSecret(phrase.join(" ")), path: pathOf(0) });
  };
  return (
    <form onSubmit={check}>
      {asked.map((place, at) => (
        <Field
          key={place}
          label={t("key.words.ask", { place: place + 1 })}
          autocomplete="off"
          value={given[at] ?? ""}
          onInput={(event) =>
            setGiven(at === 0 ? [event.currentTarget.value, given[1]] : [given[0], event.currentTarget.value])
          }
        />
      ))}
      {wrong && <p class="wrong">{t("key.words.wrong")}</p>}
      <p class="buttons">
        <button type="submit" class="main">
          {t("key.next")}
        </button>
        <button type="button" onClick={() => setAsked(null)}>
          {t("key.words.back")}
        </button>
      </p>
    </form>
  );
}

function FromWords({ done }: { done: () => void }) {
  const [text, setText] = useState("");
  const [wrong, setWrong] = useState(false);
  const [made, setMade] = useState<Made | null>(null);
  if (made) return <Seal made={made} done={done} />;
  const check = async (event: Event) => {
    event.preventDefault();
    const { accountSecret, pathOf, tidied } = await import("../keys/phrase");
    const phrase = tidied(text);
    setWrong(phrase === null);
    if (phrase) setMade({ secret: await accountSecret(phrase), path: pathOf(0) });
  };
  return (
    <form onSubmit={check}>
      <label>
        {t("key.words.type")}
        <textarea
          rows={4}
          autocomplete="off"
          spellcheck={false}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      {wrong && <p class="wrong">{t("key.words.no")}</p>}
      <p class="buttons">
        <button type="submit" class="main">
          {t("key.next")}
        </button>
        <button type="button" onClick={done}>
          {t("key.stop")}
        </button>
      </p>
    </form>
  );
}

function FromFile({ done }: { done: () => void }) {
  const [fault, setFault] = useState<MessageKey | "">("");
  const take = async (event: Event) => {
    const chosen = (event.currentTarget as HTMLInputElement).files?.[0];
    if (!chosen) return;
    try {
      await keepKeyfile(await readKeyfile(await chosen.text()));
      done();
    } catch (error) {
      setFault(faultOf(error));
    }
  };
  return (
    <>
      <Field
        label={t("key.file")}
        hint={t("key.file.hint")}
        type="file"
        accept="application/json,.json"
        onChange={take}
        {...(fault ? { error: t(fault) } : {})}
      />
      <p class="buttons">
        <button type="button" onClick={done}>
          {t("key.stop")}
        </button>
      </p>
    </>
  );
}
