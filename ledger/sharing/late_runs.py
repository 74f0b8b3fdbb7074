"""A run over corrected slots of a folded day: it begins with its parts, and stands beside the root (SC17)."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from ledger.chain.context import Context
from ledger.errors import require_present
from ledger.sharing.late_corrections import late_entry
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
from ledger.state.table import big_endian


def begin_late(context: Context, version: SchemeVersion, day: int, waiting: Mapping[int, QueueReason]) -> DayRun:
    """The run of a folded day's slots whose corrections are there whole: their inputs need not be gathered."""
    scheme = big_endian(version.scheme)
    slots = tuple(slot for slot, reason in waiting.items() if reason == QueueReason.LATE)
    for slot in slots:
        context.state.delete(QUEUED_SLOTS, scheme + big_endian(slot))
    number = context.get(FOLDED_DAYS, scheme + big_endian(day)).settled + 1
    runs, every = tuple(_run_after(context, version.scheme, slot) for slot in slots), (True,) * len(slots)
    return DayRun(day, number, version.from_slot, Phase.COMPUTE, 0, slots, runs, every, every, (), 0, 0)


def _run_after(context: Context, scheme: int, slot: int) -> int:
    return require_present(late_entry(context, scheme, slot), "a late run without a correction").run + 1


def drop_late(context: Context, scheme: int, slot: int) -> None:
    """A run was given up: the slot stays as it was, and its correction may begin again."""
    context.state.delete(LATE_CORRECTIONS, big_endian(scheme) + big_endian(slot))


def finish_late(context: Context, scheme: int, run: DayRun, slot: int, settled: SettledSlot) -> bool:
    """Put the run of a corrected slot beside its day's root; False: the slot was settled in time."""
    key, day = big_endian(scheme) + big_endian(slot), big_endian(scheme) + big_endian(run.day)
    if context.state.get(LATE_CORRECTIONS, key) is None:
        return False
    context.state.delete(LATE_CORRECTIONS, key)
    context.state.put(LATE_RUNS, key, settled)
    folded = context.get(FOLDED_DAYS, day)
    context.state.put(FOLDED_DAYS, day, replace(folded, settled=run.number))
    return True
