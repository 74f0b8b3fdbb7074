"""Which slots are settled together: one, or all of a local hour where the rule works by the hour (rule SR21)."""

from __future__ import annotations

from typing import NamedTuple

from ledger.chain.parameters import HOUR_MS
from ledger.sharing.allocation_rules import AllocationRule
from ledger.slots.clock import SlotClock


class Together(NamedTuple):
    """Slots that one allocation covers; `number`: of the slot, or of the hour, where the ring of SR1 begins."""

    slots: range
    number: int


def slots_together(clock: SlotClock, rule: AllocationRule) -> int:
    """How many slots one allocation covers."""
    return max(1, HOUR_MS // clock.slot_ms) if rule.hourly else 1


def together_with(clock: SlotClock, rule: AllocationRule, slot: int) -> Together:
    """The slots of the hour that a slot lies in, or it alone.

    Hours are counted from the first slot of the local day, so that none lies in two days, whatever the time zone; the
    last one is shorter where the day is not of whole hours.
    """
    length = slots_together(clock, rule)
    if length == 1:
        return Together(range(slot, slot + 1), slot)
    day = clock.local_day(slot)
    first = slot - (slot - clock.first_slot_of_day(day)) % length
    return Together(range(first, min(first + length, clock.first_slot_of_day(day + 1))), first // length)


def begins_an_hour(clock: SlotClock, rule: AllocationRule, slot: int) -> bool:
    """Whether terms with this rule may begin, or end, with a slot."""
    return together_with(clock, rule, slot).slots.start == slot
