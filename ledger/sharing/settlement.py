"""A run: slots of a local day settled together, over blocks where it has many points (rules SC5 to SC8).

`settlement_step` is the sweep's: it begins a run with what waits, and takes it through its phases, a bounded piece at a
time: what is missing is substituted (only at a cut-off), the inputs of each chunk are gathered, each slot is computed,
what was not shared is told (where anybody follows it), each chunk is booked, and pays, each slot is finished. What
stands between the pieces is in the state: nobody sees where a block ends, and whoever joins by a snapshot goes on. The
inputs are those at the begin of GATHER: what changes from then on is remembered by `progress`, and waits for the next
run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from msgspec.structs import replace

from ledger.chain.context import Context
from ledger.chain.own_work import OwnWorkRefused
from ledger.chain.schema import OwnWork
from ledger.errors import Refused
from ledger.sharing.booking import book_chunk, pay_chunk
from ledger.sharing.booking_rests import tell_rests
from ledger.sharing.computing import compute_slots
from ledger.sharing.events import SlotSettled
from ledger.sharing.gathering import gather_chunk, noted_together
from ledger.sharing.hours import together_with
from ledger.sharing.late_runs import begin_late, drop_late, finish_late
from ledger.sharing.limits import MAX_SUBSTITUTES_AT_ONCE
from ledger.sharing.members import members_of_chunk
from ledger.sharing.metered import substitute_day
from ledger.sharing.payments import sharing_asset
from ledger.sharing.progress import first_settled, progress_of
from ledger.sharing.rows_schema import RowsState
from ledger.sharing.rows_used import forget_old_rows, note_rows, rows_of_run, substitute_rows
from ledger.sharing.rows_values import inputs_root
from ledger.sharing.schema import (
    DAY_RUNS,
    QUEUED_SLOTS,
    RUN_PARTS,
    SETTLEMENT_SWEEP,
    SLOT_PROGRESS,
    SLOT_RUNS,
    DayRun,
    Phase,
    QueueReason,
    RunSums,
    SchemeVersion,
    SettledSlot,
)
from ledger.sharing.versions import end_of, version_at, version_of
from ledger.sharing.waiting import forget_waiting, next_slot, take_waiting
from ledger.sharing.weights import FINISHED_CHUNK, FINISHED_SLOT, GATHERED_POINT, PIECES_AT_ONCE, RUN_BEGUN
from ledger.sharing.zone_parts import forget_zones
from ledger.slots.clock import clock_of
from ledger.state.merkle import list_root
from ledger.state.table import big_endian

NO_SUMS: Final = RunSums(0, 0, 0, 0, 0)


def settlement_step(context: Context, subject: bytes) -> bool | None:
    """Work on a scheme's run, or begin one with what waits (SC5).

    Whether there is more to do; None: there is, in later blocks.
    """
    begun = context.weight
    while context.weight - begun < PIECES_AT_ONCE:
        run = context.state.get(DAY_RUNS, subject)
        if run is None:
            if not _begin(context, subject):
                return None if context.state.first(QUEUED_SLOTS, subject) is not None else False
            continue
        version = version_of(context.state, int.from_bytes(subject, "big"), run.from_slot)
        after = PIECES[Phase(run.phase)](context, version, run)
        if after is None:
            context.state.delete(DAY_RUNS, subject)
        else:
            context.state.put(DAY_RUNS, subject, after)
    return context.state.get(DAY_RUNS, subject) is not None or context.state.first(QUEUED_SLOTS, subject) is not None


def _begin(context: Context, subject: bytes) -> bool:
    """Begin a run with the first slot that is settled now, and those of its day and version; whether there is one."""
    scheme, clock = int.from_bytes(subject, "big"), clock_of(context)
    slot = next_slot(context, clock, scheme)
    if slot is None:
        return False
    context.charge(RUN_BEGUN)
    key, day, version = subject + big_endian(slot), clock.local_day(slot), version_at(context.state, scheme, slot)
    if version is not None and context.get(QUEUED_SLOTS, key).reason == QueueReason.LATE:
        forget_waiting(context, scheme, day)
        context.state.put(DAY_RUNS, subject, begin_late(context, version, day, _waiting(context, version, day)))
        return True
    if (
        version is None
        or not version.points
        or together_with(clock, version.terms.rule, slot).slots.start < first_settled(context, clock)
    ):
        forget_waiting(context, scheme, day)
        context.state.delete(QUEUED_SLOTS, key)
        return True
    number = progress_of(context.state, clock, scheme, day).settled + 1
    run = DayRun(day, number, version.from_slot, Phase.SUBSTITUTE, 0, (), (), (), (), (), 0, 0)
    context.state.put(DAY_RUNS, subject, run)
    return True


def _waiting(context: Context, version: SchemeVersion, day: int) -> dict[int, QueueReason]:
    """The slots of a local day and version that wait."""
    group, clock = big_endian(version.scheme), clock_of(context)
    first = max(version.from_slot, clock.first_slot_of_day(day))
    end = min(end_of(context.state, version), clock.first_slot_of_day(day + 1))
    found = {}
    for key in context.state.scan(QUEUED_SLOTS, group, after=group + big_endian(first - 1)):
        slot = int.from_bytes(key[8:], "big")
        if slot >= end:
            break
        found[slot] = QueueReason(context.get(QUEUED_SLOTS, key).reason)
    return found


def _substitute(context: Context, version: SchemeVersion, run: DayRun) -> DayRun:
    """Past the cut-off the values that a chunk misses are replaced, those of some points at a time (SC7)."""
    waiting = _waiting(context, version, run.day)
    late = [slot for slot, reason in waiting.items() if reason == QueueReason.CUT_OFF]
    if not late or run.place == len(version.chunks):
        substitute_rows(context, version, late)
        return _gathering(context, version, run, waiting)
    replaced = 0
    members = members_of_chunk(context.state, version.scheme, version.chunks[run.place])
    context.charge(GATHERED_POINT * len(members))
    for member in members:
        replaced += substitute_day(context, version, member.point, late)
        if replaced == MAX_SUBSTITUTES_AT_ONCE:
            return run
    return replace(run, place=run.place + 1)


def _gathering(context: Context, version: SchemeVersion, run: DayRun, waiting: Mapping[int, QueueReason]) -> DayRun:
    """From here on the run has its slots, and those of their hours; its inputs are what is there now."""
    clock, rule = clock_of(context), version.terms.rule
    taken = take_waiting(context, clock, version.scheme, run.day, waiting)
    slots = tuple(sorted({each for slot in taken for each in together_with(clock, rule, slot).slots}))
    for slot in slots:
        context.state.delete(QUEUED_SLOTS, big_endian(version.scheme) + big_endian(slot))
    progress = progress_of(context.state, clock, version.scheme, run.day)
    runs = tuple(progress.runs[slot - progress.first_slot] + 1 for slot in slots)
    changed, complete = tuple(number == 1 for number in runs), (True,) * len(slots)
    return replace(run, phase=Phase.GATHER, place=0, slots=slots, runs=runs, changed=changed, complete=complete)


def _gather(context: Context, version: SchemeVersion, run: DayRun) -> DayRun:
    """A chunk's inputs; slots of which a value is missing, or none is another than before, are not settled (SC8)."""
    run = gather_chunk(context, version, run, run.place)
    if run.place + 1 < len(version.chunks):
        return replace(run, place=run.place + 1)
    run = note_rows(context, version, run)
    return replace(noted_together(clock_of(context), version, run), phase=Phase.COMPUTE, place=0)


def _compute(context: Context, version: SchemeVersion, run: DayRun) -> DayRun:
    """A slot's or hour's allocation and prices; those of its run before are a piece of their own."""
    at, again = divmod(run.place, 2)
    if at == len(run.slots):
        return replace(run, phase=Phase.TELL, place=0)
    live, together = run.is_live(at), together_with(clock_of(context), version.terms.rule, run.slots[at])
    after = replace(run, place=run.place + 1)
    if run.slots[at] != together.slots.start:
        return after
    if again:
        if live and run.runs[at] > 1:
            compute_slots(context, version, together, run.runs[at] - 1, again=True)
        return after
    nothing = [NO_SUMS] * len(together.slots)
    sums = compute_slots(context, version, together, run.runs[at], again=False) if live else nothing
    return replace(after, sums=(*run.sums, *sums))


def _book(context: Context, version: SchemeVersion, run: DayRun) -> DayRun:
    """A chunk's differences into sums and accounts. Where the first ones would leave the range of stored numbers,
    nothing is settled, as if values were missing: the next that come begin another run, and other days do not wait.
    """
    mark, begun = context.mark(), run
    try:
        run = book_chunk(context, version, run, run.place)
    except Refused as refusal:
        if begun.place or refusal.code != "out_of_range":
            raise
        context.undo(mark)
        what = (OwnWork.SWEEP, SETTLEMENT_SWEEP.number, big_endian(version.scheme))
        context.emit(OwnWorkRefused(*what, refusal.code))
        return replace(begun, complete=(False,) * len(begun.slots))
    if run.place + 1 < len(version.chunks):
        return replace(run, place=run.place + 1)
    return replace(run, phase=Phase.PAY, place=0)


def _pay(context: Context, version: SchemeVersion, run: DayRun) -> DayRun:
    """A chunk's payers, where there are several chunks: who receives has its claims then (SC9)."""
    if run.place == len(version.chunks):
        return replace(run, phase=Phase.FINISH, place=0)
    pay_chunk(context, version, run, run.place)
    return replace(run, place=run.place + 1)


def _finish(context: Context, version: SchemeVersion, run: DayRun) -> DayRun | None:
    """A slot's roots and its event; what stood between the pieces goes (SC8)."""
    if run.place == len(run.slots):
        return None
    scheme, slot, number = version.scheme, run.slots[run.place], run.runs[run.place]
    context.charge(FINISHED_SLOT + FINISHED_CHUNK * len(version.chunks))
    parts = []
    for chunk in version.chunks:
        key = big_endian(scheme) + big_endian(slot) + big_endian(chunk.chunk)
        parts.append(context.get(RUN_PARTS, key))
        context.state.delete(RUN_PARTS, key)
    forget_zones(context, big_endian(scheme) + big_endian(slot), [chunk.chunk for chunk in version.chunks])
    if run.is_live(run.place):
        sums = run.sums[run.place]
        substituted = sum(part.substituted for part in parts)
        used = rows_of_run(context.state, version, slot, number)
        rows_from = RowsState.NONE if used is None else RowsState(used.state)
        inputs = inputs_root([part.inputs_root for part in parts], None if used is None else used.root)
        rows = list_root([part.rows_root for part in parts])
        settled = SettledSlot(number, version.version, substituted, rows_from, inputs, rows, sums)
        if not finish_late(context, version, run, slot, settled):
            _note_run(context, scheme, run, slot, settled)
        context.emit(
            SlotSettled(
                scheme, slot, number, run.day, run.number, version.version, substituted, rows_from, inputs, rows,
                sharing_asset(context), sums.injected_mwh, sums.taken_mwh, sums.shared_mwh, sums.paid, sums.fees,
            )
        )  # fmt: skip
    else:
        drop_late(context, version, slot)
    forget_old_rows(context.state, version, slot, number, live=run.is_live(run.place))
    return replace(run, place=run.place + 1)


def _note_run(context: Context, scheme: int, run: DayRun, slot: int, settled: SettledSlot) -> None:
    """The newest run of a slot whose day is not folded."""
    context.state.put(SLOT_RUNS, big_endian(scheme) + big_endian(slot), settled)
    progress = progress_of(context.state, clock_of(context), scheme, run.day)
    runs = list(progress.runs)
    runs[slot - progress.first_slot] = settled.run
    progress = replace(progress, runs=tuple(runs), settled=run.number)
    context.state.put(SLOT_PROGRESS, big_endian(scheme) + big_endian(run.day), progress)


PIECES: Final[Mapping[Phase, Callable[[Context, SchemeVersion, DayRun], DayRun | None]]] = MappingProxyType(
    {
        Phase.SUBSTITUTE: _substitute,
        Phase.GATHER: _gather,
        Phase.COMPUTE: _compute,
        Phase.TELL: tell_rests,
        Phase.BOOK: _book,
        Phase.PAY: _pay,
        Phase.FINISH: _finish,
    }
)
