"""When a group's income is divided by its rhythm (rule GP9)."""

from __future__ import annotations

import msgspec

from ledger.chain.context import Context
from ledger.chain.expiries import cancel_expiry, schedule
from ledger.groups.schema import PERIOD_DUE, Group
from ledger.groups.terms import Rhythm
from ledger.slots.clock import SlotClock, clock_of, first_day_of_month
from ledger.state.table import big_endian


def end_of_period(clock: SlotClock, rhythm: int, slot: int) -> int:
    """The slot with which the next period begins after one that has `slot` in it."""
    if rhythm == Rhythm.SLOT:
        return slot + 1
    if rhythm == Rhythm.DAY:
        return clock.first_slot_of_day(clock.local_day(slot) + 1)
    return clock.first_slot_of_day(first_day_of_month(clock.local_month(slot) + 1))


def await_period(context: Context, group: Group) -> Group:
    """Let the end of the period that the group is in fall due; the group as it is then."""
    if group.terms.rhythm == Rhythm.DEMAND:
        return group
    clock = clock_of(context)
    end = end_of_period(clock, group.terms.rhythm, max(group.from_slot, clock.slot_of(context.time_ms)))
    return await_end(context, group, end)


def await_end(context: Context, group: Group, end: int) -> Group:
    """Let a period that ends before slot `end` fall due after the group's wait."""
    due_ms = clock_of(context).start_ms(end) + group.terms.wait_ms
    schedule(context, due_ms, PERIOD_DUE, group.number, big_endian(group.number) + big_endian(end))
    return msgspec.structs.replace(group, due_ms=due_ms)


def stop_waiting(context: Context, group: Group) -> Group:
    """Nothing falls due for the group any more; the group as it is then."""
    if group.due_ms:
        cancel_expiry(context, group.due_ms, PERIOD_DUE, group.number)
    return msgspec.structs.replace(group, due_ms=0)
