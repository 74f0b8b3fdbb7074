// Certificates: what one holds and may do with it, what is offered, and the generators that they are of.

import { pages, type Schemas } from "../api/client";
import { address } from "../data/account";
import { type Asset, assets } from "../data/assets";
import { type Resource, useAnswer } from "../data/resource";
import { PAYLOADS } from "../keys/transactions";
import { linkTo } from "../router";
import { who } from "../text/events";
import { exact, exactKwh, number, short } from "../text/format";
import { type MessageKey, t } from "../text/messages";
import { Card, Empty, Pairs, Screen, Skeleton, Table } from "../ui/parts";
import { Sign } from "../ui/sign";
import { Age, Pending, Problem, Said } from "../ui/states";
import { IssueForm, OfferForm, RetireForm, TakeForm, utcDay } from "./certificate_forms";

type Holding = Schemas["CertificateHoldingView"];
type Offer = Schemas["CertificateOfferView"];
type Generator = Schemas["GeneratorView"];
type Certificate = Schemas["CertificateView"];

export default function Certificates() {
  const own = address.value;
  const known = useAnswer("assets", assets).value ?? [];
  const found: Resource<readonly Holding[]> = useAnswer(own ? `certificates/${own}` : null, () =>
    pages(`/v1/certificates/accounts/${own}`, {}, (page: Schemas["CertificateHoldings"]) => page.holdings),
  );
  const held = (found.value ?? []).filter(({ certificate }) => !certificate.over);
  const sum = held.reduce((all, { energy_wh }) => all + energy_wh, 0);
  const says = sum ? t("certificates.says", { energy: exactKwh(sum) }) : t("certificates.none");
  return (
    <Screen
      says={found.value || !own ? says : <Pending of={found} />}
      under={
        found.value && (
          <>
            <Said />
            <Age of={found} />
          </>
        )
      }
    >
      {found.error && <Problem error={found.error} />}
      {own && !found.value && !found.error && <Skeleton height={200} />}
      <p class="quiet">{t("certificates.what")}</p>
      {held.map((each) => (
        <Held key={each.certificate.number} of={each} known={known} />
      ))}
      <Offers known={known} />
      <Generators />
    </Screen>
  );
}

const sourceOf = (of: Certificate): string =>
  t(`certificates.source.${of.kind === "saving" ? "saving" : of.source}` as MessageKey);

const periodOf = (of: Certificate): string =>
  t("certificates.period", { first: utcDay(of.first_ms), last: utcDay(of.end_ms - 1) });

function titleOf(of: Certificate): string {
  return t("certificates.title", { number: of.number, source: sourceOf(of), period: periodOf(of) });
}

function Held({ of, known }: { of: Holding; known: readonly Asset[] }) {
  const { certificate, energy_wh, offered_wh, price } = of;
  const free = energy_wh - offered_wh;
  return (
    <Card
      title={titleOf(certificate)}
      aside={t("certificates.until", { when: utcDay(certificate.expires_ms) })}
    >
      <Pairs
        pairs={[
          [t("certificates.held"), exactKwh(energy_wh)],
          ...(offered_wh
            ? [
                [
                  t("certificates.offered"),
                  t("certificates.offeredText", {
                    energy: exactKwh(offered_wh),
                    price: exact(price?.tokens ?? "0"),
                  }),
                ] as const,
              ]
            : []),
          [t("certificates.producer"), who(certificate.account)],
        ]}
      />
      <RetireForm of={certificate} free={free} />
      {offered_wh ? (
        <Sign
          plain
          says={t("certificates.withdraw.does", { energy: exactKwh(offered_wh) })}
          label={t("certificates.withdraw")}
          payload={PAYLOADS.withdrawCertificate(certificate.number)}
        />
      ) : (
        <OfferForm of={certificate} free={free} known={known} />
      )}
    </Card>
  );
}

function Offers({ known }: { known: readonly Asset[] }) {
  const found: Resource<readonly Offer[]> = useAnswer("certificates/offers", () =>
    pages("/v1/certificates/offers", {}, (page: Schemas["CertificateOffers"]) => page.offers),
  );
  const others = (found.value ?? []).filter(({ owner }) => owner !== address.value);
  return (
    <Card title={t("certificates.offers")}>
      {found.error && <Problem error={found.error} />}
      {!found.value && !found.error && <Skeleton height={80} />}
      {found.value && !others.length && <Empty>{t("certificates.offers.none")}</Empty>}
      {others.map((each) => (
        <section
          key={`${each.certificate.number}/${each.owner}`}
          aria-label={`${titleOf(each.certificate)}, ${who(each.owner)}`}
        >
          <h3>{titleOf(each.certificate)}</h3>
          <TakeForm of={each} known={known} />
        </section>
      ))}
    </Card>
  );
}

function Generators() {
  const found: Resource<readonly Generator[]> = useAnswer("generators", () =>
    pages("/v1/generators", {}, (page: Schemas["Generators"]) => page.generators),
  );
  const all = found.value ?? [];
  const mine = all.filter(({ account, certifiable }) => certifiable && account === address.value);
  return (
    <>
      {mine.map((each) => (
        <Card
          key={each.unit}
          title={`${t("certificates.yours", { source: sourceName(each.source) })}${mine.length > 1 ? ` (${short(each.unit)})` : ""}`}
        >
          <IssueForm of={each} />
        </Card>
      ))}
      <Card title={t("certificates.generators")}>
        {found.error && <Problem error={found.error} />}
        {!found.value && !found.error && <Skeleton height={80} />}
        {found.value && !all.length && <Empty>{t("certificates.generators.none")}</Empty>}
        {all.length > 0 && (
          <Table
            caption={t("certificates.generators")}
            columns={[
              { title: t("certificates.producer") },
              { title: t("certificates.source") },
              { title: t("certificates.power"), number: true },
            ]}
            rows={all.map(({ account, source, rated_w, described }) => [
              <a key="who" href={linkTo("explorer", account)}>
                {who(account)}
              </a>,
              sourceName(source),
              described ? `${number(rated_w / 1_000, 2)}\u00a0kW` : "–",
            ])}
          />
        )}
      </Card>
    </>
  );
}

const sourceName = (source: string): string => t(`certificates.source.${source}` as MessageKey);
