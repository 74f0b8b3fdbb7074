"""The book in memory: priority, first in first out, and no trace of what was removed."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.encoding.codec import Codec, encode
from ledger.errors import BrokenInvariant
from ledger.limits import MAX_INTEGER
from market.cda.book import MemoryBook, priority_key
from market.types import BUY, SELL, Order, OrderKind, Side
from tests.market.making import TOKEN, buy, holding, owner, sell

NUMBERS = st.integers(0, MAX_INTEGER)


def at(number: int, side: Side, price: int) -> Order:
    return Order(number, owner("a"), side, OrderKind.LIMIT, price, TOKEN, 0)


def test_bids_fall_asks_rise_and_among_equals_the_older_comes_first() -> None:
    book = holding(buy(1, "a", 1, 9), buy(2, "b", 1, 10), buy(3, "c", 1, 10), sell(4, "d", 1, 12), sell(5, "e", 1, 11))
    assert [each.number for each in book.bids.walk()] == [2, 3, 1]
    assert [each.number for each in book.asks.walk()] == [5, 4]
    assert book.find(3) == buy(3, "c", 1, 10)
    assert book.find(6) is None
    assert len(book) == 5


def test_a_reduced_order_keeps_its_place() -> None:
    first, second = sell(1, "a", 5, 10), sell(2, "b", 5, 10)
    book = holding(first, second)
    book.asks.reduce(first, 2 * TOKEN)
    book.asks.reduce(second, 3 * TOKEN)
    assert list(book.asks.walk()) == [sell(1, "a", 2, 10), sell(2, "b", 3, 10)]
    assert book.asks.best == book.find(1) == sell(1, "a", 2, 10)


def test_no_order_rests_with_quantity_0() -> None:
    first = sell(1, "a", 5, 10)
    with pytest.raises(BrokenInvariant):
        holding(first).asks.reduce(first, 0)


@given(st.tuples(NUMBERS, NUMBERS), st.tuples(NUMBERS, NUMBERS))
def test_byte_order_of_the_key_is_priority(one: tuple[int, int], two: tuple[int, int]) -> None:
    for side, sign in ((BUY, -1), (SELL, 1)):
        keys = [priority_key(1, at(number, side, price)) for price, number in (one, two)]
        assert (keys[0] < keys[1]) == ((sign * one[0], one[1]) < (sign * two[0], two[1]))
        assert all(len(key) == 21 and key[:5] == bytes((0, 0, 0, 1, side)) for key in keys)


@pytest.mark.parametrize("prices", [1, 40, 10**6])
def test_a_large_book_stays_in_order_while_orders_come_and_go_anywhere(prices: int) -> None:
    chance = Random(prices)
    book = MemoryBook()
    alive: dict[int, Order] = {}
    for number in range(6_000):
        order = at(number, chance.choice((BUY, SELL)), chance.randrange(prices))
        alive[number] = order
        (book.bids if order.side is BUY else book.asks).add(order)
        while alive and chance.random() < (0.3 if number < 4_000 else 0.7):
            gone = alive.pop(chance.choice(list(alive)) if chance.random() < 0.1 else next(iter(alive)))
            (book.bids if gone.side is BUY else book.asks).remove(gone)
        if number % 500 == 0:
            check(book, alive)
    check(book, alive)
    for order in list(alive.values()):
        (book.bids if order.side is BUY else book.asks).remove(order)
    check(book, {})


def check(book: MemoryBook, alive: dict[int, Order]) -> None:
    for side, queue in ((BUY, book.bids), (SELL, book.asks)):
        expected = sorted(
            (each for each in alive.values() if each.side is side), key=lambda order: priority_key(1, order)
        )
        assert list(queue.walk()) == expected
        assert queue.best == (expected[0] if expected else None)
    assert len(book) == len(alive)


def test_the_extremes_of_price_and_number_have_their_place() -> None:
    last = MAX_INTEGER
    orders = [at(0, BUY, last), at(1, BUY, 0), at(2, SELL, 0), at(3, SELL, last), at(last, BUY, last)]
    book = holding(*orders)
    assert [each.number for each in book.bids.walk()] == [0, last, 1]
    assert [each.number for each in book.asks.walk()] == [2, 3]


def test_an_order_survives_its_bytes_with_its_enumerations() -> None:
    order = buy(7, "a", 3, 10, kind=OrderKind.POST_ONLY, expires_ms=5)
    codec: Codec[Order] = Codec(Order, 100)
    decoded = codec.decode(encode(order))
    assert decoded == order
    assert decoded.side is BUY
    assert decoded.kind is OrderKind.POST_ONLY
