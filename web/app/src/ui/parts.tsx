// The parts that every screen is made of.

import type { ComponentChildren, JSX } from "preact";
import { useId, useState } from "preact/hooks";
import { short } from "../text/format";
import { t } from "../text/messages";

type Children = { children?: ComponentChildren };

/** A screen: its answer as a sentence first, then what it is about and how sure that is. */
export function Screen({
  says,
  under,
  children,
}: Children & { says: ComponentChildren; under?: ComponentChildren }) {
  return (
    <>
      <div class="head">
        <h1>{says}</h1>
        {under !== undefined && <div class="under">{under}</div>}
      </div>
      {children}
    </>
  );
}

export function Card({
  title,
  aside,
  children,
  class: kind = "",
}: Children & { title: string; aside?: ComponentChildren; class?: string }) {
  const id = useId();
  return (
    <section class={`card ${kind}`} aria-labelledby={id}>
      <header>
        <h2 id={id}>{title}</h2>
        {aside !== undefined && <div class="quiet small">{aside}</div>}
      </header>
      {children}
    </section>
  );
}

export function Figure({
  value,
  unit,
  exactly,
}: {
  value: string;
  unit: ComponentChildren;
  exactly?: string;
}) {
  return (
    <p class="figure" title={exactly}>
      <b>{value}</b> <span>{unit}</span>
    </p>
  );
}

export type Tone = "warn" | "mild" | "good";

export function Notice({ children, tone = "warn" }: Children & { tone?: Tone }) {
  return <div class={`notice ${tone}`}>{children}</div>;
}

/** A place of the size that what is loading will have. */
export function Skeleton({ height }: { height: number }) {
  return (
    <div class="skeleton" style={{ height: `${height}px` }} role="status">
      <span class="visually-hidden">{t("state.loading")}</span>
    </div>
  );
}

/** What will be here, and what to do for it. */
export function Empty({ children }: Children) {
  return <p class="quiet">{children}</p>;
}

/** Copies the whole, exact value. */
export function Copy({ value, label, shown }: { value: string; label: string; shown?: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(value);
      setCopied(true);
      setTimeout(() => setCopied(false), 2_000);
    } catch {
      setCopied(false);
    }
  };
  return (
    <span>
      <span class="code" translate={false} title={value}>
        {shown ?? short(value)}
      </span>{" "}
      <button
        type="button"
        class="plain small"
        onClick={copy}
        aria-label={`${t(copied ? "copy.done" : "copy.do")}: ${label}`}
      >
        {copied ? t("copy.done") : t("copy.do")}
      </button>
    </span>
  );
}

export type Cell = ComponentChildren;
export type Column = { title: string; number?: boolean };

/** A table; the first column heads its row. */
export function Table({
  caption,
  columns,
  rows,
  hideCaption = true,
  class: kind = "",
}: {
  caption: string;
  columns: readonly Column[];
  rows: readonly (readonly Cell[])[];
  hideCaption?: boolean;
  class?: string;
}) {
  const classOf = (place: number) => (columns[place]?.number ? { class: "number" } : {});
  return (
    // biome-ignore lint/a11y: what scrolls must be reached by the keyboard; a region of its own would be one too many
    <div class="scroll" role="group" tabIndex={0} aria-label={caption}>
      <table class={kind}>
        <caption class={hideCaption ? "visually-hidden" : ""}>{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ title }, place) => (
              <th key={title} scope="col" {...classOf(place)}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            <tr key={at}>
              {row.map((cell, place) =>
                place === 0 ? (
                  <th key={place} scope="row" {...classOf(place)}>
                    {cell}
                  </th>
                ) : (
                  <td key={place} {...classOf(place)}>
                    {cell}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Names and values. */
export function Pairs({ pairs }: { pairs: readonly (readonly [string, ComponentChildren])[] }) {
  return (
    <dl class="pairs">
      {pairs.map(([name, value]) => (
        <>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </>
      ))}
    </dl>
  );
}

/** The way from a span of time to the one before or after it; `step` 0 is the present one. */
export function Steps({ step, setStep }: { step: number; setStep: (step: number) => void }) {
  return (
    <div class="buttons">
      <button type="button" class="plain" onClick={() => setStep(step - 1)}>
        {t("span.earlier")}
      </button>
      {step < 0 && (
        <button type="button" class="plain" onClick={() => setStep(step + 1)}>
          {t("span.later")}
        </button>
      )}
    </div>
  );
}

/** One of a few. */
export function Choice<T extends string>({
  label,
  options,
  value,
  onChange,
}: {
  label: string;
  options: readonly (readonly [T, string])[];
  value: T;
  onChange: (value: T) => void;
}) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as one line everywhere
    <div class="choice" role="group" aria-label={label}>
      {options.map(([name, text]) => (
        <button key={name} type="button" aria-pressed={name === value} onClick={() => onChange(name)}>
          {text}
        </button>
      ))}
    </div>
  );
}

export function Field({
  label,
  hint,
  error,
  ...input
}: {
  label: string;
  hint?: string;
  error?: string;
} & JSX.InputHTMLAttributes<HTMLInputElement>) {
  const id = useId();
  const notes = [hint ? `${id}-hint` : "", error ? `${id}-error` : ""].filter(Boolean).join(" ");
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        {...input}
        id={id}
        aria-invalid={error ? true : undefined}
        aria-describedby={notes || undefined}
      />
      {hint && <span id={`${id}-hint`}>{hint}</span>}
      <span id={`${id}-error`} class={error ? "wrong" : ""} aria-live="polite">
        {error}
      </span>
    </div>
  );
}
