"""When the community will have energy left over: the hours in which it had most, a day or a week before.

No model: tomorrow is said to be as a day that is known. Both ways are played on the days before, and the one that was
right more often is taken, with its record.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final

import msgspec

TESTED_DAYS: Final = 7
"""So many days before are played."""


class Way(Enum):
    """Which known day the coming one is said to be like; the value: how many days lie between."""

    YESTERDAY = 1
    LAST_WEEK = 7


class SlotFigures(msgspec.Struct, frozen=True):
    """Of a slot: what the community fed in and nobody of it used, and what one's own points drew beside their share."""

    surplus_mwh: int
    own_rest_mwh: int


Day = Mapping[int, SlotFigures]
"""The settled slots of a local day, by the minute of the day at which each begins."""


class Window(msgspec.Struct, frozen=True):
    """Hours of a day, in minutes from midnight, and the surplus in them."""

    begin: int
    end: int
    surplus_mwh: int


class Record(msgspec.Struct, frozen=True):
    """Of `days` that could be tested, on how many the hours that this way names had as much left as is needed."""

    right: int
    days: int


class Advice(msgspec.Struct, frozen=True):
    """`window`: the hours, with the surplus of the day that they are taken from (`like`, its number); `record` of this
    way. `movable_mwh`: what one drew from the grid on that day outside of these hours.
    """

    window: Window
    way: Way
    like: int
    record: Record
    movable_mwh: int


def best_window(day: Day, length: int, slot: int) -> Window | None:
    """The hours (`length` minutes) with the largest surplus, the earliest of equal ones; None where none is settled
    whole, or none has any.
    """
    found: Window | None = None
    for begin in sorted(day):
        minutes = range(begin, begin + length, slot)
        if any(minute not in day for minute in minutes):
            continue
        surplus = sum(day[minute].surplus_mwh for minute in minutes)
        if surplus > (0 if found is None else found.surplus_mwh):
            found = Window(begin, begin + length, surplus)
    return found


def surplus_in(day: Day, window: Window, slot: int) -> int | None:
    """What was left over in these hours of a day; None where a slot of them is not settled."""
    minutes = range(window.begin, window.end, slot)
    if any(minute not in day for minute in minutes):
        return None
    return sum(day[minute].surplus_mwh for minute in minutes)


def record_of(days: Mapping[int, Day], until: int, way: Way, length: int, slot: int, need_mwh: int) -> Record:
    """How this way did on the days before `until`: each is judged by what was known before it, and by what came."""
    right = tested = 0
    for number in range(until - TESTED_DAYS, until):
        window = best_window(days.get(number - way.value, {}), length, slot)
        came = None if window is None else surplus_in(days.get(number, {}), window, slot)
        if came is not None:
            tested += 1
            right += came >= need_mwh
    return Record(right, tested)


def advise(days: Mapping[int, Day], day: int, length: int, slot: int, need_mwh: int) -> Advice | None:
    """For a day (its number): the way with the better record, yesterday's where they are equal. None where no day that
    could be like it is known, or none had as much left as is needed.
    """
    found: list[Advice] = []
    for way in Way:
        like = days.get(day - way.value, {})
        window = best_window(like, length, slot)
        if window is not None and window.surplus_mwh >= need_mwh:
            outside = (minute for minute in like if not window.begin <= minute < window.end)
            movable = sum(like[minute].own_rest_mwh for minute in outside)
            record = record_of(days, day, way, length, slot, need_mwh)
            found.append(Advice(window, way, day - way.value, record, movable))
    return max(found, key=_rightness, default=None)


def _rightness(advice: Advice) -> float:
    """Of tested days the part that was right; what was never tested comes last."""
    return advice.record.right / advice.record.days if advice.record.days else -1
