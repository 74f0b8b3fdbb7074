"""Market: the shapes of a node's answers, made from the page of this name in `nodechain/api`, never by hand.

Written by `python -m tests.makers.make_client_answers`.
"""

from __future__ import annotations

from typing import TypedDict

from ledger.encoding.quantities import TimeMs
from nodechain.client.answers.amounts import Amount
from nodechain.client.answers.models import At, Int


class OrderView(TypedDict):
    """An open order; `base` and `quote` are the names of what its product trades, and of what it is priced in."""

    product: Int
    base: str
    quote: str
    number: Int
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


class BookView(At):
    """The order book's best orders of both sides, best first, and the latest trade; of others' orders no owner."""

    product: Int
    base: str
    quote: str
    bids: list[OrderView]
    asks: list[OrderView]
    last_price: Amount | None
    last_quantity: Amount | None
    trades: Int


class TradeView(TypedDict):
    """A trade and the block it stands in; a party is empty where it is not told to who asks (docs/privacy.md)."""

    height: Int
    time_ms: TimeMs
    product: Int
    base: str
    quote: str
    buy: Int
    sell: Int
    buyer: str
    seller: str
    price: Amount
    quantity: Amount
    payment: Amount


class ProductView(TypedDict):
    """What is traded for what, and by which mechanism; assets by their names."""

    number: Int
    base: str
    quote: str
    mechanism: str


class Products(At):
    """All products."""

    products: list[ProductView]


class Trades(At):
    """The latest trades, newest first, a page."""

    trades: list[TradeView]
    next: str | None
