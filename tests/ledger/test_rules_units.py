"""Storage units (rules U1 to U7, E8 to E10): numbered reports, limits, losses, gains, registration and removal."""

from __future__ import annotations

from typing import Any

import pytest

from harness.chain import ENT, ChainFixture, address, make_genesis
from harness.energy import actual, closed, consume, events, produce
from ledger.chain.parameters import DAY_MS, HOUR_MS
from ledger.energy.events import (
    ActualReported,
    GainQuarantined,
    RateChanged,
    UnitReinstated,
    UnitRemoved,
    UnitSuspended,
)
from ledger.energy.genesis import GenesisUnit
from ledger.energy.payloads import (
    ActualItem,
    ConsumedItem,
    EnergyActual,
    EnergyBatch,
    EnergyConsumed,
    EnergyProduced,
    OpenSession,
    ProducedItem,
    RegisterUnit,
    ReinstateUnit,
    RemoveUnit,
)
from ledger.energy.schema import SessionEnd, UnitStatus
from ledger.governance.events import VoteClosed
from ledger.governance.payloads import CastVote
from ledger.governance.schema import VoteOutcome

CAPACITY = 100_000
POWER = 10_000
"""10 kWh an hour."""


def limited(**genesis: Any) -> ChainFixture:
    """U1 with 100 kWh, U2 with 100 kWh and 10 kW, after two days."""
    units = (
        GenesisUnit(address("U1"), address("C"), CAPACITY, 0),
        GenesisUnit(address("U2"), address("C"), CAPACITY, POWER),
    )
    chain = ChainFixture(make_genesis(units=units, parameters=(("F", 0),), **genesis))
    chain.block(after_ms=2 * DAY_MS)
    return chain


def filled(energy_wh: int = 80_000) -> ChainFixture:
    chain = limited()
    assert produce(chain, "U1", "A", energy_wh).applied
    return chain


def failure_of(chain: ChainFixture, action: RegisterUnit | RemoveUnit | ReinstateUnit) -> str:
    """Why a vote that passed could not be carried out."""
    (event,) = events(chain.vote(action), VoteClosed)
    assert event.outcome == VoteOutcome.FAILED
    return event.code


# --- numbered reports ------------------------------------------------------------------------------------------------


def test_reports_are_numbered_without_gaps() -> None:
    chain = ChainFixture()
    for sequence, code in ((2, "unit_sequence"), (1, ""), (1, "unit_sequence"), (3, "unit_sequence"), (2, "")):
        assert chain.try_("U1", EnergyProduced(sequence, address("A"), 1)).code == code
    assert chain.try_("U1", EnergyConsumed(2, address("A"), 1)).code == "unit_sequence"
    assert chain.try_("U1", EnergyConsumed(3, address("A"), 1)).code == ""
    assert chain.try_("U1", EnergyActual(4, 0)).code == ""
    assert chain.try_("U2", EnergyActual(1, 0)).code == ""


def test_a_report_that_fails_uses_no_number() -> None:
    chain = limited()
    assert produce(chain, "U1", "A", CAPACITY + 1).code == "above_capacity"
    assert chain.unit("U1").sequence == 0
    assert chain.do("U1", EnergyProduced(1, address("A"), CAPACITY)).applied


def test_a_batch_has_one_number_and_applies_whole_or_not_at_all() -> None:
    chain = limited()
    items = (ProducedItem(address("A"), 60_000), ConsumedItem(address("A"), 1_000), ActualItem(58_000))
    chain.do("U1", EnergyBatch(1, items))
    assert chain.unit("U1").sequence == 1
    assert chain.unit("U1").available_wh == 58_000
    before = chain.reader.entries()
    refused = chain.try_("U1", EnergyBatch(2, (*items[2:], ProducedItem(address("A"), 60_000))))
    assert (refused.code, refused.events) == ("above_capacity", ())
    changed = {key for key, value in chain.reader.entries().items() if before.get(key) != value}
    assert len(changed) == 1  # the sender's nonce


def test_only_registered_units_report() -> None:
    chain = ChainFixture()
    assert chain.try_("A", EnergyProduced(1, address("A"), 1)).code == "not_a_unit"
    chain.vote(RemoveUnit(address("U1")))
    chain.vote(RegisterUnit(address("U3"), address("C"), 0, 0))
    assert chain.try_("U3", EnergyProduced(1, address("A"), 1)).applied
    assert chain.try_("U3", EnergyProduced(2, address("stranger"), 1)).code == "not_a_member"


def test_a_removed_unit_that_still_has_a_role_reports_nothing() -> None:
    chain = ChainFixture()
    chain.vote(RegisterUnit(address("U3"), address("U1"), 0, 0))
    chain.vote(RemoveUnit(address("U1")))
    assert chain.try_("U1", EnergyProduced(1, address("A"), 1)).code == "not_a_unit"


# --- capacity and power ----------------------------------------------------------------------------------------------


def test_production_and_actual_above_capacity_are_refused() -> None:
    chain = limited()
    assert produce(chain, "U1", "A", CAPACITY).applied
    assert produce(chain, "U1", "A", 1).code == "above_capacity"
    assert actual(chain, "U1", CAPACITY + 1).code == "above_capacity"
    assert actual(chain, "U1", CAPACITY).applied
    assert consume(chain, "U1", "A", 1).applied
    assert produce(chain, "U1", "A", 1).applied


def test_without_registered_limits_a_unit_is_unlimited() -> None:
    chain = ChainFixture(make_genesis(parameters=(("max_report", 10**13),)))
    assert produce(chain, "U1", "A", 10**12).applied
    assert actual(chain, "U1", 2 * 10**12).applied
    assert chain.unit("U1").available_wh == 2 * 10**12
    assert actual(chain, "U1", 0).applied
    assert chain.unit("U1").status == UnitStatus.ACTIVE


def test_production_and_gain_stay_below_maximum_power_times_time() -> None:
    """What is not used of an hour may be reported later, by the same unit, once."""
    chain = limited()
    chain.vote(RemoveUnit(address("U2")))
    chain.vote(RegisterUnit(address("U2"), address("C"), CAPACITY, POWER))
    chain.block(after_ms=HOUR_MS - 2_000)
    assert produce(chain, "U2", "A", 10_000).code == "above_maximum_power"
    assert produce(chain, "U2", "A", 10_000).applied
    assert produce(chain, "U2", "A", 10).code == "above_maximum_power"
    chain.block(after_ms=HOUR_MS)
    assert produce(chain, "U2", "A", 10_020).code == "above_maximum_power"
    assert actual(chain, "U2", 10_000 + 10_020).code == "above_maximum_power"
    assert produce(chain, "U2", "A", 5_000).applied
    assert produce(chain, "U2", "B", 4_000).applied
    assert actual(chain, "U2", 10_000 + 9_000 + 1_000).applied
    assert produce(chain, "U2", "A", 100).code == "above_maximum_power"


def test_what_leaves_a_unit_needs_no_power() -> None:
    chain = limited()
    assert produce(chain, "U2", "A", CAPACITY).applied
    assert consume(chain, "U2", "A", 60_000).applied
    assert actual(chain, "U2", 30_000).applied


# --- losses ----------------------------------------------------------------------------------------------------------


def test_the_books_always_equal_the_report() -> None:
    chain = filled()
    receipt = actual(chain, "U1", 70_000)
    assert events(receipt, ActualReported) == [ActualReported(address("U1"), 70_000, 10_000, 0)]
    assert chain.unit("U1").available_wh == 70_000
    assert chain.gap == 10 * ENT


def test_losses_are_summed_and_past_the_limit_the_unit_is_suspended() -> None:
    chain = filled()
    assert actual(chain, "U1", 70_000).applied
    assert actual(chain, "U1", 60_000).applied
    assert chain.unit("U1").status == UnitStatus.ACTIVE  # 20 % of its capacity: at the limit, not past it
    receipt = actual(chain, "U1", 59_999)
    assert events(receipt, UnitSuspended) == [UnitSuspended(address("U1"), 20_001)]
    assert chain.unit("U1").status == UnitStatus.SUSPENDED
    assert produce(chain, "U1", "A", 1).code == "unit_suspended"
    assert chain.try_("A", OpenSession(address("U1"), ENT, 0)).code == "unit_inactive"


def test_a_suspended_unit_still_reports_what_left_it() -> None:
    chain = filled()
    chain.do("A", OpenSession(address("U1"), 10 * ENT, 0))
    assert actual(chain, "U1", 50_000).applied
    assert consume(chain, "U1", "A", 1_000).applied
    assert chain.unit("U1").available_wh + chain.unit("U1").locked_wh == 49_000
    assert chain.balance("A").session == 9 * ENT
    assert actual(chain, "U1", 40_000).applied
    assert actual(chain, "U1", 45_000).applied
    assert chain.unit("U1").available_wh + chain.unit("U1").locked_wh == 40_000
    assert chain.unit("U1").quarantined_wh == 5_000


def test_the_window_of_the_losses_starts_with_a_loss() -> None:
    chain = filled()
    chain.block(after_ms=20 * DAY_MS)
    assert actual(chain, "U1", 65_000).applied
    chain.block(after_ms=29 * DAY_MS)
    assert actual(chain, "U1", 60_000).applied
    assert chain.unit("U1").shortfall_wh == 20_000
    chain.block(after_ms=DAY_MS)
    assert actual(chain, "U1", 50_000).applied
    assert (chain.unit("U1").shortfall_wh, chain.unit("U1").status) == (10_000, UnitStatus.ACTIVE)


def test_unpaid_consumption_is_a_loss_too() -> None:
    """Otherwise a unit could let energy vanish as nobody's consumption, and mint for it again."""
    chain = filled()
    assert consume(chain, "U1", "B", 20_000).applied
    assert chain.unit("U1").shortfall_wh == 20_000
    assert produce(chain, "U1", "A", 20_000).applied
    chain.do("A", OpenSession(address("U1"), ENT, 3 * ENT))
    receipt = consume(chain, "U1", "A", 2_000)
    assert chain.unit("U1").status == UnitStatus.ACTIVE  # paid by the overdraft
    assert not events(receipt, UnitSuspended)
    assert events(consume(chain, "U1", "B", 1), UnitSuspended)
    assert produce(chain, "U1", "A", 1).code == "unit_suspended"


def test_energy_that_was_never_in_the_books_is_no_loss_of_the_unit() -> None:
    chain = filled(10_000)
    assert consume(chain, "U1", "B", 50_000).applied
    assert chain.unit("U1").shortfall_wh == 10_000


# --- gains -----------------------------------------------------------------------------------------------------------


def test_a_gain_first_undoes_the_recorded_loss() -> None:
    chain = filled()
    assert actual(chain, "U1", 65_000).applied
    receipt = actual(chain, "U1", 75_000)
    assert events(receipt, ActualReported) == [ActualReported(address("U1"), 75_000, 0, 10_000)]
    assert chain.unit("U1").shortfall_wh == 5_000
    assert chain.unit("U1").available_wh == 75_000
    assert chain.unit("U1").gain_wh == 0


def test_beyond_that_two_percent_of_the_capacity_a_day_are_booked() -> None:
    chain = filled(50_000)
    assert actual(chain, "U1", 49_000).applied
    receipt = actual(chain, "U1", 50_000 + 1_500)
    assert chain.unit("U1").available_wh == 51_500
    receipt = actual(chain, "U1", 53_000)
    assert events(receipt, GainQuarantined) == [GainQuarantined(address("U1"), 1_000)]
    assert events(receipt, ActualReported) == [ActualReported(address("U1"), 53_000, 0, 500)]
    assert chain.unit("U1").available_wh == 52_000
    chain.block(after_ms=DAY_MS)
    assert actual(chain, "U1", 53_000).applied
    assert (chain.unit("U1").available_wh, chain.unit("U1").quarantined_wh) == (53_000, 0)


def test_what_waits_is_what_the_latest_report_leaves_unexplained() -> None:
    chain = filled(50_000)
    for reported_wh, waiting_wh in ((60_000, 8_000), (57_000, 5_000), (57_000, 5_000), (52_000, 0), (60_000, 8_000)):
        assert actual(chain, "U1", reported_wh).applied
        assert chain.unit("U1").available_wh == 52_000
        assert chain.unit("U1").quarantined_wh == waiting_wh
    assert actual(chain, "U1", 51_000).applied
    assert chain.unit("U1").quarantined_wh == 0


def test_a_vote_books_quarantined_gain_as_far_as_it_accepts() -> None:
    chain = filled(50_000)
    assert actual(chain, "U1", 60_000).applied
    assert failure_of(chain, ReinstateUnit(address("U1"), 8_001)) == "above_quarantine"
    receipt = chain.vote(ReinstateUnit(address("U1"), 6_000))
    assert events(receipt, UnitReinstated) == [UnitReinstated(address("U1"), 6_000, 2_000)]
    assert (chain.unit("U1").available_wh, chain.unit("U1").quarantined_wh) == (58_000, 0)
    assert chain.gap == -8 * ENT
    assert events(receipt, RateChanged) == [RateChanged(chain.rate, chain.gap)]


def test_accepted_gain_stays_below_the_capacity() -> None:
    chain = filled(50_000)
    assert actual(chain, "U1", 60_000).applied
    assert produce(chain, "U1", "A", 45_000).applied
    assert failure_of(chain, ReinstateUnit(address("U1"), 3_001)) == "above_capacity"
    chain.vote(ReinstateUnit(address("U1"), 3_000))
    assert chain.unit("U1").available_wh == CAPACITY


def test_a_vote_reinstates_a_suspended_unit() -> None:
    chain = filled()
    chain.try_("A", CastVote(ReinstateUnit(address("U1"), 0), True))
    assert chain.try_("A", CastVote(ReinstateUnit(address("U1"), 0), True)).code == "nothing_to_reinstate"
    assert actual(chain, "U1", 10_000).applied
    chain.vote(ReinstateUnit(address("U1"), 0))
    unit = chain.unit("U1")
    assert (unit.status, unit.shortfall_wh, unit.shortfall_from_ms) == (UnitStatus.ACTIVE, 0, chain.time_ms)
    assert produce(chain, "U1", "A", 1).applied


# --- registration and removal ----------------------------------------------------------------------------------------


def test_registration_is_refused_when_its_vote_is_opened() -> None:
    chain = limited()
    for action, code in (
        (RegisterUnit(address("U1"), address("C"), 0, 0), "unit_registered"),
        (RegisterUnit(address("U3"), address("U3"), 0, 0), "own_unit"),
        (RemoveUnit(address("U3")), "unknown_unit"),
    ):
        assert chain.try_("A", CastVote(action, True)).code == code


def test_a_suspended_unit_is_registered() -> None:
    chain = filled()
    assert actual(chain, "U1", 0).applied
    assert chain.try_("A", CastVote(RegisterUnit(address("U1"), address("C"), 0, 0), True)).code == "unit_registered"


def test_removal_refunds_sessions_takes_the_energy_and_sets_the_rate() -> None:
    chain = filled(30_000)
    chain.do("A", OpenSession(address("U1"), 10 * ENT, 0))
    assert produce(chain, "U1", "B", 10_000).applied
    chain.do("B", OpenSession(address("U1"), 4 * ENT, 0))
    receipt = chain.vote(RemoveUnit(address("U1")))
    assert closed(receipt) == [(2, SessionEnd.UNIT_REMOVED), (1, SessionEnd.UNIT_REMOVED)]
    assert events(receipt, UnitRemoved) == [UnitRemoved(address("U1"), 40_000)]
    assert (chain.balance("A").available, chain.balance("B").available) == (30 * ENT, 10 * ENT)
    assert (chain.gap, chain.rate) == (40 * ENT, 2 * ENT)
    assert events(receipt, RateChanged) == [RateChanged(2 * ENT, 40 * ENT)]
    unit = chain.unit("U1")
    assert (unit.status, unit.available_wh, unit.locked_wh) == (UnitStatus.REMOVED, 0, 0)


def test_a_unit_that_comes_back_is_empty_and_keeps_its_report_numbers() -> None:
    chain = filled()
    assert actual(chain, "U1", 70_000).applied
    chain.vote(RemoveUnit(address("U1")))
    chain.vote(RegisterUnit(address("U1"), address("D"), 0, 0))
    unit = chain.unit("U1")
    assert (unit.owner, unit.sequence, unit.available_wh, unit.shortfall_wh) == (address("D"), 2, 0, 0)
    assert chain.try_("U1", EnergyProduced(1, address("A"), 1)).code == "unit_sequence"
    assert chain.try_("U1", EnergyProduced(3, address("A"), 1)).applied


@pytest.mark.parametrize("capacity_wh", [0, 5_000])
def test_a_voted_unit_has_the_voted_limits(capacity_wh: int) -> None:
    chain = ChainFixture()
    chain.vote(RegisterUnit(address("U3"), address("D"), capacity_wh, 1_000))
    assert produce(chain, "U3", "A", 1_000).code == "above_maximum_power"
    chain.block(after_ms=10 * HOUR_MS)
    assert produce(chain, "U3", "A", 5_001).code == ("above_capacity" if capacity_wh else "")
    assert produce(chain, "U3", "A", 5_000).code == ("" if capacity_wh else "above_maximum_power")
