"""A point in time as a person writes it: the one parser of all options that take one (C10)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from devices.errors import Misuse
from ledger.limits import MAX_TIME_MS

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def parse_time_ms(text: str) -> int:
    """Ms of ISO 8601, like 2026-11-21T10:00:00, in UTC unless an offset like +02:00 follows; raises `Misuse`."""
    try:
        read = datetime.fromisoformat(text)
        aware = read if read.tzinfo is not None else read.replace(tzinfo=UTC)
        time_ms = (aware - _EPOCH) // timedelta(milliseconds=1)
    except (ValueError, OverflowError):
        raise Misuse(
            f"{text!r} is no time like 2026-11-21T10:00:00 or 2026-11-21T12:00:00+02:00", code="bad_time"
        ) from None
    if not 0 <= time_ms <= MAX_TIME_MS:
        raise Misuse(f"{text!r} is outside the years 1970 to 9999", code="bad_time")
    return time_ms
