"""What people ask of the book, dead orders left out."""

from __future__ import annotations

import pytest

from harness.chain import ENT, address
from market.products import product_of
from market.queries import PriceLevel, is_dead, last_trade, levels, live_orders, open_order, orders_of
from market.types import BUY, SELL
from tests.market.on_ledger import buy, market_chain, number_of, sell


def test_levels_sum_up_what_can_trade(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.chain.expiries.MAX_EXPIRIES_PER_BLOCK", 0)
    chain = market_chain()
    chain.do("A", buy("1", "2"))
    chain.do("B", buy("2", "2"))
    chain.do("B", buy("1", "1"))
    dead = number_of(chain.do("C", buy("5", "3", expires_ms=chain.time_ms + 3_000)))
    last = number_of(chain.do("C", sell("1", "9")))
    chain.block(after_ms=5_000)
    state, now_ms = chain.state, chain.time_ms
    product = product_of(state, 1)
    assert levels(state, product, BUY, now_ms, 9) == (PriceLevel(2 * ENT, 3 * ENT, 2), PriceLevel(ENT, ENT, 1))
    assert levels(state, product, BUY, now_ms, 1) == (PriceLevel(2 * ENT, 3 * ENT, 2),)
    assert levels(state, product, BUY, chain.time_ms - 5_000, 1) == (PriceLevel(3 * ENT, 5 * ENT, 1),)
    assert [order.number for order in live_orders(state, product, SELL, now_ms)] == [last]
    assert [(of, order.number) for of, order in orders_of(state, address("C"))] == [(1, dead), (1, last)]
    order = open_order(state, 1, dead)
    assert order is not None
    assert is_dead(state, order, now_ms)
    assert open_order(state, 1, 99) is None
    assert open_order(state, 2, last) is None
    assert last_trade(state, 1) is None
