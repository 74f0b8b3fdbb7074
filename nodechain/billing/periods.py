"""Periods cut in local time: days, months, years and spans of days in the community's time zone."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from nodechain.billing.document import Period
from nodechain.errors import UsageError

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
FIRST_YEAR: Final = 1970
LAST_YEAR: Final = 9999
_FORMS: Final = "Like 2026-06, 2026, 2026-06-01 or 2026-06-01..2026-06-15; both days belong to it."


def zone_named(name: str) -> ZoneInfo:
    """A time zone by its name; raises `UsageError` (bad_zone)."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UsageError(
            f"there is no time zone {name}",
            code="bad_zone",
            advice="Like Europe/Vienna. Where the system has no list of zones: pip install tzdata.",
        ) from None


def read_period(text: str, zone_name: str) -> Period:
    """The period of a text, whole days in a zone; raises `UsageError` (bad_period, bad_zone)."""
    zone = zone_named(zone_name)
    first, last = _days(text)
    if last < first or not FIRST_YEAR <= first.year <= last.year < LAST_YEAR:
        raise UsageError(f"{text} ends before it begins, or lies outside of time", code="bad_period", advice=_FORMS)
    start, end = (_midnight_ms(day, zone) for day in (first, last + timedelta(days=1)))
    return Period(start, end, zone_name, first.isoformat(), last.isoformat())


def local_day(time_ms: int, zone_name: str) -> str:
    """The day of a time in a zone."""
    return (EPOCH + timedelta(milliseconds=time_ms)).astimezone(zone_named(zone_name)).date().isoformat()


def days_between(first: str, second: str) -> int:
    """How many days two days are apart; raises `UsageError` (bad_period) for what is none."""
    try:
        return abs((date.fromisoformat(first) - date.fromisoformat(second)).days)
    except ValueError:
        raise UsageError(f"{first} or {second} is no day", code="bad_period", advice="Like 2026-06-30.") from None


def days_after(day: str, days: int) -> str:
    """The day so many days later."""
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def years_before(day: str, years: int) -> str:
    """The same day so many years earlier; of a 29 February the 28th where there is none."""
    found = date.fromisoformat(day)
    try:
        return found.replace(year=found.year - years).isoformat()
    except ValueError:
        return found.replace(year=found.year - years, day=28).isoformat()


def _midnight_ms(day: date, zone: ZoneInfo) -> int:
    return int(datetime.combine(day, time(), zone).timestamp()) * 1000


def _days(text: str) -> tuple[date, date]:
    try:
        if re.fullmatch(r"\d{4}", text):
            return date(int(text), 1, 1), date(int(text), 12, 31)
        if re.fullmatch(r"\d{4}-\d{2}", text):
            first = date.fromisoformat(f"{text}-01")
            following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
            return first, following - timedelta(days=1)
        begin, between, end = text.partition("..")
        first = date.fromisoformat(begin)
        return first, date.fromisoformat(end) if between else first
    except (ValueError, OverflowError):
        raise UsageError(f"{text} is no period", code="bad_period", advice=_FORMS) from None
