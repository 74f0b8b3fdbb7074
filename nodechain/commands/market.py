"""`nodechain market`: the order book."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import click

from ledger.bank.assets import CURRENCY_ASSET, ENERGY_ASSET
from ledger.encoding.amounts import format_duration, parse_duration_ms
from ledger.encoding.times import format_time
from ledger.limits import MAX_DURATION_MS
from market.transactions import CancelOrder, PlaceOrder, ReplaceOrder
from market.types import FIRST_PRODUCT, MAX_PRODUCT, OrderKind, Side
from nodechain.client.answers.market import OrderView, ProductView, TradeView
from nodechain.client.answers.transactions import TransactionAnswer
from nodechain.commands.memo import MemoAsked, beside, carrying
from nodechain.commands.sending.chain import chain_time_ms, denominations, words_of
from nodechain.commands.sending.send import How, account_asked, events_of, send
from nodechain.commands.terminal.completing import accounts
from nodechain.commands.terminal.options import Invocation, command, sending
from nodechain.commands.terminal.output import heads, table
from nodechain.commands.terminal.words import Words
from nodechain.errors import UsageError

KINDS: Final = {kind.name.lower().replace("_", "-"): kind for kind in OrderKind}


NEVER: Final = "never"


@click.group()
def market() -> None:
    """Buy and sell in the order book: ENT for the community's currency, and what else the chain trades."""


def _expires_ms(invocation: Invocation, expires_in: str | None) -> int:
    if expires_in is None:
        return 0
    duration_ms = parse_duration_ms(expires_in)
    if duration_ms > MAX_DURATION_MS:
        raise UsageError(f"{expires_in} is more than {format_duration(MAX_DURATION_MS)}", code="too_long",
                         advice="Leave out --expires-in for an order till cancelled.")  # fmt: skip
    return chain_time_ms(invocation.node.status()) + duration_ms


def _place(
    invocation: Invocation, how: How, product: int, side: Side, amount: str, price: str, kind: str,
    expires_in: str | None, memo: MemoAsked,
) -> None:  # fmt: skip
    expires_ms = _expires_ms(invocation, expires_in)
    chain = denominations(invocation)
    base, quote = chain.base_of(product), chain.quote_of(product)
    payload = PlaceOrder(
        product, side, KINDS[kind], chain.parse(quote, price), chain.parse(base, amount),
        expires_ms,
    )  # fmt: skip
    verb = "buy" if side is Side.BUY else "sell"
    order = f"order to {verb} {amount} {chain.symbol(base)} at {price} {chain.symbol(quote)}"
    warning = _below_feed_in(invocation, base, quote, payload.price) if side is Side.SELL else ""
    sent = beside(invocation, how, payload, memo)
    send(invocation, how, sent, done=lambda answer: f"{_became(order, answer)}{warning}")


def _below_feed_in(invocation: Invocation, base: int, quote: int, price: int) -> str:
    """What is said of a sale of energy for less than the grid pays now; empty where there is no such band."""
    if base != ENERGY_ASSET or quote != CURRENCY_ASSET or "grid" not in invocation.node.status()["modules"]:
        return ""
    band = invocation.node.grid.show()["band"]
    if band is None or price >= band["feed_in"]["base"]:
        return ""
    return f" Warning: the grid pays {band['feed_in']['tokens']} for a kWh now, which is more."


def _became(order: str, answer: TransactionAnswer) -> str:
    """Nothing was placed where an order that may not rest found nobody."""
    kinds = {str(event["kind"]) for event in events_of(answer)}
    if "order_cancelled" not in kinds:
        return f"Placed an {order}."
    outcome = "traded in part; the rest was cancelled" if "traded" in kinds else "was not filled, and is cancelled"
    return f"The {order} {outcome}."


_KIND = click.option("--kind", type=click.Choice(list(KINDS)), default="limit", show_default=True)
_PRODUCT = click.option("--product", type=click.IntRange(1, MAX_PRODUCT), default=FIRST_PRODUCT, show_default=True,
                        help="Number of the product.")  # fmt: skip
_OF_PRODUCT = click.option("--product", type=click.IntRange(1, MAX_PRODUCT), help="Of this product (default: all).")
_EXPIRES = click.option("--expires-in", metavar="DURATION", help="Like 15m or 2h; default: till cancelled.")


@market.command()
@click.argument("amount")
@click.argument("price")
@_KIND
@_EXPIRES
@_PRODUCT
@sending
@carrying
def buy(
    invocation: Invocation,
    how: How,
    *,
    amount: str,
    price: str,
    kind: str,
    expires_in: str | None,
    product: int,
    memo: MemoAsked,
) -> None:
    """Buy AMOUNT (of ENT, in the first product) at PRICE (currency per ENT), or cheaper."""
    _place(invocation, how, product, Side.BUY, amount, price, kind, expires_in, memo)


@market.command()
@click.argument("amount")
@click.argument("price")
@_KIND
@_EXPIRES
@_PRODUCT
@sending
@carrying
def sell(
    invocation: Invocation,
    how: How,
    *,
    amount: str,
    price: str,
    kind: str,
    expires_in: str | None,
    product: int,
    memo: MemoAsked,
) -> None:
    """Sell AMOUNT (of ENT, in the first product) at PRICE (currency per ENT), or dearer."""
    _place(invocation, how, product, Side.SELL, amount, price, kind, expires_in, memo)


@market.command()
@click.argument("number", type=click.IntRange(min=1))
@_PRODUCT
@sending
def cancel(invocation: Invocation, how: How, *, number: int, product: int) -> None:
    """Take back what is left of order NUMBER."""
    send(invocation, how, CancelOrder(product, number), done=f"Cancelled order {number}.")


@market.command()
@click.argument("number", type=click.IntRange(min=1))
@click.argument("amount")
@click.argument("price")
@click.option("--expires-in", metavar="DURATION", help="Like 15m or 2h, or `never`; default: the expiry stays.")
@_PRODUCT
@sending
@carrying
def replace(
    invocation: Invocation,
    how: How,
    *,
    number: int,
    amount: str,
    price: str,
    expires_in: str | None,
    product: int,
    memo: MemoAsked,
) -> None:
    """Give order NUMBER other terms; less at the same price keeps its place."""
    if expires_in is None:
        expires_ms = int(invocation.node.market.order(number, product=product)["expires_ms"])
    else:
        expires_ms = 0 if expires_in == NEVER else _expires_ms(invocation, expires_in)
    chain = denominations(invocation)
    price_base = chain.parse(chain.quote_of(product), price)
    amount_base = chain.parse(chain.base_of(product), amount)
    payload = ReplaceOrder(product, number, price_base, amount_base, expires_ms)
    sent = beside(invocation, how, payload, memo)
    send(invocation, how, sent, done=lambda answer: replaced(number, answer))


def replaced(number: int, answer: TransactionAnswer) -> str:
    """What became of the replaced order: it may have traded, or met an order of its owner."""
    events = events_of(answer)
    now = next((int(event["number"]) for event in events if event["kind"] == "order_replaced"), number)
    text = f"Replaced order {number}" + (f": it is order {now} now" if now != number else "")
    kinds = {str(event["kind"]) for event in events}
    traded = "traded" in kinds
    if "order_cancelled" in kinds:
        return f"{text}; {'it traded in part, and the rest' if traded else 'it'} was cancelled."
    return f"{text}, and it traded." if traded else f"{text}."


@market.command()
@click.option("--depth", type=click.IntRange(1, 200), default=20, show_default=True)
@_PRODUCT
@command
def book(invocation: Invocation, *, depth: int, product: int) -> None:
    """The best orders of both sides."""
    data = invocation.node.market.book(product=product, depth=depth)
    asks = [("sell", *_order_cells(order)) for order in reversed(data["asks"])]
    bids = [("buy", *_order_cells(order)) for order in data["bids"]]
    last = "none yet" if data["last_price"] is None else data["last_price"]["tokens"]
    base = words_of(invocation).symbol(data["base"])
    text = table(("SIDE", "PRICE", base, "ORDER"), [*asks, *bids]) + f"\n\nlast price: {last}"
    invocation.show(data, text, [*data["asks"], *data["bids"]])


def _product_cell(order: OrderView, words: Words, *, several: bool) -> tuple[str, ...]:
    return (f"{order['product']}: {words.symbol(order['base'])}/{words.symbol(order['quote'])}",) if several else ()


def _traded(names: Iterable[str], words: Words) -> str:
    """What a column of quantities holds: the one asset that is traded, or various."""
    found = set(names)
    return words.symbol(found.pop()) if len(found) == 1 else "QUANTITY"


@market.command()
@command
def products(invocation: Invocation) -> None:
    """What is traded for what."""
    data = invocation.node.market.products()
    symbol = words_of(invocation).symbol
    rows = [
        (str(entry["number"]), symbol(entry["base"]), symbol(entry["quote"]), entry["mechanism"])
        for entry in data["products"]
    ]
    invocation.show(
        data, table(("PRODUCT", "BASE", "QUOTE", "MECHANISM"), rows), data["products"], columns=heads(ProductView)
    )


def _order_cells(order: OrderView) -> tuple[str, str, str]:
    return order["price"]["tokens"], order["quantity"]["tokens"], str(order["number"])


@market.command()
@click.option("--owner", metavar="NAME", shell_complete=accounts, help="Of this account (default: the sender's).")
@click.option("--all", "everyone", is_flag=True, help="Of everybody.")
@_OF_PRODUCT
@command
def orders(invocation: Invocation, *, owner: str | None, everyone: bool, product: int | None) -> None:
    """Open orders."""
    whose = None if everyone else account_asked(invocation, owner, "--owner NAME, or --all for everybody's")
    found = invocation.node.market.orders(product=product, owner=whose)
    words = words_of(invocation)
    several = len({order["product"] for order in found}) > 1
    rows = [
        (
            str(order["number"]),
            order["side"],
            *_order_cells(order)[:2],
            order["kind"],
            *_product_cell(order, words, several=several),
        )
        for order in found
    ]
    head = ("ORDER", "SIDE", "PRICE", _traded((order["base"] for order in found), words), "KIND")
    text = table((*head, "PRODUCT") if several else head, rows)
    invocation.show({"orders": found}, text if rows else "No open orders.", found, columns=heads(OrderView))


@market.command()
@click.option("--limit", type=click.IntRange(1, 1_000), default=20, show_default=True)
@_OF_PRODUCT
@command
def trades(invocation: Invocation, *, limit: int, product: int | None) -> None:
    """The latest trades, newest first."""
    data = invocation.node.market.trades(product=product, limit=limit)
    words = words_of(invocation)
    rows = [
        (
            format_time(trade["time_ms"]),
            str(trade["height"]),
            words.who(trade["buyer"]),
            words.who(trade["seller"]),
            trade["quantity"]["tokens"],
            trade["price"]["tokens"],
            trade["payment"]["tokens"],
        )
        for trade in data["trades"]
    ]
    base = _traded((trade["base"] for trade in data["trades"]), words)
    text = table(("TIME (UTC)", "HEIGHT", "BUYER", "SELLER", base, "PRICE", "PAID"), rows)
    invocation.show(data, text if rows else "No trades yet.", data["trades"], columns=heads(TradeView))
