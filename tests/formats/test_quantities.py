"""Decimal text to whole milliwatt-hours: exact, both decimal marks, marks of thousands only where they belong."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodechain.formats.errors import BadFile
from nodechain.formats.limits import MAX_INTERVAL_MWH, MAX_NUMBER_CHARACTERS, MAX_POINT_CHARACTERS
from nodechain.formats.quantities import NumberStyle, checked_point_id, duration_ms, energy_of, whole_mwh

GERMAN = NumberStyle(",", ".")


@given(mwh=st.integers(0, 10**12))
def test_every_milliwatt_hour_written_as_kilowatt_hours_comes_back(mwh: int) -> None:
    text = f"{mwh // 10**6}.{mwh % 10**6:06}"
    assert energy_of(NumberStyle().parse(text), "kWh", 900_000) == (mwh, False)
    assert energy_of(NumberStyle(",").parse(text.replace(".", ",")), "kWh", 900_000) == (mwh, False)


@given(
    digits=st.integers(-(10**15), 10**15),
    scale=st.integers(0, 12),
    numerator=st.integers(1, 10**9),
    denominator=st.sampled_from([1, 3, 60, 3_600_000]),
)
def test_rounding_is_half_to_even_as_fractions_have_it(
    digits: int, scale: int, numerator: int, denominator: int
) -> None:
    exact = Fraction(digits, 10**scale) * numerator / denominator
    value = Decimal(digits).scaleb(-scale)
    if abs(round(exact)) > MAX_INTERVAL_MWH:
        with pytest.raises(ValueError, match="more energy"):
            whole_mwh(value, numerator, denominator)
    else:
        assert whole_mwh(value, numerator, denominator) == (round(exact), exact.denominator != 1)


def test_power_over_a_step() -> None:
    assert energy_of(Decimal("390.5"), "W", 1_800_000) == (195_250, False)
    assert energy_of(Decimal(1), "W", 300_000) == (83, True)
    with pytest.raises(ValueError, match="VA"):
        energy_of(Decimal(1), "VA", 300_000)


@pytest.mark.parametrize(("text", "value"), [("1.012,5", "1012.5"), ("1.012", "1012"), ("-0,5", "-0.5"), ("7", "7")])
def test_marks_of_thousands(text: str, value: str) -> None:
    assert GERMAN.parse(text) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    ["1.01,5", "1.0125", "1,2,3", ".5.000", "1e3", "nan", "inf", "", ",", "1 0", "\u0661", "0x1", "1_000", "--1"],
)
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(ValueError, match=r"number|thousands"):
        GERMAN.parse(text)


def test_a_second_mark_without_thousands_is_an_error() -> None:
    with pytest.raises(ValueError, match="no number"):
        NumberStyle(",").parse("1.012,5")


def test_limits_of_numbers() -> None:
    assert NumberStyle().parse("1" * MAX_NUMBER_CHARACTERS) > 0
    with pytest.raises(ValueError, match="too long"):
        NumberStyle().parse("1" * (MAX_NUMBER_CHARACTERS + 1))
    assert whole_mwh(MAX_INTERVAL_MWH, 1) == (MAX_INTERVAL_MWH, False)
    with pytest.raises(ValueError, match="more energy"):
        whole_mwh(MAX_INTERVAL_MWH + 1, 1)


@pytest.mark.parametrize("text", ["1,99E+13", "1.99e13", "3.00099E+13", "5E+17"])
def test_points_that_a_spreadsheet_damaged_are_refused(text: str) -> None:
    with pytest.raises(BadFile) as refused:
        checked_point_id(text)
    assert refused.value.code == "damaged_point"


def test_what_is_no_point() -> None:
    assert checked_point_id(" AT00E12 ") == "AT00E12"
    for text in ("", " ", "a b", "a\nb", "\u200b", "x" * (MAX_POINT_CHARACTERS + 1)):
        with pytest.raises(BadFile):
            checked_point_id(text)


def test_durations() -> None:
    assert [duration_ms(text) for text in ("PT15M", "PT1H", "PT900S", "P1D", "pt30m")] == [
        900_000, 3_600_000, 900_000, 86_400_000, 1_800_000,
    ]  # fmt: skip
    for text in ("", "P", "PT", "15M", "PT1.5M", "PT-5M"):
        with pytest.raises(ValueError, match="no ISO duration"):
            duration_ms(text)
