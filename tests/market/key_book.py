"""A book over byte keys in rising order, as the ledger's state offers them: shows that `Book` fits that, too."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterator

from market.cda.book import priority_key
from market.types import Order, with_quantity


class KeySide:
    """It also counts what matching asks of it."""

    def __init__(self) -> None:
        self.keys: list[bytes] = []
        self.entries: dict[bytes, Order] = {}
        self.calls = 0
        self.walked = 0

    @property
    def best(self) -> Order | None:
        self.calls += 1
        return self.entries[self.keys[0]] if self.keys else None

    def add(self, order: Order) -> None:
        self.calls += 1
        insort(self.keys, priority_key(1, order))
        self.entries[priority_key(1, order)] = order

    def remove(self, order: Order) -> None:
        self.calls += 1
        self.keys.remove(priority_key(1, order))
        del self.entries[priority_key(1, order)]

    def reduce(self, order: Order, quantity: int) -> None:
        self.calls += 1
        assert quantity > 0
        assert priority_key(1, order) in self.entries
        self.entries[priority_key(1, order)] = with_quantity(order, quantity)

    def walk(self) -> Iterator[Order]:
        for key in self.keys:
            self.walked += 1
            yield self.entries[key]


class KeyBook:
    def __init__(self) -> None:
        self.bids = KeySide()
        self.asks = KeySide()

    @property
    def calls(self) -> int:
        return self.bids.calls + self.asks.calls
