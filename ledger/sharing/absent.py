"""How many of a scheme's points are closed in a slot: values of theirs do not come, and nobody waits for them (SC5).

A point is closed at a slot to come, and joins only while it is open; so when a slot's first value comes all is known.
The numbers follow a point's closing and, once it is closed, each change of its shares.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final, NamedTuple

from ledger.chain.context import Context
from ledger.chain.parameters import DAY_MS
from ledger.sharing.limits import RUN_INPUT_DAYS
from ledger.sharing.schema import ABSENT_POINTS, PARTICIPATIONS, AbsentChange, AbsentDay, Participation
from ledger.sharing.weights import ABSENT_CHANGES_A_UNIT, CLOSED_SHARE
from ledger.slots.clock import SlotClock, clock_of
from ledger.slots.schema import MeteringPoint
from ledger.state.table import big_endian

NO_SHARES: Final = Participation(())

DAYS_AT_ONCE: Final = 40
"""Days of a scheme that one closing or leaving looks at, to put old ones together."""


class AbsentPoints(NamedTuple):
    """How many points of a scheme are closed: `before` in a first slot, then by changes in rising order of slots."""

    before: int
    changes: tuple[AbsentChange, ...]


def absent_in(found: AbsentPoints, slot: int) -> int:
    """How many points are closed in a slot and take part."""
    return found.before + sum(each.change for each in found.changes if each.from_slot <= slot)


def absent_points(context: Context, scheme: int, first_slot: int, end_slot: int) -> AbsentPoints:
    """What is known of a scheme's closed points in some slots; its weight is counted."""
    before, changes, last_day = 0, list[AbsentChange](), _day(clock_of(context), end_slot - 1)
    for key in context.state.scan(ABSENT_POINTS, big_endian(scheme)):
        if int.from_bytes(key[8:], "big") > last_day:
            break
        held = context.get(ABSENT_POINTS, key).changes
        context.charge(1 + len(held) // ABSENT_CHANGES_A_UNIT)
        before += sum(each.change for each in held if each.from_slot <= first_slot)
        changes += [each for each in held if first_slot < each.from_slot < end_slot]
    return AbsentPoints(before, tuple(changes))


def _day(clock: SlotClock, slot: int) -> int:
    return slot // clock.slots_per_day


def absence(participation: Participation, until_slot: int) -> Counter[int]:
    """By slot, by how much more (or less) a point counts from there on that is closed from `until_slot` on."""
    found: Counter[int] = Counter()
    ends = (*(change.from_slot for change in participation.changes[1:]), None)
    for change, end in zip(participation.changes, ends, strict=False):
        begin = max(change.from_slot, until_slot)
        if change.factor and (end is None or end > begin):
            found[begin] += 1
            if end is not None:
                found[end] -= 1
    return found


def follow_closing(context: Context, point: MeteringPoint, until_slot: int) -> None:
    """A point is closed: it is absent in all its schemes from there on."""
    for key in context.state.keys(PARTICIPATIONS, big_endian(point.number)):
        context.charge(CLOSED_SHARE)
        _add(context, int.from_bytes(key[8:], "big"), absence(context.get(PARTICIPATIONS, key), until_slot))


def follow_shares(context: Context, scheme: int, until_slot: int, before: Participation, after: Participation) -> None:
    """The shares of a point that is closed from `until_slot` on (0: it is open) are others now."""
    if until_slot:
        change = absence(after, until_slot)
        change.subtract(absence(before, until_slot))
        _add(context, scheme, change)


def _add(context: Context, scheme: int, added: Counter[int]) -> None:
    """Into entries by UTC day: few are read at once, and none is large; days that no run settles any more are one."""
    group, clock = big_endian(scheme), clock_of(context)
    horizon = max(context.time_ms // DAY_MS - RUN_INPUT_DAYS, 0)
    for key in context.state.keys(ABSENT_POINTS, group)[:DAYS_AT_ONCE]:
        if 0 < int.from_bytes(key[8:], "big") < horizon:
            gone = sum(each.change for each in context.get(ABSENT_POINTS, key).changes)
            context.state.delete(ABSENT_POINTS, key)
            _put(context, group + big_endian(0), {0: gone})
    days: dict[int, dict[int, int]] = {}
    for slot, change in added.items():
        day = _day(clock, slot)
        slots = days.setdefault(day if day >= horizon else 0, {})
        place = slot if day >= horizon else 0
        slots[place] = slots.get(place, 0) + change
    for day in sorted(days):
        _put(context, group + big_endian(day), days[day])


def _put(context: Context, key: bytes, added: Mapping[int, int]) -> None:
    held = context.state.get(ABSENT_POINTS, key)
    changes = {} if held is None else {each.from_slot: each.change for each in held.changes}
    for slot, change in added.items():
        changes[slot] = changes.get(slot, 0) + change
    kept = tuple(AbsentChange(slot, change) for slot, change in sorted(changes.items()) if change)
    if kept:
        context.state.put(ABSENT_POINTS, key, AbsentDay(kept))
    else:
        context.state.delete(ABSENT_POINTS, key)
