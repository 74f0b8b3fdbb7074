"""The order book in the ledger's state (rules Y1-Y2): `market.cda.book.Book` over ordered tables.

This file alone writes and removes an order's place in the book; all else that stands of an order is
`market.open_orders`'. Every step is O(log n) in what rests.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ledger.chain.context import Context
from ledger.errors import require
from ledger.state.overlay import State
from market.cda.book import priority_key
from market.cda.schema import BOOK
from market.cda.types import MatchResult
from market.open_orders import forget, keep, reduce, stored
from market.schema import LISTED, ORDERS, order_key, product_key
from market.types import BUY, SELL, Order, Product, Side

DEAD_MS: Final = 1
"""The expiry with which a retired order is shown to matching, so that it is dead there by the rule for expired ones."""


def side_prefix(product: int, side: Side) -> bytes:
    """The group of the table BOOK in which a side stands."""
    return product_key(product) + (b"\x00" if side is BUY else b"\x01")


class StateSide:
    """A `BookSide` in the state. Orders up to number `retired` are shown as expired.

    `taken` sums up the quantity that left the side since it was made, for `check_book`.
    """

    __slots__ = ("_context", "_key", "_prefix", "_product", "_retired", "_state", "taken")

    def __init__(self, context: Context, product: Product, side: Side, retired: int) -> None:
        self._context = context
        self._state = context.state
        self._product = product
        self._key = product_key(product.number)
        self._prefix = side_prefix(product.number, side)
        self._retired = retired
        self.taken = 0

    @property
    def best(self) -> Order | None:
        """See `BookSide`."""
        key = self._state.first(BOOK, self._prefix)
        return None if key is None else self._shown(key[13:])

    def _shown(self, number: bytes) -> Order:
        order = stored(self._state, self._key + number)
        if order.number > self._retired:
            return order
        return Order(order.number, order.owner, order.side, order.kind, order.price, order.quantity, DEAD_MS)

    def add(self, order: Order) -> None:
        """See `BookSide`."""
        keep(self._context, self._product, order)
        self._state.put(BOOK, priority_key(self._product.number, order), LISTED)

    def remove(self, order: Order) -> None:
        """See `BookSide`."""
        self.taken += forget(self._context, self._product, order.number).quantity
        self._state.delete(BOOK, priority_key(self._product.number, order))

    def reduce(self, order: Order, quantity: int) -> None:
        """See `BookSide`."""
        self.taken += reduce(self._context, self._product, order.number, quantity)

    def walk(self) -> Iterator[Order]:
        """See `BookSide`."""
        for key in self._state.scan(BOOK, self._prefix):
            yield self._shown(key[13:])


class StateBook:
    """A `Book` of a product in the state of a block in execution."""

    __slots__ = ("_product", "asks", "bids")

    def __init__(self, context: Context, product: Product, retired: int) -> None:
        self._product = product
        self.bids = StateSide(context, product, BUY, retired)
        self.asks = StateSide(context, product, SELL, retired)

    def side(self, side: Side) -> StateSide:
        """The side on which orders of `side` rest."""
        return self.bids if side is BUY else self.asks

    def check(self, context: Context, order: Order, result: MatchResult) -> None:
        """Compare what matching did to a fresh book with what it says: `BrokenInvariant` where they differ (Y8).

        With `market.cda.invariants.check_match` this is leftovers = orders - fills: all that left the other side was
        traded or dropped, and what the result says rests is what rests.
        """
        left = 0
        for trade in result.trades:
            left += trade.quantity
        for dropped in result.dropped:
            left += dropped.order.quantity
        opposite = self.asks if order.side is BUY else self.bids
        require(opposite.taken == left, "the book lost what was neither traded nor dropped")
        rests = context.state.get(ORDERS, order_key(self._product.number, order.number))
        require((0 if rests is None else rests.quantity) == result.rested, "the book does not hold what rests")


def queue(state: State, product: Product, side: Side) -> Iterator[Order]:
    """The open orders of a side, dead ones included, best first."""
    key = product_key(product.number)
    for place in state.scan(BOOK, side_prefix(product.number, side)):
        yield stored(state, key + place[13:])
