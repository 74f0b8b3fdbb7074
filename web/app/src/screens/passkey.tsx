// A passkey for a key: adding one with the password, unlocking by it, removing it. The password's field stays where it is.

import { useState } from "preact/hooks";
import type { Keyfile } from "../keys/keyfile";
import { addPasskey, offered, passkeyOf, passwordBy, removePasskey } from "../keys/passkey";
import { unlock } from "../keys/vault";
import { type MessageKey, t } from "../text/messages";
import { Field } from "../ui/parts";
import { faultOf } from "./key_faults";

/** What is under way, and why it failed. */
function useTry(): [boolean, MessageKey | "", (work: () => Promise<unknown>) => Promise<void>] {
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<MessageKey | "">("");
  const attempt = async (work: () => Promise<unknown>) => {
    setBusy(true);
    setFault("");
    try {
      await work();
    } catch (error) {
      setFault(faultOf(error));
    }
    setBusy(false);
  };
  return [busy, fault, attempt];
}

/** For a locked key that has one. */
export function UnlockByPasskey({ file }: { file: Keyfile }) {
  const [busy, fault, attempt] = useTry();
  const passkey = passkeyOf(file);
  if (!passkey || !offered.value) return null;
  const open = () => attempt(async () => unlock(file, await passwordBy(passkey, file)));
  return (
    <>
      <p class="buttons">
        <button type="button" class="main" disabled={busy} onClick={open}>
          {t(busy ? "key.passkey.waiting" : "key.passkey.unlock")}
        </button>
      </p>
      {fault && <p class="wrong">{t(fault)}</p>}
    </>
  );
}

/** For an unlocked key: one is added, where the browser may have any, or removed. */
export function PasskeyOffer({ file }: { file: Keyfile }) {
  const [adding, setAdding] = useState(false);
  if (!offered.value) return null;
  if (passkeyOf(file)) {
    return (
      <span>
        {t("key.passkey.has")}{" "}
        <button type="button" class="plain" onClick={() => removePasskey(file)}>
          {t("key.passkey.remove")}
        </button>
      </span>
    );
  }
  if (adding) return <AddPasskey file={file} done={() => setAdding(false)} />;
  return (
    <span class="buttons">
      <button type="button" onClick={() => setAdding(true)}>
        {t("key.passkey.add")}
      </button>
    </span>
  );
}

function AddPasskey({ file, done }: { file: Keyfile; done: () => void }) {
  const [password, setPassword] = useState("");
  const [busy, fault, attempt] = useTry();
  const add = (event: Event) => {
    event.preventDefault();
    return attempt(async () => {
      await addPasskey(file, password);
      done();
    });
  };
  return (
    <form onSubmit={add}>
      <Field
        label={t("key.password")}
        hint={t("key.passkey.why")}
        type="password"
        autocomplete="current-password"
        value={password}
        onInput={(event) => setPassword(event.currentTarget.value)}
        {...(fault ? { error: t(fault) } : {})}
      />
      <p class="buttons">
        <button type="submit" class="main" disabled={busy || !password}>
          {t(busy ? "key.passkey.waiting" : "key.passkey.add")}
        </button>
        <button type="button" onClick={done}>
          {t("key.stop")}
        </button>
      </p>
    </form>
  );
}
