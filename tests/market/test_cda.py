"""The continuous double auction: one test a rule."""

from __future__ import annotations

from unittest import mock

import pytest

from ledger.errors import BrokenInvariant
from market.cda import matching as cda
from market.cda.book import MemoryBook
from market.cda.matching import execution_price, match, replace
from market.cda.types import DroppedOrder, ExecutionPrice, MatchingRules, SelfTrade
from market.terms import keeps_priority
from market.types import OrderKind, Reason
from tests.market.key_book import KeyBook
from tests.market.making import OLDEST, RULES, TOKEN, buy, enter, holding, resting, sell, traded


def test_the_best_price_trades_first_then_the_older_order_and_the_rest_rests() -> None:
    book = holding(sell(1, "a", 5, 10), sell(2, "b", 5, 10), sell(3, "c", 2, 9))
    result = enter(book, buy(4, "x", 14, 10))
    assert traded(result) == [(4, 3, 2, 9), (4, 1, 5, 10), (4, 2, 5, 10)]
    assert (result.rested, result.cancelled, result.reason) == (2 * TOKEN, 0, Reason.NONE)
    assert resting(book) == {4: 2}


def test_orders_that_do_not_cross_rest() -> None:
    book = MemoryBook()
    enter(book, buy(1, "a", 1, 9), sell(2, "b", 1, 10))
    assert resting(book) == {1: 1, 2: 1}


def test_a_resting_order_that_is_partly_filled_keeps_its_place() -> None:
    book = holding(buy(1, "a", 5, 10), buy(2, "b", 5, 10))
    enter(book, sell(3, "x", 2, 10))
    assert traded(enter(book, sell(4, "x", 4, 10))) == [(1, 4, 3, 10), (2, 4, 1, 10)]


@pytest.mark.parametrize(
    ("rule", "price"),
    [(ExecutionPrice.RESTING, 8), (ExecutionPrice.BID, 12), (ExecutionPrice.ASK, 8), (ExecutionPrice.AVERAGE, 10)],
)
def test_execution_price_of_a_buy_that_meets_a_resting_sale(rule: ExecutionPrice, price: int) -> None:
    result = enter(holding(sell(1, "a", 1, 8)), buy(2, "b", 1, 12), rules=MatchingRules(rule, SelfTrade(0), 1_000))
    (trade,) = result.trades
    assert (trade.price, trade.bid, trade.ask) == (price * TOKEN, 12 * TOKEN, 8 * TOKEN)


@pytest.mark.parametrize(
    ("rule", "price"),
    [(ExecutionPrice.RESTING, 12), (ExecutionPrice.BID, 12), (ExecutionPrice.ASK, 8), (ExecutionPrice.AVERAGE, 10)],
)
def test_execution_price_of_a_sale_that_meets_a_resting_buy(rule: ExecutionPrice, price: int) -> None:
    result = enter(holding(buy(1, "a", 1, 12)), sell(2, "b", 1, 8), rules=MatchingRules(rule, SelfTrade(0), 1_000))
    (trade,) = result.trades
    assert (trade.price, trade.bid, trade.ask) == (price * TOKEN, 12 * TOKEN, 8 * TOKEN)


@pytest.mark.parametrize(
    ("bid", "ask", "tick", "average"),
    [
        (13, 10, 1, 12),
        (11, 10, 1, 10),
        (12, 11, 1, 12),
        (30, 20, 10, 20),
        (40, 30, 10, 40),
        (30, 10, 10, 20),
        (7, 7, 7, 7),
        (20, 15, 10, 20),
        (14, 10, 10, 10),
    ],
)
def test_the_average_goes_to_the_tick_and_ties_to_the_even_one(bid: int, ask: int, tick: int, average: int) -> None:
    assert execution_price(ExecutionPrice.AVERAGE, bid, ask, bid, tick) == average


def test_ioc_never_rests() -> None:
    book = holding(sell(1, "a", 4, 10), sell(2, "b", 4, 11))
    result = enter(book, buy(3, "x", 6, 10, kind=OrderKind.IOC))
    assert (result.rested, result.cancelled, result.reason) == (0, 2 * TOKEN, Reason.IOC_UNFILLED)
    assert enter(book, buy(4, "x", 1, 9, kind=OrderKind.IOC)).reason is Reason.IOC_UNFILLED
    assert resting(book) == {2: 4}


def test_fok_trades_whole_or_leaves_the_book_alone() -> None:
    book = holding(sell(1, "a", 4, 10), sell(2, "b", 4, 11))
    for number, quantity, price in ((3, 9, 11), (4, 5, 10), (5, 1, 9)):
        killed = enter(book, buy(number, "x", quantity, price, kind=OrderKind.FOK))
        assert (killed.trades, killed.cancelled, killed.reason) == ((), quantity * TOKEN, Reason.FOK_UNFILLABLE)
    assert resting(book) == {1: 4, 2: 4}
    assert traded(enter(book, buy(6, "x", 8, 11, kind=OrderKind.FOK))) == [(6, 1, 4, 10), (6, 2, 4, 11)]


def test_depth_for_fok_is_without_own_orders() -> None:
    fok = buy(3, "x", 5, 11, kind=OrderKind.FOK)
    for rules in (RULES, OLDEST):
        book = holding(sell(1, "a", 4, 10), sell(2, "x", 4, 10))
        assert enter(book, fok, rules=rules).reason is Reason.FOK_UNFILLABLE
        assert resting(book) == {1: 4, 2: 4}


def test_fok_behind_an_own_order_is_killed_whole_or_comes_through_by_the_rule() -> None:
    queue = (sell(1, "a", 3, 10), sell(2, "x", 4, 10), sell(3, "b", 3, 11))
    fok = buy(4, "x", 5, 11, kind=OrderKind.FOK)
    assert enter(holding(*queue), fok).trades == ()
    result = enter(holding(*queue), fok, rules=OLDEST)
    assert traded(result) == [(4, 1, 3, 10), (4, 3, 2, 11)]
    assert result.dropped == (DroppedOrder(queue[1], Reason.SELF_TRADE),)


def test_fok_is_bounded_by_the_number_of_trades() -> None:
    book = holding(*(sell(number, "a", 1, 10) for number in range(4)))
    fok = buy(9, "x", 4, 10, kind=OrderKind.FOK)
    assert match(book, fok, RULES, 0, 3).reason is Reason.FOK_UNFILLABLE
    assert len(match(book, fok, RULES, 0, 4).trades) == 4


def test_post_only_rests_or_is_refused() -> None:
    book = holding(sell(1, "a", 1, 10))
    refused = enter(book, buy(2, "x", 1, 10, kind=OrderKind.POST_ONLY))
    assert (refused.trades, refused.cancelled, refused.reason) == ((), TOKEN, Reason.POST_ONLY_CROSSES)
    assert enter(book, buy(3, "x", 1, 9, kind=OrderKind.POST_ONLY)).rested == TOKEN
    assert resting(book) == {1: 1, 3: 1}


def test_post_only_is_not_refused_for_an_order_that_is_dead() -> None:
    dead = sell(1, "a", 1, 10, expires_ms=5)
    book = holding(dead)
    result = enter(book, buy(2, "x", 1, 10, kind=OrderKind.POST_ONLY), now_ms=5)
    assert (result.rested, result.dropped) == (TOKEN, (DroppedOrder(dead, Reason.EXPIRED),))


def test_a_resting_post_only_order_trades_like_any_other() -> None:
    book = MemoryBook()
    enter(book, sell(1, "a", 2, 10, kind=OrderKind.POST_ONLY))
    assert traded(enter(book, buy(2, "b", 2, 10))) == [(2, 1, 2, 10)]


def test_self_trade_cancels_the_newest() -> None:
    book = holding(sell(1, "a", 3, 5), sell(2, "x", 3, 6), sell(3, "b", 3, 6))
    result = enter(book, buy(4, "x", 9, 7))
    assert traded(result) == [(4, 1, 3, 5)]
    assert (result.rested, result.cancelled, result.reason) == (0, 6 * TOKEN, Reason.SELF_TRADE)
    assert resting(book) == {2: 3, 3: 3}


def test_self_trade_cancels_the_oldest() -> None:
    own = sell(2, "x", 3, 6)
    book = holding(sell(1, "a", 3, 5), own, sell(3, "b", 3, 6))
    result = enter(book, buy(4, "x", 7, 7), rules=OLDEST)
    assert traded(result) == [(4, 1, 3, 5), (4, 3, 3, 6)]
    assert result.dropped == (DroppedOrder(own, Reason.SELF_TRADE),)
    assert resting(book) == {4: 1}


def test_own_orders_that_do_not_cross_may_rest_on_both_sides() -> None:
    book = MemoryBook()
    assert enter(book, sell(1, "x", 1, 10), buy(2, "x", 1, 9)).rested == TOKEN


def test_an_order_lives_while_now_is_before_its_expiry() -> None:
    for now_ms, trades in ((4, 1), (5, 0), (6, 0)):
        order = sell(1, "a", 1, 10, expires_ms=5)
        book = holding(order)
        result = enter(book, buy(2, "x", 1, 10), now_ms=now_ms)
        assert len(result.trades) == trades
        assert result.dropped == (() if trades else (DroppedOrder(order, Reason.EXPIRED),))
        assert resting(book) == ({} if trades else {2: 1})


def test_an_order_that_is_dead_on_arrival_changes_nothing() -> None:
    book = holding(sell(1, "a", 1, 10))
    result = enter(book, buy(2, "x", 1, 10, expires_ms=5), now_ms=5)
    assert (result.trades, result.cancelled, result.reason) == ((), TOKEN, Reason.EXPIRED)
    assert resting(book) == {1: 1}


def test_a_dead_order_of_the_same_owner_is_dead_before_it_is_own() -> None:
    book = holding(sell(1, "x", 1, 10, expires_ms=5), sell(2, "a", 1, 10))
    assert traded(enter(book, buy(3, "x", 1, 10), now_ms=5)) == [(3, 2, 1, 10)]


def test_dead_orders_outside_of_the_limit_are_not_met() -> None:
    book = holding(sell(1, "a", 1, 12, expires_ms=5))
    assert enter(book, buy(2, "x", 1, 10), now_ms=9).dropped == ()


def test_a_killed_fok_removes_the_dead_that_it_met() -> None:
    dead = sell(1, "a", 1, 10, expires_ms=5)
    book = holding(dead, sell(2, "b", 1, 10))
    result = enter(book, buy(3, "x", 2, 10, kind=OrderKind.FOK), now_ms=5)
    assert (result.reason, result.dropped) == (Reason.FOK_UNFILLABLE, (DroppedOrder(dead, Reason.EXPIRED),))
    assert resting(book) == {2: 1}


def test_at_most_256_trades_and_the_rest_is_cancelled() -> None:
    book = holding(*(sell(number, "a", 1, 10) for number in range(300)))
    result = enter(book, buy(999, "x", 300, 10))
    assert len(result.trades) == result.visited - 1 == 256
    assert (result.rested, result.cancelled, result.reason) == (0, 44 * TOKEN, Reason.TOO_MANY_TRADES)
    assert len(book) == 44


def test_after_256_trades_what_no_longer_crosses_rests() -> None:
    book = holding(*(sell(number, "a", 1, 10) for number in range(256)), sell(256, "a", 1, 11))
    result = enter(book, buy(999, "x", 300, 10))
    assert (len(result.trades), result.rested, result.cancelled) == (256, 44 * TOKEN, 0)


def test_one_order_removes_a_bounded_number_of_dead_ones() -> None:
    queue = [sell(number, "a", 1, 10, expires_ms=5) for number in range(4)]
    with mock.patch.object(cda, "MAX_DROPPED_PER_ORDER", 3):
        book = holding(*queue)
        result = enter(book, buy(9, "x", 1, 10), now_ms=5)
    assert (len(result.dropped), result.rested, result.reason) == (3, 0, Reason.TOO_MANY_DROPPED)
    assert resting(book) == {3: 1}


def test_a_fok_that_would_meet_too_many_dead_is_killed_whole() -> None:
    queue = [sell(number, "a", 1, 10, expires_ms=5) for number in range(2, 6)]
    with mock.patch.object(cda, "MAX_DROPPED_PER_ORDER", 3):
        book = holding(sell(1, "a", 1, 9), *queue, sell(6, "b", 1, 10))
        result = enter(book, buy(9, "x", 2, 10, kind=OrderKind.FOK), now_ms=5)
    assert (result.trades, len(result.dropped), result.reason) == ((), 3, Reason.FOK_UNFILLABLE)
    assert resting(book) == {1: 1, 5: 1, 6: 1}


def test_an_order_of_nothing_is_a_bug() -> None:
    with pytest.raises(BrokenInvariant):
        enter(MemoryBook(), buy(1, "x", 0, 10))


def test_replace_keeps_priority_only_for_less_at_the_same_price_and_time() -> None:
    old = sell(1, "a", 5, 10, expires_ms=9)
    assert keeps_priority(old, old.price, old.quantity - 1, 9)
    assert keeps_priority(old, old.price, old.quantity, 9)
    assert not keeps_priority(old, old.price, old.quantity + 1, 9)
    assert not keeps_priority(old, old.price + 1_000, 1, 9)
    assert not keeps_priority(old, old.price - 1_000, 1, 9)
    assert not keeps_priority(old, old.price, 1, 10)
    assert not keeps_priority(old, old.price, 0, 9)


def test_replace_by_less_keeps_number_and_place() -> None:
    old = sell(1, "a", 5, 10)
    book = holding(old, sell(2, "b", 5, 10))
    result = replace(book, old, sell(3, "a", 4, 10), RULES, 0)
    assert (result.rested, result.trades) == (4 * TOKEN, ())
    assert [each.number for each in book.asks.walk()] == [1, 2]
    assert resting(book) == {1: 4, 2: 5}


def test_replace_by_more_or_at_another_price_goes_behind_and_may_trade() -> None:
    old = sell(1, "a", 5, 10)
    book = holding(old, sell(2, "b", 5, 10), buy(3, "c", 2, 9))
    replace(book, old, sell(4, "a", 6, 10), RULES, 0)
    assert [each.number for each in book.asks.walk()] == [2, 4]
    moved = replace(book, sell(4, "a", 6, 10), sell(5, "a", 6, 9), RULES, 0)
    assert traded(moved) == [(3, 5, 2, 9)]
    assert resting(book) == {2: 5, 5: 4}


def test_replace_changes_neither_owner_nor_side() -> None:
    old = sell(1, "a", 5, 10)
    for changed in (sell(2, "b", 5, 10), buy(2, "a", 5, 10)):
        with pytest.raises(BrokenInvariant):
            replace(holding(old), old, changed, RULES, 0)


@pytest.mark.parametrize("size", [0, 1_000])
def test_what_an_order_asks_of_the_book_does_not_grow_with_the_book(size: int) -> None:
    book = KeyBook()
    enter(book, sell(0, "a", 1, 20), buy(1, "b", 1, 1), *(sell(2 + n, "a", 1, 20 + n) for n in range(size)))
    for number, order, calls in (
        (5_000, buy(5_000, "x", 1, 10), 2),  # best, add
        (5_001, sell(5_001, "y", 1, 10), 2),  # best, remove
        (5_002, buy(5_002, "x", 1, 10, kind=OrderKind.FOK), 1),
        (5_003, buy(5_003, "x", 1, 20, kind=OrderKind.FOK), 2),
    ):
        before = book.calls
        enter(book, order)
        assert book.calls - before == calls, number
    assert book.asks.walked + book.bids.walked == 1
