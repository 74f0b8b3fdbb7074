"""Faults L4 and L6: what a storage unit may lose, and what it may not."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from harness.chain import ENT, ChainFixture, address, make_genesis
from harness.energy import MeterFixture, actual, consume, events, household, produce
from ledger.chain.parameters import DAY_MS, HOUR_MS, MINUTE_MS
from ledger.energy.events import (
    ActualReported,
    EnergyStored,
    ExpectedLoss,
    GainExplained,
    GainQuarantined,
    GridExported,
    LossesNoticed,
    LossExplained,
    UnitChanged,
    UnitSuspended,
)
from ledger.energy.genesis import GenesisUnit
from ledger.energy.limits import FLOW_MINUTES
from ledger.energy.parameters import LossRule
from ledger.energy.payloads import ChangeUnit, EnergyBatch, OpenSession, ProducedItem, RegisterUnit, RemoveUnit
from ledger.energy.schema import UnitStatus
from ledger.energy.storage_terms import IDEAL, StorageTerms, Technology
from ledger.governance.payloads import CastVote, SetParameter
from ledger.metering.events import ReadingQuarantined
from ledger.metering.schema import MeterKind

CAPACITY = 100_000


def terms(**changes: int) -> StorageTerms:
    """Ideal terms but for the changes."""
    return msgspec.structs.replace(IDEAL, **changes)


def chain_with(capacity_wh: int = CAPACITY, of: StorageTerms = IDEAL, **parameters: int) -> ChainFixture:
    """U1 with a capacity and terms, 0 to its owner C."""
    units: tuple[Any, ...] = (GenesisUnit(address("U1"), address("C"), capacity_wh, 0, of),)
    return ChainFixture(make_genesis(units=units, parameters=tuple({"F": 0, **parameters}.items())))


def filled(energy_wh: int = 80_000, of: StorageTerms = IDEAL, **parameters: int) -> ChainFixture:
    """U1 with 100 kWh capacity, some of it produced by A."""
    chain = chain_with(CAPACITY, of, **parameters)
    assert produce(chain, "U1", "A", energy_wh).applied
    return chain


def books(chain: ChainFixture) -> int:
    """The Wh in the books of U1."""
    return chain.unit("U1").available_wh + chain.unit("U1").locked_wh


# --- L4: efficiency --------------------------------------------------------------------------------------------------

HALF_EMPTY = terms(efficiency_parts=900_000_000)


def test_l4_a_battery_that_returns_90_percent_is_not_suspended_by_its_cycles() -> None:
    chain = chain_with(10_000, HALF_EMPTY)
    for _cycle in range(10):
        receipt = produce(chain, "U1", "A", 10_000)
        assert events(receipt, EnergyStored) == [
            EnergyStored(address("U1"), address("A"), address("C"), 9_000, 9 * ENT, 0, 0, 1_000)
        ]
        assert actual(chain, "U1", 9_000).applied
        chain.do("A", OpenSession(address("U1"), 9 * ENT, 0))
        assert consume(chain, "U1", "A", 9_000).applied
        assert actual(chain, "U1", 0).applied
        chain.block(after_ms=DAY_MS)
    unit = chain.unit("U1")
    assert (unit.status, unit.shortfall_wh, chain.gap) == (UnitStatus.ACTIVE, 0, 0)
    assert household(chain, "A").produced_wh == 100_000


def test_l4_many_small_readings_lose_nothing_to_rounding() -> None:
    chain = chain_with(CAPACITY, terms(efficiency_parts=857_142_857))
    for number in range(1, 26):
        chain.do("U1", EnergyBatch(number, (ProducedItem(address("A"), 1),) * 140))
    assert books(chain) == 3_500 * 857_142_857 // 10**9
    assert chain.gap == 0


def test_l4_the_loss_of_efficiency_may_be_everybodys_by_vote() -> None:
    chain = chain_with(10_000, HALF_EMPTY)
    chain.vote(SetParameter("loss_rule", LossRule.ALL))
    receipt = produce(chain, "U1", "A", 10_000)
    assert events(receipt, EnergyStored)[0].minted == 10 * ENT
    assert events(receipt, ExpectedLoss) == [ExpectedLoss(address("U1"), 1_000)]
    assert (books(chain), chain.gap, chain.rate) == (9_000, ENT, ENT // 20)
    assert actual(chain, "U1", 9_000).applied
    assert chain.unit("U1").shortfall_wh == 0


def test_l4_a_unit_has_room_for_what_it_keeps() -> None:
    chain = chain_with(9_000, HALF_EMPTY)
    assert produce(chain, "U1", "A", 10_002).code == "above_capacity"
    assert produce(chain, "U1", "A", 5_001).applied
    meter = MeterFixture(chain).bound(max_power_w=20_000)
    receipt = meter.measure(6_000)
    assert events(receipt, EnergyStored)[0].energy_wh == 9_000 - 4_500
    assert events(receipt, GridExported) == [GridExported(address("U1"), address("A"), 1_000)]
    assert (books(chain), chain.gap) == (9_000, 0)


def test_l4_a_vote_changes_the_terms_of_a_registered_unit() -> None:
    chain = filled(50_000)
    better = StorageTerms(int(Technology.FLOW), 120_000, 30_000, 800_000_000, 240, 5_000)
    receipt = chain.vote(ChangeUnit(address("U1"), 90_000, 20_000, better))
    assert events(receipt, UnitChanged) == [UnitChanged(address("U1"), 90_000, 20_000, better)]
    assert chain.unit("U1").terms == better
    chain.block(after_ms=HOUR_MS)
    receipt = produce(chain, "U1", "A", 10_000)
    assert events(receipt, EnergyStored)[0].energy_wh == 8_000
    assert produce(chain, "U1", "A", 19_000).code == "above_maximum_power"


@pytest.mark.parametrize(
    ("capacity_wh", "changes", "code"),
    [
        (CAPACITY, {}, "unchanged"),
        (CAPACITY, {"nominal_wh": CAPACITY - 1}, "bad_terms"),
        (CAPACITY, {"standing_wh": CAPACITY + 1}, "bad_terms"),
        (CAPACITY, {"reserve_wh": CAPACITY + 1}, "bad_terms"),
    ],
)
def test_l4_terms_that_cannot_be_are_refused(capacity_wh: int, changes: dict[str, int], code: str) -> None:
    chain = chain_with()
    action = ChangeUnit(address("U1"), capacity_wh, 0, terms(**changes))
    assert chain.try_("A", CastVote(action, True)).code == code
    if code == "bad_terms":
        registration = RegisterUnit(address("U3"), address("C"), capacity_wh, 0, terms(**changes))
        assert chain.try_("A", CastVote(registration, True)).code == code
    missing = ChangeUnit(address("U3"), capacity_wh, 0, IDEAL)
    assert chain.try_("A", CastVote(missing, True)).code == "unknown_unit"


def test_l4_a_vote_for_terms_that_came_into_force_meanwhile_fails() -> None:
    chain = ChainFixture(make_genesis(voters=(address("A"), address("B"))))
    action = ChangeUnit(address("U1"), 1_000, 0, IDEAL)
    chain.vote(action, "A", "B")
    assert chain.try_("A", CastVote(action, True)).code == "unchanged"


def test_l4_the_owners_reserve_is_not_granted_to_others() -> None:
    chain = filled(10_000, terms(reserve_wh=4_000), F=200_000_000)
    assert chain.try_("A", OpenSession(address("U1"), 7 * ENT, 0)).code == "energy_reserved"
    chain.do("A", OpenSession(address("U1"), 6 * ENT, 0))
    chain.do("C", OpenSession(address("U1"), 2 * ENT, 0))


# --- L4: gains that the terms explain --------------------------------------------------------------------------------


def test_l4_a_gain_up_to_the_expected_loss_is_booked_at_once_and_more_by_the_daily_share() -> None:
    chain = chain_with(CAPACITY, HALF_EMPTY)
    assert produce(chain, "U1", "A", 50_000).applied
    receipt = actual(chain, "U1", 45_000 + 3_000)
    assert events(receipt, ActualReported) == [ActualReported(address("U1"), 48_000, 0, 3_000)]
    receipt = actual(chain, "U1", 53_000)  # the expected loss counts since the last gain: 2 % of the capacity a day
    assert events(receipt, ActualReported) == [ActualReported(address("U1"), 53_000, 0, 2_000)]
    assert events(receipt, GainQuarantined) == [GainQuarantined(address("U1"), 3_000)]
    assert produce(chain, "U1", "A", 10_000).applied
    assert events(actual(chain, "U1", 60_000), ActualReported)[0].gained_wh == 1_000


# --- L4: standing loss -----------------------------------------------------------------------------------------------

LEAKY = terms(standing_wh=240)


def test_l4_standing_loss_is_booked_every_day_by_the_imbalance_rate() -> None:
    chain = filled(1_000, LEAKY)
    block = chain.block(after_ms=DAY_MS - 2_000)
    assert (books(chain), block.executed.receipts[0].events) == (1_000, ())
    block = chain.block(after_ms=1_000)
    assert ExpectedLoss(address("U1"), 240) in block.executed.receipts[0].events
    assert (books(chain), chain.gap, chain.rate) == (760, 240 * 10**6, 12 * 10**6)
    chain.block(after_ms=2 * DAY_MS)
    assert books(chain) == 280
    chain.block(after_ms=5 * DAY_MS)
    assert books(chain) == 0
    assert chain.unit("U1").shortfall_wh == 0
    assert produce(chain, "U1", "A", 1_000).applied
    chain.block(after_ms=DAY_MS)
    assert books(chain) == 760  # what was not there in the days before is not lost now


def test_l4_a_loss_by_standing_that_is_reported_early_is_not_booked_twice_nor_recorded() -> None:
    chain = filled(1_000, LEAKY)
    chain.block(after_ms=12 * HOUR_MS - 2_000)
    receipt = actual(chain, "U1", 850)
    assert events(receipt, ExpectedLoss) == [ExpectedLoss(address("U1"), 120)]
    assert events(receipt, ActualReported) == [ActualReported(address("U1"), 850, 30, 0)]
    assert chain.unit("U1").shortfall_wh == 30
    chain.block(after_ms=12 * HOUR_MS)
    assert books(chain) == 730


def test_l4_what_sessions_hold_is_lost_by_standing_when_it_is_free_again() -> None:
    chain = filled(1_000, LEAKY, H=3 * DAY_MS)
    chain.do("A", OpenSession(address("U1"), 900 * 10**6, 0))
    chain.block(after_ms=DAY_MS)
    assert (chain.unit("U1").available_wh, chain.unit("U1").locked_wh) == (0, 900)
    chain.block(after_ms=DAY_MS)
    assert books(chain) == 900
    chain.block(after_ms=DAY_MS)
    chain.block(after_ms=DAY_MS)
    assert books(chain) == 1_000 - 4 * 240


def test_l4_new_terms_end_the_days_of_the_old_ones() -> None:
    chain = filled(1_000, LEAKY)
    chain.block(after_ms=12 * HOUR_MS - 2_000)
    receipt = chain.vote(ChangeUnit(address("U1"), CAPACITY, 0, IDEAL))
    assert events(receipt, ExpectedLoss) == [ExpectedLoss(address("U1"), 120)]
    chain.block(after_ms=5 * DAY_MS)
    assert books(chain) == 880
    chain.vote(ChangeUnit(address("U1"), CAPACITY, 0, LEAKY))
    chain.vote(RemoveUnit(address("U1")))
    chain.block(after_ms=5 * DAY_MS)
    assert chain.unit("U1").status == UnitStatus.REMOVED


# --- L4: levels ------------------------------------------------------------------------------------------------------


def levels_of(chain: ChainFixture, energy_wh: int) -> MeterFixture:
    """The storage meter of U1."""
    return MeterFixture(chain, name="S", account="U1", kind=MeterKind.STORAGE).bound(
        opening_register=energy_wh, max_power_w=10**6
    )


def test_l4_a_level_within_the_band_moves_nothing_and_beyond_it_to_its_edge() -> None:
    chain = filled(50_000)
    storage = levels_of(chain, 50_000)
    for level in (48_000, 52_000, 50_001):
        assert not events(storage.measure(level), ActualReported)
        assert books(chain) == 50_000
    receipt = storage.measure(47_500)
    assert events(receipt, ActualReported) == [ActualReported(address("U1"), 47_500, 500, 0)]
    assert (books(chain), chain.gap) == (49_500, ENT // 2)
    receipt = storage.measure(52_000)
    assert events(receipt, ActualReported) == [ActualReported(address("U1"), 52_000, 0, 500)]
    assert (books(chain), chain.unit("U1").shortfall_wh) == (50_000, 0)


def test_l4_without_a_band_the_books_are_the_level() -> None:
    chain = filled(50_000, level_band=0)
    storage = levels_of(chain, 50_000)
    assert storage.measure(49_999).applied
    assert books(chain) == 49_999


def sunny(**parameters: int) -> tuple[ChainFixture, MeterFixture, MeterFixture]:
    """U1 with 50 kWh, its storage meter and a production meter of A."""
    chain = filled(50_000, IDEAL, level_band=0, **parameters)
    return chain, levels_of(chain, 50_000), MeterFixture(chain).bound(max_power_w=50_000)


def test_l4_a_level_waits_for_the_units_other_meters() -> None:
    chain, storage, sun = sunny()
    receipt = storage.measure(60_000)
    assert not events(receipt, ActualReported)
    assert (books(chain), chain.gap) == (50_000, 0)
    receipt = sun.read((chain.time_ms, 9_000))
    assert events(receipt, ActualReported) == [ActualReported(address("U1"), 60_000, 0, 1_000)]
    assert books(chain) == 60_000
    block = chain.block(after_ms=HOUR_MS)
    assert not block.executed.receipts[0].events


def test_l4_it_waits_no_longer_than_the_grace() -> None:
    chain, storage, _sun = sunny()
    measured_ms = chain.time_ms + HOUR_MS
    assert storage.measure(49_000).applied
    block = chain.block(after_ms=5 * MINUTE_MS - 1)
    assert not block.executed.receipts[0].events
    block = chain.block(after_ms=1)
    assert ActualReported(address("U1"), 49_000, 1_000, 0) in block.executed.receipts[0].events
    assert chain.unit("U1").level_ms == measured_ms


def test_l4_a_grace_of_nothing_compares_at_once() -> None:
    chain, storage, _sun = sunny(slot_grace=0)
    assert events(storage.measure(49_000), ActualReported)
    assert books(chain) == 49_000


def test_l4_a_level_is_compared_with_the_books_of_its_signed_time() -> None:
    """Production and consumption of later times that came first are not held against it."""
    chain, storage, sun = sunny()
    chain.do("A", OpenSession(address("U1"), 20 * ENT, 0))
    home = MeterFixture(chain, name="H", kind=MeterKind.CONSUMPTION).bound()
    at = chain.time_ms + HOUR_MS
    chain.block(after_ms=2 * HOUR_MS - 10 * MINUTE_MS)
    assert sun.read((at, 8_000), (at + HOUR_MS // 2, 12_000)).applied
    assert home.read((at + HOUR_MS // 2, 3_000)).applied
    assert (books(chain), chain.gap) == (50_000 + 12_000 - 3_000, 0)
    receipt = storage.read((at, 50_000 + 8_000 - 2_001))  # the household's interval, pro rata
    assert not events(receipt, ActualReported)
    assert (books(chain), chain.gap) == (59_000, 0)


def test_l4_of_several_levels_the_first_and_the_latest_wait() -> None:
    chain, storage, sun = sunny()
    start = chain.time_ms
    chain.block(after_ms=HOUR_MS)
    minutes = [start + minute * MINUTE_MS for minute in (10, 20, 30, 40)]
    assert storage.read(*zip(minutes, (49_000, 30_000, 20_000, 47_000), strict=True)).applied
    receipt = sun.read((start + 35 * MINUTE_MS, 0))
    assert events(receipt, ActualReported) == [ActualReported(address("U1"), 49_000, 1_000, 0)]
    receipt = sun.read((start + 40 * MINUTE_MS, 0), after_ms=MINUTE_MS)
    assert events(receipt, ActualReported) == [ActualReported(address("U1"), 47_000, 2_000, 0)]


def test_break_15_however_many_readings_come_a_level_that_waits_is_compared_with_the_books_of_its_time() -> None:
    """450 readings of three roofs for the time after the level, while it waits for a fourth."""
    chain, storage, _sun = sunny()
    roofs = [MeterFixture(chain, name=f"N{n}", account=name).bound() for n, name in enumerate("BCD")]
    measured_ms = chain.time_ms + MINUTE_MS
    assert storage.measure(50_000, after_ms=MINUTE_MS).applied
    chain.block(after_ms=5 * MINUTE_MS - 5_000)
    for place, roof in enumerate(roofs):
        times = [measured_ms + place * 100 + 1_800 * number for number in range(150)]
        assert roof.read(*[(time_ms, 4 * number) for number, time_ms in enumerate(times)]).applied
    block = chain.block(after_ms=MINUTE_MS)
    assert chain.unit("U1").level_ms == measured_ms
    assert not [event for receipt in block.executed.receipts for event in events(receipt, ActualReported)]
    assert books(chain) == 50_000 + 3 * 4 * 149


def test_break_15_what_an_interval_across_a_level_leaves_open_is_no_loss_and_no_gain() -> None:
    """8 kWh of sun: pro rata 4 kWh before the level; all of it may have been before it, or after it."""
    for level_wh, found in (
        (58_000, []),
        (50_000, []),
        (49_999, [ActualReported(address("U1"), 49_999, 1, 0)]),
        (58_001, [ActualReported(address("U1"), 58_001, 0, 1)]),
    ):
        chain, storage, sun = sunny()
        start_ms = chain.time_ms
        chain.block(after_ms=HOUR_MS)
        assert storage.read((start_ms + HOUR_MS // 2, level_wh)).applied
        receipt = sun.read((start_ms + HOUR_MS, 8_000))
        assert events(receipt, ActualReported) == found


def test_break_15_nor_does_one_that_came_before_the_level() -> None:
    for level_wh, lost_wh in ((50_000, 0), (49_990, 10)):
        chain, storage, sun = sunny()
        start_ms = chain.time_ms
        chain.block(after_ms=HOUR_MS)
        assert sun.read((start_ms + HOUR_MS, 8_000)).applied
        receipt = storage.read((start_ms + HOUR_MS // 2, level_wh))
        assert sum(event.lost_wh for event in events(receipt, ActualReported)) == lost_wh


def test_break_15_a_draw_across_a_level_leaves_as_much_open() -> None:
    for level_wh, lost_wh, gained_wh in ((47_000, 0, 0), (50_000, 0, 0), (46_990, 10, 0), (50_010, 0, 10)):
        chain, storage, sun = sunny()
        home = MeterFixture(chain, name="H", kind=MeterKind.CONSUMPTION).bound()
        chain.do("A", OpenSession(address("U1"), 20 * ENT, 0))
        start_ms = chain.time_ms
        chain.block(after_ms=HOUR_MS)
        assert sun.read((start_ms + HOUR_MS, 0)).applied
        assert home.read((start_ms + HOUR_MS, 3_000)).applied
        receipt = storage.read((start_ms + HOUR_MS // 2, level_wh))
        found = [(event.lost_wh, event.gained_wh) for event in events(receipt, ActualReported)]
        assert found == ([(lost_wh, gained_wh)] if lost_wh or gained_wh else [])


def test_break_15_a_level_of_a_time_at_which_the_books_are_not_known_any_more_is_not_compared() -> None:
    chain, storage, sun = sunny()
    start_ms = chain.time_ms
    chain.block(after_ms=FLOW_MINUTES * MINUTE_MS + HOUR_MS)
    recent_ms = chain.time_ms - HOUR_MS
    for part in range(2):
        readings = [(recent_ms + 1_000 * place, 2 * place) for place in range(150 * part + 1, 150 * part + 151)]
        assert sun.read(*readings, after_ms=MINUTE_MS).applied
    assert books(chain) == 50_600
    assert storage.read((start_ms + HOUR_MS - MINUTE_MS, 10_000)).applied
    chain.block(after_ms=HOUR_MS)
    assert (chain.unit("U1").level_ms, books(chain)) == (0, 50_600), "of 121 minutes ago"
    assert storage.read((chain.time_ms, 50_500)).applied
    chain.block(after_ms=HOUR_MS)
    assert books(chain) == 50_500


def test_l4_the_work_for_a_level_is_bounded_by_the_units_bindings() -> None:
    chain, storage, sun = sunny()
    others = [MeterFixture(chain, name=f"N{n}", account=name).bound() for n, name in enumerate("BCD")]
    alone = sun.measure(1).weight
    at = chain.time_ms + MINUTE_MS
    assert storage.read((at, 50_000), after_ms=MINUTE_MS).applied
    costs = [meter.read((at, 1)).weight for meter in (*others, sun)]
    assert sum(costs) - len(costs) * alone <= 2 * (len(costs) + 1)
    assert chain.unit("U1").level_ms == at


def test_l4_a_removed_unit_waits_for_nothing() -> None:
    chain, storage, _sun = sunny()
    assert storage.measure(40_000).applied
    chain.vote(RemoveUnit(address("U1")))
    block = chain.block(after_ms=HOUR_MS)
    assert not block.executed.receipts[0].events


# --- L6: readings that come after the level --------------------------------------------------------------------------


def test_l6_a_draw_measured_before_a_level_takes_its_wh_out_of_both_records() -> None:
    chain = filled(50_000, level_band=0)
    storage = levels_of(chain, 50_000)
    chain.do("A", OpenSession(address("U1"), 9 * ENT, 0))
    home = MeterFixture(chain, name="H", kind=MeterKind.CONSUMPTION).bound()
    at = chain.time_ms + HOUR_MS
    assert storage.measure(43_000).applied
    chain.block(after_ms=5 * MINUTE_MS)
    assert (books(chain), chain.unit("U1").shortfall_wh, chain.gap) == (43_000, 7_000, 7 * ENT)
    receipt = home.read((at, 6_000))
    assert events(receipt, LossExplained) == [LossExplained(address("U1"), 6_000)]
    unit = chain.unit("U1")
    assert (books(chain), unit.shortfall_wh) == (43_000, 1_000)
    assert chain.gap == ENT
    assert storage.measure(24_000).applied
    chain.block(after_ms=5 * MINUTE_MS)
    assert chain.unit("U1").status == UnitStatus.ACTIVE  # 1,000 and 19,000 lost: at the limit
    assert chain.unit("U1").shortfall_wh == 20_000


def test_l6_production_measured_before_a_report_by_hand_is_not_booked_twice() -> None:
    chain = filled(50_000, IDEAL, level_band=0)
    sun = MeterFixture(chain).bound(max_power_w=50_000)
    at = chain.time_ms + HOUR_MS
    chain.block(after_ms=HOUR_MS)
    assert actual(chain, "U1", 51_500).applied  # the unit's own word, whoever is silent
    assert (books(chain), chain.gap) == (51_500, -3 * ENT // 2)
    receipt = sun.read((at, 1_500))
    assert events(receipt, GainExplained) == [GainExplained(address("U1"), 1_500)]
    assert (books(chain), chain.gap) == (51_500, 0)
    receipt = sun.read((at + 1_000, 1_600), after_ms=MINUTE_MS)
    assert not events(receipt, GainExplained)


def test_l6_no_gain_undoes_a_loss_while_a_producer_is_silent() -> None:
    chain, storage, sun = sunny()
    assert storage.measure(48_000).applied
    assert sun.read((chain.time_ms, 0)).applied
    assert (books(chain), chain.gap) == (48_000, 2 * ENT)
    at = chain.time_ms + HOUR_MS
    assert storage.measure(49_500).applied
    chain.block(after_ms=5 * MINUTE_MS)
    assert (books(chain), chain.gap) == (48_000, 2 * ENT)
    assert sun.read((at, 1_500)).applied
    assert (books(chain), chain.gap) == (49_500, 2 * ENT - 150_000_000)  # less what the 1.5 kWh paid for the gap


def test_l6_production_that_is_withheld_makes_no_surplus() -> None:
    chain, storage, sun = sunny()
    at = chain.time_ms + HOUR_MS
    assert storage.measure(51_500).applied
    block = chain.block(after_ms=5 * MINUTE_MS)
    assert block.executed.receipts[0].events == (GainQuarantined(address("U1"), 1_500),)
    assert (books(chain), chain.gap) == (50_000, 0)
    assert not events(sun.read((at, 1_500)), GainExplained)
    assert (books(chain), chain.gap) == (51_500, 0)
    assert storage.measure(51_500).applied
    assert sun.read((chain.time_ms, 1_500)).applied
    assert (books(chain), chain.unit("U1").quarantined_wh) == (51_500, 0)


def test_l6_a_gain_is_booked_once_all_producers_have_said_what_they_measured() -> None:
    chain, storage, sun = sunny()
    assert storage.measure(51_500).applied
    chain.block(after_ms=5 * MINUTE_MS)
    assert storage.measure(51_500).applied
    assert sun.read((chain.time_ms, 0)).applied
    assert (books(chain), chain.gap) == (51_500, -3 * ENT // 2)


def test_l6_a_jump_that_waits_for_a_vote_may_have_measured_the_gain() -> None:
    chain, storage, sun = sunny()
    assert events(sun.read((chain.time_ms + HOUR_MS, 60_000), after_ms=HOUR_MS), ReadingQuarantined)
    assert storage.measure(51_500).applied
    chain.block(after_ms=5 * MINUTE_MS)
    assert (books(chain), chain.gap) == (50_000, 0)


# --- unused power time -----------------------------------------------------------------------------------------------


def test_unused_power_time_is_at_most_what_fills_the_unit() -> None:
    chain = chain_with(CAPACITY)
    chain.vote(ChangeUnit(address("U1"), CAPACITY, 10_000, IDEAL))
    chain.block(after_ms=30 * DAY_MS)
    assert produce(chain, "U1", "A", CAPACITY).applied
    assert consume(chain, "U1", "B", CAPACITY // 10).applied
    assert produce(chain, "U1", "A", 10).code == "above_maximum_power"


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
