"""Own meters: readings cut at boundaries, gaps, jumps, what storage units leave (rules M23, M24)."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.chain import address
from harness.energy import MeterFixture
from harness.slots import (
    QUARTER_MS,
    SLOTS_A_DAY,
    energies,
    held,
    own_terms,
    signed,
    slots_chain,
)
from ledger.energy.payloads import OpenSession, RegisterUnit
from ledger.governance.payloads import CastVote
from ledger.limits import MIN_BLOCK_WEIGHT
from ledger.metering.payloads import SettleJump, UnbindMeter
from ledger.metering.schema import MeterKind
from ledger.slots.gaps import equal_parts, in_shape
from ledger.slots.payloads import ClosePoint
from ledger.slots.schema import POINT_METERS, Direction, Method, SlotState, ValueSource

OWN = ValueSource.OWN
HOUR = 4


class OwnMeter:
    """A's meter at its own address, read at boundaries; the chain's clock stands on one when it is bound."""

    def __init__(self, kind: MeterKind = MeterKind.CONSUMPTION, block_weight: int = 1_000_000, **terms: Any) -> None:
        self.chain = slots_chain(block_weight=block_weight)
        direction = Direction.INJECTION if kind == MeterKind.PRODUCTION else Direction.OFFTAKE
        self.chain.do("R", signed(self.chain, own_terms(self.chain, direction=int(direction))))
        start_ms = (self.chain.time_ms // QUARTER_MS + 2) * QUARTER_MS
        self.chain.block(after_ms=start_ms - self.chain.time_ms)
        self.slot = start_ms // QUARTER_MS
        self.meter = MeterFixture(self.chain, unit="A", account="A", kind=kind).bound(**terms)

    def ms(self, slots: int, offset_ms: int = 0) -> int:
        return (self.slot + slots) * QUARTER_MS + offset_ms

    def read(self, *readings: tuple[int, int]) -> None:
        """(slots after the binding, register), in one transaction just after the last."""
        self.read_at(*((self.ms(slots), register) for slots, register in readings))

    def read_at(self, *readings: tuple[int, int]) -> None:
        after_ms = max(readings[-1][0] + 1_000 - self.chain.time_ms, 61_000)
        receipt = self.meter.read(*readings, after_ms=after_ms)
        assert receipt.code == "", receipt.code

    def energies(self, count: int, first: int = 0) -> list[int]:
        return energies(self.chain, 1, OWN, self.slot + first, count)


def test_m23_readings_on_boundaries_are_the_slots_energies() -> None:
    found = OwnMeter()
    found.read((1, 100))
    found.read((2, 350), (3, 351))
    assert found.energies(4) == [100_000, 250_000, 1_000, 0]
    states = [value.state for value in held(found.chain, 1, OWN, found.slot, 4)]
    assert states == [SlotState.MEASURED] * 3 + [SlotState.MISSING]


def test_m23_an_energy_is_as_fine_as_the_register_counts() -> None:
    found = OwnMeter(scale=-3, max_power_w=10_000)
    found.read((1, 123_456), (2, 123_457))
    assert found.energies(2) == [123_456, 1]


def test_m23_what_is_bound_elsewhere_or_without_a_point_is_refused() -> None:
    chain = slots_chain()
    assert MeterFixture(chain, unit="A", account="A", kind=MeterKind.CONSUMPTION).bind().code == "not_a_unit"
    chain.do("R", signed(chain, own_terms(chain)))
    assert MeterFixture(chain, unit="A", account="A", kind=MeterKind.PRODUCTION).bind().code == "not_a_unit"
    assert MeterFixture(chain, unit="A", account="A", kind=MeterKind.STORAGE).bind().code == "not_a_unit"
    assert MeterFixture(chain, unit="A", account="B", kind=MeterKind.CONSUMPTION).bind().code == "not_a_unit"
    chain.do("A", ClosePoint(1, chain.time_ms // QUARTER_MS + 2))
    assert MeterFixture(chain, unit="A", account="A", kind=MeterKind.CONSUMPTION).bind().code == "not_a_unit"


def test_m23_the_address_of_such_a_meter_becomes_no_unit() -> None:
    found = OwnMeter()
    action = RegisterUnit(address("A"), address("C"), 0, 0)
    assert found.chain.try_("A", CastVote(action, True)).code == "meters_bound"
    found.chain.do("A", UnbindMeter(found.meter.key))
    assert found.chain.try_("A", CastVote(action, True)).code == ""


def test_m23_a_reading_near_a_boundary_counts_for_it() -> None:
    found = OwnMeter()
    found.read_at((found.ms(1, 60_000), 100))
    found.read_at((found.ms(2, -60_000), 150))
    assert found.energies(2) == [100_000, 0]
    found.read_at((found.ms(2, 120_000), 160))
    assert found.energies(2) == [100_000, 50_000]
    found.read_at((found.ms(3), 200))
    assert found.energies(3) == [100_000, 50_000, 50_000]


@pytest.mark.parametrize(
    ("before_ms", "after_ms", "counts"),
    [(-40_000, 20_000, "later"), (-20_000, 20_000, "earlier"), (-20_000, 40_000, "earlier")],
)
def test_m23_of_two_readings_the_nearest_counts_then_the_earlier(before_ms: int, after_ms: int, counts: str) -> None:
    found = OwnMeter()
    found.read_at((found.ms(1, before_ms), 100), (found.ms(1, after_ms), 110))
    assert found.energies(1) == [100_000 if counts == "earlier" else 110_000]
    found.read((2, 200))
    assert sum(found.energies(2)) == 200_000


def test_m23_readings_between_boundaries_decide_nothing() -> None:
    found = OwnMeter()
    found.read((1, 10))
    found.read_at((found.ms(1, 400_000), 20), (found.ms(2, -400_000), 30), (found.ms(2), 40))
    assert found.energies(2) == [10_000, 30_000]
    assert {value.state for value in held(found.chain, 1, OWN, found.slot, 2)} == {SlotState.MEASURED}


def test_m23_the_first_boundary_bills_nothing() -> None:
    chain = slots_chain()
    chain.do("R", signed(chain, own_terms(chain)))
    slot = chain.time_ms // QUARTER_MS + 2
    chain.block(after_ms=slot * QUARTER_MS + 300_000 - chain.time_ms)
    meter = MeterFixture(chain, unit="A", account="A", kind=MeterKind.CONSUMPTION).bound()
    meter.read((slot * QUARTER_MS + QUARTER_MS, 5), ((slot + 2) * QUARTER_MS, 12), after_ms=2 * QUARTER_MS)
    assert energies(chain, 1, OWN, slot, 2) == [0, 7_000]
    assert held(chain, 1, OWN, slot, 1)[0].state == SlotState.MISSING


def test_m23_a_register_bound_anew_begins_anew_where_time_has_passed() -> None:
    found = OwnMeter()
    found.read((1, 10))
    found.chain.do("A", UnbindMeter(found.meter.key))
    found.chain.block(after_ms=found.ms(3) - found.chain.time_ms)
    MeterFixture(found.chain, unit="A", account="A", kind=MeterKind.CONSUMPTION).bound(opening_register=500)
    found.read((4, 510))
    assert found.energies(4) == [10_000, 0, 0, 10_000]
    assert held(found.chain, 1, OWN, found.slot + 1, 1)[0].state == SlotState.MISSING


def test_m23_a_replaced_meter_goes_on_where_the_old_one_was_closed() -> None:
    found = OwnMeter()
    found.read((1, 10))
    found.chain.block(after_ms=found.ms(2, 200_000) - found.chain.time_ms)
    new = MeterFixture(found.chain, "M2", unit="A", account="A", kind=MeterKind.CONSUMPTION)
    closing = (found.ms(2, 100_000), 60)
    receipt = found.chain.try_(
        "A", found.meter.replacement(new, closing, opening_ms=found.ms(2, 100_000), opening_register=900)
    )
    assert receipt.code == "", receipt.code
    new.read((found.ms(3), 940), after_ms=QUARTER_MS)
    assert sum(found.energies(3)) == 100_000
    assert [value.state for value in held(found.chain, 1, OWN, found.slot + 1, 2)] == [SlotState.SUBSTITUTED] * 2


def test_m24_a_gap_is_filled_in_equal_parts_that_add_up() -> None:
    found = OwnMeter(scale=-3)
    found.read((1, 10), (5, 21))
    assert found.energies(5) == [10, 2, 3, 3, 3]
    values = held(found.chain, 1, OWN, found.slot, 5)
    assert [value.state for value in values] == [SlotState.MEASURED] + [SlotState.SUBSTITUTED] * 4
    assert {value.method for value in values[1:]} == {Method.FLAT}


def test_m24_a_long_gap_has_the_shape_of_the_same_weekday() -> None:
    found = OwnMeter()
    week = 7 * SLOTS_A_DAY
    shape = [100, 0, 300, 0, 0, 0, 0, 0, 0, 600]
    register, readings = 0, []
    for number, energy in enumerate(shape, 1):
        register += energy
        readings.append((number, register))
    found.read(*readings)
    found.read((week, register + 1))
    found.read((week + 10, register + 2))
    assert found.energies(10, week) == [100, 0, 300, 0, 0, 0, 0, 0, 0, 600]
    values = held(found.chain, 1, OWN, found.slot + week, 10)
    assert {(value.state, value.method) for value in values} == {(SlotState.SUBSTITUTED, Method.PROFILE)}
    flat = held(found.chain, 1, OWN, found.slot + 10, week - 10)
    assert sum(value.energy_mwh for value in flat) == 1_000
    assert {value.method for value in flat} == {Method.FLAT}


def test_m24_a_gap_longer_than_what_is_kept_fills_what_is_kept() -> None:
    found = OwnMeter()
    count = 50 * SLOTS_A_DAY
    found.read((count, 4_800))
    assert found.energies(SLOTS_A_DAY, count - SLOTS_A_DAY) == [1_000] * SLOTS_A_DAY
    assert found.energies(SLOTS_A_DAY) == [0] * SLOTS_A_DAY


def test_m24_a_jump_that_voters_count_is_added_to_its_slots() -> None:
    found = OwnMeter()
    found.read((1, 10))
    found.read((2, 90_010))
    found.read((3, 90_020))
    assert found.energies(3) == [10_000, 5_000, 5_000]
    found.chain.vote(SettleJump(found.meter.key, 90_000, True))
    assert found.energies(3) == [10_000, 90_005_000, 5_000]
    changed = held(found.chain, 1, OWN, found.slot + 1, 1)[0]
    assert (changed.state, changed.correction) == (SlotState.SUBSTITUTED, 1)


def test_m24_a_jump_that_voters_drop_changes_nothing() -> None:
    found = OwnMeter()
    found.read((1, 10))
    found.read((2, 90_010))
    found.read((3, 90_020))
    found.chain.vote(SettleJump(found.meter.key, 90_000, False))
    found.read((4, 90_030))
    assert found.energies(4) == [10_000, 5_000, 5_000, 10_000]


def test_m19_a_closed_points_meter_reports_on_and_nothing_is_refused() -> None:
    found = OwnMeter()
    found.chain.do("A", ClosePoint(1, found.slot + 2))
    found.read((1, 10), (2, 20), (3, 30), (4, 40))
    assert found.energies(4) == [10_000, 10_000, 0, 0]


@pytest.mark.parametrize("kind", [MeterKind.PRODUCTION, MeterKind.CONSUMPTION])
def test_m23_of_a_meter_at_a_storage_unit_only_the_grid_part_counts(kind: MeterKind) -> None:
    chain = slots_chain()
    direction = Direction.INJECTION if kind == MeterKind.PRODUCTION else Direction.OFFTAKE
    chain.do("R", signed(chain, own_terms(chain, direction=int(direction))))
    chain.vote(RegisterUnit(address("U3"), address("C"), 1_000, 0))
    slot = chain.time_ms // QUARTER_MS + 2
    chain.block(after_ms=slot * QUARTER_MS - chain.time_ms)
    producer = MeterFixture(chain, "P", unit="U3", account="A").bound()
    meter = producer if kind == MeterKind.PRODUCTION else MeterFixture(chain, unit="U3", account="A", kind=kind).bound()
    if meter is not producer:
        producer.read(((slot + 1) * QUARTER_MS, 1_000), after_ms=QUARTER_MS)
        chain.do("A", OpenSession(address("U3"), 400 * 10**6, 0))
        meter.read(((slot + 1) * QUARTER_MS, 0), after_ms=QUARTER_MS)
        meter.read(((slot + 2) * QUARTER_MS, 700), after_ms=QUARTER_MS)
        assert sum(energies(chain, 1, OWN, slot, 3)) == 300_000
    else:
        meter.read(((slot + 1) * QUARTER_MS, 1_300), after_ms=QUARTER_MS)
        assert energies(chain, 1, OWN, slot, 1) == [300_000]


def test_m23_each_watt_hour_has_one_use() -> None:
    """A second register of the owner does not count while the first is bound."""
    found = OwnMeter(MeterKind.PRODUCTION)
    other = MeterFixture(found.chain, "M2", unit="U1", account="A").bound()
    found.chain.vote(RegisterUnit(address("U3"), address("C"), 100, 0))
    found.read((1, 10))
    before = found.chain.entries(POINT_METERS)
    other.read((found.ms(2), 500), after_ms=QUARTER_MS)
    assert found.chain.entries(POINT_METERS) == before


@pytest.mark.parametrize(("count", "slots"), [(800, 4), (280, 12)])
def test_w2_a_meters_heaviest_transaction_fits_into_the_smallest_blocks(count: int, slots: int) -> None:
    """As many readings as one may have, an hour apart; and over all days that are kept, each gap as the week before."""
    found = OwnMeter(block_weight=MIN_BLOCK_WEIGHT)
    first = 0
    for days in (10, 20, 30):
        last = days * SLOTS_A_DAY
        found.read(*((slot, slot) for slot in range(first + 4, last + 1, 4)))
        first = last
    found.read(*((first + number * slots, first + number) for number in range(1, count + 1)))
    assert sum(found.energies(count * slots, first)[-SLOTS_A_DAY:]) == SLOTS_A_DAY // slots * 1_000


@given(st.integers(0, 10**12), st.integers(1, 400))
def test_m24_equal_parts_add_up(energy_mwh: int, count: int) -> None:
    share = equal_parts(energy_mwh, count)
    parts = [share(at) for at in range(count)]
    assert sum(parts) == energy_mwh
    assert max(parts) - min(parts) <= 1


@given(st.integers(0, 10**12), st.lists(st.integers(0, 10**9), min_size=1, max_size=400).filter(any))
def test_m24_parts_in_a_shape_add_up(energy_mwh: int, weights: list[int]) -> None:
    share = in_shape(energy_mwh, weights)
    parts = [share(at) for at in range(len(weights))]
    assert sum(parts) == energy_mwh
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part * sum(weights) - energy_mwh * weight) <= sum(weights)


Steps = st.lists(
    st.tuples(st.one_of(st.integers(1, 4).map(lambda slots: slots * QUARTER_MS), st.integers(20_000, 2_000_000)),
              st.integers(0, 500)),
    min_size=1, max_size=12,
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(Steps, st.lists(st.booleans(), min_size=12, max_size=12))
def test_m23_slots_add_up_to_the_register_however_readings_are_sent(
    steps: list[tuple[int, int]], together: list[bool]
) -> None:
    """What slots hold is the register's rise between two boundaries, and does not depend on the transactions."""
    time_ms, register, readings = 0, 0, [(0, 0)]
    for passed_ms, energy in steps:
        time_ms, register = time_ms + passed_ms, register + energy
        readings.append((time_ms, register))
    outcomes = []
    for split in (together, [True] * 12):
        found = OwnMeter(max_power_w=10**7)
        batch: list[tuple[int, int]] = []
        for (at_ms, shown), more in zip(readings[1:], split, strict=False):
            batch.append((found.ms(0) + at_ms, shown))
            if not more:
                found.read_at(*batch)
                batch = []
        if batch:
            found.read_at(*batch)
        known = found.chain.entries(POINT_METERS)
        state = next(iter(known.values()))
        total = sum(found.energies(state.since_slot - found.slot))
        assert total + state.energy_mwh == register * 1_000
        assert not state.waiting
        outcomes.append((found.energies(60), state.since_slot, state.energy_mwh, state.near_slot))
    assert outcomes[0] == outcomes[1]
    assert all(earlier[0] < later[0] for earlier, later in pairwise(readings))
