// Buying and selling: what the order will do now and what will wait, before it is signed.

import { useState } from "preact/hooks";
import { address } from "../data/account";
import { fromBase, toBase } from "../data/amounts";
import { ENERGY } from "../data/assets";
import { type Book, fillOf, type Order } from "../data/book";
import { currenciesOf, holdingOf, useAccount } from "../data/holdings";
import { chainNow } from "../data/node";
import { PAYLOADS } from "../keys/transactions";
import { exact, moment, price as priceText } from "../text/format";
import { t } from "../text/messages";
import { typedAmount } from "../ui/entry";
import { Card, Choice, Field } from "../ui/parts";
import { Sign } from "../ui/sign";

const HOUR_MS = 3_600_000;
const LASTING = { hour: HOUR_MS, day: 24 * HOUR_MS, open: 0 } as const;
const WHOLE = 10n ** 9n;

type Side = "buy" | "sell";

export function OrderForm({ book, product, symbol }: { book: Book; product: number; symbol: string }) {
  const [side, setSide] = useState<Side>("buy");
  const [quantity, setQuantity] = useState("");
  const [limit, setLimit] = useState("");
  const [lasting, setLasting] = useState<keyof typeof LASTING>("day");
  const wanted = typedAmount(quantity);
  const price = typedAmount(limit);
  const expires = LASTING[lasting] ? chainNow() + LASTING[lasting] : 0;
  const ready = wanted !== null && price !== null;
  const wrong = (text: string, value: bigint | null) =>
    text && value === null ? { error: t("form.wrong") } : {};
  return (
    <Card
      title={t("form.title")}
      aside={
        <Choice
          label={t("form.side")}
          options={[
            ["buy", t("form.buy")],
            ["sell", t("form.sell")],
          ]}
          value={side}
          onChange={setSide}
        />
      }
    >
      <form onSubmit={(event) => event.preventDefault()} noValidate>
        <Field
          label={t("form.quantity")}
          inputMode="decimal"
          autocomplete="off"
          value={quantity}
          onInput={(event) => setQuantity(event.currentTarget.value)}
          {...wrong(quantity, wanted)}
        />
        <Field
          label={t(side === "buy" ? "form.atMost" : "form.atLeast", { symbol })}
          inputMode="decimal"
          autocomplete="off"
          value={limit}
          onInput={(event) => setLimit(event.currentTarget.value)}
          {...wrong(limit, price)}
        />
        <label>
          {t("form.lasting")}
          <select
            value={lasting}
            onChange={(event) => setLasting(event.currentTarget.value as keyof typeof LASTING)}
          >
            <option value="hour">{t("form.hour")}</option>
            <option value="day">{t("form.day")}</option>
            <option value="open">{t("form.open")}</option>
          </select>
        </label>
        <Sign
          says={
            ready ? <Consequences {...{ side, wanted, price, book, symbol, expires }} /> : t("form.fillIn")
          }
          label={t(side === "buy" ? "form.signBuy" : "form.signSell")}
          payload={ready ? PAYLOADS.order(product, side, price, wanted, expires) : null}
        />
      </form>
    </Card>
  );
}

type Planned = { side: Side; wanted: bigint; price: bigint; book: Book; symbol: string; expires: number };

function Consequences({ side, wanted, price, book, symbol, expires }: Planned) {
  const account = useAccount(address.value).value;
  const now = fillOf(side, price, wanted, book, address.value);
  const parts: string[] = [];
  if (now.quantity > 0n) {
    const average = (now.payment * WHOLE) / now.quantity;
    parts.push(
      t(side === "buy" ? "form.buysNow" : "form.sellsNow", {
        quantity: exact(fromBase(now.quantity)),
        price: priceText(fromBase(average)),
        payment: exact(fromBase(now.payment)),
        symbol,
      }),
    );
  }
  const until = expires ? t("form.until", { when: moment(expires) }) : t("form.untilTaken");
  parts.push(
    now.rest > 0n ? t("form.waits", { quantity: exact(fromBase(now.rest)), until }) : t("form.nothingWaits"),
  );
  if (account) {
    const money = currenciesOf(account, ENERGY)[0];
    const held =
      side === "buy"
        ? toBase(money?.available.tokens ?? "0")
        : toBase(holdingOf(account, ENERGY)?.available.tokens ?? "0");
    const needed = side === "buy" ? now.payment + (now.rest * price) / WHOLE : wanted;
    const unit = side === "buy" ? symbol : "kWh";
    parts.push(
      t(needed > held ? "form.tooLittle" : "form.have", {
        needed: exact(fromBase(needed)),
        held: exact(fromBase(held)),
        unit,
      }),
    );
  }
  return <p>{parts.join(" ")}</p>;
}

/** Takes an order of one's own back. */
export function CancelOrder({ order }: { order: Order }) {
  return <Sign plain label={t("form.cancel")} payload={PAYLOADS.cancel(order.product, order.number)} />;
}
