// The market: what a kilowatt-hour costs now, who offers and who wants, the last trades, my orders and why they wait.

import { useState } from "preact/hooks";
import { get, type Schemas } from "../api/client";
import { address } from "../data/account";
import { fromBase } from "../data/amounts";
import { ENERGY, symbolOf } from "../data/assets";
import { type Book, type Level, levelsOf, type Order, whyWaiting } from "../data/book";
import { currenciesOf, useAccount } from "../data/holdings";
import { chainNow, status } from "../data/node";
import { type Resource, useAnswer } from "../data/resource";
import { unlocked } from "../keys/vault";
import { linkTo } from "../router";
import { who } from "../text/events";
import { exact, moment, number, price, zoneName } from "../text/format";
import { t } from "../text/messages";
import { checkOrders, type Orders, ordersOf } from "../trust/entries";
import { useChecked } from "../trust/useChecked";
import { Card, Choice, Empty, Notice, Screen, Skeleton, Table } from "../ui/parts";
import { Age, Mark, Pending, Problem, Said } from "../ui/states";
import { CancelOrder, OrderForm } from "./order_form";

const DEPTH = 200;
const SHOWN = 12;
const TRADES = 12;

type Product = Schemas["ProductView"];

export default function Market() {
  const products: Resource<Schemas["Products"]> = useAnswer("products", () => get("/v1/market/products"));
  const [chosen, setChosen] = useState(0);
  const list = products.value?.products ?? [];
  const product = list.find((each) => each.number === chosen) ?? list[0];
  if (products.error && !product) return <Problem error={products.error} />;
  if (products.value && !product) return <Screen says={t("market.noProduct")} />;
  return <Exchange key={product?.number ?? 0} {...{ product, list }} choose={setChosen} />;
}

type Shown = { product: Product | undefined; list: readonly Product[]; choose: (number: number) => void };

function Exchange({ product, list, choose }: Shown) {
  const of = product?.number;
  const book: Resource<Book> = useAnswer(of === undefined ? null : `book/${of}`, () =>
    get("/v1/market/book", { product: of, depth: DEPTH }),
  );
  const account = useAccount(address.value);
  const symbol =
    (account.value && currenciesOf(account.value, ENERGY)[0]?.symbol) ||
    (product ? symbolOf(product.quote) : "");
  const found = book.value;
  return (
    <Screen
      says={found ? saying(found, symbol) : <Pending of={book} />}
      under={
        <>
          <span>{t("market.under", { when: moment(status.value?.time_ms ?? 0), zone: zoneName() })}</span>
          <Said />
          <Age of={book} />
          {list.length > 1 && (
            <Choice
              label={t("market.product")}
              options={list.map((each) => [String(each.number), `${each.base} / ${each.quote}`] as const)}
              value={String(of)}
              onChange={(value) => choose(Number(value))}
            />
          )}
        </>
      }
    >
      {book.error && <Problem error={book.error} />}
      <div class="columns two">
        <div class="stack">
          <Card title={t("market.waiting")}>
            {found && <Depth {...{ found, symbol }} />}
            {!found && !book.error && <Skeleton height={260} />}
          </Card>
          <Trades {...{ product: of, symbol }} />
        </div>
        {address.value && (
          <div class="stack">
            {found && of !== undefined && <OrderForm {...{ book: found, product: of, symbol }} />}
            <Mine {...{ book: found, symbol, product: of }} />
          </div>
        )}
      </div>
    </Screen>
  );
}

function saying(book: Book, symbol: string): string {
  const ask = book.asks[0]?.price.tokens;
  const bid = book.bids[0]?.price.tokens;
  const parts: string[] = [];
  if (ask) parts.push(t("market.costs", { price: price(ask), symbol }));
  if (bid) parts.push(t("market.sells", { price: price(bid), symbol }));
  if (!ask && !bid) parts.push(t("market.empty"));
  if (!ask && book.last_price) parts.push(t("market.last", { price: price(book.last_price.tokens), symbol }));
  return parts.join(" ");
}

function Depth({ found, symbol }: { found: Book; symbol: string }) {
  const asks = levelsOf(found.asks, address.value);
  const bids = levelsOf(found.bids, address.value);
  const most = [...asks, ...bids].reduce((top, { quantity }) => (quantity > top ? quantity : top), 1n);
  if (!asks.length && !bids.length) return <Empty>{t("market.nothingWaits")}</Empty>;
  const columns = (first: string) => [
    { title: first, number: true },
    { title: t("market.orders"), number: true },
    { title: t("market.price", { symbol }), number: true },
  ];
  const rows = (levels: readonly Level[], kind: "ask" | "bid") =>
    levels
      .slice(0, SHOWN)
      .map((level) => [
        <Amount key="amount" {...{ level, kind, most }} />,
        `${number(level.orders)}${level.mine ? ` (${t("market.mine")})` : ""}`,
        price(level.price),
      ]);
  return (
    <>
      {asks.length > 0 && (
        <Table
          class="depth"
          caption={t("market.offered")}
          hideCaption={false}
          columns={columns("kWh")}
          rows={rows(asks, "ask").reverse()}
        />
      )}
      {bids.length > 0 && (
        <Table
          class="depth"
          caption={t("market.wanted")}
          hideCaption={false}
          columns={columns("kWh")}
          rows={rows(bids, "bid")}
        />
      )}
    </>
  );
}

/** An amount with its share of the largest one as a bar beside it. */
function Amount({ level, kind, most }: { level: Level; kind: "ask" | "bid"; most: bigint }) {
  const share = Number((level.quantity * 1_000n) / most);
  return (
    <span class="amount">
      <svg aria-hidden="true" viewBox="0 0 1000 20" preserveAspectRatio="none">
        <rect class={kind} width={share} height="20" />
      </svg>
      <span>{exact(fromBase(level.quantity))}</span>
    </span>
  );
}

/** It trades no more; the node lists it until a block has worked it off. */
const hasEnded = ({ expires_ms }: Order): boolean => expires_ms > 0 && expires_ms <= chainNow();

function Mine({ book, symbol, product }: { book: Book | null; symbol: string; product: number | undefined }) {
  const of = address.value;
  const found: Resource<Orders> = useAnswer(`orders/${of}`, () => ordersOf(of));
  const listed = found.oldMs ? null : found.value;
  const check = useChecked(listed && `orders/${of}@${listed.height}`, () =>
    checkOrders(of, listed as Orders),
  );
  const orders = (found.value?.orders ?? []).filter((order) => order.product === product);
  return (
    <Card title={t("market.myOrders")} aside={listed && <Mark check={check} />}>
      {found.error && <Problem error={found.error} />}
      {!found.value && !found.error && <Skeleton height={60} />}
      {found.value && !orders.length && <Empty>{t("market.noOrders")}</Empty>}
      {orders.map((order) => (
        <Notice key={order.number} tone="mild">
          <span>
            {t(order.side === "buy" ? "order.buys" : "order.sells", {
              quantity: exact(order.quantity.tokens),
              price: price(order.price.tokens),
              symbol,
              when: order.expires_ms ? moment(order.expires_ms) : t("word.noEnd"),
            })}
          </span>
          {hasEnded(order) ? (
            <strong>{t("order.ended")}</strong>
          ) : (
            book && <Reason {...{ order, book, symbol }} />
          )}
          {unlocked.value && <CancelOrder order={order} />}
        </Notice>
      ))}
    </Card>
  );
}

function Reason({ order, book, symbol }: { order: Order; book: Book; symbol: string }) {
  const reason = whyWaiting(order, book);
  if (reason.why === "nobody")
    return <strong>{t(order.side === "buy" ? "order.noSeller" : "order.noBuyer")}</strong>;
  const values = { best: price(reason.best), symbol, quantity: exact(reason.quantity) };
  return (
    <>
      <strong>{t(order.side === "buy" ? "order.sellerAsks" : "order.buyerPays", values)}</strong>
      {reason.ahead > 0 && <span>{t("order.ahead", { count: reason.ahead })}</span>}
      <span>{t(order.side === "buy" ? "order.wouldBuy" : "order.wouldSell", values)}</span>
    </>
  );
}

function Parties({ seller, buyer }: { seller: string; buyer: string }) {
  return (
    <span translate={false}>
      <span class="address">{who(seller)}</span> → <span class="address">{who(buyer)}</span>
    </span>
  );
}

function Trades({ product, symbol }: { product: number | undefined; symbol: string }) {
  const found: Resource<Schemas["Trades"]> = useAnswer(
    product === undefined ? null : `trades/${product}`,
    () => get("/v1/market/trades", { product, limit: TRADES }),
  );
  const trades = (found.value?.trades ?? []).slice(0, TRADES);
  const columns = [
    { title: t("market.when") },
    { title: "kWh", number: true },
    { title: t("market.price", { symbol }), number: true },
    { title: t("market.parties") },
  ];
  return (
    <Card title={t("market.trades")}>
      {found.error && <Problem error={found.error} />}
      {!found.value && !found.error && <Skeleton height={200} />}
      {found.value && !trades.length && <Empty>{t("market.noTrades")}</Empty>}
      {trades.length > 0 && (
        <Table
          caption={t("market.trades")}
          columns={columns}
          rows={trades.map((trade) => [
            <a key="when" href={linkTo("explorer", "block", trade.height)}>
              {moment(trade.time_ms)}
            </a>,
            exact(trade.quantity.tokens),
            price(trade.price.tokens),
            <Parties key="who" {...trade} />,
          ])}
        />
      )}
    </Card>
  );
}
