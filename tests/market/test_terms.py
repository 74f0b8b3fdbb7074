"""Lot, tick and payment."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import BrokenInvariant, Refused
from ledger.limits import MAX_INTEGER
from market import errors
from market.terms import DEFAULT_LOT, DEFAULT_TICK, check_terms, fits, locked, payment
from tests.market.making import TOKEN, buy, sell


def test_the_default_lot_and_tick_make_payments_exact() -> None:
    assert fits(DEFAULT_LOT, DEFAULT_TICK)
    assert payment(DEFAULT_TICK, DEFAULT_LOT) == 1


@pytest.mark.parametrize(("lot", "tick"), [(0, 1_000), (10**6, 0), (10**6, 999), (10**5, 10**3), (-(10**6), -1_000)])
def test_a_pair_that_would_round_does_not_fit(lot: int, tick: int) -> None:
    assert not fits(lot, tick)


@pytest.mark.parametrize(
    ("price", "quantity", "code"),
    [
        (1_001, DEFAULT_LOT, "bad_price"),
        (-1_000, DEFAULT_LOT, "bad_price"),
        (MAX_INTEGER + 193, DEFAULT_LOT, "bad_price"),
        (1_000, DEFAULT_LOT + 1, "bad_quantity"),
        (1_000, 0, "bad_quantity"),
        (1_000, -DEFAULT_LOT, "bad_quantity"),
        (1_000, (MAX_INTEGER // DEFAULT_LOT + 1) * DEFAULT_LOT, "bad_quantity"),
        (10**18, 10**11, "order_too_large"),
    ],
)
def test_malformed_terms_are_refused_with_their_code(price: int, quantity: int, code: str) -> None:
    with pytest.raises(Refused) as caught:
        check_terms(price, quantity, DEFAULT_LOT, DEFAULT_TICK)
    assert caught.value.code == code


def test_a_price_of_0_is_a_price() -> None:
    check_terms(0, DEFAULT_LOT, DEFAULT_LOT, DEFAULT_TICK)


@given(st.integers(0, 10**9), st.lists(st.integers(1, 10**6), min_size=1, max_size=5))
def test_parts_of_an_order_pay_what_the_whole_pays(ticks: int, lots: list[int]) -> None:
    price = ticks * DEFAULT_TICK
    parts = [payment(price, lot * DEFAULT_LOT) for lot in lots]
    assert sum(parts) == payment(price, sum(lots) * DEFAULT_LOT)


def test_a_payment_that_would_be_rounded_is_a_bug() -> None:
    with pytest.raises(BrokenInvariant):
        payment(1, 1)


def test_a_buy_locks_its_price_and_a_sale_its_quantity() -> None:
    assert locked(buy(1, "a", 3, 7)) == 21 * TOKEN
    assert locked(sell(1, "a", 3, 7)) == 3 * TOKEN


def test_every_refusal_of_the_market_has_a_code_of_its_own() -> None:
    kinds = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, Refused)]
    codes = [each.code for each in kinds]
    assert len(set(codes)) == len(codes) == 14
