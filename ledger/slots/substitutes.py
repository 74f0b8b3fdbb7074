"""What stands in for a slot that nobody has measured when it is settled (rule M21)."""

from __future__ import annotations

from typing import Final

import msgspec

from ledger.chain.context import Context
from ledger.slots.clock import SlotClock, clock_of
from ledger.slots.packing import NO_VALUE, SlotValue
from ledger.slots.retention import is_kept
from ledger.slots.schema import Method, SlotState, ValueSource
from ledger.slots.values import day_values, put_values, values_of
from ledger.slots.weights import SLOT_DAY, SLOTS_A_UNIT, SLOTS_READ_A_UNIT

WEEKS: Final = range(1, 5)
"""How far back is looked, the latest first: no more than what is kept."""


class PastValues(msgspec.Struct):
    """What a point and source had: each day is read once, and weighs once."""

    context: Context
    clock: SlotClock
    point: int
    source: ValueSource
    days: dict[int, list[SlotValue]] = msgspec.field(default_factory=dict)

    def same_weekday(self, slot: int) -> SlotValue | None:
        """The latest value of a slot's local time and weekday that is no substitute, if one is known."""
        for weeks in WEEKS:
            found = self._value(self.clock.days_before(slot, 7 * weeks))
            if found.state not in (SlotState.MISSING, SlotState.SUBSTITUTED):
                return found
        return None

    def _value(self, slot: int) -> SlotValue:
        day, at = divmod(slot, self.clock.slots_per_day)
        if not is_kept(self.context.time_ms, day):
            return NO_VALUE
        held = self.days.get(day)
        if held is None:
            self.context.charge(SLOT_DAY + self.clock.slots_per_day // SLOTS_READ_A_UNIT)
            held = self.days[day] = day_values(self.context.state, self.clock, self.point, self.source, day)
        return held[at]


def substitute_missing(context: Context, point: int, source: ValueSource, first_slot: int, count: int) -> int:
    """Give each of some slots that is missing what the same weekday had before, or 0 where none is known (M21).

    Says how many those were. Raises `Refused` like `put_values`.
    """
    held = values_of(context, point, source, first_slot, count)
    context.charge(count // SLOTS_A_UNIT)
    past = PastValues(context, clock_of(context), point, source)
    values: list[SlotValue] = []
    for slot, before in enumerate(held, first_slot):
        found = None if before.state != SlotState.MISSING else past.same_weekday(slot)
        if before.state != SlotState.MISSING:
            values.append(NO_VALUE)
        elif found is None:
            values.append(SlotValue(0, SlotState.SUBSTITUTED, method=Method.ZERO))
        else:
            values.append(SlotValue(found.energy_mwh, SlotState.SUBSTITUTED, method=Method.SAME_WEEKDAY))
    return put_values(context, point, source, first_slot, values)


def substitute(context: Context, point: int, source: ValueSource, slot: int) -> None:
    """The same of one slot."""
    substitute_missing(context, point, source, slot, 1)
