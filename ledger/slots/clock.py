"""Slots, and the local days and months that they lie in (rules M12-M14): pure arithmetic over the chain's own offsets.

No node asks its system for a time zone: what the genesis lists, and votes have added, is all that counts. A slot is
half-open, `start <= time < start of the next`, and aligned to UTC.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import Final

import msgspec

from ledger.chain.context import Context
from ledger.chain.parameters import DAY_MS, MINUTE_MS
from ledger.errors import require
from ledger.slots.genesis import SLOTS_SECTION, SlotsSection
from ledger.slots.schema import ZONE_EXTENSION, OffsetChange, ZoneExtension

_ERA_DAYS: Final = 146_097
"""Of 400 years."""


class SlotClock(msgspec.Struct, frozen=True):
    """A chain's slots and its local time. Days are numbered from 1970-01-01, months are `12 * year + month - 1`."""

    slot_ms: int
    offsets: tuple[OffsetChange, ...]
    holidays: tuple[int, ...]

    @property
    def slots_per_day(self) -> int:
        """In a UTC day."""
        return DAY_MS // self.slot_ms

    def slot_of(self, time_ms: int) -> int:
        """The slot that an instant lies in."""
        return time_ms // self.slot_ms

    def start_ms(self, slot: int) -> int:
        """When a slot begins."""
        return slot * self.slot_ms

    def offset_ms(self, time_ms: int) -> int:
        """Local time less UTC at an instant; before the first change it is that one's."""
        at = bisect_right(self.offsets, time_ms, key=lambda change: change.from_ms)
        return self.offsets[max(at - 1, 0)].minutes * MINUTE_MS

    def local_ms(self, slot: int) -> int:
        """Local time at the begin of a slot, counted as if it were UTC."""
        start_ms = self.start_ms(slot)
        return start_ms + self.offset_ms(start_ms)

    def local_day(self, slot: int) -> int:
        """The local day of a slot."""
        return self.local_ms(slot) // DAY_MS

    def wall_clock_slot(self, slot: int) -> int:
        """Which slot of a day of 24 hours it is by the clock on the wall: a repeated hour has its numbers twice."""
        return self.local_ms(slot) % DAY_MS // self.slot_ms

    def weekday(self, slot: int) -> int:
        """Of the local day; Monday is 0."""
        return (self.local_day(slot) + 3) % 7

    def is_holiday(self, slot: int) -> bool:
        """Whether the local day is listed."""
        return self.local_day(slot) in self.holidays

    def local_month(self, slot: int) -> int:
        """The local month of a slot."""
        return month_of_day(self.local_day(slot))

    def first_slot_of_day(self, day: int) -> int:
        """The first slot of a local day."""
        for number, change in enumerate(self.offsets):
            from_ms = change.from_ms if number else 0
            start_ms = max(from_ms, day * DAY_MS - change.minutes * MINUTE_MS)
            if number + 1 == len(self.offsets) or start_ms < self.offsets[number + 1].from_ms:
                return start_ms // self.slot_ms
        require(False, "a time zone has an offset")
        return 0

    def slots_of_day(self, day: int) -> int:
        """How many slots a local day has: with quarter hours 96, or 92 and 100 where the clock changes."""
        return self.first_slot_of_day(day + 1) - self.first_slot_of_day(day)

    def days_before(self, slot: int, days: int) -> int:
        """The slot at the same local time so many days before: shifted where the clock changed between."""
        earlier = slot - days * self.slots_per_day
        shift = self.offset_ms(self.start_ms(slot)) - self.offset_ms(self.start_ms(earlier))
        return earlier + shift // self.slot_ms


def clock_of(context: Context) -> SlotClock:
    """The slots of a chain where the module is on, with what votes have added to its time zone."""
    return clock_with(SLOTS_SECTION.of(context.genesis), context.state.get(ZONE_EXTENSION, b""))


def clock_with(section: SlotsSection, added: ZoneExtension | None) -> SlotClock:
    """The slots of a genesis, with what votes have added to its time zone."""
    if added is None:
        return SlotClock(section.slot_ms, section.offsets, section.holidays)
    holidays = tuple(sorted({*section.holidays, *added.holidays}))
    return SlotClock(section.slot_ms, (*section.offsets, *added.offsets), holidays)


def first_day_of_month(month: int) -> int:
    """Days from 1970-01-01 to the first of a month (the proleptic Gregorian calendar, years begin in March)."""
    year, of_year = divmod(month - 2, 12)
    era, of_era = divmod(year, 400)
    return era * _ERA_DAYS + of_era * 365 + of_era // 4 - of_era // 100 + (153 * of_year + 2) // 5 - 719_468


def month_of_day(day: int) -> int:
    """The month that a day lies in."""
    month = 12 * 1970 + day * 400 * 12 // _ERA_DAYS
    while first_day_of_month(month + 1) <= day:
        month += 1
    while first_day_of_month(month) > day:
        month -= 1
    return month
