"""What happens at each slot's cut-off: what is missing is substituted, what is old forgotten (SC7, SC11)."""

from __future__ import annotations

from msgspec.structs import replace

from ledger.chain.context import Context
from ledger.chain.parameters import DAY_MS
from ledger.sharing.limits import RUN_INPUT_DAYS
from ledger.sharing.parameters import CORRECTION_LIMIT
from ledger.sharing.progress import enqueue
from ledger.sharing.schema import SLOT_PROGRESS, SLOT_RUNS, QueueReason
from ledger.sharing.schemes import await_cut_off
from ledger.sharing.versions import version_of
from ledger.slots.clock import clock_of
from ledger.state.table import big_endian

FORGOTTEN_AT_ONCE = 2
"""Runs that one cut-off forgets at most: more than one comes, so that a shorter limit is caught up with."""


def cut_off_due(context: Context, subject: bytes) -> None:
    """A slot of a scheme waits no longer; the next one's cut-off is awaited as long as the scheme has slots."""
    scheme, slot = int.from_bytes(subject[:8], "big"), int.from_bytes(subject[8:], "big")
    clock = clock_of(context)
    version = version_of(context.state, scheme, slot)
    if version.facts and context.state.get(SLOT_RUNS, subject) is None:
        enqueue(context, scheme, slot, QueueReason.CUT_OFF)
    if (slot + 1) % clock.slots_per_day == 0:
        context.state.delete(SLOT_PROGRESS, subject[:8] + big_endian(slot // clock.slots_per_day))
    _forget(context, subject[:8], slot - RUN_INPUT_DAYS * DAY_MS // clock.slot_ms)
    if version.facts or context.state.first(SLOT_RUNS, subject[:8]) is not None:
        await_cut_off(context, scheme, slot + 1, version_of(context.state, scheme, slot + 1).terms.cut_off_ms)


def _forget(context: Context, scheme: bytes, slot: int) -> None:
    """Forget the inputs of one old run, and the runs that are older than corrections may be (SC11)."""
    entry = context.state.get(SLOT_RUNS, scheme + big_endian(slot)) if slot >= 0 else None
    if entry is not None:
        context.state.put(SLOT_RUNS, scheme + big_endian(slot), replace(entry, inputs=()))
    limit_ms = context.time_ms - context.parameter(CORRECTION_LIMIT)
    for _ in range(FORGOTTEN_AT_ONCE):
        oldest = context.state.first(SLOT_RUNS, scheme)
        if oldest is None or clock_of(context).start_ms(int.from_bytes(oldest[8:], "big")) >= limit_ms:
            return
        context.state.delete(SLOT_RUNS, oldest)
