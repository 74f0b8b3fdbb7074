"""What is written: coefficients sum exactly to 1, lists keep their rules, values come back as they went."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nodechain.formats.coefficients import WHOLE, faults_of, file_name, fixed_file, hourly_file, hours_of, millionths
from nodechain.formats.detection import read_document
from nodechain.formats.documents import joined
from nodechain.formats.eda_points import PointWindow
from nodechain.formats.errors import BadFile
from nodechain.formats.french_keys import (
    WHOLE as ALL,
)
from nodechain.formats.french_keys import (
    KeyRow,
    neutral_file,
    percents,
    warnings_of_neutral,
    warnings_of_wide,
    wide_file,
)
from nodechain.formats.mapping import read_mapping
from nodechain.formats.plain_csv import MAPPING, guarded, values_file
from nodechain.formats.share_lists import check_windows, read_share_list, share_list
from nodechain.formats.values import DataQuality, EnergyPart, GridFlow, ImportedValue, ImportSettings
from tests.support.format_samples import sample

CAU = "ES9900000000000011BA0FA000"
CUPS = [f"ES{number:016}AB0F" for number in range(1, 60)]
POINT = "AT0088000707000000000000000000101"


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=59).filter(any))
def test_coefficients_sum_exactly_to_1_and_the_file_has_no_fault(weights: list[int]) -> None:
    found = millionths(dict(zip(CUPS, weights, strict=False)))
    assert sum(found.values()) == WHOLE
    total = sum(weights)
    for cups, weight in zip(CUPS, weights, strict=False):
        assert abs(found[cups] * total - weight * WHOLE) < total, "less than a millionth off"
    for final_break in (True, False):
        assert faults_of(file_name(CAU, 2026), fixed_file(found, final_break=final_break)) == []


def test_thirds_sum_to_1() -> None:
    assert list(millionths(dict.fromkeys(CUPS[:3], 1)).values()) == [333_334, 333_333, 333_333]


@settings(max_examples=5, deadline=None)
@given(
    weights=st.lists(st.lists(st.integers(0, 50), min_size=3, max_size=3).filter(any), min_size=1, max_size=20),
    year=st.sampled_from([2026, 2028]),
    by_hour=st.booleans(),
)
def test_hourly_files_have_every_hour_and_each_sums_to_1(weights: list[list[int]], year: int, by_hour: bool) -> None:
    hours = [millionths(dict(zip(CUPS, weights[n % len(weights)], strict=False))) for n in range(hours_of(year))]
    data = hourly_file(hours, year, by_hour=by_hour)
    assert faults_of(file_name(CAU, year), data) == []
    lines = data.decode().split("\r\n")
    assert len(lines) == 3 * hours_of(year) + 1
    assert len({len(line) for line in lines[:-1]}) == 1, "no two lines are glued together"


def test_hourly_files_of_another_length_or_with_other_points_are_refused() -> None:
    hour = millionths(dict.fromkeys(CUPS[:2], 1))
    with pytest.raises(BadFile, match="8760 hours"):
        hourly_file([hour] * 8_784, 2026)
    with pytest.raises(BadFile, match="same CUPS"):
        hourly_file([hour] * 8_759 + [millionths(dict.fromkeys(CUPS[:3], 1))], 2026)


def test_a_sum_beside_1_is_not_written() -> None:
    with pytest.raises(BadFile, match="sum to 0,999999"):
        fixed_file(dict.fromkeys(CUPS[:3], 333_333))
    with pytest.raises(BadFile, match="weights"):
        millionths({CUPS[0]: 0})


def test_good_samples_of_coefficients() -> None:
    name = "ES9900000000000011BA0FA000_2026.txt"
    assert faults_of(name, sample(name)) == []
    excerpt = faults_of(name, sample("es-cau-hourly-excerpt.txt"))
    assert excerpt == ["the file has 3 hours, the year 2026 has 8760"]


def test_the_bad_sample_of_coefficients_has_every_fault() -> None:
    found = "\n".join(faults_of("es-cau-bad.txt", sample("es-cau-bad.txt")))
    for fault in (
        "the name es-cau-bad.txt",
        "byte order mark",
        "line 2: '0.333333' is no number",
        "line 3: '0,16667' is no number",
        "line 4: ES9900000000000011BA0F comes twice",
        "has 21 characters",
        "not to 1,000000",
        "CR LF",
    ):
        assert fault in found, fault


def test_glued_lines_are_a_fault() -> None:
    data = fixed_file(millionths(dict.fromkeys(CUPS[:2], 1))).replace(b"\r\n", b"", 1)
    assert faults_of(file_name(CAU, 2026), data)


def test_a_share_list_comes_back() -> None:
    data = sample("at-share-list.csv")
    community, windows = read_share_list(data)
    assert share_list(community, windows) == data
    assert (len(windows), windows[1].last, windows[0].share) == (3, date(2026, 12, 31), Decimal("70.5"))


@pytest.mark.parametrize(
    ("windows", "match"),
    [
        ([("a", 0, None, 100, "60"), ("b", 0, None, 100, "40.0001")], "sum to 100.0001"),
        ([("a", 0, None, 0, "60")], "1 to 100"),
        ([("a", 0, 5, 100, "60"), ("a", 5, None, 100, "60")], "overlap"),
        ([("a", 5, 3, 100, None)], "ends before"),
    ],
)
def test_rules_of_share_lists(windows: list[tuple[str, int, int | None, int, str | None]], match: str) -> None:
    def day(number: int) -> date:
        return date(2026, 1, 1 + number)

    made = [
        PointWindow(
            point, day(first), None if last is None else day(last), GridFlow.OFFTAKE, factor,
            None if share is None else Decimal(share),
        )
        for point, first, last, factor, share in windows
    ]  # fmt: skip
    with pytest.raises(BadFile, match=match):
        check_windows(made)
    check_windows([PointWindow("a", day(0), day(4), GridFlow.OFFTAKE, 100, Decimal(100)),
                   PointWindow("b", day(5), None, GridFlow.OFFTAKE, 100, Decimal(100))])  # fmt: skip


def test_a_producer_has_no_share() -> None:
    with pytest.raises(BadFile, match="only consumers"):
        check_windows([PointWindow("a", date(2026, 1, 1), None, GridFlow.INJECTION, 100, Decimal(1))])


PRMS = [f"{number:014}" for number in range(1, 20)]


@given(st.lists(st.lists(st.integers(0, 10**9), min_size=3, max_size=3), min_size=1, max_size=30))
def test_french_keys(weights: list[list[int]]) -> None:
    rows = [
        KeyRow(f"2026-11-02T10:{n:02}:00+01:00", percents(dict(zip(PRMS, line, strict=False))))
        for n, line in enumerate(weights)
    ]
    for row, line in zip(rows, weights, strict=True):
        assert sum(row.parts.values()) == (ALL if any(line) else 0)
    empty = [row for row in rows if not any(row.parts.values())]
    assert len(warnings_of_neutral(neutral_file("ACC99999999", PRMS[9], rows))) == len(empty)
    name, wide = wide_file(PRMS[9], rows)
    warnings_of_wide(wide)
    assert name == f"{PRMS[9]}.csv"


def test_samples_of_french_keys() -> None:
    (warning,) = warnings_of_neutral(sample("fr-acc-keys-own-shape.csv"))
    assert "2026-10-25T02:30:00+01:00" in warning
    assert "99,99999" in warning
    with pytest.raises(BadFile, match=r"line 5.*more than 100"):
        warnings_of_wide(sample("30009900000099.csv"))
    three = b"\r\n".join(sample("30009900000099.csv").split(b"\r\n")[:4])
    assert len(warnings_of_wide(three)) == 2


VALUES = st.builds(
    ImportedValue,
    point_id=st.sampled_from([POINT, "M-001", "CH9900000000000000000000000000017"]),
    direction=st.sampled_from(GridFlow),
    quantity=st.just(EnergyPart.TOTAL),
    start_ms=st.integers(1_700_000_000_000 // 900_000, 1_800_000_000_000 // 900_000).map(lambda n: n * 900_000),
    length_ms=st.just(900_000),
    energy_mwh=st.integers(0, 10**12),
    quality=st.sampled_from(["L1", "", "=1+1", 'a;"b']),
    state=st.sampled_from(DataQuality),
)


@given(st.lists(VALUES, min_size=1, unique_by=lambda value: (value.point_id, value.direction, value.start_ms)))
def test_values_come_back_from_plain_csv(values: list[ImportedValue]) -> None:
    data = values_file(values)
    found = joined([read_document(data, ImportSettings(), mapping=read_mapping(MAPPING.encode()))])

    def key(value: ImportedValue) -> tuple[object, ...]:
        return value.point_id, value.direction, value.start_ms, value.energy_mwh, value.state

    assert sorted(map(key, found.values())) == sorted(map(key, values))


def test_no_cell_is_a_formula() -> None:
    assert [guarded(text) for text in ("=1+1", "+1", "-1", "@x", "L1")] == ["'=1+1", "'+1", "'-1", "'@x", "L1"]
