"""What a member's part of a distribution is weighed by (rule GP10)."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.chain.context import Context
from ledger.groups.schema import GroupMembership, ShareChange
from ledger.groups.shares import held_at
from ledger.groups.terms import Division
from ledger.slots.clock import SlotClock, clock_of
from ledger.slots.limits import KEPT_DAYS
from ledger.slots.schema import SlotState, ValueSource
from ledger.slots.values import utc_days_of_slots, values_of
from ledger.slots.weights import SLOT_DAY, SLOTS_READ_A_UNIT


def segments(membership: GroupMembership, first: int, end: int) -> Iterator[tuple[ShareChange, int, int]]:
    """What a member had in slots from the first to before the end, cut where it changed."""
    starts = sorted({first, *(change.from_slot for change in membership.changes if first < change.from_slot < end)})
    for start, stop in zip(starts, (*starts[1:], end), strict=True):
        yield held_at(membership, start), start, stop


def weight_of(division: Division, membership: GroupMembership, first: int, end: int) -> int:
    """A member's share or key, summed over the slots in which it had it."""
    return sum(
        (change.key if division == Division.KEY else change.share) * (stop - start)
        for change, start, stop in segments(membership, first, end)
    )


def points_of(membership: GroupMembership, first: int, end: int) -> tuple[int, ...]:
    """All points that counted for a member in the slots, rising."""
    changes = (change for change, _start, _stop in segments(membership, first, end))
    return tuple(sorted({point for change in changes for point in change.points}))


def energy_of(context: Context, membership: GroupMembership, point: int, first: int, end: int) -> int:
    """What a point took in the slots in which it counted: the operator's values, ours where there are none, in mWh.

    Values that are not there, or kept no longer, are 0.
    """
    oldest = _oldest(context, clock_of(context))
    return sum(
        _took(context, point, max(start, oldest), stop)
        for change, start, stop in segments(membership, first, end)
        if point in change.points and stop > oldest
    )


def _took(context: Context, point: int, start: int, stop: int) -> int:
    operator = values_of(context, point, ValueSource.OPERATOR, start, stop - start)
    own = values_of(context, point, ValueSource.OWN, start, stop - start)
    return sum(
        (ours if theirs.state == SlotState.MISSING else theirs).energy_mwh
        for theirs, ours in zip(operator, own, strict=True)
    )


def charge_energy(context: Context, first: int, end: int) -> None:
    """What it weighs to read a point's energy of slots from both sources."""
    clock = clock_of(context)
    start = max(first, _oldest(context, clock))
    for _day, _first, length in utc_days_of_slots(clock, start, max(end - start, 0)):
        context.charge(2 * (SLOT_DAY + length // SLOTS_READ_A_UNIT))


def _oldest(context: Context, clock: SlotClock) -> int:
    return clock.slot_of(context.time_ms) - KEPT_DAYS * clock.slots_per_day
