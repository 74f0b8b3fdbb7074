// A tariff in words: what a kWh costs in all where that is one number, then each of its parts.

import { rateText, type TariffTerms, wholePrice, zoneText } from "../data/tariff_words";
import { exact } from "../text/format";
import { t } from "../text/messages";
import { Pairs } from "../ui/parts";

export function TariffCard({ terms, symbol, since }: { terms: TariffTerms; symbol: string; since?: string }) {
  const whole = wholePrice(terms);
  return (
    <div class="stack">
      <p>
        {whole === null
          ? t("tariff.saysSteps", { name: terms.name })
          : t("tariff.says", { name: terms.name, price: `${exact(whole)}\u00a0${symbol}` })}
        {since && ` ${t("tariff.since", { when: since })}`}
      </p>
      <Pairs
        pairs={[
          [t("tariff.retail"), rateText(terms.retail, symbol)],
          ...terms.zone_fees.map(
            ({ from_zone, to_zone, rate }) =>
              [
                t("line.grid_fee", { from: zoneText(from_zone), to: zoneText(to_zone) }),
                rateText(rate, symbol),
              ] as const,
          ),
          ...terms.levies.map(
            ({ name, rate, on_shared }) =>
              [
                t("line.levy", { name }),
                `${rateText(rate, symbol)}${on_shared ? ` ${t("tariff.onShared")}` : ""}`,
              ] as const,
          ),
          [t("tariff.feedIn"), rateText(terms.feed_in, symbol)],
        ]}
      />
    </div>
  );
}
