// A share changes hands: who takes a part signs first and passes the file on, who gives it sends it. Or it is given back.

import { useState } from "preact/hooks";
import { address } from "../data/account";
import { addressBytes } from "../data/codec";
import { type Group, heldAt, type Mine, termsOf, typedParts } from "../data/groups";
import { chainNow } from "../data/node";
import { useAnswer } from "../data/resource";
import type { Clock } from "../data/sharing";
import { sharedBy } from "../keys/shared";
import { PAYLOADS } from "../keys/transactions";
import { unlocked } from "../keys/vault";
import { who } from "../text/events";
import { momentIn } from "../text/local_time";
import { t } from "../text/messages";
import { partsText } from "../text/parts";
import { saveFile } from "../trust/proof_file";
import { AddressField } from "../ui/fields";
import { Card, Copy, Field, Notice } from "../ui/parts";
import { Sign } from "../ui/sign";
import { Problem } from "../ui/states";
import { ConsentFile } from "./consent_file";
import { slotNow } from "./groups";

/** From so many slots on what two must sign holds: there is time to pass a file on, as by the command line. */
const SLOTS_FOR_TWO = 4;
const SLOTS_FOR_ONE = 2;

type Of = { group: Group; clock: Clock; my: Mine | null };

export function ShareForms({ group, clock, my }: Of) {
  const canTransfer = termsOf(group).transfers !== "nobody";
  const canTake = canTransfer && (my !== null || termsOf(group).transfers === "members");
  if (!my && !canTake) return null;
  return (
    <Card title={t("share.title")}>
      <p class="quiet">{t(canTransfer ? "share.what" : "share.nobody")}</p>
      {canTake && (
        <details>
          <summary>{t("share.take")}</summary>
          <Take {...{ group, clock, my }} />
        </details>
      )}
      {my && canTransfer && (
        <details>
          <summary>{t("share.give")}</summary>
          <Give {...{ group, clock }} />
        </details>
      )}
      {my && (
        <details>
          <summary>{t("share.leave")}</summary>
          <Leave {...{ group, clock }} />
        </details>
      )}
    </Card>
  );
}

/** The slot from which something holds, and its beginning by the community's clock. */
const fromSlot = (clock: Clock, group: Group, more: number): number =>
  Math.max(slotNow(clock) + more, group.opened_slot);

const startOf = (clock: Clock, slot: number): string => momentIn(clock.zone, slot * clock.slotMs);

/** What the taker has then is what it has now and the part: another change in between makes it void. */
function Take({ group, clock, my }: Of) {
  const [giver, setGiver] = useState("");
  const [text, setText] = useState("");
  const [made, setMade] = useState("");
  const [error, setError] = useState<Error | null>(null);
  const key = unlocked.value;
  const shared = sharedBy(key, address.value);
  const canSign = key && (key.address === address.value || shared);
  const parts = typedParts(text);
  const isReady =
    parts !== null && parts > 0n && addressBytes(giver.trim()) && giver.trim() !== address.value;
  const slot = fromSlot(clock, group, SLOTS_FOR_TWO);
  const after = BigInt(heldAt(my?.changes ?? [], slot)?.share ?? 0) + (parts ?? 0n);
  const sign = async () => {
    setError(null);
    try {
      const { shareConsented } = await import("../keys/consent");
      const terms = {
        group: group.number,
        sender: giver.trim(),
        recipient: address.value,
        parts: parts as bigint,
        share_then: after,
        from_slot: slot,
        signed_ms: chainNow(),
      };
      setMade(await shareConsented(terms, shared));
    } catch (failure) {
      setError(failure as Error);
    }
  };
  return (
    <form onSubmit={(event) => event.preventDefault()} noValidate>
      <AddressField label={t("share.giver")} value={giver} onValue={setGiver} />
      <Field
        label={t("share.parts")}
        hint={t("share.parts.hint")}
        inputMode="decimal"
        autocomplete="off"
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
        {...(text && (parts === null || parts === 0n) ? { error: t("share.parts.wrong") } : {})}
      />
      <div class="says">
        {isReady
          ? t("share.take.does", {
              parts: partsText(parts as bigint),
              who: who(giver.trim()),
              after: partsText(after),
              when: startOf(clock, slot),
            })
          : t("form.fillIn")}
      </div>
      <p class="buttons">
        <button type="button" class="main" disabled={!canSign || !isReady} onClick={sign}>
          {t("share.take.sign")}
        </button>
      </p>
      {!canSign && <p class="quiet small">{t("share.unlock")}</p>}
      {error && <Problem error={error} />}
      {made && (
        <Notice tone="good">
          <strong>{t("share.take.done")}</strong>
          <span class="buttons">
            <button type="button" onClick={() => saveFile("share.json", new TextEncoder().encode(made))}>
              {t("share.save")}
            </button>
            <Copy value={made} shown="share.json" label={t("share.file")} />
          </span>
        </Notice>
      )}
    </form>
  );
}

/** Who gives takes the other's file, sees what it says, and sends it. */
function Give({ group, clock }: Omit<Of, "my">) {
  const [text, setText] = useState("");
  const found = useAnswer(text.trim() ? `share/${text.length}/${text.slice(-40)}` : null, async () => {
    const { readShareConsent } = await import("../keys/consent");
    return readShareConsent(text);
  });
  const terms = found.value?.terms;
  const isMine = terms && Number(terms.group) === group.number && String(terms.sender) === address.value;
  const slot = Number(terms?.from_slot ?? 0);
  const isLate = slot * clock.slotMs <= chainNow();
  return (
    <form onSubmit={(event) => event.preventDefault()} noValidate>
      <ConsentFile text={text} onText={setText} />
      {found.error && <Notice tone="mild">{t("share.wrong")}</Notice>}
      {terms && !isMine && <Notice tone="mild">{t("share.notYours")}</Notice>}
      {terms && isMine && isLate && <Notice>{t("share.tooLate")}</Notice>}
      <Sign
        says={
          terms && isMine
            ? t("share.give.does", {
                parts: partsText(BigInt(terms.parts)),
                who: who(String(terms.recipient)),
                after: partsText(BigInt(terms.share_then)),
                when: startOf(clock, slot),
              })
            : t("share.give.fillIn")
        }
        label={t("share.give.sign")}
        payload={found.value && isMine && !isLate ? PAYLOADS.giveShare(found.value) : null}
      />
    </form>
  );
}

function Leave({ group, clock }: Omit<Of, "my">) {
  const slot = fromSlot(clock, group, SLOTS_FOR_ONE);
  return (
    <form onSubmit={(event) => event.preventDefault()} noValidate>
      <div class="says">
        {t("share.leave.does", { name: termsOf(group).name, when: startOf(clock, slot) })}
      </div>
      <Sign label={t("share.leave.sign")} payload={PAYLOADS.leaveGroup(group.number, slot)} plain />
    </form>
  );
}
