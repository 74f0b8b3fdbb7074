"""Labels without an offset: the days of 92 and 100 quarters, repetitions, what is unclear."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodechain.formats.errors import BadFile
from nodechain.formats.local_time import EPOCH, LocalClock, iso_instant, resolve

QUARTER = 900_000
ZONES = ("Europe/Vienna", "Europe/Lisbon", "Atlantic/Canary", "America/New_York", "Australia/Lord_Howe", "UTC")


def labels_from(start_ms: int, count: int, zone: str, step_ms: int = QUARTER) -> list[datetime]:
    """What clocks show at successive instants."""
    times = (EPOCH + timedelta(milliseconds=start_ms + n * step_ms) for n in range(count))
    return [time.astimezone(ZoneInfo(zone)).replace(tzinfo=UTC, fold=0) for time in times]


@given(
    zone=st.sampled_from(ZONES),
    start=st.integers(1_577_836_800_000 // QUARTER, 1_900_000_000_000 // QUARTER),
    count=st.integers(1, 400),
)
def test_a_gapless_series_that_holds_both_hours_is_resolved_whole(zone: str, start: int, count: int) -> None:
    labels = labels_from(start * QUARTER, count, zone)
    clock = LocalClock(zone)
    expected = [(start + n) * QUARTER for n in range(count)]
    found = resolve(labels, [QUARTER] * count, clock)
    for at, wanted, label in zip(found, expected, labels, strict=True):
        twice = len(clock.instants(label)) == 2
        whole = labels.count(label) == 2 or not twice
        assert at == wanted or (not whole and at is None), (label, at, wanted)


def test_each_day_has_its_quarters() -> None:
    clock = LocalClock("Europe/Vienna")
    for day, quarters in ((datetime(2026, 3, 29, tzinfo=UTC), 92), (datetime(2026, 10, 25, tzinfo=UTC), 100)):
        assert clock.midnight(day + timedelta(days=1)) - clock.midnight(day) == quarters * QUARTER


def test_a_file_that_begins_in_the_second_hour_is_resolved_by_what_follows() -> None:
    night = [datetime(2026, 10, 25, 2, minute, tzinfo=UTC) for minute in (30, 45)]
    found = resolve([*night, datetime(2026, 10, 25, 3, 0, tzinfo=UTC)], [QUARTER] * 3, LocalClock("Europe/Vienna"))
    assert found == [1_792_891_800_000, 1_792_892_700_000, 1_792_893_600_000]


def test_a_file_that_ends_in_the_first_hour_is_resolved_by_what_was_before() -> None:
    labels = [datetime(2026, 10, 25, 1, 45, tzinfo=UTC), datetime(2026, 10, 25, 2, 0, tzinfo=UTC)]
    assert resolve(labels, [QUARTER] * 2, LocalClock("Europe/Vienna")) == [1_792_885_500_000, 1_792_886_400_000]


def test_a_day_of_96_labels_in_autumn_leaves_its_hour_unclear() -> None:
    labels = [datetime(2026, 10, 25, tzinfo=UTC) + n * timedelta(minutes=15) for n in range(96)]
    found = resolve(labels, [QUARTER] * 96, LocalClock("Europe/Vienna"))
    assert [labels[n].hour for n, at in enumerate(found) if at is None] == [2] * 4


def test_a_skipped_label_has_no_instant() -> None:
    clock = LocalClock("Europe/Vienna")
    assert clock.instants(datetime(2026, 3, 29, 2, 15, tzinfo=UTC)) == ()
    assert resolve([datetime(2026, 3, 29, 2, 15, tzinfo=UTC)], [QUARTER], clock) == [None]


def test_offsets_are_believed_and_seven_digits_of_a_second_are_read() -> None:
    assert iso_instant("2026-10-25T02:45:00+02:00") == 1_792_889_100_000
    assert iso_instant("2026-11-03T05:00:00.1230000Z") == 1_793_682_000_123
    assert iso_instant("2026-11-03T05:00:00") == datetime(2026, 11, 3, 5, tzinfo=UTC)
    with pytest.raises(ValueError, match="year"):
        iso_instant("1970-01-01T00:00:00Z")


def test_an_unknown_zone_is_refused() -> None:
    for name in ("Europe/Nowhere", "../etc/passwd", ""):
        with pytest.raises(BadFile) as refused:
            LocalClock(name)
        assert refused.value.code == "unknown_zone"
