"""Random orders on a chain: the ledger's book trades as `MemoryBook` does, and events account for every token."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field
from unittest import mock

from hypothesis import given, settings
from hypothesis import strategies as st

from harness.chain import ENT, START_MS, ChainFixture, address
from ledger.chain.header import Receipt
from ledger.encoding.codec import Value
from market.cda.book import MemoryBook
from market.cda.matching import match, replace
from market.cda.types import ExecutionPrice, MatchingRules, MatchResult, SelfTrade
from market.events import OrderExpired, Traded
from market.terms import keeps_priority
from market.transactions import CancelOrder, PlaceOrder, ReplaceOrder
from market.types import BUY, Order, OrderKind, Reason, Side
from tests.market.on_ledger import balances, listing, market_chain, only, statement

NAMES = ("A", "B", "C")
LOT, TICK = 10**6, 10**3
EXPIRIES_PER_BLOCK = 1
"""So few that dead orders are met in the book."""

PRICES = st.integers(1, 6).map(lambda n: n * ENT)
QUANTITIES = st.integers(1, 6).map(lambda n: n * ENT)
EXPIRIES = st.sampled_from([0, 0, 0, 4, 6, 9, 30]).map(lambda s: s and START_MS + s * 1000)
KINDS = st.sampled_from([OrderKind.LIMIT, OrderKind.LIMIT, *OrderKind])
NUMBERS = st.integers(1, 12)
PRODUCT = st.just(1)
PAYLOADS: st.SearchStrategy[PlaceOrder | CancelOrder | ReplaceOrder] = st.one_of(
    st.builds(PlaceOrder, PRODUCT, st.sampled_from(Side), KINDS, PRICES, QUANTITIES, EXPIRIES),
    st.builds(PlaceOrder, PRODUCT, st.sampled_from(Side), KINDS, PRICES, QUANTITIES, EXPIRIES),
    st.builds(PlaceOrder, PRODUCT, st.sampled_from(Side), KINDS, PRICES, QUANTITIES, EXPIRIES),
    st.builds(CancelOrder, PRODUCT, NUMBERS),
    st.builds(ReplaceOrder, PRODUCT, NUMBERS, PRICES, QUANTITIES, EXPIRIES),
)
BLOCKS = st.lists(
    st.lists(st.tuples(st.sampled_from(NAMES), PAYLOADS), min_size=1, max_size=6), min_size=1, max_size=10
)
RULES = st.builds(
    MatchingRules,
    st.sampled_from(ExecutionPrice),
    st.sampled_from(SelfTrade),
    st.just(TICK),
    st.sampled_from((0, 2 * ENT)),
)


@dataclass
class Twin:
    """The same orders on a book in memory. Whether an account could pay, it takes from the ledger's receipt."""

    rules: MatchingRules
    book: MemoryBook = field(default_factory=MemoryBook)
    last: int = 0

    def process_expiries(self, now_ms: int) -> list[int]:
        due = sorted((o.expires_ms, o.number) for o in self.listing() if 0 < o.expires_ms <= now_ms)
        for _time, number in due[:EXPIRIES_PER_BLOCK]:
            self._remove(number)
        return [number for _time, number in due[:EXPIRIES_PER_BLOCK]]

    def listing(self) -> list[Order]:
        return [*self.book.bids.walk(), *self.book.asks.walk()]

    def _remove(self, number: int) -> None:
        order = self.book.find(number)
        assert order is not None
        (self.book.bids if order.side is BUY else self.book.asks).remove(order)

    def play(self, name: str, payload: Value, code: str, now_ms: int) -> MatchResult | None:
        """What came of it, or None where nothing is matched; a refused one leaves no trace."""
        before = copy.deepcopy(self.book), self.last
        result = self._play(address(name), payload, code, now_ms)
        if code:
            self.book, self.last = before
        return result

    def _play(self, owner: bytes, payload: Value, code: str, now_ms: int) -> MatchResult | None:
        if code in ("insufficient_balance", "order_expired", "order_too_small"):
            return None
        if isinstance(payload, PlaceOrder):
            self.last += 1
            order = Order(
                self.last, owner, payload.side, payload.kind, payload.price, payload.quantity, payload.expires_ms
            )
            return match(self.book, order, self.rules, now_ms)
        assert isinstance(payload, CancelOrder | ReplaceOrder)
        found = self.book.find(payload.number)
        dead = found is not None and 0 < found.expires_ms <= now_ms
        if found is None or (dead and isinstance(payload, ReplaceOrder) and found.owner == owner):
            assert code == "unknown_order"
            return None
        if found.owner != owner:
            assert code == "not_your_order"
            return None
        if isinstance(payload, CancelOrder):
            assert code == ""
            self._remove(found.number)
            return None
        price, quantity, expires_ms = payload.price, payload.quantity, payload.expires_ms
        if not keeps_priority(found, price, quantity, expires_ms):
            self.last += 1
        changed = Order(self.last, owner, found.side, found.kind, price, quantity, expires_ms)
        return replace(self.book, found, changed, self.rules, now_ms)


def check(receipt: Receipt, result: MatchResult | None) -> None:
    if receipt.code == "post_only_crosses":
        assert result is not None
        assert result.reason is Reason.POST_ONLY_CROSSES
        return
    trades = () if result is None or receipt.code else result.trades
    assert [(e.buy, e.sell, e.buyer, e.seller, e.price, e.quantity) for e in only(receipt, Traded)] == [
        (t.buy, t.sell, t.buyer, t.seller, t.price, t.quantity) for t in trades
    ]


def play(chain: ChainFixture, twin: Twin, steps: Sequence[tuple[str, PlaceOrder | CancelOrder | ReplaceOrder]]) -> None:
    block = chain.block([chain.tx(name, payload) for name, payload in steps])
    own, *receipts = block.executed.receipts
    assert [event.number for event in only(own, OrderExpired)] == twin.process_expiries(chain.time_ms)
    for (name, payload), receipt in zip(steps, receipts, strict=True):
        check(receipt, twin.play(name, payload, receipt.code, chain.time_ms))
    assert listing(chain) == twin.listing()
    assert statement(chain) == balances(chain, [*NAMES, "V"])


@settings(max_examples=150)
@given(BLOCKS, RULES)
def test_the_book_in_the_state_is_the_book_in_memory(
    blocks: list[list[tuple[str, PlaceOrder | CancelOrder | ReplaceOrder]]], rules: MatchingRules
) -> None:
    with mock.patch("ledger.chain.expiries.MAX_EXPIRIES_PER_BLOCK", EXPIRIES_PER_BLOCK):
        chosen = (
            ("F", 0),
            ("execution_price", int(rules.execution_price)),
            ("minimum_order", rules.minimum_order),
            ("self_trade", int(rules.self_trade)),
        )
        chain = market_chain(NAMES, ent=20, eeuro=40, parameters=chosen)
        twin = Twin(rules)
        for steps in blocks:
            play(chain, twin, steps)
