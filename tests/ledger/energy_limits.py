"""Tests of the limits of what is kept of a unit's past; `test_limits.py` runs them."""

from __future__ import annotations

from typing import Any

from harness.chain import ChainFixture, address
from harness.energy import MeterFixture, actual, consume, produce
from ledger.chain.parameters import DAY_MS, MINUTE_MS
from ledger.energy import limits as energy_limits
from ledger.energy.genesis import GenesisUnit
from ledger.energy.schema import COST_MAXIMA, LEVEL_LOSSES, UNIT_FLOWS, UNIT_LOSSES, Flow
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
    """One more than that are merged by minute; 257 reports in seconds of their own are of 5 minutes."""
    chain = _lossy()
    MeterFixture(chain, name="S", account="U1", kind=MeterKind.STORAGE).bound()
    kept = []
    for _ in range(energy_limits.MAX_FLOWS + 1):
        assert consume(chain, "U1", "A", 1).applied
        kept.append(_flows(chain))
        assert kept[-1][-1].end_ms == chain.time_ms
    assert len(kept[-2]) == energy_limits.MAX_FLOWS
    assert len(kept[-1]) in (5, 6)
    assert sum(flow.energy_wh for flow in kept[-1]) == -energy_limits.MAX_FLOWS - 1


def _flows(chain: ChainFixture) -> tuple[Flow, ...]:
    known = chain.state.get(UNIT_FLOWS, address("U1"))
    return () if known is None else known.flows


def flow_minutes() -> None:
    """Where they are too many, those that ended before are forgotten; all minutes together fit into what is kept."""
    assert energy_limits.FLOW_MINUTES + 5 <= energy_limits.MAX_FLOWS // 2
    chain = _lossy()
    MeterFixture(chain, name="S", account="U1", kind=MeterKind.STORAGE).bound()
    assert consume(chain, "U1", "A", 1).applied
    first_ms = chain.time_ms
    for after_minutes, known in ((energy_limits.FLOW_MINUTES - 10, True), (10, False)):
        chain.block(after_ms=after_minutes * MINUTE_MS)
        for _ in range(energy_limits.MAX_FLOWS):
            assert consume(chain, "U1", "A", 1).applied
        assert (_flows(chain)[0].start_ms == first_ms) == known


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
