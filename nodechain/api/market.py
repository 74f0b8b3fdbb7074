"""The order book: its best orders, open orders, trades."""

from __future__ import annotations

from itertools import islice
from typing import Final

from aiohttp import web

from ledger.encoding.quantities import TimeMs
from market.events import Traded
from market.queries import last_trade, live_order, live_orders, orders_page
from market.types import Order, Side
from nodechain.api.amounts import Amount, tokens, view
from nodechain.api.http import requests
from nodechain.api.http.models import At, Model
from nodechain.api.http.route import AT, PAGE, POINT, Route
from nodechain.api.reading import MAX_PAGE_RECEIPTS, CommittedState, Work, blocks_of, cursor_text, ledger, stored_header
from nodechain.errors import NotFound
from nodechain.modules import REGISTRY
from nodechain.node import Node
from nodechain.store.view import Snapshot, StoreView


class OrderView(Model):
    """An open order."""

    number: int
    owner: str
    side: str
    kind: str
    price: Amount
    quantity: Amount
    expires_ms: TimeMs


class Orders(At):
    """Open orders, a page."""

    orders: list[OrderView]
    next: str | None


class OrderAnswer(At):
    """One open order."""

    order: OrderView


class Book(At):
    """The order book's best orders of both sides, best first, and the latest trade."""

    bids: list[OrderView]
    asks: list[OrderView]
    last_price: Amount | None
    last_quantity: Amount | None
    trades: int


class Trade(Model):
    """A trade and the block it stands in."""

    height: int
    time_ms: TimeMs
    buy: int
    sell: int
    buyer: str
    seller: str
    price: Amount
    quantity: Amount
    payment: Amount


class Trades(At):
    """The latest trades, newest first, a page."""

    trades: list[Trade]
    next: str | None


MAX_BOOK: Final = 200


TRADES_LOOK_BACK: Final = 2_000
"""How many blocks a page of trades may look through."""


def read_orders(at: CommittedState, owner: bytes | None, cursor: bytes | None, limit: int) -> Orders:
    """Orders that can still trade, of one owner or all; what has expired and waits for a block is none (D1)."""
    page = orders_page(at.reader, at.state, owner, at.view.time_ms, cursor, limit)
    return Orders(height=at.height, orders=[_order(order) for order in page.orders], next=cursor_text(page.cursor))


def read_order(at: CommittedState, number: int) -> OrderAnswer:
    """An open order; raises `NotFound` for one that is filled, cancelled or never was."""
    order = live_order(at.state, number, at.view.time_ms)
    if order is None:
        raise NotFound(f"no order {number} is open")
    return OrderAnswer(height=at.height, order=_order(order))


def read_book(at: CommittedState, depth: int) -> Book:
    """The best `depth` orders of both sides."""
    last = last_trade(at.state)
    bids, asks = (_side(at, side, min(depth, MAX_BOOK)) for side in (Side.BUY, Side.SELL))
    return Book(
        height=at.height,
        bids=bids,
        asks=asks,
        last_price=None if last is None else tokens(last.price),
        last_quantity=None if last is None else tokens(last.quantity),
        trades=0 if last is None else last.trades,
    )


def _side(at: CommittedState, side: Side, depth: int) -> list[OrderView]:
    return [_order(order) for order in islice(live_orders(at.state, side, at.view.time_ms), depth)]


def _order(order: Order) -> OrderView:
    return view(OrderView, order)


def trades_down(store: StoreView, highest: int, limit: int) -> tuple[list[Trade], int | None]:
    """Trades from a height downwards, newest first, whole blocks; the next height.

    A page ends after `limit` trades, `TRADES_LOOK_BACK` blocks or `MAX_PAGE_RECEIPTS` receipts, whatever comes first.
    """
    found: list[Trade] = []
    read = 0
    lowest = max(highest - TRADES_LOOK_BACK + 1, 0)
    for height in range(highest, lowest - 1, -1):
        if len(found) >= limit or read >= MAX_PAGE_RECEIPTS:
            return found, height
        time_ms = stored_header(store, height).time_ms
        receipts = store.receipts(height)
        read += len(receipts)
        block = [entry for data in receipts for entry in REGISTRY.receipts.decode_trusted(data).events]
        found.extend(_trade(entry, height, time_ms) for entry in reversed(block) if isinstance(entry, Traded))
    return found, lowest - 1 if lowest > 0 else None


def _trade(entry: Traded, height: int, time_ms: int) -> Trade:
    return view(Trade, entry, height=height, time_ms=time_ms)


async def get_book(node: Node, request: web.Request) -> Work:
    """The best orders of both sides."""
    depth = requests.number(request, "depth", 20, least=1, most=200)
    return ledger(node, request, lambda at: read_book(at, depth))


async def get_orders(node: Node, request: web.Request) -> Work:
    """Open orders, of one owner or all."""
    owner, cursor, limit = requests.address(request, "owner"), requests.cursor(request), requests.limit(request)
    return ledger(node, request, lambda at: read_orders(at, owner, cursor, limit))


async def get_order(node: Node, request: web.Request) -> Work:
    """One open order."""
    number = requests.whole("number", request.match_info["number"])
    return ledger(node, request, lambda at: read_order(at, number))


async def get_trades(node: Node, request: web.Request) -> Work:
    """The latest trades, newest first."""
    head = node.app.height
    highest, limit = requests.number(request, "cursor", head, most=head), requests.limit(request)

    def answer(snapshot: Snapshot) -> Trades:
        found, following = trades_down(snapshot, highest, limit)
        return Trades(height=head, trades=found, next=None if following is None else str(following))

    return blocks_of(node, answer)


ROUTES: Final = (
    Route(
        "GET",
        "/v1/market/book",
        "Best orders",
        Book,
        get_book,
        query=(("depth", "orders a side, 1 to 200"), *AT),
    ),
    Route("GET", "/v1/market/orders", "Open orders", Orders, get_orders, query=(("owner", "address"), *AT, *PAGE)),
    Route("GET", "/v1/market/orders/{number}", "One open order", OrderAnswer, get_order, query=AT, kind=POINT),
    Route("GET", "/v1/market/trades", "Latest trades", Trades, get_trades, query=PAGE),
)
