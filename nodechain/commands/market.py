"""`nodechain market`: the order book."""

from __future__ import annotations

from typing import Final

import click

from ledger.encoding.amounts import format_duration, parse_amount, parse_duration_ms
from ledger.limits import MAX_DURATION_MS
from market.transactions import CancelOrder, PlaceOrder, ReplaceOrder
from market.types import OrderKind, Side
from nodechain.client.answers.market import OrderView
from nodechain.client.answers.transactions import TransactionAnswer
from nodechain.commands.sending.chain import chain_time_ms
from nodechain.commands.sending.send import How, send, sender_name
from nodechain.commands.terminal.options import Invocation, command, sending
from nodechain.commands.terminal.output import table
from nodechain.errors import UsageError

KINDS: Final = {kind.name.lower().replace("_", "-"): kind for kind in OrderKind}


@click.group()
def market() -> None:
    """Buy and sell ENT for eEuro in the order book."""


def _expires_ms(invocation: Invocation, expires_in: str | None) -> int:
    if expires_in is None:
        return 0
    duration_ms = parse_duration_ms(expires_in)
    if duration_ms > MAX_DURATION_MS:
        raise UsageError(f"{expires_in} is more than {format_duration(MAX_DURATION_MS)}", code="too_long",
                         advice="Leave out --expires-in for an order till cancelled.")  # fmt: skip
    return chain_time_ms(invocation.node.status()) + duration_ms


def _place(
    invocation: Invocation, how: How, side: Side, amount: str, price: str, kind: str, expires_in: str | None
) -> None:
    payload = PlaceOrder(
        side, KINDS[kind], parse_amount(price), parse_amount(amount), _expires_ms(invocation, expires_in)
    )
    verb = "buy" if side is Side.BUY else "sell"
    order = f"order to {verb} {amount} ENT at {price} eEuro"
    send(invocation, how, payload, done=lambda answer: _became(order, answer))


def _became(order: str, answer: TransactionAnswer) -> str:
    """Nothing was placed where an order that may not rest found nobody."""
    receipt = answer["receipt"]
    kinds = {str(event.get("kind")) for event in (receipt["events"] if receipt is not None else [])}
    if "order_cancelled" not in kinds:
        return f"Placed an {order}."
    outcome = "traded in part; the rest was cancelled" if "traded" in kinds else "was not filled, and is cancelled"
    return f"The {order} {outcome}."


_KIND = click.option("--kind", type=click.Choice(list(KINDS)), default="limit", show_default=True)
_EXPIRES = click.option("--expires-in", metavar="DURATION", help="Like 15m or 2h; default: till cancelled.")


@market.command()
@click.argument("amount")
@click.argument("price")
@_KIND
@_EXPIRES
@sending
def buy(invocation: Invocation, how: How, *, amount: str, price: str, kind: str, expires_in: str | None) -> None:
    """Buy AMOUNT ENT at PRICE eEuro per ENT, or cheaper."""
    _place(invocation, how, Side.BUY, amount, price, kind, expires_in)


@market.command()
@click.argument("amount")
@click.argument("price")
@_KIND
@_EXPIRES
@sending
def sell(invocation: Invocation, how: How, *, amount: str, price: str, kind: str, expires_in: str | None) -> None:
    """Sell AMOUNT ENT at PRICE eEuro per ENT, or dearer."""
    _place(invocation, how, Side.SELL, amount, price, kind, expires_in)


@market.command()
@click.argument("number", type=click.IntRange(min=1))
@sending
def cancel(invocation: Invocation, how: How, *, number: int) -> None:
    """Take back what is left of order NUMBER."""
    send(invocation, how, CancelOrder(number), done=f"Cancelled order {number}.")


@market.command()
@click.argument("number", type=click.IntRange(min=1))
@click.argument("amount")
@click.argument("price")
@_EXPIRES
@sending
def replace(invocation: Invocation, how: How, *, number: int, amount: str, price: str, expires_in: str | None) -> None:
    """Give order NUMBER other terms; less at the same price keeps its place."""
    payload = ReplaceOrder(number, parse_amount(price), parse_amount(amount), _expires_ms(invocation, expires_in))
    send(invocation, how, payload, done=f"Replaced order {number}.")


@market.command()
@click.option("--depth", type=click.IntRange(1, 200), default=20, show_default=True)
@command
def book(invocation: Invocation, *, depth: int) -> None:
    """The best orders of both sides."""
    data = invocation.node.market.book(depth=depth)
    asks = [("sell", *_order_cells(order)) for order in reversed(data["asks"])]
    bids = [("buy", *_order_cells(order)) for order in data["bids"]]
    last = "none yet" if data["last_price"] is None else data["last_price"]["tokens"]
    text = table(("SIDE", "PRICE", "ENT", "ORDER"), [*asks, *bids]) + f"\n\nlast price: {last}"
    invocation.show(data, text, [*data["asks"], *data["bids"]])


def _order_cells(order: OrderView) -> tuple[str, str, str]:
    return order["price"]["tokens"], order["quantity"]["tokens"], str(order["number"])


@market.command()
@click.option("--owner", metavar="NAME", help="Of this account (default: the sender's).")
@click.option("--all", "everyone", is_flag=True, help="Of everybody.")
@command
def orders(invocation: Invocation, *, owner: str | None, everyone: bool) -> None:
    """Open orders."""
    whose = None if everyone else invocation.address_text(owner or sender_name(invocation))
    found = invocation.node.market.orders(owner=whose)
    rows = [(str(order["number"]), order["side"], *_order_cells(order)[:2], order["kind"]) for order in found]
    text = table(("ORDER", "SIDE", "PRICE", "ENT", "KIND"), rows)
    invocation.show({"orders": found}, text if rows else "No open orders.", found)


@market.command()
@click.option("--limit", type=click.IntRange(1, 1_000), default=20, show_default=True)
@command
def trades(invocation: Invocation, *, limit: int) -> None:
    """The latest trades, newest first."""
    data = invocation.node.market.trades(limit=limit)
    names = invocation.names()
    rows = [
        (
            str(trade["height"]),
            names.get(trade["buyer"], trade["buyer"]),
            names.get(trade["seller"], trade["seller"]),
            trade["quantity"]["tokens"],
            trade["price"]["tokens"],
            trade["payment"]["tokens"],
        )
        for trade in data["trades"]
    ]
    text = table(("HEIGHT", "BUYER", "SELLER", "ENT", "PRICE", "PAID"), rows)
    invocation.show(data, text if rows else "No trades yet.", data["trades"])
