"""Tests of the limits of what is kept of a unit's past; `test_limits.py` runs them."""

from __future__ import annotations

from typing import Any

from harness.chain import ChainFixture, address
from harness.energy import MeterFixture, actual, consume, produce
from ledger.chain.parameters import DAY_MS
from ledger.energy import limits as energy_limits
from ledger.energy.genesis import GenesisUnit
from ledger.energy.schema import COST_MAXIMA, LEVEL_LOSSES, UNIT_FLOWS, UNIT_LOSSES
from ledger.metering.schema import MeterKind
from tests.ledger.market_limits import (
    fixture,
)


def _lossy(**genesis: Any) -> ChainFixture:
    chain = fixture(units=(GenesisUnit(address("U1"), address("C"), 10**6, 0),), **genesis)
    assert produce(chain, "U1", "A", 10**6).applied
    return chain


def max_summed_days() -> None:
    """A loss of 30 days ago counts no longer, and its day's sum is removed."""
    chain = _lossy()
    for day in range(energy_limits.MAX_SUMMED_DAYS + 5):
        assert actual(chain, "U1", 10**6 - 1_000 * (day + 1)).applied
        assert len(list(chain.state.scan(UNIT_LOSSES, address("U1")))) == min(day + 1, energy_limits.MAX_SUMMED_DAYS)
        chain.block(after_ms=DAY_MS - 1_000)


def max_flows() -> None:
    chain = _lossy()
    MeterFixture(chain, name="S", account="U1", kind=MeterKind.STORAGE).bound()
    for _ in range(energy_limits.MAX_FLOWS + 2):
        assert consume(chain, "U1", "A", 1).applied
    flows = chain.state.get(UNIT_FLOWS, address("U1"))
    assert flows is not None
    assert len(flows.flows) == energy_limits.MAX_FLOWS
    assert flows.flows[-1].end_ms == chain.time_ms


def cost_days() -> None:
    chain = _lossy()
    assert actual(chain, "U1", 10**6 - 5_000).applied
    chain.block(after_ms=2 * energy_limits.COST_DAYS * DAY_MS)
    assert actual(chain, "U1", 10**6 - 9_000).applied
    assert len(list(chain.state.scan(COST_MAXIMA, b"\x01"))) == energy_limits.COST_HOURS
    assert len(list(chain.state.scan(COST_MAXIMA, b"\x02"))) == energy_limits.COST_DAYS


def max_level_losses() -> None:
    chain = _lossy()
    held = chain.unit("U1").available_wh
    for lost_wh in range(1, energy_limits.MAX_LEVEL_LOSSES + 3):
        assert actual(chain, "U1", held - lost_wh).applied
    known = chain.state.get(LEVEL_LOSSES, address("U1"))
    assert known is not None
    assert len(known.levels) == energy_limits.MAX_LEVEL_LOSSES
    assert known.since_ms == known.levels[0].time_ms - 1_000
