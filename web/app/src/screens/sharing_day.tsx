// My share: what a day's quarter hours brought from neighbours and to them, what it cost beside the grid, by both sources.

import { useState } from "preact/hooks";
import { fromBase } from "../data/amounts";
import { keepPrices, ownPrices } from "../data/contract";
import { type Range, rangeOf } from "../data/days";
import { chainNow } from "../data/node";
import { useAnswer } from "../data/resource";
import {
  accountSlots,
  advantageOf,
  type Clock,
  type Contract,
  clockOf,
  contractOf,
  type Share,
  type SharingTerms,
  sharesOf,
  statesOf,
  sumOf,
  useSchemes,
  useSharingTerms,
  useSlotTerms,
} from "../data/sharing";
import { go, linkTo } from "../router";
import { energyText, exact, money, number } from "../text/format";
import { dayIn, intervalIn } from "../text/local_time";
import { named, t } from "../text/messages";
import { exactMwh } from "../text/mwh";
import { Legend } from "../ui/chart";
import { typedPrice } from "../ui/entry";
import { Card, Empty, Field, Figure, Notice, Screen, Skeleton, Steps, Table } from "../ui/parts";
import { ShareChart } from "../ui/share_chart";
import { Age, Pending, Problem, Said } from "../ui/states";
import { Credits } from "./sharing_claims";
import { SharingLinks } from "./sharing_links";
import { Months, Owed } from "./sharing_months";
import { BothSources } from "./sharing_sources";

const HALF_DAY_MS = 43_200_000;

export function SharingDay({ of }: { of: string }) {
  const slots = useSlotTerms();
  const terms = useSharingTerms();
  const error = slots.error ?? terms.error;
  if (!slots.value || !terms.value) {
    return (
      <Screen says={<Pending of={slots.value ? terms : slots} />}>
        {error ? <Problem error={error} /> : <Skeleton height={330} />}
      </Screen>
    );
  }
  return <Day of={of} clock={clockOf(slots.value)} terms={terms.value} />;
}

type Known = { of: string; clock: Clock; terms: SharingTerms };

function Day({ of, clock, terms }: Known) {
  const [step, setStep] = useState(0);
  // The last slot that is over belongs to the day that is shown first.
  const now = Math.floor(chainNow() / clock.slotMs) * clock.slotMs - 1;
  const range = rangeOf("day", now, step, clock.zone);
  const found = useAnswer(`sharing/${of}/${range.fromMs}`, () => accountSlots(of, clock, range));
  const shares = found.value && sharesOf(found.value, terms.decimals);
  const contract = useContract(shares, terms.decimals);
  return (
    <Screen
      says={shares ? <Sentence {...{ shares, contract, terms }} /> : <Pending of={found} />}
      under={
        <>
          <span>
            {t("sharing.under", { day: dayIn(clock.zone, range.fromMs + HALF_DAY_MS), zone: clock.zone })}
          </span>
          {shares && shares.length > 0 && chainNow() < range.toMs && (
            <span>{t("sharing.says.soFar", { count: shares.length })}</span>
          )}
          <Said />
          <Age of={found} />
        </>
      }
    >
      <Owed of={of} terms={terms} />
      {found.error && <Problem error={found.error} />}
      {!shares && !found.error && <Skeleton height={330} />}
      {shares && <Quarters {...{ shares, clock, range, terms, step, setStep }} />}
      {shares && shares.length > 0 && (
        <div class="columns">
          <Compared {...{ shares, contract, terms }} />
          <States shares={shares} />
        </div>
      )}
      <BothSources {...{ of, clock, range }} />
      <Months {...{ of, terms }} />
      <Credits {...{ of, terms }} />
      <SharingLinks />
    </Screen>
  );
}

/** What the grid would have taken and paid: the reader's own contract, else the scheme's reference prices. */
function useContract(shares: readonly Share[] | null, decimals: number): Contract | null {
  const schemes = useSchemes();
  const { retail, feedIn } = ownPrices.value;
  const own = { retail: typedPrice(retail, decimals), feedIn: typedPrice(feedIn, decimals) };
  if (own.retail !== null && own.feedIn !== null) return own as Contract;
  const mine = shares?.[0]?.scheme;
  const scheme = schemes.value?.schemes.find((each) => each.scheme === mine);
  return scheme ? contractOf(scheme, decimals) : null;
}

type Told = { shares: readonly Share[]; contract: Contract | null; terms: SharingTerms };

const tokensOf = (base: bigint, { decimals, symbol }: SharingTerms): string =>
  `${money(fromBase(base, decimals))}\u00a0${symbol}`;

function Sentence({ shares, contract, terms }: Told) {
  if (!shares.length) return <>{t("sharing.says.none")}</>;
  const sum = sumOf(shares);
  const parts: string[] = [];
  if (sum.taken > 0)
    parts.push(
      t("sharing.says.took", {
        energy: energyText(sum.taken / 1_000),
        near: energyText(sum.bought / 1_000),
      }),
    );
  if (sum.given > 0)
    parts.push(
      t("sharing.says.gave", {
        energy: energyText(sum.sold / 1_000),
        amount: tokensOf(sum.revenue, terms),
      }),
    );
  if (contract) {
    const ahead = advantageOf(sum, contract);
    if (ahead !== 0n)
      parts.push(
        t(ahead > 0n ? "sharing.says.saved" : "sharing.says.dearer", {
          amount: tokensOf(ahead < 0n ? -ahead : ahead, terms),
        }),
      );
  }
  return <>{parts.join(" ")}</>;
}

type Shown = Omit<Told, "contract"> & {
  clock: Clock;
  range: Range;
  step: number;
  setStep: (step: number) => void;
};

const kwh = (mwh: number): string => `${number(mwh / 1_000_000, 3)}\u00a0kWh`;

function Quarters({ shares, clock, range, terms, step, setStep }: Shown) {
  const sum = sumOf(shares);
  const entries = [
    ["near", t("sharing.near"), kwh(sum.bought)],
    ["grid", t("flow.grid"), kwh(sum.taken - sum.bought)],
    ["sold", t("sharing.sold"), kwh(sum.sold)],
    ["away", t("flow.exported"), kwh(sum.given - sum.sold)],
  ] as const;
  const shown = entries.filter(([kind]) => (kind === "near" || kind === "grid" ? sum.taken : sum.given) > 0);
  return (
    <Card title={t("sharing.day")} aside={<Steps {...{ step, setStep }} />}>
      <Legend id="share-legend" entries={shown} />
      <ShareChart
        id="share"
        {...{ range, shares }}
        zone={clock.zone}
        nowMs={chainNow()}
        label={t("sharing.chart", { taken: kwh(sum.taken), near: kwh(sum.bought), given: kwh(sum.given) })}
        onChoose={({ scheme, slot }) => go("sharing", "slot", scheme, slot)}
      />
      <p class="quiet small">{t(shares.length ? "sharing.tap" : "sharing.says.none")}</p>
      {shares.length > 0 && (
        <details>
          <summary>{t("chart.table")}</summary>
          <SlotTable {...{ shares, clock, terms }} />
        </details>
      )}
    </Card>
  );
}

function SlotTable({ shares, clock, terms }: Pick<Shown, "shares" | "clock" | "terms">) {
  const columns = [
    { title: t("chart.interval") },
    { title: `${t("sharing.taken")}, kWh`, number: true },
    { title: `${t("sharing.near")}, kWh`, number: true },
    { title: `${t("sharing.given")}, kWh`, number: true },
    { title: `${t("sharing.sold")}, kWh`, number: true },
    { title: `${t("sharing.due")}, ${terms.symbol}`, number: true },
    { title: t("sharing.state") },
  ];
  const cells = (each: ReturnType<typeof sumOf>) => [
    exactMwh(each.taken),
    exactMwh(each.bought),
    exactMwh(each.given),
    exactMwh(each.sold),
    exact(fromBase(each.cost + each.fee - each.revenue, terms.decimals)),
  ];
  const rows = shares.map((share) => [
    <a key="why" href={linkTo("sharing", "slot", share.scheme, share.slot)}>
      {intervalIn(clock.zone, share.startMs, share.endMs)}
    </a>,
    ...cells(share),
    share.states.map((state) => named("sharing.state", state)).join(", "),
  ]);
  return (
    <Table
      caption={t("sharing.day")}
      columns={columns}
      rows={[...rows, [t("chart.sum"), ...cells(sumOf(shares)), ""]]}
    />
  );
}

/** Beside the grid alone, by which prices; the reader may state its own. */
function Compared({ shares, contract, terms }: Told) {
  const sum = sumOf(shares);
  const ahead = contract && advantageOf(sum, contract);
  const { retail, feedIn } = ownPrices.value;
  const isWrong = (text: string) => text !== "" && typedPrice(text, terms.decimals) === null;
  const field = (name: "retail" | "feedIn", label: string) => (
    <Field
      label={label}
      inputMode="decimal"
      autocomplete="off"
      value={ownPrices.value[name]}
      onInput={(event) => keepPrices({ ...ownPrices.value, [name]: event.currentTarget.value })}
      {...(isWrong(ownPrices.value[name]) ? { error: t("sharing.price.wrong") } : {})}
    />
  );
  return (
    <Card title={t("sharing.compared")}>
      {contract && ahead !== null ? (
        <>
          <Figure
            value={money(fromBase(ahead, terms.decimals))}
            unit={`${terms.symbol} ${t("sharing.ahead")}`}
            exactly={`${fromBase(ahead, terms.decimals)} ${terms.symbol}`}
          />
          <p class="quiet small">
            {t(retail && feedIn ? "sharing.byOwn" : "sharing.byScheme", {
              retail: `${exact(fromBase(contract.retail, terms.decimals))}\u00a0${terms.symbol}`,
              feedIn: `${exact(fromBase(contract.feedIn, terms.decimals))}\u00a0${terms.symbol}`,
            })}
          </p>
        </>
      ) : (
        <Empty>{t("sharing.compared.how")}</Empty>
      )}
      <details>
        <summary>{t("sharing.contract")}</summary>
        <div class="stack">
          <p class="quiet small">{t("sharing.contract.what")}</p>
          {field("retail", t("sharing.retail", { symbol: terms.symbol }))}
          {field("feedIn", t("sharing.feedIn", { symbol: terms.symbol }))}
        </div>
      </details>
    </Card>
  );
}

/** Of how many slots the values are what; only measured ones need no word. */
function States({ shares }: { shares: readonly Share[] }) {
  const waiting = shares.filter(({ isFinal }) => !isFinal).length;
  return (
    <Card title={t("sharing.states")}>
      <ul class="list">
        {statesOf(shares).map(([state, count]) => (
          <li key={state}>
            <strong>{named("sharing.state", state)}</strong>
            <span>{t("sharing.state.count", { count })}</span>
            <span class="quiet small">{named("sharing.stateMeans", state)}</span>
          </li>
        ))}
      </ul>
      {waiting > 0 && <Notice tone="mild">{t("sharing.provisional", { count: waiting })}</Notice>}
    </Card>
  );
}
