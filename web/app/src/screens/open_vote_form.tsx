// A voter opens a vote about anything that voters decide: what signing does stands above the button in a sentence. Who asks
// for admission passes its address on with the page's own (`#/votes/admit/nrg1...`).

import { useEffect, useState } from "preact/hooks";
import { get, type Schemas } from "../api/client";
import { address } from "../data/account";
import { fromBase } from "../data/amounts";
import { type Asset, assets, currencies } from "../data/assets";
import { addressBytes } from "../data/codec";
import { status } from "../data/node";
import { useAnswer } from "../data/resource";
import { clockOf } from "../data/sharing";
import {
  ACTION_FORMS,
  type ActionForm,
  actionOf,
  type FieldSpec,
  isWrong,
  PLAIN,
  type Reading,
  ruleValue,
  TECHNOLOGIES,
  unitOfRule,
} from "../data/vote_actions";
import { type Action, actionHex, shownAction } from "../keys/actions";
import { PAYLOADS } from "../keys/transactions";
import { linkTo } from "../router";
import { sentence, who } from "../text/events";
import { type MessageKey, named, t } from "../text/messages";
import { AddressField } from "../ui/fields";
import { Card, Field, Notice } from "../ui/parts";
import { Select } from "../ui/select";
import { Sign } from "../ui/sign";
import { ConsentFile } from "./consent_file";

type Vote = Schemas["VoteView"];
type Parameter = Schemas["ParameterView"];
type Typed = Record<string, string>;
type Integer = number | bigint;

/** The address that a link asks to admit; empty where none does. */
export const askedToAdmit = ([kind, name]: readonly string[]): string =>
  kind === "admit" && name && addressBytes(name) ? name : "";

const OTHERS = ["set_parameter", "admit_point", "set_scheme"] as const;
type Chosen = ActionForm["kind"] | (typeof OTHERS)[number];
const MODULE_OF: Partial<Record<Chosen, string>> = { admit_point: "slots", set_scheme: "sharing" };

/** What this chain's modules let voters decide. */
function kindsHere(): readonly Chosen[] {
  const modules = status.value?.modules ?? [];
  const isOn = (module: string | undefined) => !module || modules.includes(module);
  return [
    ...ACTION_FORMS.filter((form) => isOn(form.module)).map(({ kind }) => kind),
    ...OTHERS.filter((kind) => isOn(MODULE_OF[kind])),
  ];
}

export function OpenVoteForm({
  asked,
  votes,
  isVoter,
}: {
  asked: string;
  votes: readonly Vote[];
  isVoter: boolean;
}) {
  const [kind, setKind] = useState<Chosen>("admit_member");
  const [typed, setTyped] = useState<Typed>({ address: asked });
  const [made, setMade] = useState<Action | null>(null);
  const asset = currencies(useAnswer("assets", assets).value ?? [])[0];
  const by = useReading(asset);
  const form = ACTION_FORMS.find((each) => each.kind === kind);
  const isReady = by !== undefined || !form?.fields.some((field) => field.kind === "money");
  const action = form ? (isReady ? actionOf(form, typed, by) : null) : made?.kind === kind ? made : null;
  const same = useSameVote(votes, action);
  if (!isVoter) return asked ? <Asked asked={asked} /> : null;
  const hasSaid = same?.yes.includes(address.value);
  const choose = (name: string) => {
    setKind(name as Chosen);
    setTyped({});
    setMade(null);
  };
  return (
    <Card title={t("openVote.title")}>
      {asked && <p>{t("openVote.asked", { who: who(asked) })}</p>}
      <form onSubmit={(event) => event.preventDefault()} noValidate>
        <Select
          label={t("openVote.what")}
          value={kind}
          options={kindsHere().map((each) => [each, t(`voteKind.${each}` as MessageKey)])}
          onValue={choose}
        />
        {form?.fields.map((field) => (
          <TypedField
            key={`${kind} ${field.name}`}
            field={field}
            kind={kind}
            by={by}
            value={typed[field.name] ?? field.start ?? ""}
            onValue={(value) => setTyped({ ...typed, [field.name]: value })}
          />
        ))}
        {kind === "set_parameter" && <RuleFields onAction={setMade} />}
        {kind === "admit_point" && <PointFields onAction={setMade} />}
        {kind === "set_scheme" ? (
          <p>
            <a href={linkTo("sharing", "schemes")}>{t("voteKind.schemes")}</a>
          </p>
        ) : (
          <Sign
            says={action ? consequence(action, same ?? null, address.value, asset) : t("form.fillIn")}
            label={t(same ? "votes.sayYes" : "openVote.sign")}
            payload={action && !hasSaid ? PAYLOADS.openVote(action) : null}
          />
        )}
      </form>
    </Card>
  );
}

/** The currency and the clock by which forms are read, where the chain has them. */
function useReading(money: Asset | undefined): Reading | undefined {
  const hasSlots = status.value?.modules.includes("slots") ?? false;
  const slots = useAnswer(hasSlots ? "slots" : null, () => get<Schemas["SlotsView"]>("/v1/slots")).value;
  if (!money || (hasSlots && !slots)) return undefined;
  if (!slots) return { ...PLAIN, asset: money.number, decimals: money.decimals };
  const { slotMs, zone } = clockOf(slots);
  return { asset: money.number, decimals: money.decimals, slotMs, zone };
}

/** The open vote about the same: the ledger counts a yes there. */
function useSameVote(votes: readonly Vote[], action: Action | null): Vote | undefined {
  const [hex, setHex] = useState("");
  const key = action && JSON.stringify(shownAction(action));
  useEffect(() => {
    setHex("");
    if (!action) return;
    let gone = false;
    actionHex(action).then(
      (found) => !gone && setHex(found),
      () => undefined,
    );
    return () => {
      gone = true;
    };
  }, [key]);
  return hex ? votes.find((each) => each.action_bytes === hex) : undefined;
}

/** An action in words, as the interface would show it. */
export function actionSentence(action: Action, asset?: Asset): string {
  const shown = shownAction(action);
  const told = (amount: Integer, decimals?: number) => ({
    base: Number(amount),
    tokens: fromBase(BigInt(amount), decimals),
  });
  if (action.kind === "annul") return sentence({ ...shown, amount: told(action.amount) }, "action");
  const money = { asset: asset?.name.toLowerCase() ?? "" };
  if (action.kind === "set_grid_terms")
    return sentence({ ...shown, ...money, mark: told(action.mark, asset?.decimals) }, "action");
  if (action.kind === "spend_from_group") {
    const amount = told(action.payment.amount, asset?.decimals);
    return sentence({ ...shown, payment: { ...(shown.payment as object), ...money, amount } }, "action");
  }
  if (action.kind === "set_newcomer_terms") {
    const terms = Object.entries(action.terms).map(([name, value]) => [name, told(value, asset?.decimals)]);
    return sentence({ ...shown, terms: { ...Object.fromEntries(terms), ...money } }, "action");
  }
  if ("amount" in action && "asset" in action)
    return sentence({ ...shown, ...money, amount: told(action.amount, asset?.decimals) }, "action");
  return sentence(shown, "action");
}

/** What signing does: opens a vote, or says yes in the one that is open about the same. */
function consequence(action: Action, same: Vote | null, voter: string, asset?: Asset): string {
  const values = { action: actionSentence(action, asset), number: same?.number ?? 0 };
  if (!same) return t("openVote.does", values);
  return t(same.yes.includes(voter) ? "openVote.said" : "openVote.same", values);
}

type Text = { value: string; onValue: (value: string) => void };

type Typing = Text & { field: FieldSpec; kind: string; by: Reading | undefined };

function TypedField({ field, kind, by, value, onValue }: Typing) {
  const { name } = field;
  const label =
    named("voteField", `${kind}.${name}`) === `${kind}.${name}`.replaceAll("_", " ")
      ? t(`voteField.${name}` as MessageKey)
      : named("voteField", `${kind}.${name}`);
  if (field.kind === "address") return <AddressField {...{ label, value, onValue }} />;
  if (field.kind === "yesno")
    return (
      <Select
        {...{ label, value, onValue }}
        options={[
          ["yes", t("word.yes")],
          ["no", t("word.no")],
        ]}
      />
    );
  if (field.kind === "technology")
    return (
      <Select
        {...{ label, value, onValue }}
        options={TECHNOLOGIES.map((each) => [each, named("technology", each)])}
      />
    );
  if (field.kind === "choice")
    return (
      <Select
        {...{ label, value, onValue }}
        options={(field.choices ?? []).map((each) => [each, named(field.words ?? "", each)])}
      />
    );
  if (field.kind === "lines" || field.kind === "rows")
    return (
      <>
        <label>
          {label}
          <textarea
            rows={3}
            autocomplete="off"
            spellcheck={false}
            value={value}
            onInput={(event) => onValue(event.currentTarget.value)}
          />
        </label>
        {isWrong(field, value, by) && <p class="wrong">{t("voteField.wrong")}</p>}
      </>
    );
  return (
    <Field
      label={label}
      autocomplete="off"
      spellcheck={false}
      value={value}
      onInput={(event) => onValue(event.currentTarget.value)}
      {...(isWrong(field, value, by) ? { error: t("voteField.wrong") } : {})}
    />
  );
}

type Making = { onAction: (action: Action | null) => void };

/** A rule and its new value, typed as its present one is written. */
function RuleFields({ onAction }: Making) {
  const found = useAnswer("parameters", () => get<Schemas["Parameters"]>("/v1/parameters"));
  const rules = found.value?.parameters ?? [];
  const [name, setName] = useState("");
  const [text, setText] = useState("");
  const rule = rules.find((each) => each.name === name) ?? rules[0];
  if (!rule) return null;
  const change = (of: Parameter, typed: string) => {
    setName(of.name);
    setText(typed);
    const value = ruleValue(of, typed);
    onAction(value === null ? null : { kind: "set_parameter", name: of.name, value });
  };
  return (
    <>
      <Select
        label={t("rules.name")}
        value={rule.name}
        options={rules.map((each) => [each.name, each.name])}
        onValue={(chosen) => {
          const next = rules.find((each) => each.name === chosen);
          if (next) change(next, "");
        }}
      />
      <p class="quiet small">
        <span lang="en">{rule.meaning}</span>{" "}
        {t("voteField.rule", { value: rule.text, least: rule.minimum, most: rule.maximum })}
      </p>
      {rule.choices.length ? (
        <Select
          label={t("voteField.value")}
          value={text}
          options={["", ...rule.choices].map((each) => [each, each])}
          onValue={(value) => change(rule, value)}
        />
      ) : (
        <Field
          label={labelOf(rule)}
          autocomplete="off"
          value={text}
          onInput={(event) => change(rule, event.currentTarget.value)}
          {...(text && ruleValue(rule, text) === null ? { error: t("voteField.wrong") } : {})}
        />
      )}
    </>
  );
}

function labelOf(rule: Parameter): string {
  const unit = unitOfRule(rule);
  if (unit === null) return t("voteField.stored", { unit: rule.unit });
  return unit.trim() ? t("voteField.valueIn", { unit: unit.trim() }) : t("voteField.value");
}

/** A point by its owner's consent. */
function PointFields({ onAction }: Making) {
  const [text, setText] = useState("");
  const [isRead, setRead] = useState(true);
  const take = async (found: string) => {
    setText(found);
    try {
      const { missingOf, readConsent } = await import("../keys/consent");
      const point = await readConsent(found);
      setRead(missingOf(point) === 0);
      onAction(missingOf(point) === 0 ? { kind: "admit_point", point } : null);
    } catch {
      setRead(!found.trim());
      onAction(null);
    }
  };
  return (
    <>
      <ConsentFile text={text} onText={take} />
      {!isRead && <Notice tone="mild">{t("register.wrong")}</Notice>}
    </>
  );
}

/** Somebody has followed a link who cannot do what it asks. */
function Asked({ asked }: { asked: string }) {
  return (
    <Notice tone="mild">
      <strong>{t("openVote.asked", { who: who(asked) })}</strong>
      <span>{t("openVote.notVoter")}</span>
      <a href={linkTo("account")}>{t("nav.account")}</a>
    </Notice>
  );
}
