"""What peers get wrong (list in the design's `market.md`), as far as it concerns the continuous double auction."""

from __future__ import annotations

from random import Random

from market.cda.book import MemoryBook
from market.cda.types import ExecutionPrice, MatchingRules, SelfTrade
from market.terms import locked, payment
from market.types import BUY, SELL, Order, OrderKind
from tests.market.key_book import KeyBook
from tests.market.making import RULES, TOKEN, buy, enter, holding, order, resting, sell, traded


def test_offers_dearest_first_would_lose_welfare() -> None:
    """The cheap seller sells: welfare (value - cost) is 8, not the 2 that the dearest offer would leave."""
    result = enter(holding(sell(1, "dear", 1, 9), sell(2, "cheap", 1, 3)), buy(3, "x", 1, 11))
    assert traded(result) == [(3, 2, 1, 3)]
    assert sum(t.bid - t.ask for t in result.trades) == 8 * TOKEN


def test_a_marginal_order_is_filled_in_part() -> None:
    book = holding(buy(1, "a", 2, 10), buy(2, "b", 5, 9))
    assert traded(enter(book, sell(3, "x", 4, 9))) == [(1, 3, 2, 10), (2, 3, 2, 9)]
    assert resting(book) == {2: 3}


def test_nobody_trades_with_itself_under_any_rule() -> None:
    for price_rule in ExecutionPrice:
        for self_trade in SelfTrade:
            for kind in OrderKind:
                book = holding(sell(1, "x", 1, 5), sell(2, "x", 1, 6))
                rules = MatchingRules(price_rule, self_trade, 1_000)
                assert enter(book, buy(3, "x", 1, 9, kind=kind), rules=rules).trades == ()


def test_among_equals_the_earlier_order_wins_on_both_sides() -> None:
    for side, other in ((BUY, SELL), (SELL, BUY)):
        book = MemoryBook()
        enter(book, *(order(number, f"o{number}", side, 1, 10) for number in range(1, 6)))
        met = []
        for number in range(6, 11):
            (trade,) = enter(book, order(number, "x", other, 1, 10)).trades
            met.append(trade.buy if side is BUY else trade.sell)
        assert met == [1, 2, 3, 4, 5]


def test_identical_orders_stay_two_and_no_energy_is_lost() -> None:
    book = MemoryBook()
    enter(book, sell(1, "a", 3, 10), sell(2, "a", 3, 10))
    assert resting(book) == {1: 3, 2: 3}
    result = enter(book, buy(3, "x", 6, 10))
    assert traded(result) == [(3, 1, 3, 10), (3, 2, 3, 10)]


def test_books_that_meet_in_one_point_trade_there() -> None:
    for rule in ExecutionPrice:
        result = enter(holding(sell(1, "a", 1, 10)), buy(2, "b", 1, 10), rules=MatchingRules(rule, SelfTrade(0), 1_000))
        assert traded(result) == [(2, 1, 1, 10)]


def test_no_price_improvement_stays_locked() -> None:
    book = holding(sell(1, "a", 4, 7), sell(2, "b", 3, 9))
    incoming = buy(3, "x", 10, 12)
    result = enter(book, incoming)
    paid = sum(payment(t.price, t.quantity) for t in result.trades)
    saved = sum(payment(t.bid - t.price, t.quantity) for t in result.trades)
    rest = book.find(3)
    assert rest is not None
    assert (paid, saved, locked(rest)) == (55 * TOKEN, 29 * TOKEN, 36 * TOKEN)
    assert locked(incoming) == paid + saved + locked(rest)


def test_a_resting_buy_gets_its_improvement_back_as_well() -> None:
    """Under `ask` the resting buyer pays less than it locked: its limit is in the trade."""
    rules = MatchingRules(ExecutionPrice.ASK, SelfTrade.CANCEL_NEWEST, 1_000)
    (trade,) = enter(holding(buy(1, "a", 2, 10)), sell(2, "b", 2, 6), rules=rules).trades
    assert payment(trade.bid - trade.price, trade.quantity) == 8 * TOKEN


def test_price_decides_not_the_number() -> None:
    book = holding(sell(1, "a", 1, 10), sell(2, "b", 1, 8), sell(3, "c", 1, 9))
    assert [t.sell for t in enter(book, buy(4, "x", 3, 10)).trades] == [2, 3, 1]


def test_the_book_is_not_scanned_whatever_rested_in_it() -> None:
    """After 3,000 orders came and went, an order still asks for the best and removes it."""
    book, chance = KeyBook(), Random(1)
    for number in range(3_000):
        placed = sell(number, "a", 1, 20 + chance.randrange(50))
        enter(book, placed)
        if number % 3:
            book.asks.remove(placed)
    before = book.calls
    assert len(enter(book, buy(9_999, "x", 1, 20)).trades) == 1
    assert (book.calls - before, book.asks.walked) == (2, 0)


def test_a_negative_price_is_a_stored_price_below_the_offset() -> None:
    """Offset 100: real prices -10 (ask) and -4 (bid) trade at the resting one's -10."""
    offset = 100 * TOKEN
    book = holding(sell(1, "a", 1, 90))
    (trade,) = enter(book, buy(2, "b", 1, 96), rules=RULES).trades
    assert trade.price - offset == -10 * TOKEN


def test_the_order_of_owners_hashes_does_not_matter() -> None:
    """The same orders of owners with other addresses give the same trades."""
    outcomes = []
    for shift in range(3):
        book = MemoryBook()
        trades = []
        for number in range(60):
            side = BUY if number * 7 % 3 else SELL
            who = ((number * 5 % 7 + shift) * 2**70).to_bytes(20, "big")
            incoming = Order(number, who, side, OrderKind.LIMIT, (number * 11 % 9) * TOKEN, TOKEN, 0)
            trades += [(t.buy, t.sell, t.price, t.quantity) for t in enter(book, incoming).trades]
        outcomes.append(trades)
    assert outcomes[0] == outcomes[1] == outcomes[2] != []
