"""What happens at a local day's cut-off: what is missing is substituted, what is old folded and forgotten (SC7, 11)."""

from __future__ import annotations

from ledger.chain.context import Context
from ledger.chain.parameters import DAY_MS
from ledger.encoding.codec import encode
from ledger.sharing.credit_following import day_cut_off
from ledger.sharing.credit_schema import CREDIT_MONTHS
from ledger.sharing.credit_terms import by_month
from ledger.sharing.late_corrections import first_open_slot, forget_late_runs
from ledger.sharing.parameters import CORRECTION_LIMIT
from ledger.sharing.progress import enqueue, progress_of, slots_at_work
from ledger.sharing.rows_schema import SLOT_ROWS
from ledger.sharing.rows_used import forget_rows
from ledger.sharing.schema import (
    DAY_RUNS,
    FOLDED_DAYS,
    QUEUED_SLOTS,
    SLOT_PROGRESS,
    SLOT_RUNS,
    FoldedDay,
    QueueReason,
)
from ledger.sharing.schemes import await_cut_off
from ledger.sharing.versions import version_at
from ledger.sharing.weights import CUT_OFF_SLOT
from ledger.slots.clock import SlotClock, clock_of
from ledger.slots.retention import is_kept
from ledger.state.merkle import list_root
from ledger.state.table import big_endian

DAYS_AT_ONCE = 2
"""Days that one cut-off folds, or forgets, at most: more than one comes, so that a shorter limit is caught up with."""


def cut_off_due(context: Context, subject: bytes) -> None:
    """A day of a scheme waits no longer; the next one's cut-off is awaited as long as the scheme has slots."""
    scheme, day = int.from_bytes(subject[:8], "big"), int.from_bytes(subject[8:], "big")
    clock, state = clock_of(context), context.state
    progress = progress_of(state, clock, scheme, day)
    context.charge(CUT_OFF_SLOT * len(progress.runs))
    at_work = slots_at_work(state, scheme)
    for slot, settled in enumerate(progress.runs, progress.first_slot):
        version = version_at(state, scheme, slot)
        waits = version is not None and version.points and not by_month(version.terms)
        if waits and not settled and slot not in at_work:
            enqueue(context, scheme, slot, QueueReason.CUT_OFF)
    for _ in range(DAYS_AT_ONCE):
        _fold(context, clock, subject[:8])
        _forget(context, clock, subject[:8])
        forget_rows(context, clock, subject[:8])
    last = clock.first_slot_of_day(day + 1) - 1
    here, then = version_at(state, scheme, last), version_at(state, scheme, clock.first_slot_of_day(day + 2) - 1)
    if here is not None and by_month(here.terms):
        day_cut_off(context, here, day)
    shares = any(version is not None and version.points for version in (here, then))
    kept = (SLOT_RUNS, FOLDED_DAYS, SLOT_ROWS, CREDIT_MONTHS)
    if shares or any(state.first(table, subject[:8]) is not None for table in kept):
        await_cut_off(context, scheme, day + 1, 0 if then is None else then.terms.cut_off_ms)


def _fold(context: Context, clock: SlotClock, scheme: bytes) -> None:
    """Put the settled slots of the oldest day, none of which can change any more, under one root."""
    oldest = context.state.first(SLOT_RUNS, scheme)
    if oldest is None:
        return
    day = clock.local_day(int.from_bytes(oldest[8:], "big"))
    last = clock.first_slot_of_day(day + 1) - 1
    waits, run = context.state.first(QUEUED_SLOTS, scheme), context.state.get(DAY_RUNS, scheme)
    if is_kept(context.time_ms, clock.start_ms(last) // DAY_MS) or (run is not None and run.day == day):
        return
    if waits is not None and int.from_bytes(waits[8:], "big") <= last:
        return
    leaves = []
    for slot in range(clock.first_slot_of_day(day), last + 1):
        entry = context.state.get(SLOT_RUNS, scheme + big_endian(slot))
        if entry is not None:
            leaves.append(big_endian(slot) + encode(entry))
            context.state.delete(SLOT_RUNS, scheme + big_endian(slot))
    context.charge(CUT_OFF_SLOT * len(leaves))
    settled = progress_of(context.state, clock, int.from_bytes(scheme, "big"), day).settled
    context.state.delete(SLOT_PROGRESS, scheme + big_endian(day))
    context.state.put(FOLDED_DAYS, scheme + big_endian(day), FoldedDay(len(leaves), list_root(leaves), settled))


def _forget(context: Context, clock: SlotClock, scheme: bytes) -> None:
    """Forget the oldest day when it is older than corrections may be, and none of it is being brought (SC11, SC17)."""
    oldest = context.state.first(FOLDED_DAYS, scheme)
    limit_ms = context.time_ms - context.parameter(CORRECTION_LIMIT)
    if oldest is not None:
        day = int.from_bytes(oldest[8:], "big")
        first, end = clock.first_slot_of_day(day), clock.first_slot_of_day(day + 1)
        corrected = first_open_slot(context, scheme)
        if clock.start_ms(end) <= limit_ms and (corrected is None or corrected >= end):
            context.state.delete(FOLDED_DAYS, oldest)
            forget_late_runs(context, scheme, first, end)
