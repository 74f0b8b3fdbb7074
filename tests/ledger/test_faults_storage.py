"""Faults L4 and L6: what a storage unit may lose, and what it may not."""

from __future__ import annotations

from typing import Any

from ledger.events import LossesNoticed, UnitSuspended
from ledger.genesis import GenesisUnit
from ledger.params import DAY_MS
from ledger.schema import UnitStatus
from ledger.transactions.actions import CastVote, SetParameter
from tests.support.chain import ChainFixture, address, make_genesis
from tests.support.energy import actual, events, produce

CAPACITY = 100_000


def filled(energy_wh: int = 80_000, **parameters: int) -> ChainFixture:
    """U1 with 100 kWh capacity, some of it produced by A."""
    units: tuple[Any, ...] = (GenesisUnit(address("U1"), address("C"), CAPACITY, 0),)
    chain = ChainFixture(make_genesis(units=units, parameters=tuple({"F": 0, **parameters}.items())))
    assert produce(chain, "U1", "A", energy_wh).applied
    return chain


# --- L6: losses that a gain undoes still count -----------------------------------------------------------------------


def test_l6_a_false_loss_that_is_gained_back_counts_towards_the_limit() -> None:
    chain = filled()
    assert actual(chain, "U1", 60_000).applied
    assert actual(chain, "U1", 80_000).applied
    unit = chain.unit("U1")
    assert (unit.shortfall_wh, unit.available_wh, unit.status) == (0, 80_000, UnitStatus.ACTIVE)
    chain.block(after_ms=DAY_MS)
    receipt = actual(chain, "U1", 79_999)
    assert events(receipt, UnitSuspended) == [UnitSuspended(address("U1"), 20_001)]


def test_l6_losses_count_for_any_30_days() -> None:
    chain = filled()
    for day in range(6):
        assert actual(chain, "U1", 80_000 - 4_000 * (day + 1)).applied
        if day < 5:
            chain.block(after_ms=6 * DAY_MS)
    assert chain.unit("U1").status == UnitStatus.ACTIVE  # the first of six losses is 30 days old
    assert events(actual(chain, "U1", 55_999), UnitSuspended) == [UnitSuspended(address("U1"), 20_001)]


def test_l6_limit_and_window_are_changed_by_vote() -> None:
    chain = filled()
    chain.vote(SetParameter("loss_limit", 50_000_000))
    assert actual(chain, "U1", 75_000).applied
    chain.vote(SetParameter("loss_window", DAY_MS))
    chain.block(after_ms=DAY_MS)
    assert actual(chain, "U1", 70_000).applied
    assert chain.unit("U1").status == UnitStatus.ACTIVE
    assert events(actual(chain, "U1", 69_999), UnitSuspended) == [UnitSuspended(address("U1"), 5_001)]
    assert chain.try_("A", CastVote(SetParameter("loss_window", 31 * DAY_MS), True)).code == "parameter_out_of_bounds"


def test_l6_a_unit_that_loses_is_named_at_a_quarter_of_the_limit() -> None:
    chain = filled()
    assert not events(actual(chain, "U1", 75_000), LossesNoticed)
    receipt = actual(chain, "U1", 74_999)
    assert events(receipt, LossesNoticed) == [LossesNoticed(address("U1"), 5_001, 20_000)]
    assert not events(actual(chain, "U1", 70_000), LossesNoticed)
