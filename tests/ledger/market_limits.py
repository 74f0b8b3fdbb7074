"""Tests of the limits of orders; `test_limits.py` runs them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from harness.chain import ENT, ChainFixture, address, make_genesis
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.genesis import GenesisBalance
from ledger.chain.parameters import HOUR_MS
from ledger.encoding.codec import Value, encode
from ledger.energy.payloads import EnergyBatch, ProducedItem
from ledger.errors import MalformedInput
from market import limits as market_limits
from market.events import OrderCancelled, OrderExpired, Traded
from market.genesis import MARKET_SECTION, GenesisProduct, MarketSection
from market.transactions import PlaceOrder
from market.types import OrderKind, Reason, Side
from nodechain.modules import MODULES

SMALLEST = ENT // 10


def fixture(**genesis: Any) -> ChainFixture:
    return ChainFixture(make_genesis(**genesis), MODULES)


def batches(chain: ChainFixture, payloads: Iterable[tuple[str, Value]]) -> None:
    """Blocks with at most 64 transactions of each sender; all must be applied."""
    waiting = list(payloads)
    while waiting:
        taken: list[tuple[str, Value]] = []
        left: list[tuple[str, Value]] = []
        count = dict.fromkeys((name for name, _ in waiting), 0)
        for name, payload in waiting:
            count[name] += 1
            (taken if count[name] <= 64 else left).append((name, payload))
        block = chain.block([chain.tx(name, payload) for name, payload in taken], after_ms=1)
        assert {receipt.code for receipt in block.executed.receipts} == {""}
        waiting = left


def order(side: Side, price: int, quantity: int = SMALLEST, expires_ms: int = 0) -> PlaceOrder:
    return PlaceOrder(1, side, OrderKind.LIMIT, price, quantity, expires_ms)


def traders(count: int, **genesis: Any) -> ChainFixture:
    """A, B, ... with ENT and eEuro."""
    names = [f"trader {number}" for number in range(count)]
    chain = fixture(
        members=tuple(sorted(address(name) for name in names)),
        balances=tuple(GenesisBalance(address(name), CURRENCY_ASSET, 1_000 * ENT) for name in names),
        **genesis,
    )
    chain.do("U1", EnergyBatch(1, tuple(ProducedItem(address(name), 100_000) for name in names)))
    return chain


def max_genesis_products() -> None:
    def section(count: int) -> bytes:
        return encode(MarketSection(tuple(GenesisProduct("cda", number, 2) for number in range(count))))

    MARKET_SECTION.codec.decode(section(16))
    with pytest.raises(MalformedInput):
        MARKET_SECTION.codec.decode(section(17))


def max_open_orders() -> None:
    chain = traders(1)
    batches(chain, [("trader 0", order(Side.SELL, ENT))] * market_limits.MAX_OPEN_ORDERS)
    assert chain.try_("trader 0", order(Side.SELL, ENT)).code == "too_many_orders"


def max_trades_per_order() -> None:
    chain = traders(3)
    most = market_limits.MAX_TRADES_PER_ORDER
    sales = [(f"trader {number % 2}", order(Side.SELL, ENT)) for number in range(most + 2)]
    batches(chain, sales)
    events = chain.do("trader 2", order(Side.BUY, ENT, quantity=SMALLEST * (most + 1))).events
    assert sum(isinstance(event, Traded) for event in events) == most
    (cancelled,) = (event for event in events if isinstance(event, OrderCancelled))
    assert cancelled.remaining == SMALLEST


def max_dropped_per_order() -> None:
    """An order that meets so many dead ones removes them; of one more it does not, and its rest is cancelled."""
    most = market_limits.MAX_DROPPED_PER_ORDER
    chain = traders(2)
    due = chain.time_ms + HOUR_MS
    batches(chain, [("trader 0", order(Side.SELL, ENT, expires_ms=due)) for _ in range(most + 1)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ledger.chain.expiries.MAX_EXPIRIES_PER_BLOCK", 0)
        events = chain.do("trader 1", order(Side.BUY, ENT), after_ms=HOUR_MS).events
    assert sum(isinstance(event, OrderExpired) for event in events) == most
    (cancelled,) = (event for event in events if isinstance(event, OrderCancelled))
    assert cancelled.reason == Reason.TOO_MANY_DROPPED
