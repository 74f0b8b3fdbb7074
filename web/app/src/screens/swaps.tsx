// Swaps of two assets at a price that is exact: what is offered, taking a part, offering, taking back.

import { useState } from "preact/hooks";
import { pages, type Schemas } from "../api/client";
import { address } from "../data/account";
import { fromBase } from "../data/amounts";
import { type Asset, assets } from "../data/assets";
import { addressBytes } from "../data/codec";
import { chainNow } from "../data/node";
import { type Resource, useAnswer } from "../data/resource";
import { PAYLOADS } from "../keys/transactions";
import { who } from "../text/events";
import { date, exact } from "../text/format";
import { t } from "../text/messages";
import { typedAmount } from "../ui/entry";
import { AddressField, AmountField, AssetChoice } from "../ui/fields";
import { Card, Empty, Skeleton } from "../ui/parts";
import { Sign } from "../ui/sign";
import { Problem } from "../ui/states";

const USUAL_MS = 7 * 86_400_000;

type Swap = Schemas["SwapView"];

export function Swaps() {
  const known = useAnswer("assets", assets).value ?? [];
  const found: Resource<readonly Swap[]> = useAnswer("swaps", () =>
    pages("/v1/swaps", {}, (page: Schemas["Swaps"]) => page.swaps),
  );
  const open = (found.value ?? []).filter(({ over }) => !over);
  return (
    <>
      <Card title={t("swaps.title")}>
        {found.error && <Problem error={found.error} />}
        {!found.value && !found.error && <Skeleton height={80} />}
        {found.value && !open.length && <Empty>{t("swaps.none")}</Empty>}
        {open.map((each) => (
          <OneSwap key={each.number} of={each} known={known} />
        ))}
      </Card>
      {known.length > 1 && <OfferSwap known={known} />}
    </>
  );
}

function OneSwap({ of, known }: { of: Swap; known: readonly Asset[] }) {
  const [text, setText] = useState("");
  const gives = known.find(({ number }) => number === of.asset);
  const wants = known.find(({ number }) => number === of.want_asset);
  if (!gives || !wants) return null;
  const lot = BigInt(of.lot.base);
  const amount = typedAmount(text, gives.decimals);
  const isReady = amount !== null && amount <= BigInt(of.left.base) && amount % lot === 0n;
  const price = isReady ? (amount / lot) * BigInt(of.lot_price.base) : 0n;
  const values = {
    number: of.number,
    left: exact(of.left.tokens),
    unit: gives.symbol,
    want: exact(of.want.tokens),
    wantUnit: wants.symbol,
    give: exact(of.give.tokens),
    owner: who(of.owner),
    when: date(of.expires_ms),
    lot: exact(of.lot.tokens),
    amount: text.trim(),
    price: exact(fromBase(price, wants.decimals)),
  };
  const isMine = of.owner === address.value;
  return (
    <section aria-label={t("swaps.one", values)}>
      <h3>{t("swaps.one", values)}</h3>
      <p class="small">{t("swaps.price", values)}</p>
      {isMine ? (
        <Sign
          plain
          says={t("swaps.cancel.does", values)}
          label={t("swaps.cancel")}
          payload={PAYLOADS.cancelSwap(of.number)}
        />
      ) : (
        <form onSubmit={(event) => event.preventDefault()} noValidate>
          <AmountField value={text} onValue={setText} isWrong={!isReady} />
          <Sign
            says={t(isReady ? "swaps.take.does" : "swaps.take.fillIn", values)}
            label={t("swaps.take")}
            payload={isReady ? PAYLOADS.takeSwap(of.number, of.asset, amount) : null}
          />
        </form>
      )}
    </section>
  );
}

function OfferSwap({ known }: { known: readonly Asset[] }) {
  const [giveName, setGive] = useState("");
  const [wantName, setWant] = useState("");
  const [giveText, setGiveText] = useState("");
  const [wantText, setWantText] = useState("");
  const [taker, setTaker] = useState("");
  const own = address.value;
  const gives = known.find(({ name }) => name === giveName) ?? known[0];
  const wants = known.find(({ name }) => name === wantName) ?? known[1];
  if (!own || !gives || !wants) return null;
  const give = typedAmount(giveText, gives.decimals);
  const want = typedAmount(wantText, wants.decimals);
  const isTaker = taker.trim() === "" || addressBytes(taker) !== null;
  const isReady = give !== null && want !== null && gives !== wants && isTaker;
  const expiresMs = chainNow() + USUAL_MS;
  const values = {
    give: giveText.trim(),
    unit: gives.symbol,
    want: wantText.trim(),
    wantUnit: wants.symbol,
    when: date(expiresMs),
  };
  return (
    <Card title={t("swaps.new")}>
      <form onSubmit={(event) => event.preventDefault()} noValidate>
        <fieldset>
          <legend>{t("swaps.new.give")}</legend>
          <AmountField value={giveText} onValue={setGiveText} isWrong={give === null} />
          <AssetChoice known={known} chosen={gives} onChoose={setGive} />
        </fieldset>
        <fieldset>
          <legend>{t("swaps.new.want")}</legend>
          <AmountField value={wantText} onValue={setWantText} isWrong={want === null} />
          <AssetChoice known={known} chosen={wants} onChoose={setWant} />
        </fieldset>
        <AddressField label={t("swaps.new.taker")} value={taker} onValue={setTaker} />
        <Sign
          says={t(isReady ? "swaps.new.does" : "swaps.new.fillIn", values)}
          label={t("swaps.new.sign")}
          payload={
            isReady
              ? PAYLOADS.offerSwap({
                  give: { asset: gives.number, amount: give },
                  want: { asset: wants.number, amount: want },
                  taker: taker.trim() || own,
                  expires_ms: expiresMs,
                })
              : null
          }
        />
      </form>
    </Card>
  );
}
