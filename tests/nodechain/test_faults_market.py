"""Fault L17: what has expired is not shown as open, also while no block has come that would process it."""

from __future__ import annotations

import pytest

from harness.chain import ENT, ChainFixture, address
from ledger.chain.context import Context
from ledger.chain.parameters import HOUR_MS
from ledger.state.overlay import State
from market.types import Side
from nodechain.api.market import read_book, read_order, read_orders
from nodechain.api.reading import CommittedState
from nodechain.errors import NotFound
from nodechain.modules import REGISTRY
from tests.ledger.market_limits import order, traders


def state_at(chain: ChainFixture, time_ms: int) -> CommittedState:
    view = Context(State(chain.reader), chain.genesis, REGISTRY.hooks, len(chain.blocks), time_ms, b"")
    return CommittedState(chain.reader, len(chain.blocks) - 1, view)


def test_l17_an_expired_order_is_open_nowhere() -> None:
    chain = traders(2)
    due = chain.time_ms + HOUR_MS
    chain.do("trader 0", order(Side.SELL, ENT, expires_ms=due))
    chain.do("trader 0", order(Side.SELL, 2 * ENT))
    for time_ms, numbers in ((due - 1, [1, 2]), (due, [2])):
        at = state_at(chain, time_ms)
        assert [entry.number for entry in read_book(at, 1, 10).asks] == numbers
        assert [entry.number for entry in read_orders(at, 1, None, None, 10).orders] == numbers
        assert [entry.number for entry in read_orders(at, None, address("trader 0"), None, 10).orders] == numbers
        kept = read_orders(at, None, address("trader 0"), None, 10, with_dead=True).orders
        assert [entry.number for entry in kept] == [1, 2]
    assert read_order(state_at(chain, due - 1), 1, 1).order.number == 1
    with pytest.raises(NotFound):
        read_order(state_at(chain, due), 1, 1)
