"""Any sequence of orders, cancellations, replacements: matching is its slow twin, and keeps the invariants."""

from __future__ import annotations

from dataclasses import dataclass, field
from unittest import mock

from hypothesis import given, settings
from hypothesis import strategies as st

from market.cda import matching as cda
from market.cda.book import Book, MemoryBook
from market.cda.invariants import check_match
from market.cda.matching import match, replace
from market.cda.types import ExecutionPrice, MatchingRules, MatchResult, SelfTrade
from market.terms import check_terms, keeps_priority, locked, payment
from market.types import BUY, SELL, Order, OrderKind, Trade
from tests.market.clearing import check_clearing
from tests.market.key_book import KeyBook
from tests.market.making import owner
from tests.market.slow_twin import SlowTwin

LOT, TICK = 10**6, 10**3
MAX_TRADES, MAX_DROPPED = 4, 3

PRICES = st.integers(0, 6).map(lambda n: n * TICK)
QUANTITIES = st.integers(1, 5).map(lambda n: n * LOT)
OWNERS = st.sampled_from([owner(name) for name in "abc"])
EXPIRIES = st.sampled_from([0, 0, 0, 3, 9, 20])
RULES = st.builds(MatchingRules, st.sampled_from(ExecutionPrice), st.sampled_from(SelfTrade), st.just(TICK))


@dataclass(frozen=True)
class Enter:
    order: Order


@dataclass(frozen=True)
class Cancel:
    pick: int


@dataclass(frozen=True)
class Replace:
    pick: int
    price: int
    quantity: int


Step = Enter | Cancel | Replace
KINDS = st.sampled_from([OrderKind.LIMIT, *OrderKind])
ORDERS = st.builds(Order, st.just(0), OWNERS, st.sampled_from([BUY, SELL]), KINDS, PRICES, QUANTITIES, EXPIRIES)
PICKS = st.integers(0, 30)
STEPS: st.SearchStrategy[Step] = st.one_of(
    st.builds(Enter, ORDERS),
    st.builds(Enter, ORDERS),
    st.builds(Enter, ORDERS),
    st.builds(Cancel, PICKS),
    st.builds(Replace, PICKS, PRICES, QUANTITIES),
)
RUNS = st.lists(STEPS, min_size=1, max_size=40)


def renumbered(order: Order, number: int, price: int, quantity: int) -> Order:
    return Order(number, order.owner, order.side, order.kind, price, quantity, order.expires_ms)


@dataclass
class Exchange:
    """Plays steps on a book; keeps every order as it entered and everything that became of it."""

    book: Book
    rules: MatchingRules
    entered: dict[int, Order] = field(default_factory=dict)
    gone: dict[int, int] = field(default_factory=dict)
    trades: list[Trade] = field(default_factory=list)
    results: list[MatchResult] = field(default_factory=list)

    def listing(self) -> list[Order]:
        return [*self.book.bids.walk(), *self.book.asks.walk()]

    def pick(self, index: int) -> Order | None:
        found = self.listing()
        return found[index % len(found)] if found else None

    def remove(self, order: Order) -> None:
        (self.book.bids if order.side is BUY else self.book.asks).remove(order)
        self.lose(order.number, order.quantity)

    def lose(self, number: int, quantity: int) -> None:
        self.gone[number] = self.gone.get(number, 0) + quantity

    def step(self, number: int, step: Step) -> None:
        if isinstance(step, Enter):
            order = renumbered(step.order, number, step.order.price, step.order.quantity)
            self.note(order, match(self.book, order, self.rules, number, MAX_TRADES))
        elif (found := self.pick(step.pick)) is not None:
            if isinstance(step, Cancel):
                self.remove(found)
                return
            changed = renumbered(found, number, step.price, step.quantity)
            kept = keeps_priority(found, step.price, step.quantity, found.expires_ms)
            result = replace(self.book, found, changed, self.rules, number, max_trades=MAX_TRADES)
            if kept:
                self.lose(found.number, found.quantity - step.quantity)
            else:
                self.lose(found.number, found.quantity)
                self.note(changed, result)

    def note(self, order: Order, result: MatchResult) -> None:
        check_match(order, result, MAX_TRADES)
        self.entered[order.number] = order
        self.trades.extend(result.trades)
        self.results.append(result)
        self.lose(order.number, result.cancelled)
        for dropped in result.dropped:
            self.lose(dropped.order.number, dropped.order.quantity)

    def check(self) -> None:
        leftovers = dict(self.gone)
        for order in self.listing():
            leftovers[order.number] = leftovers.get(order.number, 0) + order.quantity
        check_clearing(self.entered, self.trades, leftovers)


@settings(max_examples=400)
@given(RUNS, RULES)
def test_any_run_keeps_the_invariants_and_both_books_agree(run: list[Step], rules: MatchingRules) -> None:
    with mock.patch.object(cda, "MAX_DROPPED_PER_ORDER", MAX_DROPPED):
        memory, keys = Exchange(MemoryBook(), rules), Exchange(KeyBook(), rules)
        for number, step in enumerate(run, 1):
            memory.step(number, step)
            keys.step(number, step)
            memory.check()
            assert memory.listing() == keys.listing()
            for order in memory.listing():
                check_terms(order.price, order.quantity, LOT, TICK)
        assert memory.results == keys.results


@settings(max_examples=400)
@given(st.lists(ORDERS, min_size=1, max_size=40), RULES)
def test_matching_is_its_slow_twin(orders: list[Order], rules: MatchingRules) -> None:
    book, twin = MemoryBook(), SlowTwin()
    with mock.patch.object(cda, "MAX_DROPPED_PER_ORDER", MAX_DROPPED):
        for number, each in enumerate(orders, 1):
            order = renumbered(each, number, each.price, each.quantity)
            result = match(book, order, rules, number, MAX_TRADES)
            expected = twin.match(order, rules, number, MAX_TRADES, MAX_DROPPED)
            assert list(result.trades) == expected.trades
            assert list(result.dropped) == expected.dropped
            assert (result.rested, result.cancelled, result.reason) == (
                expected.rested, expected.cancelled, expected.reason
            )  # fmt: skip
            assert list(book.bids.walk()) == twin.side(BUY)
            assert list(book.asks.walk()) == twin.side(SELL)
            assert len(book) == len(twin.orders)


@given(st.lists(ORDERS, min_size=1, max_size=40), RULES)
def test_no_live_orders_of_two_owners_are_left_crossing(orders: list[Order], rules: MatchingRules) -> None:
    book = MemoryBook()
    for number, each in enumerate(orders, 1):
        match(book, renumbered(each, number, each.price, each.quantity), rules, 0)
    bid, ask = book.bids.best, book.asks.best
    assert bid is None or ask is None or bid.price < ask.price


@given(st.lists(ORDERS, min_size=1, max_size=40), RULES, st.integers(1, 50))
def test_a_price_offset_moves_every_price_and_nothing_else(
    orders: list[Order], rules: MatchingRules, double_ticks: int
) -> None:
    offset = 2 * double_ticks * TICK
    plain, moved = MemoryBook(), MemoryBook()
    for number, each in enumerate(orders, 1):
        low = match(plain, renumbered(each, number, each.price, each.quantity), rules, number)
        high = match(moved, renumbered(each, number, each.price + offset, each.quantity), rules, number)
        assert [(t.buy, t.sell, t.quantity, t.price + offset) for t in low.trades] == [
            (t.buy, t.sell, t.quantity, t.price) for t in high.trades
        ]
        assert (low.rested, low.cancelled, low.reason) == (high.rested, high.cancelled, high.reason)


@given(st.lists(ORDERS, min_size=1, max_size=40), RULES)
def test_every_lock_is_paid_released_or_still_held(orders: list[Order], rules: MatchingRules) -> None:
    """Money and tokens that orders lock on entry = what trades paid + what came back + what the book holds."""
    book = MemoryBook()
    held = {BUY: 0, SELL: 0}
    for number, each in enumerate(orders, 1):
        order = renumbered(each, number, each.price, each.quantity)
        result = match(book, order, rules, number)
        held[order.side] += locked(order)
        for trade in result.trades:
            held[BUY] -= payment(trade.price, trade.quantity) + payment(trade.bid - trade.price, trade.quantity)
            held[SELL] -= trade.quantity
        if result.cancelled:
            held[order.side] -= locked(renumbered(order, number, order.price, result.cancelled))
        for dropped in result.dropped:
            held[dropped.order.side] -= locked(dropped.order)
        assert held[BUY] == sum(locked(each) for each in book.bids.walk())
        assert held[SELL] == sum(locked(each) for each in book.asks.walk())
