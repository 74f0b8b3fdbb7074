// A tariff's rates in words: one for all times, or from when on which one, on which days.

import { number, price } from "../text/format";
import { t } from "../text/messages";
import { fromBase, toBase } from "./amounts";

type Money = { tokens: string };
type Step = { from_quarter: number; rate: Money };
type ByFeed = { feed: number; factor: number; addend: Money; least: Money; most: Money };
export type TimeRate = {
  workday: readonly Step[];
  saturday: readonly Step[];
  sunday: readonly Step[];
  by_feed: readonly ByFeed[];
};
export type TariffTerms = {
  name: string;
  asset: string;
  retail: TimeRate;
  feed_in: TimeRate;
  zone_fees: readonly { from_zone: string; to_zone: string; rate: TimeRate }[];
  levies: readonly { name: string; rate: TimeRate; on_shared: boolean }[];
};

const DECIMALS = 9;

/** `06:00` of the 24th quarter of an hour. */
export const quarterText = (quarter: number): string =>
  `${String(Math.floor(quarter / 4)).padStart(2, "0")}:${String((quarter % 4) * 15).padStart(2, "0")}`;

/** The one rate of all times; null where it goes by the clock, or by a feed. */
export function constantOf({ workday, saturday, sunday, by_feed }: TimeRate): string | null {
  if (by_feed.length) return null;
  const [only, ...more] = workday;
  return only && !more.length && !saturday.length && !sunday.length ? only.rate.tokens : null;
}

function stepsText(steps: readonly Step[]): string {
  return steps
    .map(({ from_quarter, rate }, place) => {
      const until = steps[place + 1]?.from_quarter ?? 96;
      return steps.length === 1
        ? price(rate.tokens)
        : `${quarterText(from_quarter)}\u2013${quarterText(until)}: ${price(rate.tokens)}`;
    })
    .join("; ");
}

/** A rate in words, per kWh; by a feed with the table that counts where it has no value. */
export function rateText(rate: TimeRate, symbol: string): string {
  const unit = `${symbol}/kWh`;
  const [by] = rate.by_feed;
  if (by) {
    return t("tariff.byFeed", {
      feed: by.feed,
      factor: number(by.factor / 1e9, 3),
      plus: price(by.addend.tokens),
      least: price(by.least.tokens),
      most: price(by.most.tokens),
      unit,
      table: rateText({ ...rate, by_feed: [] }, symbol),
    });
  }
  const constant = constantOf(rate);
  if (constant !== null) return `${price(constant)}\u00a0${unit}`;
  const weekend = [
    rate.saturday.length ? `${t("tariff.saturday")} ${stepsText(rate.saturday)}` : "",
    rate.sunday.length ? `${t("tariff.sunday")} ${stepsText(rate.sunday)}` : "",
  ].filter(Boolean);
  const workday = weekend.length ? `${t("tariff.workday")} ` : "";
  return `${[`${workday}${stepsText(rate.workday)}`, ...weekend].join(". ")} (${unit})`;
}

/** What a kWh from the grid costs with fees and levies, where one rate holds at all times; else null. */
export function wholePrice({ retail, zone_fees, levies }: TariffTerms): string | null {
  const outside = zone_fees.filter(({ from_zone }) => from_zone === "grid" || from_zone === "*");
  const [fee, ...others] = outside;
  if (others.length || (fee && fee.to_zone !== "*")) return null;
  const rates = [retail, ...(fee ? [fee.rate] : []), ...levies.map(({ rate }) => rate)].map(constantOf);
  if (rates.includes(null)) return null;
  return fromBase(
    rates.reduce((sum, rate) => sum + toBase(rate as string, DECIMALS), 0n),
    DECIMALS,
  );
}

/** A zone as people call it. */
export const zoneText = (zone: string): string =>
  zone === "grid" ? t("tariff.outside") : zone === "*" ? t("tariff.anyZone") : zone || t("tariff.noZone");
