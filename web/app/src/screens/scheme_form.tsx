// Opening or changing a scheme: by a manager at once, by voters as a vote; said in sentences, and what it would have changed.

import { useState } from "preact/hooks";
import { assets } from "../data/assets";
import { type Range, rangeOf } from "../data/days";
import { chainNow } from "../data/node";
import { useAnswer } from "../data/resource";
import {
  type Draft,
  draftOf,
  EMPTY,
  MOST_POINTS,
  PRICES,
  participantsOf,
  RULES,
  SETTLEMENTS,
  SOURCES,
  shownTerms,
  standInsOf,
  termsOf,
} from "../data/scheme_draft";
import { countingText, priceText, ruleText, type Terms } from "../data/scheme_words";
import type { Clock, Scheme, SharingTerms } from "../data/sharing";
import { type Action, shownAction } from "../keys/actions";
import { PAYLOADS } from "../keys/transactions";
import { number } from "../text/format";
import { momentIn } from "../text/local_time";
import { type MessageKey, named, t } from "../text/messages";
import { AddressField } from "../ui/fields";
import { Card, Choice, Field } from "../ui/parts";
import { Select } from "../ui/select";
import { Sign } from "../ui/sign";
import { Preview } from "./sharing_preview";

type Form = {
  isManager: boolean;
  isVoter: boolean;
  clock: Clock;
  sharing: SharingTerms;
  /** The newest version; null: a new scheme. */
  before: Scheme | null;
};

type Signed = Extract<Action, { kind: "set_scheme" }>["terms"];

/** Local midnights from which it may hold; the next one leaves voters no time, so the first is in so many days. */
const DAYS_AHEAD = [1, 2, 7, 14, 31] as const;

export function SchemeForm(form: Form) {
  if (!form.before || form.before.points <= MOST_POINTS) return <TermsForm {...form} />;
  return (
    <Card title={t("schemeForm.change")}>
      <p>{t("schemeForm.tooMany", { points: number(form.before.points), most: MOST_POINTS })}</p>
      <p class="code small" translate={false}>
        nodechain sharing change {form.before.scheme} FILE --from-slot SLOT --others-stay
      </p>
    </Card>
  );
}

function TermsForm({ isManager, isVoter, clock, sharing, before }: Form) {
  const known = before && (before.terms as unknown as Terms);
  const [draft, setDraft] = useState<Draft>(known ? draftOf(known) : EMPTY);
  const [days, setDays] = useState(isManager ? 1 : 7);
  const [way, setWay] = useState<"manager" | "vote">(isManager ? "manager" : "vote");
  const asset = useAnswer("assets", assets).value?.find(({ name }) => name === sharing.asset)?.number ?? 0;
  const range: Range = rangeOf("day", chainNow(), days, clock.zone);
  const fromSlot = Math.ceil(range.fromMs / clock.slotMs);
  const terms = asset ? termsOf(draft, asset, sharing.decimals, known) : null;
  const scheme = before?.scheme ?? 0;
  const action = terms && {
    kind: "set_scheme" as const,
    scheme,
    from_slot: fromSlot,
    terms: terms as unknown as Signed,
    others_stay: false,
    leaving: [],
  };
  const when = momentIn(clock.zone, range.fromMs);
  const says = terms
    ? saysOf(shownTerms(terms, sharing.decimals), { scheme, when, symbol: sharing.symbol, way })
    : "";
  return (
    <Card title={t(before ? "schemeForm.change" : "schemeForm.open")}>
      <details>
        <summary>{t("schemeForm.show")}</summary>
        <form onSubmit={(event) => event.preventDefault()} noValidate>
          <Fields {...{ draft, setDraft, sharing, known }} />
          <Select
            label={t("schemeForm.from")}
            value={String(days)}
            options={DAYS_AHEAD.map((each) => [
              String(each),
              momentIn(clock.zone, rangeOf("day", chainNow(), each, clock.zone).fromMs),
            ])}
            onValue={(value) => setDays(Number(value))}
          />
          {isManager && isVoter && (
            <Choice
              label={t("schemeForm.way")}
              options={[
                ["manager", t("schemeForm.asManager")],
                ["vote", t("schemeForm.byVote")],
              ]}
              value={way}
              onChange={setWay}
            />
          )}
          {action && scheme > 0 && (
            <Tried key={JSON.stringify(shownAction(action))} {...{ action, sharing }} />
          )}
          <Sign
            says={says || t("schemeForm.fillIn")}
            label={t(way === "manager" ? "schemeForm.sign" : "openVote.sign")}
            payload={
              action &&
              (way === "manager" ? PAYLOADS.changeScheme(changeOf(action)) : PAYLOADS.openVote(action))
            }
          />
        </form>
      </details>
    </Card>
  );
}

const changeOf = ({ kind, ...change }: Extract<Action, { kind: "set_scheme" }>) => change;

/** Asked for when it is wanted: it computes weeks. */
function Tried({ action, sharing }: { action: Action; sharing: SharingTerms }) {
  const [isTried, setTried] = useState(false);
  if (isTried) return <Preview action={action} sharing={sharing} />;
  return (
    <p class="buttons">
      <button type="button" onClick={() => setTried(true)}>
        {t("preview.title")}
      </button>
    </p>
  );
}

type Said = { scheme: number; when: string; symbol: string; way: "manager" | "vote" };

/** What signing does: from when on, who takes part, by which rule and prices. */
function saysOf(terms: Terms, { scheme, when, symbol, way }: Said): string {
  const count = terms.participants?.length ?? 0;
  const values = { number: scheme, name: terms.name, when, count };
  const what = count
    ? t(scheme ? "schemeForm.changes" : "schemeForm.opens", values)
    : t("schemeForm.closes", values);
  const parts = [what];
  if (count) parts.push(ruleText(terms), priceText(terms, symbol), countingText(terms));
  if (way === "vote") parts.push(t("schemeForm.isVote"));
  return parts.join(" ");
}

type Edit = {
  draft: Draft;
  setDraft: (draft: Draft) => void;
  sharing: SharingTerms;
  known: Terms | null;
};

function Fields({ draft, setDraft, sharing, known }: Edit) {
  const set = (part: Partial<Draft>) => setDraft({ ...draft, ...part });
  const text = (name: keyof Draft, label: MessageKey, hint?: MessageKey) => (
    <Field
      label={t(label, { symbol: sharing.symbol })}
      autocomplete="off"
      value={String(draft[name])}
      onInput={(event) => set({ [name]: event.currentTarget.value })}
      {...(hint ? { hint: t(hint) } : {})}
    />
  );
  const select = <T extends string>(
    name: keyof Draft,
    label: MessageKey,
    group: string,
    names: readonly T[],
    isKept: boolean,
  ) => (
    <Select
      label={t(label)}
      value={String(draft[name])}
      options={[
        ...(isKept ? [["kept", t("schemeForm.kept")] as const] : []),
        ...names.map((each) => [each, named(group, each)] as const),
      ]}
      onValue={(value) => set({ [name]: value })}
    />
  );
  const wrongPoints = draft.points.trim() !== "" && participantsOf(draft.points) === null;
  return (
    <>
      {text("name", "schemeForm.name")}
      {select("rule", "schemeForm.rule", "schemeForm.rules", RULES, draftOfKept(known, "rule"))}
      {draft.rule === "pairs_each_slot" && (
        <>
          <label>
            {t("schemeForm.standIns")}
            <textarea
              rows={3}
              autocomplete="off"
              spellcheck={false}
              value={draft.standIns}
              onInput={(event) => set({ standIns: event.currentTarget.value })}
            />
          </label>
          <p class={standInsOf(draft.standIns) ? "quiet small" : "wrong small"} aria-live="polite">
            {t(standInsOf(draft.standIns) ? "schemeForm.standIns.how" : "schemeForm.standIns.wrong")}
          </p>
        </>
      )}
      {select("prices", "schemeForm.prices", "schemeForm.price", PRICES, draftOfKept(known, "prices"))}
      {draft.prices === "fixed_price" && text("price", "schemeForm.fixed")}
      {draft.prices !== "fixed_price" && draft.prices !== "kept" && (
        <>
          {text("retail", "sharing.retail")}
          {text("feedIn", "sharing.feedIn")}
        </>
      )}
      {text("fee", "schemeForm.fee")}
      {Number(draft.fee) > 0 && (
        <AddressField
          label={t("schemeForm.feeAccount")}
          value={draft.feeAccount}
          onValue={(feeAccount) => set({ feeAccount })}
        />
      )}
      {select("sources", "schemeForm.sources", "scheme.sources", SOURCES, false)}
      {text("boundWh", "schemeForm.bound")}
      {text("cutOffHours", "schemeForm.cutOff")}
      {select("settlement", "schemeForm.settlement", "scheme.settlement", SETTLEMENTS, false)}
      <label>
        {t("schemeForm.points")}
        <textarea
          rows={5}
          autocomplete="off"
          spellcheck={false}
          value={draft.points}
          onInput={(event) => set({ points: event.currentTarget.value })}
        />
      </label>
      <p class={wrongPoints ? "wrong small" : "quiet small"} aria-live="polite">
        {t(wrongPoints ? "schemeForm.points.wrong" : "schemeForm.points.how")}
      </p>
    </>
  );
}

const draftOfKept = (known: Terms | null, name: "rule" | "prices"): boolean =>
  known !== null && draftOf(known)[name] === "kept";
