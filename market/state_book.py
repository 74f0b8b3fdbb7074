"""The order book in the ledger's state (rules Y1-Y2): `market.book.Book` over ordered tables.

This file alone writes and removes the entries of an order: the order by number, its place in the book, its owner's
index, its expiry, its owner's count. Tokens are `market.escrow`'s. Every step is O(log n) in what rests.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ledger.accounts import count_order
from ledger.context import Context
from ledger.errors import require
from ledger.rules.expiries import ExpiryKind, cancel_expiry, schedule
from ledger.schema import big_endian
from market.book import priority_key, with_quantity
from market.schema import BOOK, LISTED, ORDERS, ORDERS_BY_OWNER
from market.types import Order, Side

DEAD_MS: Final = 1
"""The expiry with which a retired order is shown to matching, so that it is dead there by the rule for expired ones."""


class StateSide:
    """A `BookSide` in the state. Orders up to number `retired` are shown as expired."""

    __slots__ = ("_context", "_prefix", "_retired", "_state")

    def __init__(self, context: Context, side: Side, retired: int) -> None:
        self._context = context
        self._state = context.state
        self._prefix = bytes((side,))
        self._retired = retired

    @property
    def best(self) -> Order | None:
        """See `BookSide`."""
        key = self._state.first(BOOK, self._prefix)
        return None if key is None else self._shown(key)

    def _shown(self, key: bytes) -> Order:
        order = self._context.get(ORDERS, key[9:])
        if order.number > self._retired:
            return order
        return Order(order.number, order.owner, order.side, order.kind, order.price, order.quantity, DEAD_MS)

    def add(self, order: Order) -> None:
        """See `BookSide`."""
        number = big_endian(order.number)
        self._state.put(ORDERS, number, order)
        self._state.put(BOOK, priority_key(order), LISTED)
        self._state.put(ORDERS_BY_OWNER, order.owner + number, LISTED)
        if order.expires_ms:
            schedule(self._context, order.expires_ms, ExpiryKind.ORDER, order.number, number)
        count_order(self._context, order.owner, 1)

    def remove(self, order: Order) -> None:
        """See `BookSide`."""
        number = big_endian(order.number)
        expires_ms = self._context.get(ORDERS, number).expires_ms
        self._state.delete(ORDERS, number)
        self._state.delete(BOOK, priority_key(order))
        self._state.delete(ORDERS_BY_OWNER, order.owner + number)
        if expires_ms:
            cancel_expiry(self._context, expires_ms, ExpiryKind.ORDER, order.number)
        count_order(self._context, order.owner, -1)

    def reduce(self, order: Order, quantity: int) -> None:
        """See `BookSide`."""
        number = big_endian(order.number)
        stored = self._context.get(ORDERS, number)
        require(0 < quantity <= stored.quantity, f"order {order.number} cannot have {quantity} left")
        self._state.put(ORDERS, number, with_quantity(stored, quantity))

    def walk(self) -> Iterator[Order]:
        """See `BookSide`."""
        for key in self._state.scan(BOOK, self._prefix):
            yield self._shown(key)


class StateBook:
    """A `Book` in the state of a block in execution."""

    __slots__ = ("asks", "bids")

    def __init__(self, context: Context, retired: int) -> None:
        self.bids = StateSide(context, Side.BUY, retired)
        self.asks = StateSide(context, Side.SELL, retired)

    def side(self, side: Side) -> StateSide:
        """The side on which orders of `side` rest."""
        return self.bids if side is Side.BUY else self.asks
