// What is not as it should be, in words: refused, silent, old, not verified, another chain.

import { reader } from "../api/access";
import { isLoginNeeded, Refusal, Unreachable } from "../api/client";
import { labelOf } from "../data/account";
import { answeredMs, barred, behind, chainNow, offline, status } from "../data/node";
import type { Resource } from "../data/resource";
import { linkTo } from "../router";
import { clock, moment, number, short, span } from "../text/format";
import { hasMessage, t } from "../text/messages";
import type { Standing } from "../trust/proven";
import { strange, WrongChain } from "../trust/trust";
import type { Check } from "../trust/useChecked";
import { Notice, Skeleton } from "./parts";

const DAY_MS = 86_400_000;
/** The node answers in English; what this page says in its place is in the reader's language. */
const languageOf = ({ own }: Refusal) => (own ? undefined : "en");

/** An error with its code, its cause and what to do. */
export function Problem({ error }: { error: Error }) {
  if (error instanceof Unreachable) {
    return (
      <Notice>
        <strong>{t("state.offline")}</strong>
        <span>{t("state.offline.advice")}</span>
      </Notice>
    );
  }
  if (isLoginNeeded(error)) {
    return (
      <Notice tone="mild">
        <strong>{t("login.needed")}</strong>
        <a href={linkTo("account")}>{t("login.do")}</a>
      </Notice>
    );
  }
  if (error instanceof Refusal && error.code === "not_yours") {
    return (
      <Notice tone="mild">
        <strong>{t("login.notYours", { account: labelOf(reader.value) || short(reader.value) })}</strong>
        <span>{t("login.notYours.what")}</span>
        <span class="code quiet">{error.code}</span>
      </Notice>
    );
  }
  if (error instanceof Refusal) {
    return (
      <Notice>
        <strong>{error.status === 404 ? t("state.notFound") : t("state.refused")}</strong>
        <span lang={languageOf(error)}>{error.detail}</span>
        {error.advice && (
          <span class="quiet" lang={languageOf(error)}>
            {error.advice}
          </span>
        )}
        <span class="code quiet">{error.code}</span>
      </Notice>
    );
  }
  if (error instanceof WrongChain) return <StrangeChain found={error} />;
  return (
    <Notice>
      <strong>{t("state.broken")}</strong>
      <span class="code">{error.message}</span>
    </Notice>
  );
}

/** Another chain than the one that was trusted: which, and what to do. */
export function StrangeChain({ found }: { found: WrongChain }) {
  return (
    <Notice>
      <strong>{t("state.strange", { shown: found.shown, known: found.known })}</strong>
      <span>{t("state.strange.what")}</span>
    </Notice>
  );
}

/** The same as a sentence, for who does not see it. */
export function problemText(error: Error): string {
  if (error instanceof Unreachable) return t("state.offline");
  if (error instanceof Refusal) return `${t("state.refused")} ${error.detail}`;
  return t("state.broken");
}

/** Where a screen's sentence will stand: a place of its size, or that nothing is known. */
export function Pending({ of }: { of: Resource<unknown> }) {
  return of.error ? <span>{t("state.unknown")}</span> : <Skeleton height={34} />;
}

/** How old a value is that was answered before. */
export function Age({ of }: { of: Resource<unknown> }) {
  if (!of.oldMs) return null;
  return <span>{t("state.old", { when: moment(of.oldMs), ago: span(Date.now() - of.oldMs) })}</span>;
}

/** Above every screen: what the reader must know of the node before it believes a number. */
export function Stripe() {
  const found = status.value;
  const lines: string[] = [];
  if (offline.value) {
    const since = answeredMs.value;
    lines.push(
      t("state.offline"),
      since ? t("state.lastAnswer", { when: moment(since) }) : t("state.offline.advice"),
    );
  } else if (barred.value) lines.push(t("state.barred"), barred.value.advice || barred.value.detail);
  else if (found && behind.value > 0) {
    lines.push(t("state.behind", { when: moment(found.time_ms), count: behind.value }));
  }
  if (strange.value)
    lines.push(t("state.strange", { shown: strange.value.shown, known: strange.value.known }));
  if (!globalThis.isSecureContext) lines.push(t("state.insecure"));
  return (
    <div aria-live="polite">
      {lines.length > 0 && (
        <div class="stripe">
          {lines.map((line) => (
            <span key={line}>{line}</span>
          ))}
        </div>
      )}
    </div>
  );
}

function reasonOf(error: Error): string {
  const code = "reason" in error ? String(error.reason) : "code" in error ? String(error.code) : error.name;
  const key = `verify.${code}`;
  return hasMessage(key) ? t(key as Parameters<typeof t>[0]) : error.message;
}

/** Verified at which block, or why not. */
export function Mark({ check }: { check: Check }) {
  switch (check.state) {
    case "checking":
      return <span class="mark">{t("verify.checking")}</span>;
    case "offline":
      return <span class="mark">{t("verify.offline")}</span>;
    case "verified":
      return <Proven standing={check.standing} />;
    case "unverified":
      return (
        <span class="mark unverified" title={check.error.message}>
          <span aria-hidden="true">!</span> {t("verify.unverified")}: {reasonOf(check.error)}
        </span>
      );
  }
}

/** What is true, and whether it is surely the newest: a state that nobody has called the newest for a minute is old. */
function Proven({ standing: { height, asOfMs, isFresh, behind: count } }: { standing: Standing }) {
  if (isFresh) {
    return (
      <span class="mark verified" title={t("verify.how")}>
        <span aria-hidden="true">✓</span> {t("verify.verified", { height: number(height) })}
      </span>
    );
  }
  const when = Math.abs(chainNow() - asOfMs) < DAY_MS ? clock(asOfMs) : moment(asOfMs);
  return (
    <span class="mark stale" title={t("verify.stale.how", { height: number(height) })}>
      <span aria-hidden="true">!</span>{" "}
      {count ? t("verify.stale", { when, count }) : t("verify.stale.only", { when })}
    </span>
  );
}

/** What the node says and nobody has proven here. */
export function Said() {
  const found = status.value;
  return <span class="mark">{t("verify.said", { height: number(found?.height ?? 0) })}</span>;
}
