// Schemes: which there are, by which rule and prices, who takes part as far as the reader may see it, what is to come.

import { useState } from "preact/hooks";
import { get, type Schemas } from "../api/client";
import { address } from "../data/account";
import { useAccount } from "../data/holdings";
import { chainNow } from "../data/node";
import { useAnswer } from "../data/resource";
import { countingText, priceText, ruleText, shareText, type Terms } from "../data/scheme_words";
import {
  type Clock,
  clockOf,
  membersOf,
  type Scheme,
  usePoints,
  useSchemes,
  useSharingTerms,
  useSlotTerms,
} from "../data/sharing";
import { linkTo } from "../router";
import { number } from "../text/format";
import { momentIn } from "../text/local_time";
import { t } from "../text/messages";
import { Card, Empty, Notice, Screen, Skeleton, Table } from "../ui/parts";
import { Age, Pending, Problem, Said } from "../ui/states";
import { SchemeForm } from "./scheme_form";
import { SharingLinks } from "./sharing_links";

const termsOf = (scheme: Scheme): Terms => scheme.terms as unknown as Terms;

/** Who may change schemes without a vote, and who may by one. */
function useRights() {
  const managers = useSharingTerms().value?.managers ?? [];
  const roles = useAccount(address.value).value?.roles ?? [];
  return { isManager: managers.includes(address.value), isVoter: roles.includes("voter") };
}

export function SharingSchemes() {
  const found = useSchemes();
  const terms = useSharingTerms().value;
  const slots = useSlotTerms().value;
  const { isManager, isVoter } = useRights();
  const schemes = found.value?.schemes ?? [];
  const open = schemes.filter(({ points }) => points > 0).length;
  const columns = [
    { title: t("scheme.one") },
    { title: t("scheme.how") },
    { title: t("scheme.points"), number: true },
    { title: t("scheme.since") },
  ];
  return (
    <Screen
      says={found.value ? t("scheme.says", { count: open }) : <Pending of={found} />}
      under={
        <>
          <Said />
          <Age of={found} />
        </>
      }
    >
      {found.error && <Problem error={found.error} />}
      {found.value && !schemes.length && <Empty>{t("scheme.none")}</Empty>}
      {schemes.length > 0 && terms && slots && (
        <Card title={t("scheme.list")}>
          <Table
            caption={t("scheme.list")}
            columns={columns}
            rows={schemes.map((each) => [
              <a key="name" href={linkTo("sharing", "scheme", each.scheme)}>
                {t("scheme.name", { number: each.scheme, name: termsOf(each).name })}
              </a>,
              `${ruleText(termsOf(each))} ${priceText(termsOf(each), terms.symbol)}`,
              each.points ? number(each.points) : t("scheme.closed"),
              momentIn(clockOf(slots).zone, each.from_ms),
            ])}
          />
        </Card>
      )}
      {terms && slots && (isManager || isVoter) && (
        <SchemeForm {...{ isManager, isVoter, sharing: terms }} clock={clockOf(slots)} before={null} />
      )}
      <SharingLinks />
    </Screen>
  );
}

export function SharingScheme({ number: scheme }: { number: number }) {
  const found = useAnswer(`sharing/scheme/${scheme}`, () =>
    get<Schemas["SchemeVersions"]>(`/v1/sharing/schemes/${scheme}`),
  );
  const terms = useSharingTerms().value;
  const slots = useSlotTerms().value;
  const { isManager, isVoter } = useRights();
  const versions = found.value?.versions ?? [];
  const now = slots ? Math.floor(chainNow() / slots.slot_ms) : 0;
  const current = versions.find((each) => each.from_slot <= now) ?? versions.at(-1);
  if (!current || !terms || !slots) {
    return (
      <Screen says={<Pending of={found} />}>
        {found.error ? <Problem error={found.error} /> : <Skeleton height={300} />}
        <SharingLinks />
      </Screen>
    );
  }
  const clock = clockOf(slots);
  const coming = versions.filter((each) => each.from_slot > now);
  return (
    <Screen
      says={`${t("scheme.name", { number: scheme, name: termsOf(current).name })}: ${ruleText(termsOf(current))}`}
      under={
        <>
          <span>
            {t("scheme.version", { version: current.version, when: momentIn(clock.zone, current.from_ms) })}
          </span>
          <Said />
          <Age of={found} />
        </>
      }
    >
      {coming.map((each) => (
        <Notice key={each.version} tone="mild">
          <strong>{t("scheme.coming", { when: momentIn(clock.zone, each.from_ms) })}</strong>
          <span>{each.points ? said(each, terms.symbol) : t("scheme.closes")}</span>
        </Notice>
      ))}
      <Card title={t("scheme.terms")}>
        <p>{ruleText(termsOf(current))}</p>
        <p>{priceText(termsOf(current), terms.symbol)}</p>
        <p>{countingText(termsOf(current))}</p>
      </Card>
      <Members key={current.version} scheme={current} />
      <Versions versions={versions} clock={clock} symbol={terms.symbol} />
      {(isManager || isVoter) && (
        <SchemeForm
          key={versions[0]?.version}
          {...{ isManager, isVoter, clock, sharing: terms }}
          before={versions[0] ?? current}
        />
      )}
      <SharingLinks />
    </Screen>
  );
}

const said = (scheme: Scheme, symbol: string): string =>
  `${ruleText(termsOf(scheme))} ${priceText(termsOf(scheme), symbol)} ${countingText(termsOf(scheme))}`;

const ROWS = 100;

/** Points with keys; whose they are is each owner's own, one's own are marked. */
function Members({ scheme }: { scheme: Scheme }) {
  const found = useAnswer(`sharing/members/${scheme.scheme}/${scheme.version}`, () => membersOf(scheme));
  const [first, setFirst] = useState(0);
  const mine = new Set((usePoints(address.value).value?.points ?? []).map((point) => point.number));
  const members = found.value ?? [];
  const columns = [
    { title: t("point.one") },
    { title: t("scheme.keys"), number: true },
    { title: t("scheme.factor"), number: true },
    { title: t("scheme.whose") },
  ];
  const own = members.filter(({ point }) => mine.has(point));
  return (
    <Card title={t("scheme.members")} aside={t("scheme.count", { count: scheme.points })}>
      {found.error && <Problem error={found.error} />}
      {found.value && (
        <p>
          {own.length
            ? t("scheme.mine", { points: own.map(({ point }) => point).join(", "), count: own.length })
            : t("scheme.notMine")}
        </p>
      )}
      {members.length > 0 && (
        <details>
          <summary>{t("chart.table")}</summary>
          <Table
            caption={t("scheme.members")}
            columns={columns}
            rows={members
              .slice(first, first + ROWS)
              .map(({ point, keys, factor }) => [
                String(point),
                keys.length ? keys.map((key) => number(key)).join(", ") : t("scheme.producer"),
                shareText(factor),
                mine.has(point) ? t("scheme.yours") : "–",
              ])}
          />
          {members.length > ROWS && (
            <p class="buttons">
              <button type="button" disabled={first === 0} onClick={() => setFirst(first - ROWS)}>
                {t("span.earlier")}
              </button>
              <button
                type="button"
                disabled={first + ROWS >= members.length}
                onClick={() => setFirst(first + ROWS)}
              >
                {t("span.later")}
              </button>
            </p>
          )}
        </details>
      )}
    </Card>
  );
}

function Versions({
  versions,
  clock,
  symbol,
}: {
  versions: readonly Scheme[];
  clock: Clock;
  symbol: string;
}) {
  const columns = [
    { title: t("scheme.versionNumber"), number: true },
    { title: t("scheme.since") },
    { title: t("scheme.how") },
    { title: t("scheme.points"), number: true },
  ];
  return (
    <Card title={t("scheme.versions")}>
      <Table
        caption={t("scheme.versions")}
        columns={columns}
        rows={versions.map((each) => [
          String(each.version),
          momentIn(clock.zone, each.from_ms),
          `${ruleText(termsOf(each))} ${priceText(termsOf(each), symbol)}`,
          each.points ? number(each.points) : t("scheme.closed"),
        ])}
      />
    </Card>
  );
}
