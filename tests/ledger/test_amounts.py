"""What people write and what the ledger counts are the same number, or the text is refused."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.encoding.amounts import (
    ONE_TOKEN,
    format_amount,
    format_duration,
    format_energy,
    format_share,
    parse_amount,
    parse_duration_ms,
    parse_energy,
    parse_share,
)
from ledger.errors import AmountError
from ledger.limits import MAX_INTEGER

COUNTED = st.integers(0, MAX_INTEGER)
DECIMALS = st.integers(0, 12)


@given(COUNTED, DECIMALS)
def test_amounts_round_trip(value: int, decimals: int) -> None:
    text = format_amount(value, decimals)
    assert parse_amount(text, decimals) == value
    assert Fraction(text) == Fraction(value, 10**decimals)
    assert not ("." in text and text.endswith(("0", ".")))
    assert format_amount(-value, decimals) == (f"-{text}" if value else "0")


@given(COUNTED)
def test_energies_round_trip(energy_wh: int) -> None:
    assert parse_energy(format_energy(energy_wh)) == energy_wh


@given(COUNTED)
def test_shares_round_trip(parts: int) -> None:
    assert parse_share(format_share(parts)) == parts


@given(COUNTED)
def test_durations_round_trip(duration_ms: int) -> None:
    assert parse_duration_ms(format_duration(duration_ms)) == duration_ms


ANY_TEXT = st.text() | st.text("0123456789.,+-e %kWhmsd", max_size=12)


@given(ANY_TEXT)
def test_any_text_is_read_exactly_or_refused(text: str) -> None:
    for parse in (parse_amount, parse_energy, parse_share, parse_duration_ms):
        with suppress(AmountError):
            assert 0 <= parse(text) <= MAX_INTEGER
            assert text.isascii()
            assert text == text.strip()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("7.35", 7_350_000_000),
        ("0.000000001", 1),
        ("1.500000000", 1_500_000_000),
        ("007", 7 * ONE_TOKEN),
        ("9223372036.854775807", MAX_INTEGER),
    ],
)
def test_amounts_that_are_read(text: str, value: int) -> None:
    assert parse_amount(text) == value


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("", "empty"),
        ("+1", "sign"),
        ("-1", "sign"),
        ("1e3", "exponent"),
        ("1E3", "exponent"),
        ("1,5", "point"),
        ("1,000.5", "separators"),
        (" 1", "spaces"),
        ("1 ", "spaces"),
        ("1 000", "spaces"),
        ("1\n", "spaces"),
        ("1_000", "write digits"),
        (".5", "write digits"),
        ("5.", "write digits"),
        ("1.2.3", "write digits"),
        ("0x10", "write digits"),
        ("inf", "write digits"),
        ("١٢", "digits 0 to 9"),
        ("²", "digits 0 to 9"),
        ("\uff11", "digits 0 to 9"),
        ("1.0000000001", "decimals"),
        ("1.0000000000", "decimals"),
        ("9223372036.854775808", "more than the ledger"),
        ("9" * 64, "more than the ledger"),
        ("9" * 65, "write digits"),
    ],
)
def test_amounts_that_are_refused(text: str, advice: str) -> None:
    with pytest.raises(AmountError, match=advice):
        parse_amount(text)


@pytest.mark.parametrize(
    ("text", "energy_wh"),
    [("7 kWh", 7000), ("7.857kWh", 7857), ("7857 Wh", 7857), ("7857", 7857), ("7 kwh", 7000), ("1.5 MWh", 1_500_000)],
)
def test_energies_that_are_read(text: str, energy_wh: int) -> None:
    assert parse_energy(text) == energy_wh


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("", "no energy"),
        ("kWh", "no energy"),
        ("7  kWh", "no energy"),
        (" 7 kWh", "no energy"),
        ("-7 kWh", "no energy"),
        ("7 GWh", "no unit"),
        ("7 mWh", "no unit"),
        ("7 kW", "no unit"),
        ("0.5 Wh", "whole watt-hours"),
        ("0.5", "whole watt-hours"),
        ("7.8571 kWh", "whole watt-hours"),
        ("1.2.3 kWh", "no number"),
        ("9223372036854775.808 kWh", "more than the ledger"),
    ],
)
def test_energies_that_are_refused(text: str, advice: str) -> None:
    with pytest.raises(AmountError, match=advice):
        parse_energy(text)


@pytest.mark.parametrize(
    ("energy_wh", "text"), [(0, "0 Wh"), (999, "999 Wh"), (1000, "1 kWh"), (7857, "7.857 kWh"), (-2500, "-2.5 kWh")]
)
def test_energies_as_text(energy_wh: int, text: str) -> None:
    assert format_energy(energy_wh) == text


@pytest.mark.parametrize(
    ("text", "parts"),
    [("5%", 50_000_000), ("5 %", 50_000_000), ("0.05", 50_000_000), ("100%", 10**9), ("1", 10**9), ("0.0000001%", 1)],
)
def test_shares_that_are_read(text: str, parts: int) -> None:
    assert parse_share(text) == parts


@pytest.mark.parametrize("text", ["", "%", "5%%", "5  %", "-5%", "0.00000001%", "5 percent"])
def test_shares_that_are_refused(text: str) -> None:
    with pytest.raises(AmountError):
        parse_share(text)


@pytest.mark.parametrize(
    ("text", "duration_ms"),
    [
        ("2h", 7_200_000),
        ("30m", 1_800_000),
        ("1 min", 60_000),
        ("90s", 90_000),
        ("14d", 1_209_600_000),
        ("250ms", 250),
        ("1.5h", 5_400_000),
        ("1h 30m", 5_400_000),
        ("1h30m", 5_400_000),
        ("1 day", 86_400_000),
        ("0s", 0),
    ],
)
def test_durations_that_are_read(text: str, duration_ms: int) -> None:
    assert parse_duration_ms(text) == duration_ms


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("", "no duration"),
        ("7200", "no duration"),
        ("h", "no duration"),
        ("2h ", "no duration"),
        (" 2h", "no duration"),
        ("-2h", "no duration"),
        ("2 weeks", "no unit"),
        ("30m 1h", "large to small"),
        ("1m 1min", "large to small"),
        ("0.5ms", "whole milliseconds"),
        ("9223372036854775808ms", "more than"),
        ("9223372036854775s 999ms", "longer than"),
        ("1h" * 40, "no duration|large to small"),
    ],
)
def test_durations_that_are_refused(text: str, advice: str) -> None:
    with pytest.raises(AmountError, match=advice):
        parse_duration_ms(text)


def test_durations_as_text() -> None:
    assert format_duration(0) == "0s"
    assert format_duration(90_061_001) == "1d 1h 1m 1s 1ms"
    assert format_duration(-1000) == "-1s"
