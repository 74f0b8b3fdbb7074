"""A run over corrected slots of a folded day: it begins with its parts, and stands beside the root (SC17)."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from ledger.chain.context import Context
from ledger.errors import require_present
from ledger.sharing.hours import together_with
from ledger.sharing.late_schema import LATE_CORRECTIONS, LATE_RUNS
from ledger.sharing.schema import (
    FOLDED_DAYS,
    QUEUED_SLOTS,
    DayRun,
    Phase,
    QueueReason,
    SchemeVersion,
    SettledSlot,
)
from ledger.slots.clock import clock_of
from ledger.state.table import big_endian


def begin_late(context: Context, version: SchemeVersion, day: int, waiting: Mapping[int, QueueReason]) -> DayRun:
    """The run of a folded day's slots whose corrections are there whole: their inputs need not be gathered."""
    scheme = big_endian(version.scheme)
    slots = tuple(slot for slot, reason in waiting.items() if reason == QueueReason.LATE)
    for slot in slots:
        context.state.delete(QUEUED_SLOTS, scheme + big_endian(slot))
    number = context.get(FOLDED_DAYS, scheme + big_endian(day)).settled + 1
    runs, every = tuple(_run_after(context, version, slot) for slot in slots), (True,) * len(slots)
    return DayRun(day, number, version.from_slot, Phase.COMPUTE, 0, slots, runs, every, every, (), 0, 0)


def _run_after(context: Context, version: SchemeVersion, slot: int) -> int:
    correction = context.get(LATE_CORRECTIONS, _key(context, version, slot)[0])
    return require_present(correction.entry(slot), "a late run without a correction").run + 1


def _key(context: Context, version: SchemeVersion, slot: int) -> tuple[bytes, bool]:
    """Where the correction of a slot, or of its hour, stands; and whether the slot is the last of it."""
    slots = together_with(clock_of(context), version.terms.rule, slot).slots
    return big_endian(version.scheme) + big_endian(slots.start), slot == slots[-1]


def drop_late(context: Context, version: SchemeVersion, slot: int) -> None:
    """A run was given up: the slot stays as it was, and its correction may begin again when all of it is gone."""
    key, last = _key(context, version, slot)
    if last:
        context.state.delete(LATE_CORRECTIONS, key)


def finish_late(context: Context, version: SchemeVersion, run: DayRun, slot: int, settled: SettledSlot) -> bool:
    """Put the run of a corrected slot beside its day's root; False: the slot was settled in time."""
    scheme = big_endian(version.scheme)
    key, last = _key(context, version, slot)
    if context.state.get(LATE_CORRECTIONS, key) is None:
        return False
    if last:
        context.state.delete(LATE_CORRECTIONS, key)
    context.state.put(LATE_RUNS, scheme + big_endian(slot), settled)
    folded = context.get(FOLDED_DAYS, scheme + big_endian(run.day))
    context.state.put(FOLDED_DAYS, scheme + big_endian(run.day), replace(folded, settled=run.number))
    return True
