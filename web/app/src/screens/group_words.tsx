// A group's terms as names and values, for its screen and for votes about it.

import type { ComponentChildren } from "preact";
import type { GroupTerms } from "../data/groups";
import { who } from "../text/events";
import { exact, span } from "../text/format";
import { named, t } from "../text/messages";
import { Pairs } from "../ui/parts";

type Spent = { spent: string };

/** `more`: what stands before the terms. */
export function GroupPairs({
  terms,
  symbol,
  spent,
  more = [],
}: {
  terms: GroupTerms;
  symbol: string;
  more?: readonly (readonly [string, ComponentChildren])[];
} & Partial<Spent>) {
  const money = (tokens: string) => `${exact(tokens)}\u00a0${symbol}`;
  const mayPay = terms.rights.includes("pay");
  const limit = t("group.limitOf", { limit: money(terms.monthly_limit.tokens), spent: money(spent ?? "0") });
  return (
    <Pairs
      pairs={[
        ...more,
        [
          t("group.operator"),
          <span key="operator" translate={false}>
            {who(terms.operator)}
          </span>,
        ],
        [
          t("group.rights"),
          terms.rights.map((right) => named("group.right", right)).join(", ") || t("group.rights.none"),
        ],
        ...(mayPay
          ? ([[t("group.limit"), spent === undefined ? money(terms.monthly_limit.tokens) : limit]] as const)
          : []),
        [t("group.reserve"), money(terms.reserve.tokens)],
        [t("group.division"), named("group.division", terms.division)],
        [
          t("group.rhythm"),
          terms.wait_ms
            ? t("group.rhythmWait", {
                rhythm: named("group.rhythm", terms.rhythm),
                wait: span(terms.wait_ms),
              })
            : named("group.rhythm", terms.rhythm),
        ],
        [t("group.transfers"), named("group.transfer", terms.transfers)],
      ]}
    />
  );
}
