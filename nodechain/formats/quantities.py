"""Decimal text to whole milliwatt-hours, exactly: `decimal`, never binary floats."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation
from typing import Final

import msgspec

from nodechain.formats.errors import BadFile
from nodechain.formats.limits import MAX_INTERVAL_MWH, MAX_NUMBER_CHARACTERS, MAX_POINT_CHARACTERS, MAX_STEP_MS

EXACT: Final = Context(prec=100)
ENERGY_MWH: Final = {"wh": 1_000, "kwh": 1_000_000, "mwh": 1_000_000_000}
"""By unit in small letters: milliwatt-hours in one; `mwh` is the megawatt-hour."""
POWER_MW: Final = {"w": 1_000, "kw": 1_000_000, "mw": 1_000_000_000}
"""By unit in small letters: milliwatts in one; `mw` is the megawatt."""
MS_PER_HOUR: Final = 3_600_000
_DAMAGED: Final = re.compile(r"[0-9]+([.,][0-9]+)?[eE]\+?[0-9]+")
_DURATION: Final = re.compile(r"P(?:([0-9]{1,3})D)?(?:T(?:([0-9]{1,4})H)?(?:([0-9]{1,5})M)?(?:([0-9]{1,6})S)?)?")


class NumberStyle(msgspec.Struct, frozen=True):
    """How numbers are written: the decimal mark, and the mark of thousands (empty: none)."""

    decimal: str = "."
    thousands: str = ""

    def parse(self, text: str) -> Decimal:
        """The number. Raises `ValueError` with the reason."""
        found = text.strip()
        if len(found) > MAX_NUMBER_CHARACTERS:
            raise ValueError("a number that is too long")
        whole, mark, part = found.partition(self.decimal)
        if self.thousands and self.thousands in whole:
            head, *groups = whole.lstrip("+-").split(self.thousands)
            if not 1 <= len(head) <= 3 or any(len(group) != 3 for group in groups):
                raise ValueError(f"{text!r} has marks of thousands where none belong")
            whole = whole.replace(self.thousands, "")
        digits = whole[1:] if whole[:1] in ("+", "-") else whole
        if not all(piece.isascii() and piece.isdigit() for piece in ([digits, part] if mark else [digits])):
            raise ValueError(f"{text!r} is no number with {self.decimal!r} as its decimal mark")
        try:
            return Decimal(f"{whole}.{part}" if mark else whole, EXACT)
        except InvalidOperation:
            raise ValueError(f"{text!r} is no number") from None


def whole_mwh(value: Decimal | int, numerator: int, denominator: int = 1) -> tuple[int, bool]:
    """The value * numerator / denominator in mWh, and whether it had to be rounded (half to even).

    Raises `ValueError` where it is beyond `MAX_INTERVAL_MWH` either way.
    """
    exact = EXACT.multiply(Decimal(value), numerator)
    if not exact.is_finite() or exact.adjusted() > MAX_NUMBER_CHARACTERS:
        raise ValueError("more energy than any meter counts")
    scale = max(0, -int(exact.as_tuple().exponent))
    if scale > 2 * MAX_NUMBER_CHARACTERS:
        raise ValueError("a number with too many decimals")
    top, bottom = int(exact.scaleb(scale, EXACT)), denominator * 10**scale
    quotient, rest = divmod(top, bottom)
    if 2 * rest > bottom or (2 * rest == bottom and quotient % 2):
        quotient += 1
    if abs(quotient) > MAX_INTERVAL_MWH:
        raise ValueError("more energy than any meter counts in one interval")
    return quotient, bool(rest)


def energy_of(value: Decimal | int, unit: str, step_ms: int) -> tuple[int, bool]:
    """The mWh of an energy, or of an average power over a step. Raises `ValueError` for another unit."""
    name = unit.strip().lower()
    if name in ENERGY_MWH:
        return whole_mwh(value, ENERGY_MWH[name])
    if name in POWER_MW:
        return whole_mwh(value, POWER_MW[name] * step_ms, MS_PER_HOUR)
    raise ValueError(f"{unit!r} is no unit of energy or power that is read (Wh, kWh, MWh, W, kW, MW)")


def plain_decimal(value: Decimal) -> Decimal:
    """The same rounded to 12 decimals: what a workbook's binary numbers can carry."""
    return value.quantize(Decimal("1e-12"), ROUND_HALF_EVEN, EXACT)


def duration_ms(text: str) -> int:
    """Milliseconds of an ISO duration of days, hours, minutes, seconds. Raises `ValueError`."""
    found = _DURATION.fullmatch(text.strip().upper())
    if found is None or not any(found.groups()):
        raise ValueError(f"{text[:40]!r} is no ISO duration such as PT15M")
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    found_ms = (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1_000
    if found_ms > MAX_STEP_MS:
        raise ValueError(f"{text!r} is longer than a day")
    return found_ms


def minutes_ms(text: str) -> int:
    """Milliseconds of a whole number of minutes, or of an ISO duration. Raises `ValueError`."""
    found = text.strip()
    return duration_ms(f"PT{found}M" if found.isascii() and found.isdigit() else found)


def checked_point_id(text: str) -> str:
    """A metering point's id, stripped. Raises `BadFile` for one that a spreadsheet damaged, or that is none."""
    found = text.strip()
    if _DAMAGED.fullmatch(found):
        raise BadFile(
            f"the metering point {found} was damaged by a spreadsheet: its last digits are lost",
            code="damaged_point",
            advice="Take the file as it was downloaded; do not open and save it in a spreadsheet program.",
        )
    if not found or len(found) > MAX_POINT_CHARACTERS or not found.isprintable() or any(map(str.isspace, found)):
        raise BadFile(f"{found[:MAX_POINT_CHARACTERS]!r} is no metering point", code="bad_point")
    return found
