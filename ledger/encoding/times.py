"""Times: milliseconds since the Unix epoch, how large one may be where it comes in, and how it is written for people.

Writing never fails: what no calendar can show is written as a number.
"""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from ledger.encoding.quantities import FieldUnit, Quantity
from ledger.limits import MAX_DURATION_MS, MAX_TIME_MS

Millis = Annotated[int, msgspec.Meta(ge=0, le=MAX_TIME_MS), FieldUnit(Quantity.TIME_MS)]
"""A time that comes in from outside."""

DurationMs = Annotated[int, msgspec.Meta(ge=0, le=MAX_DURATION_MS), FieldUnit(Quantity.DURATION_MS)]
"""A length of time that comes in from outside."""

_SECOND_MS: Final = 1_000
_DAY_S: Final = 86_400


def format_time(time_ms: int) -> str:
    """`2026-11-21 10:00:00`, in UTC and whole seconds; outside the years 1970 to 9999 the number itself."""
    if not 0 <= time_ms <= MAX_TIME_MS:
        return f"{time_ms} ms"
    second = time_ms // _SECOND_MS % _DAY_S
    return f"{format_day(time_ms)} {second // 3_600:02d}:{second // 60 % 60:02d}:{second % 60:02d}"


def format_day(time_ms: int) -> str:
    """`2026-11-21`, in UTC; outside the years 1970 to 9999 the number itself."""
    if not 0 <= time_ms <= MAX_TIME_MS:
        return f"{time_ms} ms"
    # The proleptic Gregorian calendar in eras of 400 years of March to February, so that leap days come last.
    days = time_ms // _SECOND_MS // _DAY_S + 719_468
    era, of_era = divmod(days, 146_097)
    year = (of_era - of_era // 1_460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year + year // 4 - year // 100)
    month = (5 * of_year + 2) // 153
    day = of_year - (153 * month + 2) // 5 + 1
    is_next_year = month >= 10
    return f"{400 * era + year + is_next_year:04d}-{month - 9 if is_next_year else month + 3:02d}-{day:02d}"
