"""Which slots of a time no run has settled yet, and whose values they wait for. Reads only."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

import msgspec

from ledger.chain.context import Context
from ledger.chain.parameters import DAY_MS
from ledger.sharing.credit_following import credit_scheme, month_of
from ledger.sharing.credit_terms import by_month, slots_of_month
from ledger.sharing.hours import together_with
from ledger.sharing.members import members_of
from ledger.sharing.metered import sources_of
from ledger.sharing.progress import cut_off_ms
from ledger.sharing.rows_used import rows_are_there
from ledger.sharing.schema import SCHEMES, SLOT_RUNS, SchemeVersion
from ledger.sharing.schemes import SCHEME_NUMBERS
from ledger.sharing.versions import newest_version, version_at
from ledger.slots.clock import clock_of
from ledger.slots.schema import SlotState
from ledger.slots.values import known_point, values_of
from ledger.state.table import big_endian


class UnsettledSlots(msgspec.Struct, frozen=True):
    """`count` slots of a scheme from `first_slot` on that wait for the values of the same `points` (number, account).

    `rows_missing`: they also lack the rows that come with each slot. Without either all is there, and the slots are
    settled in the next blocks; by the month, when all of its slots are there. `cut_off_ms`: from then on substitutes
    stand in for what is missing of the last of them.
    """

    scheme: int
    first_slot: int
    count: int
    cut_off_ms: int
    points: tuple[tuple[int, bytes], ...]
    rows_missing: bool = False


class WaitingSlots(msgspec.Struct, frozen=True):
    """How many slots that are over have no run, when the oldest of them ended (0: there is none), and how many of them
    lack the rows that come with each slot.
    """

    count: int
    oldest_end_ms: int
    without_rows: int


def waiting_slots(context: Context) -> WaitingSlots:
    """Of all schemes, back to the longest cut-off and a day: what is older was settled with substitutes. Of schemes by
    the month the slots of months that are over.
    """
    clock = clock_of(context)
    end, count, oldest, without_rows = clock.slot_of(context.time_ms), 0, 0, 0
    for scheme in range(1, context.count(SCHEME_NUMBERS) + 1):
        newest = newest_version(context, scheme)
        if newest is None:
            continue
        if by_month(newest.terms):
            months = _waiting_months(context, scheme, end)
            count += sum(map(len, months))
            if months and (not oldest or clock.start_ms(months[0].stop) < oldest):
                oldest = clock.start_ms(months[0].stop)
            continue
        first = max(0, clock.slot_of(max(0, context.time_ms - newest.terms.cut_off_ms - DAY_MS)))
        waiting = [
            (slot, version)
            for slot, version in _waiting(context, scheme, first, end)
            if together_with(clock, version.terms.rule, slot).slots.stop <= end
        ]
        slots = [slot for slot, _version in waiting]
        without_rows += sum(not rows_are_there(context.state, version, slot) for slot, version in waiting)
        count += len(slots)
        if slots and (not oldest or clock.start_ms(slots[0] + 1) < oldest):
            oldest = clock.start_ms(slots[0] + 1)
    return WaitingSlots(count, oldest, without_rows)


def _waiting_months(context: Context, scheme: int, end_slot: int) -> list[range]:
    """The slots of months that are over and wait to be settled."""
    clock, found = clock_of(context), []
    month = credit_scheme(context, scheme).next_month
    while (slots := slots_of_month(clock, month)).stop <= end_slot:
        version = version_at(context.state, scheme, slots.start)
        if version is None or not version.points:
            break
        found.append(slots)
        month += 1
    return found


def unsettled_slots(context: Context, first_slot: int, end_slot: int) -> Iterator[UnsettledSlots]:
    """Of all schemes, as far as they had begun and had points, by rising number and slot."""
    for scheme in range(1, context.count(SCHEME_NUMBERS) + 1):
        yield from _of_scheme(context, scheme, first_slot, end_slot)


def _of_scheme(context: Context, scheme: int, first_slot: int, end_slot: int) -> Iterator[UnsettledSlots]:
    waiting = _waiting(context, scheme, first_slot, end_slot)
    for _number, found in groupby(waiting, key=lambda each: each[1].version):
        same = list(found)
        yield from _of_version(context, same[0][1], [slot for slot, _version in same])


def _waiting(context: Context, scheme: int, first_slot: int, end_slot: int) -> list[tuple[int, SchemeVersion]]:
    """Slots without a run, with the terms that hold in them."""
    group = big_endian(scheme)
    known = tuple(context.get(SCHEMES, key) for key in context.state.keys(SCHEMES, group))
    settled = _settled(context, group, first_slot, end_slot)
    waiting: list[tuple[int, SchemeVersion]] = []
    clock, months = clock_of(context), dict[int, bool]()
    for slot in range(first_slot, end_slot):
        version = next((version for version in known if version.from_slot <= slot), None)
        if version is not None and by_month(version.terms):
            month = clock.local_month(slot)
            if month not in months:
                months[month] = month_of(context, scheme, month).run > 0
            if months[month]:
                continue
        if slot not in settled and version is not None and version.points:
            waiting.append((slot, version))
    return waiting


def _settled(context: Context, group: bytes, first_slot: int, end_slot: int) -> set[int]:
    after = group + big_endian(first_slot - 1) if first_slot else None
    found = set()
    for key in context.state.scan(SLOT_RUNS, group, after=after):
        slot = int.from_bytes(key[8:], "big")
        if slot >= end_slot:
            break
        found.add(slot)
    return found


def _of_version(context: Context, version: SchemeVersion, slots: list[int]) -> Iterator[UnsettledSlots]:
    """The waiting slots of one version, those next to each other with the same missing points as one."""
    missing = _missing(context, version, slots)
    lacking = {slot: not rows_are_there(context.state, version, slot) for slot in slots}
    clock = clock_of(context)
    runs: list[list[int]] = []
    for slot in slots:
        last = runs[-1][-1] if runs else None
        same = last is not None and (missing[slot], lacking[slot]) == (missing[last], lacking[last])
        if slot - 1 == last and same:
            runs[-1].append(slot)
        else:
            runs.append([slot])
    accounts = {member.point: member.account for member in members_of(context.state, version)}
    for run in runs:
        points = tuple((number, accounts[number]) for number in missing[run[0]])
        last = run[-1]
        if by_month(version.terms):
            last = slots_of_month(clock, clock.local_month(last)).stop - 1
        due_ms = cut_off_ms(clock, version, last)
        yield UnsettledSlots(version.scheme, run[0], len(run), due_ms, points, lacking[run[0]])


def _missing(context: Context, version: SchemeVersion, slots: list[int]) -> dict[int, tuple[int, ...]]:
    """By slot the points whose value is not there, in any slot of its hour where the rule works by the hour."""
    clock, rule = clock_of(context), version.terms.rule
    together = {slot: together_with(clock, rule, slot).slots for slot in slots}
    first = together[slots[0]].start
    count = together[slots[-1]].stop - first
    found: dict[int, list[int]] = {slot: [] for slot in slots}
    for member in members_of(context.state, version):
        point = known_point(context, member.point)
        read = [values_of(context, member.point, source, first, count) for source in sources_of(version)]
        gaps = {
            slot
            for slot in range(first, first + count)
            if point.has(slot) and all(values[slot - first].state == SlotState.MISSING for values in read)
        }
        for slot in slots:
            if not gaps.isdisjoint(together[slot]):
                found[slot].append(member.point)
    return {slot: tuple(numbers) for slot, numbers in found.items()}
