"""Which values of a slot are there, and which slots wait to be settled (rules SC4, SC5, SC7)."""

from __future__ import annotations

from typing import Final

from ledger.chain.context import Context
from ledger.chain.sweeps import begin_sweep
from ledger.sharing.events import SourcesDiffer
from ledger.sharing.metered import sources_of
from ledger.sharing.schema import (
    PARTICIPATIONS,
    QUEUED_SLOTS,
    SETTLEMENT_SWEEP,
    SLOT_PROGRESS,
    SLOT_RUNS,
    QueuedSlot,
    QueueReason,
    SchemeVersion,
    SlotProgress,
)
from ledger.sharing.versions import place_of, version_at
from ledger.sharing.weights import PROGRESS_DAY, PROGRESS_SLOT
from ledger.slots.clock import SlotClock, clock_of
from ledger.slots.packing import SlotValue
from ledger.slots.schema import SlotState, ValueSource
from ledger.slots.values import days_of, values_of
from ledger.state.table import big_endian

NOBODY: Final = b""


def follow_slots(
    context: Context,
    point: int,
    source: ValueSource,
    first_slot: int,
    _before: tuple[SlotValue, ...],
    after: tuple[SlotValue, ...],
) -> None:
    """Values of a point changed: mark them as there, and let what is complete or changed be settled (SC4, SC5)."""
    clock = clock_of(context)
    schemes = [int.from_bytes(key[8:], "big") for key in context.state.keys(PARTICIPATIONS, big_endian(point))]
    for day, first, length in days_of(clock, first_slot, len(after)) if schemes else ():
        values = {each: values_of(context, point, each, first, length) for each in ValueSource}
        for scheme in schemes:
            context.charge(PROGRESS_DAY + PROGRESS_SLOT * length)
            _follow_day(context, clock, (scheme, day, point), source, first, values)


def _follow_day(
    context: Context,
    clock: SlotClock,
    where: tuple[int, int, int],
    source: ValueSource,
    first: int,
    values: dict[ValueSource, list[SlotValue]],
) -> None:
    scheme, day, point = where
    key = big_endian(scheme) + big_endian(day)
    entry = context.state.get(SLOT_PROGRESS, key)
    there = [NOBODY] * clock.slots_per_day if entry is None else list(entry.there)
    before = tuple(there)
    for number, value in enumerate(values[source]):
        slot = first + number
        version = version_at(context.state, scheme, slot)
        place = None if version is None else place_of(version, point)
        if version is None or place is None or value.state == SlotState.MISSING:
            continue
        _compare(context, version, place, slot, (values[ValueSource.OWN][number], values[ValueSource.OPERATOR][number]))
        if source not in sources_of(version):
            continue
        if context.state.get(SLOT_RUNS, big_endian(scheme) + big_endian(slot)) is not None:
            enqueue(context, scheme, slot, QueueReason.CHANGED)
        elif context.time_ms < cut_off_ms(clock, version, slot):
            at = slot - day * clock.slots_per_day
            there[at] = _marked(there[at], place, len(version.facts))
            if int.from_bytes(there[at], "little").bit_count() == len(version.facts):
                enqueue(context, scheme, slot, QueueReason.COMPLETE)
    if tuple(there) != before:
        context.state.put(SLOT_PROGRESS, key, SlotProgress(tuple(there)))


def _marked(there: bytes, place: int, places: int) -> bytes:
    return (int.from_bytes(there, "little") | 1 << place).to_bytes((places + 7) // 8, "little")


def _compare(
    context: Context, version: SchemeVersion, place: int, slot: int, values: tuple[SlotValue, SlotValue]
) -> None:
    """Say where both sources are there and differ by more than the scheme's bound (SC10)."""
    own, operator = values
    if differ(version, own, operator):
        account, point = version.facts[place].account, version.terms.participants[place].point
        context.emit(SourcesDiffer(account, version.scheme, point, slot, own.energy_mwh, operator.energy_mwh))


def differ(version: SchemeVersion, own: SlotValue, operator: SlotValue) -> bool:
    """Whether both are there, neither a substitute, and lie further apart than the scheme's bound."""
    there = {SlotState.MISSING, SlotState.SUBSTITUTED}.isdisjoint((own.state, operator.state))
    return there and abs(own.energy_mwh - operator.energy_mwh) > version.terms.bound_mwh


def cut_off_ms(clock: SlotClock, version: SchemeVersion, slot: int) -> int:
    """Until when missing values of a slot are waited for; then it is final, but for corrections."""
    return clock.start_ms(slot + 1) + version.terms.cut_off_ms


def enqueue(context: Context, scheme: int, slot: int, reason: QueueReason) -> None:
    """Let a slot be settled with the next steps of the scheme's sweep."""
    group = big_endian(scheme)
    if context.state.first(QUEUED_SLOTS, group) is None:
        begin_sweep(context, SETTLEMENT_SWEEP, group)
    context.state.put(QUEUED_SLOTS, group + big_endian(slot), QueuedSlot(reason))
