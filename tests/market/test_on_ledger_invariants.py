"""The invariants of the market's state notice damage, and a wrong clearing stops the node instead of moving tokens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from harness.chain import ENT, ChainFixture, address
from ledger.bank.assets import CURRENCY_ASSET, ENERGY_ASSET
from ledger.bank.balances import lock_key
from ledger.bank.schema import BALANCES, Balance
from ledger.chain.counters import counter_key
from ledger.chain.expiries import expiry_key
from ledger.chain.schema import ACCOUNT_COUNTERS, ACCOUNTS, EXPIRIES, LOCKS, PARAMETERS, Counter, Lock, Parameter
from ledger.encoding.codec import Value, encode
from ledger.errors import BrokenInvariant
from ledger.state.full_key import number_key
from ledger.state.overlay import MemoryReader, Reader
from ledger.state.table import Table
from market.cda import trading
from market.cda.book import Book, priority_key
from market.cda.matching import match
from market.cda.schema import BOOK
from market.cda.state_invariants import CDA_INVARIANTS, check_book, check_book_not_crossed
from market.cda.types import MatchingRules, MatchResult
from market.escrow import OPEN_ORDERS, ORDER_LOCK
from market.ledger_invariants import (
    MARKET_INVARIANTS,
    check_open_orders,
    check_order_counts,
    check_order_indexes,
    check_order_locks,
    check_products,
)
from market.schema import GRID, LISTED, ORDER_DUE, ORDERS, ORDERS_BY_OWNER, PRODUCTS, Grid, order_key, product_key
from market.types import BUY, SELL, Order, OrderKind, Product, with_quantity
from tests.market.on_ledger import buy, eeuro, ent, market_chain, number_of, sell

FULL = 1_000 * ENT


@pytest.fixture
def chain() -> ChainFixture:
    """A bid with an expiry (number 1), then an ask."""
    chain = market_chain()
    due = chain.time_ms + 1_000_000
    assert number_of(chain.do("A", buy("2", "3", expires_ms=due))) == 1
    assert number_of(chain.do("B", sell("2", "4"))) == 2
    return chain


def order(chain: ChainFixture, number: int) -> Order:
    found = chain.state.get(ORDERS, order_key(1, number))
    assert found is not None
    return found


def damaged(chain: ChainFixture, table: Table[Any], key: bytes, value: Value | None) -> MemoryReader:
    reader = MemoryReader(chain.reader.entries())
    reader.apply({table.full_key(key): None if value is None else encode(value)})
    return reader


def held(chain: ChainFixture, name: str, key: bytes) -> tuple[Table[Any], bytes, Value]:
    """A lock for orders that is one unit too low."""
    full_key = address(name) + key + number_key(ORDER_LOCK.number)
    value = LOCKS.codec.decode(chain.reader.get(LOCKS.number, full_key) or b"")
    return LOCKS, full_key, Lock(value.amount - 1)


def test_an_undamaged_state_passes(chain: ChainFixture) -> None:
    for check in (*MARKET_INVARIANTS, *CDA_INVARIANTS):
        check(chain.reader)


def test_damage_is_noticed(chain: ChainFixture) -> None:
    bid, ask = order(chain, 1), order(chain, 2)
    due = expiry_key(bid.expires_ms, ORDER_DUE, 1)
    foreign = Order(1, address("C"), BUY, bid.kind, bid.price, bid.quantity, bid.expires_ms)
    crossing = Order(1, bid.owner, BUY, bid.kind, 4 * ENT, bid.quantity, bid.expires_ms)
    resting_ioc = Order(2, ask.owner, SELL, OrderKind.IOC, ask.price, ask.quantity, 0)
    cases: list[tuple[Callable[[Reader], None], Table[Any], bytes, Value | None]] = [
        (check_order_locks, *held(chain, "A", b"\x02")),
        (check_order_locks, *held(chain, "B", b"\x01")),
        (check_order_locks, ORDERS, order_key(1, 1), None),
        (check_order_locks, LOCKS, address("A") + b"\x02" + number_key(ORDER_LOCK.number), None),
        (check_book, BOOK, priority_key(1, bid), None),
        (check_book, BOOK, priority_key(1, crossing), LISTED),
        (check_order_indexes, ORDERS_BY_OWNER, ask.owner + order_key(1, 2), None),
        (check_order_indexes, ORDERS_BY_OWNER, ask.owner + order_key(1, 3), LISTED),
        (check_order_indexes, ORDERS, order_key(1, 1), foreign),
        (check_order_indexes, ORDERS, order_key(1, 3), ask),
        (check_order_indexes, EXPIRIES, due, None),
        (check_order_counts, ACCOUNT_COUNTERS, counter_key(address("A"), OPEN_ORDERS), Counter(2)),
        (check_order_counts, ACCOUNT_COUNTERS, counter_key(address("A"), OPEN_ORDERS), None),
        (check_order_counts, ORDERS, order_key(1, 9), msgspec.structs.replace(ask, number=9)),
        (check_products, PRODUCTS, product_key(1), Product(2, "cda", ENERGY_ASSET, CURRENCY_ASSET, ENT)),
        (check_products, PRODUCTS, product_key(3), Product(3, "cda", CURRENCY_ASSET, ENERGY_ASSET, ENT)),
        (check_products, PRODUCTS, product_key(1), Product(1, "cda", ENERGY_ASSET, ENERGY_ASSET, ENT)),
        (check_order_locks, PRODUCTS, product_key(1), Product(1, "cda", CURRENCY_ASSET, ENERGY_ASSET, ENT)),
        (check_order_locks, PRODUCTS, product_key(1), None),
        (check_book_not_crossed, ORDERS, order_key(1, 1), crossing),
        (check_open_orders, ORDERS, order_key(1, 2), with_quantity(ask, 0)),
        (check_open_orders, ORDERS, order_key(1, 2), with_quantity(ask, 1)),
        (check_open_orders, ORDERS, order_key(1, 2), resting_ioc),
        (check_open_orders, GRID, b"", None),
        (check_open_orders, GRID, b"", Grid(10**6, 10**6, 0)),
        (check_open_orders, PARAMETERS, b"tick", Parameter(1)),
    ]
    for number, (check, table, key, value) in enumerate(cases):
        assert notices(check, damaged(chain, table, key, value)), f"case {number}: {check.__name__} did not notice"


def notices(check: Callable[[Reader], None], state: Reader) -> bool:
    try:
        check(state)
    except BrokenInvariant:
        return True
    return False


Mechanism = Callable[[Book, Order, MatchingRules, int], MatchResult]


def _too_cheap(book: Book, incoming: Order, rules: MatchingRules, now_ms: int) -> MatchResult:
    result = match(book, incoming, rules, now_ms)
    trades = tuple(msgspec.structs.replace(trade, price=trade.ask - 1_000) for trade in result.trades)
    return msgspec.structs.replace(result, trades=trades)


def _loses_a_lot(book: Book, incoming: Order, rules: MatchingRules, now_ms: int) -> MatchResult:
    best = book.asks.best
    assert best is not None
    book.asks.reduce(best, best.quantity - 10**6)
    return match(book, incoming, rules, now_ms)


def _forgets_to_rest(book: Book, incoming: Order, rules: MatchingRules, now_ms: int) -> MatchResult:
    result = match(book, incoming, rules, now_ms)
    if result.rested:
        book.bids.remove(with_quantity(incoming, result.rested))
    return result


@pytest.mark.parametrize("wrong", [_too_cheap, _loses_a_lot, _forgets_to_rest])
def test_a_wrong_clearing_is_not_settled(
    chain: ChainFixture, monkeypatch: pytest.MonkeyPatch, wrong: Mechanism
) -> None:
    monkeypatch.setattr(trading, "match", wrong)
    with pytest.raises(BrokenInvariant):
        chain.do("C", buy("3", "5"))


def test_a_trade_without_a_lock_stops_the_node(chain: ChainFixture) -> None:
    balance = chain.balance("B")
    chain.reader.apply(
        {
            BALANCES.full_key(address("B") + b"\x01"): encode(Balance(balance.available + balance.order)),
            LOCKS.full_key(lock_key(address("B"), ENERGY_ASSET, ORDER_LOCK)): None,
        }
    )
    with pytest.raises(BrokenInvariant, match=r"insufficient|no funds"):
        chain.do("C", buy("2", "5"))


def test_nothing_of_a_refused_order_stays(chain: ChainFixture) -> None:
    before = chain.reader.entries()
    assert chain.try_("C", buy("2", "4", kind=OrderKind.POST_ONLY)).code == "post_only_crosses"
    after = chain.reader.entries()
    changed = {key for key in before if after.get(key) != before[key]} | (set(after) - set(before))
    assert changed == {ACCOUNTS.full_key(address("C"))}
    assert eeuro(chain, "C") == ent(chain, "C") == (FULL, 0)
