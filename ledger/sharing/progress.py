"""Which values of a slot are there, and which slots wait to be settled (rules SC4, SC5, SC8, SC10)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec
from msgspec.structs import replace

from ledger.chain.context import Context
from ledger.chain.parameters import DAY_MS
from ledger.chain.sweeps import begin_sweep
from ledger.sharing.absent import AbsentPoints, absent_in, absent_points
from ledger.sharing.credit_schema import CREDIT_SCHEMES
from ledger.sharing.events import SourcesDiffer
from ledger.sharing.hours import together_with
from ledger.sharing.late_schema import WAITING_CORRECTIONS, WaitingCorrections
from ledger.sharing.limits import RUN_INPUT_DAYS
from ledger.sharing.metered import local_days_of_slots, old_key, sources_of
from ledger.sharing.rows_used import rows_are_there
from ledger.sharing.schema import (
    DAY_RUNS,
    OLD_INPUTS,
    PARTICIPATIONS,
    QUEUED_SLOTS,
    SETTLEMENT_SWEEP,
    SLOT_PROGRESS,
    OldInput,
    OldInputs,
    Participation,
    Phase,
    QueuedSlot,
    QueueReason,
    SchemeVersion,
    SlotProgress,
)
from ledger.sharing.versions import end_of, factor_at, version_at
from ledger.sharing.weights import PROGRESS_DAY, PROGRESS_SLOTS_A_UNIT
from ledger.slots.clock import SlotClock, clock_of
from ledger.slots.packing import SlotValue
from ledger.slots.schema import POINTS, SlotState, ValueSource
from ledger.slots.values import values_of
from ledger.state.overlay import State
from ledger.state.table import big_endian

SUBSTITUTES: Final = frozenset((SlotState.MISSING, SlotState.SUBSTITUTED))


class _Day(msgspec.Struct):
    """Changes of a point in a local day of a scheme, as they are followed."""

    scheme: int
    day: int
    point: int
    source: ValueSource
    progress: SlotProgress
    there: list[int]
    at_work: frozenset[int]
    settled_from: int
    clock: SlotClock
    absent: AbsentPoints
    state: State
    old: dict[tuple[int, int], OldInput] = msgspec.field(default_factory=dict)
    queued: dict[int, QueueReason] = msgspec.field(default_factory=dict)


def follow_slots(
    context: Context,
    point: int,
    source: ValueSource,
    first_slot: int,
    before: tuple[SlotValue, ...],
    after: tuple[SlotValue, ...],
) -> None:
    """Values of a point changed: count what is there now, and let what is complete or changed be settled.

    Schemes by the month are followed by `credit_following`.
    """
    keys = context.state.keys(PARTICIPATIONS, big_endian(point))
    if not keys:
        return
    clock = clock_of(context)
    other = ValueSource.OPERATOR if source == ValueSource.OWN else ValueSource.OWN
    others = values_of(context, point, other, first_slot, len(after))
    for key in keys:
        if context.state.get(CREDIT_SCHEMES, key[8:]) is not None:
            continue
        participation, scheme = context.get(PARTICIPATIONS, key), int.from_bytes(key[8:], "big")
        for day, first, count in local_days_of_slots(clock, first_slot, len(after)):
            context.charge(PROGRESS_DAY + count // PROGRESS_SLOTS_A_UNIT)
            here = slice(first - first_slot, first - first_slot + count)
            values = list(zip(range(first, first + count), before[here], after[here], others[here], strict=True))
            found = _day_of(context, clock, (scheme, day, point), source)
            for version, some in _under_versions(context.state, scheme, values):
                _follow(context, version, participation, found, some)
            _write(context, found)


def _day_of(context: Context, clock: SlotClock, where: tuple[int, int, int], source: ValueSource) -> _Day:
    scheme, day, point = where
    progress = progress_of(context.state, clock, scheme, day)
    at_work = slots_at_work(context.state, scheme)
    settled_from = first_settled(context, clock)
    absent = absent_points(context, scheme, progress.first_slot, progress.first_slot + len(progress.there))
    return _Day(
        scheme, day, point, source, progress, list(progress.there), at_work, settled_from, clock, absent, context.state
    )


Change = tuple[int, SlotValue, SlotValue, SlotValue]
"""A slot; what it held before, and holds now; and what the other source has of it."""


def _under_versions(state: State, scheme: int, changes: list[Change]) -> Iterator[tuple[SchemeVersion, list[Change]]]:
    """Changes by the terms that hold in their slots; without those before the scheme begins."""
    first, end = changes[0][0], changes[-1][0] + 1
    start = first
    while start < end:
        version = version_at(state, scheme, start)
        if version is None:
            start += 1
            continue
        until = min(end_of(state, version), end)
        yield version, changes[start - first : until - first]
        start = until


def _follow(
    context: Context, version: SchemeVersion, participation: Participation, day: _Day, changes: list[Change]
) -> None:
    if not factor_at(participation, changes[0][0]):
        return
    sources = sources_of(version)
    counts, goes_first = day.source in sources, day.source == sources[0]
    for slot, before, after, other in changes:
        if before == after:
            continue
        own, operator = (after, other) if day.source == ValueSource.OWN else (other, after)
        if differ(version, own, operator):
            account = context.get(POINTS, big_endian(day.point)).owner
            context.emit(SourcesDiffer(account, day.scheme, day.point, slot, own.energy_mwh, operator.energy_mwh))
        covered = len(sources) > 1 and other.state != SlotState.MISSING
        if counts and (goes_first or not covered):
            old = other if covered and before.state == SlotState.MISSING else before
            old_source = sources[-1] if old is not before else day.source
            _count(version, day, slot, (old, old_source), (after, day.source))


def _count(
    version: SchemeVersion,
    day: _Day,
    slot: int,
    before: tuple[SlotValue, ValueSource],
    after: tuple[SlotValue, ValueSource],
) -> None:
    """The value that counts is another one: what a run used of it is remembered; without a run all may be there now."""
    (old, source), (new, new_source) = before, after
    at = slot - day.progress.first_slot
    run = day.progress.runs[at] + (slot in day.at_work)
    day.there[at] += old.state == SlotState.MISSING
    if (old.state, old.energy_mwh, source) == (new.state, new.energy_mwh, new_source):
        return
    together = together_with(day.clock, version.terms.rule, slot).slots
    if run and together.start >= day.settled_from:
        day.old[slot, run] = OldInput(slot, run, old.state, source, old.energy_mwh)
        day.queued[slot] = QueueReason.CHANGED
    elif not run and all(
        day.there[each - day.progress.first_slot] == version.points - absent_in(day.absent, each)
        and rows_are_there(day.state, version, each)
        for each in together
    ):
        day.queued[slot] = QueueReason.COMPLETE


def _write(context: Context, day: _Day) -> None:
    state, scheme = context.state, day.scheme
    there = tuple(day.there)
    if there != day.progress.there:
        key = big_endian(scheme) + big_endian(day.day)
        state.put(SLOT_PROGRESS, key, replace(day.progress, there=there))
    if day.old:
        key = old_key(scheme, day.day, day.point)
        known = state.get(OLD_INPUTS, key)
        kept = () if known is None else known.inputs
        earlier = {(each.slot, each.run) for each in kept}
        added = tuple(old for place, old in sorted(day.old.items()) if place not in earlier)
        if added:
            state.put(OLD_INPUTS, key, OldInputs((*kept, *added)))
    for slot, reason in sorted(day.queued.items()):
        enqueue(context, scheme, slot, reason)
    if QueueReason.CHANGED in day.queued.values():
        note_correction(context, scheme, day.day)


def slots_at_work(state: State, scheme: int) -> frozenset[int]:
    """The slots of the scheme's run, once it has its inputs."""
    run = state.get(DAY_RUNS, big_endian(scheme))
    return frozenset(() if run is None or run.phase == Phase.SUBSTITUTE else run.slots)


def first_settled(context: Context, clock: SlotClock) -> int:
    """The first slot that is settled still: its values are kept long enough for a run that goes over blocks (SC11)."""
    return max(context.time_ms // DAY_MS - RUN_INPUT_DAYS, 0) * clock.slots_per_day


def progress_of(state: State, clock: SlotClock, scheme: int, day: int) -> SlotProgress:
    """How far the slots of a local day are; nothing is there before the first value."""
    found = state.get(SLOT_PROGRESS, big_endian(scheme) + big_endian(day))
    if found is not None:
        return found
    first = clock.first_slot_of_day(day)
    nothing = (0,) * (clock.first_slot_of_day(day + 1) - first)
    return SlotProgress(first, nothing, nothing, 0)


def differ(version: SchemeVersion, own: SlotValue, operator: SlotValue) -> bool:
    """Whether both are there, neither a substitute, and lie further apart than the scheme's bound."""
    there = own.state not in SUBSTITUTES and operator.state not in SUBSTITUTES
    return there and abs(own.energy_mwh - operator.energy_mwh) > version.terms.bound_mwh


def cut_off_ms(clock: SlotClock, version: SchemeVersion, slot: int) -> int:
    """Until when missing values of a slot are waited for; then it is final, but for corrections (SC7)."""
    return clock.start_ms(clock.first_slot_of_day(clock.local_day(slot) + 1)) + version.terms.cut_off_ms


def enqueue(context: Context, scheme: int, slot: int, reason: QueueReason) -> None:
    """Let a slot be settled with the next steps of the scheme's sweep."""
    group = big_endian(scheme)
    if context.state.first(QUEUED_SLOTS, group) is None and context.state.get(DAY_RUNS, group) is None:
        begin_sweep(context, SETTLEMENT_SWEEP, group)
    context.state.put(QUEUED_SLOTS, group + big_endian(slot), QueuedSlot(reason))


def note_correction(context: Context, scheme: int, day: int) -> None:
    """A correction of a local day came in this block: its run may wait for more of them (`waiting.py`)."""
    key, height = big_endian(scheme) + big_endian(day), context.height
    known = context.state.get(WAITING_CORRECTIONS, key)
    if known is None or known.last != height:
        first = height if known is None else known.first
        context.state.put(WAITING_CORRECTIONS, key, WaitingCorrections(first, height))
