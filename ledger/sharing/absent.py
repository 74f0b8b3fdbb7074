"""How many of a scheme's points are closed in a slot: values of theirs do not come, and nobody waits for them (SC5).

A point is closed at a slot to come, and joins only while it is open; so when a slot's first value comes all is known.
The numbers follow a point's closing and, once it is closed, each change of its shares.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from ledger.chain.context import Context
from ledger.chain.parameters import DAY_MS
from ledger.sharing.limits import RUN_INPUT_DAYS
from ledger.sharing.schema import ABSENT_POINTS, PARTICIPATIONS, AbsentChange, AbsentPoints, Participation
from ledger.sharing.weights import ABSENT_CHANGES_A_UNIT, CLOSED_SHARE
from ledger.slots.clock import clock_of
from ledger.slots.schema import MeteringPoint
from ledger.state.table import big_endian

NO_SHARES: Final = Participation(())
NOBODY: Final = AbsentPoints(0, ())


def absent_in(found: AbsentPoints, slot: int) -> int:
    """How many points are closed in a slot and take part."""
    return found.before + sum(each.change for each in found.changes if each.from_slot <= slot)


def absent_points(context: Context, scheme: int) -> AbsentPoints:
    """What is known of a scheme's closed points; its weight is counted."""
    found = context.state.get(ABSENT_POINTS, big_endian(scheme)) or NOBODY
    context.charge(len(found.changes) // ABSENT_CHANGES_A_UNIT)
    return found


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
    """What began before anything that a run may still settle is one number."""
    key = big_endian(scheme)
    known = context.state.get(ABSENT_POINTS, key) or NOBODY
    changes = Counter({each.from_slot: each.change for each in known.changes})
    changes.update(added)
    horizon = max(context.time_ms // DAY_MS - RUN_INPUT_DAYS, 0) * clock_of(context).slots_per_day
    before = known.before + sum(change for slot, change in changes.items() if slot <= horizon)
    later = tuple(AbsentChange(slot, change) for slot, change in sorted(changes.items()) if slot > horizon and change)
    if before or later:
        context.state.put(ABSENT_POINTS, key, AbsentPoints(before, later))
    else:
        context.state.delete(ABSENT_POINTS, key)
