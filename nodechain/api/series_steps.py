"""The slots of a series: quarters of an hour, days or months of a time zone, each with a start and an end in ms."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import Enum
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from aiohttp import web

from nodechain.api.http import requests
from nodechain.api.http.requests import EPOCH

QUARTER_MS: Final = 900_000
MAX_SLOTS: Final = 3_000
"""A month of quarters, or eight years of days."""
LATEST_MS: Final = 253_000_000_000_000
"""In the year 9987: the calendar ends soon after."""


class SlotStep(Enum):
    """How long a slot is."""

    QUARTER = "quarter"
    DAY = "day"
    MONTH = "month"


def step_of(request: web.Request) -> SlotStep:
    """The step of the query, by default a quarter of an hour."""
    text = request.query.get("step", SlotStep.QUARTER.value)
    try:
        return SlotStep(text)
    except ValueError:
        raise requests.bad("step", f"one of {', '.join(step.value for step in SlotStep)} is expected") from None


def zone_of(request: web.Request) -> ZoneInfo:
    """The time zone of the query, whose days and months are meant; by default UTC."""
    name = request.query.get("zone", "UTC")
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise requests.bad("zone", f"{name!r} is no time zone, like Europe/Berlin") from None


def bounds(from_ms: int, to_ms: int, step: SlotStep, zone: ZoneInfo) -> list[int]:
    """The bounds of the slots that cover a range; raises `UsageError` for more than `MAX_SLOTS`, or none."""
    if from_ms >= to_ms or to_ms > LATEST_MS:
        raise requests.bad("to_time", "it must lie after `from_time`, and before the year 9987")
    found: list[int] = []
    for bound in _from(from_ms, step, zone):
        found.append(bound)
        if bound >= to_ms:
            return found
        if len(found) > MAX_SLOTS:
            break
    raise requests.bad("from_time", f"more than {MAX_SLOTS} slots; ask for a shorter range or a longer step")


def _from(from_ms: int, step: SlotStep, zone: ZoneInfo) -> Iterator[int]:
    if step is SlotStep.QUARTER:
        first = from_ms - from_ms % QUARTER_MS
        while True:
            yield first
            first += QUARTER_MS
    local = (EPOCH + timedelta(milliseconds=from_ms)).astimezone(zone)
    day = datetime(local.year, local.month, local.day if step is SlotStep.DAY else 1, tzinfo=zone)
    while True:
        yield (day.astimezone(EPOCH.tzinfo) - EPOCH) // timedelta(milliseconds=1)
        day = _day_after(day) if step is SlotStep.DAY else _month_after(day)


def _day_after(day: datetime) -> datetime:
    """Midnight of the next day, also where a day has 23 or 25 hours: this is arithmetic of the calendar."""
    return day + timedelta(days=1)


def _month_after(day: datetime) -> datetime:
    return day.replace(year=day.year + day.month // 12, month=day.month % 12 + 1)
