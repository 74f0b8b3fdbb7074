// Deals that an arbiter divides in a dispute, and swaps at a price that was agreed: what is open, and what one may do.

import { useState } from "preact/hooks";
import { pages, type Schemas } from "../api/client";
import { address } from "../data/account";
import { assets } from "../data/assets";
import { NO_DOCUMENT, NO_DOCUMENT_HEX } from "../data/digest";
import { chainNow } from "../data/node";
import { type Resource, useAnswer } from "../data/resource";
import { PAYLOADS } from "../keys/transactions";
import { unlocked } from "../keys/vault";
import { linkTo } from "../router";
import { who } from "../text/events";
import { date, exact, span } from "../text/format";
import { type MessageKey, t } from "../text/messages";
import { typedAmount } from "../ui/entry";
import { AmountField, DocumentField } from "../ui/fields";
import { Card, Copy, Empty, Pairs, Screen, Skeleton } from "../ui/parts";
import { Sign } from "../ui/sign";
import { Age, Pending, Problem, Said } from "../ui/states";
import { OpenDealForm } from "./deal_forms";
import { Swaps } from "./swaps";

type Deal = Schemas["DealView"];

export default function Deals() {
  const own = address.value;
  const found: Resource<readonly Deal[]> = useAnswer(own ? `deals/${own}` : null, () =>
    pages(`/v1/deals/accounts/${own}`, {}, (page: Schemas["AccountDeals"]) => page.deals),
  );
  const deals = found.value ?? [];
  const says = deals.length ? t("deals.open", { count: deals.length }) : t("deals.none");
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
      {deals.map((each) => (
        <OpenDeal key={each.number} of={each} />
      ))}
      {found.value && !deals.length && (
        <Card title={t("nav.deals")}>
          <Empty>{t("deals.what")}</Empty>
        </Card>
      )}
      <OpenDealForm />
      <Swaps />
    </Screen>
  );
}

function useMoney(number: number) {
  const known = useAnswer("assets", assets).value ?? [];
  return known.find((each) => each.number === number);
}

function OpenDeal({ of }: { of: Deal }) {
  const asset = useMoney(of.asset);
  const left = Math.max(of.deadline_ms - chainNow(), 0);
  const unit = asset?.symbol ?? "";
  const isDisputed = of.disputer !== "";
  const until = isDisputed ? "deals.rulingUntil" : "deals.until";
  return (
    <Card
      title={t("deals.title", { number: of.number, amount: exact(of.amount.tokens), unit })}
      aside={t(until, { when: date(of.deadline_ms), left: span(left) })}
    >
      <Pairs
        pairs={[
          [t("deals.buyer"), who(of.buyer)],
          [t("deals.seller"), who(of.seller)],
          [t("deals.arbiter"), who(of.arbiter)],
          [t("deals.fee"), `${exact(of.fee.tokens)}\u00a0${unit}`],
          ...(isDisputed ? [[t("deals.disputedBy"), who(of.disputer)] as const] : []),
          [t("deals.terms"), <Hash key="terms" of={of.terms_hash} />],
          ...(of.evidence_hash
            ? [[t("deals.evidence"), <Hash key="evidence" of={of.evidence_hash} />] as const]
            : []),
        ]}
      />
      <Acts {...{ of, isDisputed, unit, decimals: asset?.decimals ?? 9 }} />
    </Card>
  );
}

function Hash({ of }: { of: string }) {
  if (of === NO_DOCUMENT_HEX) return <>–</>;
  return <Copy value={of} shown={`${of.slice(0, 16)}…`} label="SHA-256" />;
}

/** What one may do by the side that one is on. */
function Acts({
  of,
  isDisputed,
  unit,
  decimals,
}: {
  of: Deal;
  isDisputed: boolean;
  unit: string;
  decimals: number;
}) {
  const own = address.value;
  if (!unlocked.value)
    return (
      <p>
        <a href={linkTo("account")}>{t("sign.unlock")}</a>
      </p>
    );
  const values = { amount: exact(of.amount.tokens), unit, seller: who(of.seller), buyer: who(of.buyer) };
  return (
    <>
      {own === of.buyer && (
        <Sign
          says={t("deals.release.does", values)}
          label={t("deals.release")}
          payload={PAYLOADS.releaseDeal(of.number)}
        />
      )}
      {own === of.seller && (
        <Sign
          plain
          says={t("deals.cancel.does", values)}
          label={t("deals.cancel")}
          payload={PAYLOADS.cancelDeal(of.number)}
        />
      )}
      {!isDisputed && (own === of.buyer || own === of.seller) && <Dispute of={of} />}
      {isDisputed && own === of.arbiter && <Ruling {...{ of, unit, decimals }} />}
    </>
  );
}

function Dispute({ of }: { of: Deal }) {
  const [hash, setHash] = useState(NO_DOCUMENT);
  return (
    <details>
      <summary>{t("deals.dispute")}</summary>
      <DocumentField label={t("deals.evidence.choose")} onHash={setHash} />
      <Sign
        plain
        says={t("deals.dispute.does", { arbiter: who(of.arbiter) })}
        label={t("deals.dispute.sign")}
        payload={PAYLOADS.disputeDeal(of.number, hash)}
      />
    </details>
  );
}

function Ruling({ of, unit, decimals }: { of: Deal; unit: string; decimals: number }) {
  const [text, setText] = useState("");
  const most = BigInt(of.amount.base) - BigInt(of.fee.base);
  const typed = text.trim() === "0" ? 0n : typedAmount(text, decimals);
  const isReady = typed !== null && typed <= most;
  const says: MessageKey = isReady ? "deals.rule.does" : "deals.rule.fillIn";
  return (
    <form onSubmit={(event) => event.preventDefault()} noValidate>
      <AmountField value={text} onValue={setText} isWrong={!isReady} />
      <Sign
        says={t(says, { amount: text.trim(), unit, seller: who(of.seller), buyer: who(of.buyer) })}
        label={t("deals.rule")}
        payload={isReady ? PAYLOADS.ruleDeal(of.number, of.asset, typed) : null}
      />
    </form>
  );
}
