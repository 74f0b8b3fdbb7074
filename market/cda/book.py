"""The order book: what matching asks of one (`Book`), and one held in memory (`MemoryBook`).

A book has two sides. A side is a queue by price, then number: bids by falling price, asks by rising price, among
equals the older order first. A side knows nothing of expiry, owners or crossing: those are rules of
`market.cda.matching`. The book in the ledger's state is the same protocol over an ordered table whose keys are
`priority_key`, so that byte order is priority and the first key of a side is its best order.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator
from typing import Final, Protocol

from ledger.errors import require
from market.types import BUY, Order, Side, with_quantity

_MAX: Final = 2**64 - 1
_CHUNK: Final = 256


class BookSide(Protocol):
    """One side of a book. Every method costs O(log n) or less, whatever rests or ever rested in it."""

    @property
    def best(self) -> Order | None:
        """The order that trades first, or None if the side is empty."""
        ...

    def add(self, order: Order) -> None:
        """Queue an order of this side, behind all others of its price. Its number is the highest so far."""
        ...

    def remove(self, order: Order) -> None:
        """Take out an order that rests here (as it stands: the one that `best`, `walk` or a look-up gave)."""
        ...

    def reduce(self, order: Order, quantity: int) -> None:
        """Set the open quantity of an order that rests here to `quantity`, at least 1; it keeps its place."""
        ...

    def walk(self) -> Iterator[Order]:
        """All orders, best first, one at a time; the side is not changed meanwhile."""
        ...


class Book(Protocol):
    """Both sides. Where they lie at hand they are attributes, so that matching pays for no call."""

    @property
    def bids(self) -> BookSide:
        """Buy orders, highest price first."""
        ...

    @property
    def asks(self) -> BookSide:
        """Sell orders, lowest price first."""
        ...


def priority_key(product: int, order: Order) -> bytes:
    """Product (4 bytes), side (1), price (8, for bids inverted), number (8): rising byte order is priority within a
    side of a product."""
    price = _MAX - order.price if order.side is BUY else order.price
    return ((product << 136) | (order.side << 128) | (price << 64) | order.number).to_bytes(21, "big")


class MemorySide:
    """A `BookSide` in memory: one integer per order, in rising order of priority, in chunks of bounded length.

    The integer holds price and number, both turned so that the largest integer is the best order: it is the last of
    the last chunk. Insertion and removal search two sorted lists and move at most one chunk; `_tops` holds the last
    integer of every chunk. Nothing stays behind of what was removed.
    """

    __slots__ = ("_bids", "_chunks", "_orders", "_tops", "best")

    def __init__(self, side: Side, orders: dict[int, Order]) -> None:
        self._bids = side is BUY
        self._orders = orders
        self._chunks: list[list[int]] = []
        self._tops: list[int] = []
        self.best: Order | None = None

    def add(self, order: Order) -> None:
        """See `BookSide`."""
        number = order.number
        self._orders[number] = order
        price = order.price
        key = ((price if self._bids else _MAX - price) << 64) | (_MAX - number)
        tops = self._tops
        if not tops:
            tops.append(key)
            self._chunks.append([key])
            self.best = order
            return
        if key > tops[-1]:
            tops[-1] = key
            chunk = self._chunks[-1]
            chunk.append(key)
            self.best = order
            at = -1
        else:
            at = bisect_left(tops, key)
            chunk = self._chunks[at]
            insort(chunk, key)
        if len(chunk) > _CHUNK:
            self._split(at % len(tops))

    def _split(self, at: int) -> None:
        chunk = self._chunks[at]
        half = len(chunk) >> 1
        self._chunks.insert(at, chunk[:half])
        self._tops.insert(at, chunk[half - 1])
        del chunk[:half]

    def remove(self, order: Order) -> None:
        """See `BookSide`."""
        number = order.number
        del self._orders[number]
        price = order.price
        key = ((price if self._bids else _MAX - price) << 64) | (_MAX - number)
        tops = self._tops
        at = len(tops) - 1 if key == tops[-1] else bisect_left(tops, key)
        chunk = self._chunks[at]
        if chunk[-1] != key:
            del chunk[bisect_left(chunk, key)]
            return
        chunk.pop()
        if chunk:
            tops[at] = chunk[-1]
        else:
            del tops[at], self._chunks[at]
        self.best = self._orders[_MAX - (tops[-1] & _MAX)] if tops else None

    def reduce(self, order: Order, quantity: int) -> None:
        """See `BookSide`."""
        require(quantity > 0, "no order rests with quantity 0")
        number = order.number
        changed = with_quantity(order, quantity)
        self._orders[number] = changed
        best = self.best
        if best is not None and best.number == number:
            self.best = changed

    def walk(self) -> Iterator[Order]:
        """See `BookSide`."""
        for chunk in reversed(self._chunks):
            for key in reversed(chunk):
                yield self._orders[_MAX - (key & _MAX)]


class MemoryBook:
    """A `Book` in memory: tests, simulation, studies, and the twin of the book in the ledger's state."""

    __slots__ = ("_orders", "asks", "bids")

    def __init__(self) -> None:
        self._orders: dict[int, Order] = {}
        self.bids = MemorySide(Side.BUY, self._orders)
        self.asks = MemorySide(Side.SELL, self._orders)

    def __len__(self) -> int:
        return len(self._orders)

    def find(self, number: int) -> Order | None:
        """The resting order of that number, as it stands."""
        return self._orders.get(number)
