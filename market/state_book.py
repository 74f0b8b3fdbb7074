"""The order book in the ledger's state (rules Y1-Y2): `market.book.Book` over ordered tables.

This file alone writes and removes the entries of an order: the order by number, its place in the book, its owner's
index, its expiry, its owner's count. Tokens are `market.escrow`'s. Every step is O(log n) in what rests.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ledger.chain.context import Context
from ledger.chain.counters import change_count
from ledger.chain.expiries import cancel_expiry, schedule
from ledger.errors import BrokenInvariant, require
from ledger.state.table import big_endian
from market.book import priority_key, with_quantity
from market.escrow import OPEN_ORDERS
from market.schema import BOOK, LISTED, ORDER_DUE, ORDERS, ORDERS_BY_OWNER
from market.types import BUY, SELL, MatchResult, Order, Reason, Side

BIDS: Final = bytes((BUY,))
ASKS: Final = bytes((SELL,))
"""The groups of the table BOOK."""

DEAD_MS: Final = 1
"""The expiry with which a retired order is shown to matching, so that it is dead there by the rule for expired ones."""


class StateSide:
    """A `BookSide` in the state. Orders up to number `retired` are shown as expired.

    `taken` sums up the quantity that left the side since it was made, for `check_book`.
    """

    __slots__ = ("_context", "_prefix", "_retired", "_state", "taken")

    def __init__(self, context: Context, prefix: bytes, retired: int) -> None:
        self._context = context
        self._state = context.state
        self._prefix = prefix
        self._retired = retired
        self.taken = 0

    @property
    def best(self) -> Order | None:
        """See `BookSide`."""
        key = self._state.first(BOOK, self._prefix)
        return None if key is None else self._shown(key[9:])

    def _stored(self, number: bytes) -> Order:
        order = self._state.get(ORDERS, number)
        if order is None:
            raise BrokenInvariant("the book names an order that is not there")
        return order

    def _shown(self, number: bytes) -> Order:
        order = self._stored(number)
        if order.number > self._retired:
            return order
        return Order(order.number, order.owner, order.side, order.kind, order.price, order.quantity, DEAD_MS)

    def add(self, order: Order) -> None:
        """See `BookSide`."""
        state, number = self._state, big_endian(order.number)
        state.put(ORDERS, number, order)
        state.put(BOOK, priority_key(order), LISTED)
        state.put(ORDERS_BY_OWNER, order.owner + number, LISTED)
        if order.expires_ms:
            schedule(self._context, order.expires_ms, ORDER_DUE, order.number, number)
        change_count(self._state, order.owner, OPEN_ORDERS, 1)

    def remove(self, order: Order) -> None:
        """See `BookSide`."""
        state, number = self._state, big_endian(order.number)
        stored = self._stored(number)
        self.taken += stored.quantity
        state.delete(ORDERS, number)
        state.delete(BOOK, priority_key(order))
        state.delete(ORDERS_BY_OWNER, order.owner + number)
        if stored.expires_ms:
            cancel_expiry(self._context, stored.expires_ms, ORDER_DUE, order.number)
        change_count(self._state, order.owner, OPEN_ORDERS, -1)

    def reduce(self, order: Order, quantity: int) -> None:
        """See `BookSide`."""
        number = big_endian(order.number)
        stored = self._stored(number)
        require(0 < quantity <= stored.quantity, "an order is reduced to nothing, or to more than it had")
        self.taken += stored.quantity - quantity
        self._state.put(ORDERS, number, with_quantity(stored, quantity))

    def walk(self) -> Iterator[Order]:
        """See `BookSide`."""
        for key in self._state.scan(BOOK, self._prefix):
            yield self._shown(key[9:])


class StateBook:
    """A `Book` in the state of a block in execution."""

    __slots__ = ("asks", "bids")

    def __init__(self, context: Context, retired: int) -> None:
        self.bids = StateSide(context, BIDS, retired)
        self.asks = StateSide(context, ASKS, retired)

    def side(self, side: Side) -> StateSide:
        """The side on which orders of `side` rest."""
        return self.bids if side is BUY else self.asks


def end_reason(order: Order, retired: int, now_ms: int) -> Reason:
    """Why an order that still stands in the book is dead, or `Reason.NONE` (Y11, Y15)."""
    if order.number <= retired:
        return Reason.GRID_CHANGED
    return Reason.EXPIRED if 0 < order.expires_ms <= now_ms else Reason.NONE


def check_book(context: Context, book: StateBook, order: Order, result: MatchResult) -> None:
    """Compare what matching did to a fresh `book` with what it says: `BrokenInvariant` where they differ (Y8).

    With `market.invariants.check_match` this is leftovers = orders - fills: all that left the other side was traded or
    dropped, and what the result says rests is what rests.
    """
    left = 0
    for trade in result.trades:
        left += trade.quantity
    for dropped in result.dropped:
        left += dropped.order.quantity
    opposite = book.asks if order.side is BUY else book.bids
    require(opposite.taken == left, "the book lost what was neither traded nor dropped")
    rests = context.state.get(ORDERS, big_endian(order.number))
    require((0 if rests is None else rests.quantity) == result.rested, "the book does not hold what rests")
