"""Slots and local time (rules M12, M13, M14): against the standard library's own calendar and time zone data."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.chain import START_MS, ChainFixture
from harness.slots import CLOCK, QUARTER_MS, SECTION, VIENNA, context_of, slots_chain, slots_genesis
from ledger.chain.section import check_sections
from ledger.errors import GenesisError
from ledger.governance.payloads import CastVote
from ledger.slots.clock import SlotClock, first_day_of_month, month_of_day
from ledger.slots.genesis import SlotsSection
from ledger.slots.payloads import ExtendZone
from ledger.slots.queries import slot_clock
from ledger.slots.schema import OffsetChange
from nodechain.modules import REGISTRY

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Vienna")
KNOWN_MS = range(VIENNA[0].from_ms, 1_743_296_400_000)
"""For which the offsets of the tests are those of Vienna."""


def day(text: str) -> int:
    return (datetime.fromisoformat(text).replace(tzinfo=UTC) - EPOCH).days


@pytest.mark.parametrize(
    ("text", "slots"),
    [("2023-03-26", 92), ("2023-10-29", 100), ("2024-03-31", 92), ("2024-10-27", 100), ("2023-07-01", 96)],
)
def test_m13_a_local_day_has_92_96_or_100_slots(text: str, slots: int) -> None:
    assert CLOCK.slots_of_day(day(text)) == slots


@given(st.integers(KNOWN_MS.start, KNOWN_MS.stop - 1))
def test_m13_local_time_is_that_of_the_zone(time_ms: int) -> None:
    slot = CLOCK.slot_of(time_ms)
    local = (EPOCH + timedelta(milliseconds=CLOCK.start_ms(slot))).astimezone(ZONE)
    assert CLOCK.local_day(slot) == day(local.date().isoformat())
    assert CLOCK.wall_clock_slot(slot) == (local.hour * 60 + local.minute) // 15
    assert CLOCK.weekday(slot) == local.weekday()
    assert CLOCK.local_month(slot) == 12 * local.year + local.month - 1


@given(st.integers(KNOWN_MS.start // QUARTER_MS + 200, KNOWN_MS.stop // QUARTER_MS - 200))
def test_m13_days_follow_each_other_without_a_gap(slot: int) -> None:
    today = CLOCK.local_day(slot)
    first = CLOCK.first_slot_of_day(today)
    assert first <= slot < first + CLOCK.slots_of_day(today)
    assert CLOCK.local_day(first) == today > CLOCK.local_day(first - 1)


def test_m13_a_repeated_hour_has_its_wall_clock_slots_twice() -> None:
    first = CLOCK.first_slot_of_day(day("2023-10-29"))
    found = [CLOCK.wall_clock_slot(slot) for slot in range(first, first + 100)]
    assert found == [*range(12), *range(8, 96)]
    first = CLOCK.first_slot_of_day(day("2023-03-26"))
    assert [CLOCK.wall_clock_slot(slot) for slot in range(first, first + 92)] == [*range(8), *range(12, 96)]


@given(st.integers(0, 2_932_896))
def test_m13_months_are_those_of_the_calendar(number: int) -> None:
    found = EPOCH + timedelta(days=number)
    assert month_of_day(number) == 12 * found.year + found.month - 1
    assert first_day_of_month(month_of_day(number)) == (found.replace(day=1) - EPOCH).days


@given(st.integers(0, 10**13), st.sampled_from([300_000, 900_000, 1_800_000, 3_600_000]))
def test_m12_a_slot_is_half_open(time_ms: int, slot_ms: int) -> None:
    clock = SlotClock(slot_ms, VIENNA, ())
    slot = clock.slot_of(time_ms)
    assert clock.start_ms(slot) <= time_ms < clock.start_ms(slot + 1)
    assert clock.slot_of(clock.start_ms(slot)) == slot


def test_m13_a_week_before_is_at_the_same_local_time() -> None:
    first = CLOCK.first_slot_of_day(day("2023-11-01"))
    for slot in range(first, first + 96):
        earlier = CLOCK.days_before(slot, 7)
        assert CLOCK.wall_clock_slot(earlier) == CLOCK.wall_clock_slot(slot)
        assert CLOCK.local_day(earlier) == CLOCK.local_day(slot) - 7


def test_m13_holidays_are_local_days() -> None:
    clock = SlotClock(QUARTER_MS, VIENNA, (day("2023-12-25"),))
    first = clock.first_slot_of_day(day("2023-12-25"))
    assert [clock.is_holiday(slot) for slot in (first - 1, first, first + 95, first + 96)] == [False, True, True, False]


@pytest.mark.parametrize(
    "section",
    [
        SlotsSection(60_000, "UTC", VIENNA, (), (), ()),
        SlotsSection(QUARTER_MS, "UTC", (), (), (), ()),
        SlotsSection(QUARTER_MS, "UTC", VIENNA[::-1], (), (), ()),
        SlotsSection(QUARTER_MS, "UTC", (OffsetChange(1, 60),), (), (), ()),
        SlotsSection(3_600_000, "Asia/Kolkata", (OffsetChange(0, 330),), (), (), ()),
        SlotsSection(QUARTER_MS, "UTC", VIENNA, (2, 1), (), ()),
        SlotsSection(QUARTER_MS, "UTC", VIENNA, (), (bytes(20), bytes(20)), ()),
        SlotsSection(QUARTER_MS, "UTC", VIENNA, (), (), (bytes(20), bytes(20))),
        SlotsSection(QUARTER_MS, "UTC", (OffsetChange(0, 841),), (), (), ()),
    ],
)
def test_what_contradicts_itself_is_no_section(section: SlotsSection) -> None:
    with pytest.raises(GenesisError):
        check_sections(slots_genesis(section), REGISTRY.sections)


def extended(chain: ChainFixture, *offsets: OffsetChange, holidays: tuple[int, ...] = ()) -> str:
    return chain.vote(ExtendZone(offsets, holidays)).code


def test_m14_a_vote_goes_on_with_the_zone() -> None:
    chain = slots_chain()
    assert extended(chain, OffsetChange(1_743_296_400_000, 120), holidays=(day("2024-12-25"),)) == ""
    clock = slot_clock(context_of(chain))
    assert clock is not None
    assert clock.offsets == (*SECTION.offsets, OffsetChange(1_743_296_400_000, 120))
    assert clock.slots_of_day(day("2025-03-30")) == 92
    assert clock.holidays == (day("2024-12-25"),)


def test_m14_no_vote_changes_days_that_were_counted() -> None:
    chain = slots_chain(section=SlotsSection(QUARTER_MS, "UTC", (OffsetChange(0, 0),), (), (), ()))
    past = (START_MS // QUARTER_MS) * QUARTER_MS
    for offsets in (
        (OffsetChange(past, 60),),
        (OffsetChange(past + 10 * QUARTER_MS + 1, 60),),
        (OffsetChange(past + 20 * QUARTER_MS, 60), OffsetChange(past + 10 * QUARTER_MS, 0)),
    ):
        receipt = chain.try_("A", CastVote(ExtendZone(offsets, ()), True))
        assert receipt.code == "bad_zone"
    assert chain.try_("A", CastVote(ExtendZone((), ()), True)).code == "unchanged"
