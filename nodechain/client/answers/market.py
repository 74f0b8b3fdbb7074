"""Market: the shapes of a node's answers, made from the page of this name in `nodechain/api`, never by hand.

Written by `python -m tests.support.make_client_answers`.
"""

from __future__ import annotations

from typing import TypedDict

from ledger.encoding.quantities import TimeMs
from nodechain.client.answers.amounts import Amount
from nodechain.client.answers.models import At, Int


class OrderView(TypedDict):
    """An open order."""

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


class Book(At):
    """The order book's best orders of both sides, best first, and the latest trade."""

    bids: list[OrderView]
    asks: list[OrderView]
    last_price: Amount | None
    last_quantity: Amount | None
    trades: Int


class Trade(TypedDict):
    """A trade and the block it stands in."""

    height: Int
    time_ms: TimeMs
    buy: Int
    sell: Int
    buyer: str
    seller: str
    price: Amount
    quantity: Amount
    payment: Amount


class Trades(At):
    """The latest trades, newest first, a page."""

    trades: list[Trade]
    next: str | None
