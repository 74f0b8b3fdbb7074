"""A scheme by the month works on what waits: a day's substitutes, a month's run, months to forget (rules CR2, CR9).

`credit_step` is the sweep's. A run goes through its phases a bounded piece at a time; what stands between the pieces is
in the state. Months are settled in their order, since each begins with the claims of the one before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from msgspec.structs import replace

from ledger.chain.context import Context
from ledger.chain.own_work import OwnWorkRefused
from ledger.chain.parameters import DAY_MS
from ledger.chain.schema import OwnWork
from ledger.errors import Refused
from ledger.sharing.credit_booking import book_month_chunk, pay_month_chunk
from ledger.sharing.credit_computing import offer_month, price_month, take_chunk
from ledger.sharing.credit_events import MonthSettled
from ledger.sharing.credit_following import (
    NO_SUMS,
    credit_scheme,
    first_kept_month,
    has_work,
    is_due,
    month_key,
    month_of,
    open_slots,
    sum_of,
)
from ledger.sharing.credit_inputs import gather_chunk, part_key
from ledger.sharing.credit_limits import MAX_FORGOTTEN_AT_ONCE
from ledger.sharing.credit_schema import (
    CREDIT_MONTHS,
    CREDIT_PARTS,
    CREDIT_RUNS,
    CREDIT_SCHEMES,
    CREDIT_SWEEP,
    MONTH_ROWS,
    MONTH_SUMS,
    CreditPhase,
    CreditRun,
    CreditScheme,
    MonthTotals,
)
from ledger.sharing.credit_terms import by_month, first_slot_of_month
from ledger.sharing.limits import MAX_SUBSTITUTES_AT_ONCE
from ledger.sharing.members import members_of_chunk
from ledger.sharing.metered import substitute_day
from ledger.sharing.payments import sharing_asset
from ledger.sharing.schema import SchemeVersion
from ledger.sharing.versions import version_at, version_of
from ledger.sharing.weights import (
    FINISHED_CHUNK,
    FINISHED_SLOT,
    FORGOTTEN_ROW,
    GATHERED_CHUNK,
    GATHERED_POINT,
    PIECES_AT_ONCE,
    RUN_BEGUN,
)
from ledger.slots.clock import clock_of
from ledger.slots.retention import is_kept
from ledger.state.merkle import list_root
from ledger.state.table import big_endian


def credit_step(context: Context, subject: bytes) -> bool:
    """Work on a scheme by the month; whether there is more to do."""
    scheme, begun = int.from_bytes(subject, "big"), context.weight
    while context.weight - begun < PIECES_AT_ONCE:
        run = context.state.get(CREDIT_RUNS, subject)
        if run is not None:
            _run_piece(context, subject, run)
            continue
        found = credit_scheme(context, scheme)
        if found.substituted_day < found.cut_off_day:
            _substitute(context, scheme, found)
        elif any(month <= found.next_month for month in found.waiting):
            _begin(context, scheme, found)
        elif found.kept_month < first_kept_month(found):
            forget_piece(context, scheme, found)
        else:
            return False
    return context.state.get(CREDIT_RUNS, subject) is not None or has_work(credit_scheme(context, scheme))


def _run_piece(context: Context, subject: bytes, run: CreditRun) -> None:
    version = version_of(context.state, int.from_bytes(subject, "big"), run.from_slot)
    after = PIECES[CreditPhase(run.phase)](context, version, run)
    if after is None:
        context.state.delete(CREDIT_RUNS, subject)
    else:
        context.state.put(CREDIT_RUNS, subject, after)


def _substitute(context: Context, scheme: int, found: CreditScheme) -> None:
    """Past a day's cut-off what a chunk's points miss is replaced, those of some points at a time (SC7)."""
    clock, day = clock_of(context), found.substituted_day + 1
    slots = range(clock.first_slot_of_day(day), clock.first_slot_of_day(day + 1))
    version = version_at(context.state, scheme, slots.start)
    chunks = () if version is None or not by_month(version.terms) else version.chunks
    if version is None or found.substituted_chunks >= len(chunks):
        context.charge(RUN_BEGUN)
        after = replace(credit_scheme(context, scheme), substituted_day=day, substituted_chunks=0)
        context.state.put(CREDIT_SCHEMES, big_endian(scheme), after)
        return
    members, replaced = members_of_chunk(context.state, scheme, chunks[found.substituted_chunks]), 0
    context.charge(GATHERED_CHUNK + len(members))
    for member in members:
        if _has_gap(context, scheme, member.point, slots) and is_kept(
            context.time_ms, clock.start_ms(slots.start) // DAY_MS
        ):
            context.charge(GATHERED_POINT)
            replaced += substitute_day(context, version, member.point, slots)
        if replaced == MAX_SUBSTITUTES_AT_ONCE:
            return
    found = credit_scheme(context, scheme)
    after = replace(found, substituted_chunks=found.substituted_chunks + 1)
    context.state.put(CREDIT_SCHEMES, big_endian(scheme), after)


def _has_gap(context: Context, scheme: int, point: int, day: range) -> bool:
    """Whether a value up to the end of a day may be missing: there are fewer than slots up to the newest one."""
    clock = clock_of(context)
    month = clock.local_month(day.start)
    held = sum_of(context, scheme, month, point)
    return held.there < open_slots(
        context, point, range(first_slot_of_month(clock, month), max(held.end_slot, day.stop))
    )


def _begin(context: Context, scheme: int, found: CreditScheme) -> None:
    """Begin a run of the first month that waits and is not after the next one that is to be settled."""
    context.charge(RUN_BEGUN)
    month = found.waiting[0]
    found = replace(found, waiting=found.waiting[1:])
    context.state.put(CREDIT_SCHEMES, big_endian(scheme), found)
    version = version_at(context.state, scheme, first_slot_of_month(clock_of(context), month))
    if version is None or not version.points or month < found.kept_month:
        if month == found.next_month:  # It begins within the month, since votes changed the clock: it is passed over.
            context.state.put(CREDIT_SCHEMES, big_endian(scheme), replace(found, next_month=month + 1))
        return
    number = month_of(context, scheme, month).run + 1
    if number == 1 and month < found.next_month:
        return
    run = CreditRun(
        month, number, version.from_slot, max(month, found.next_month - 1), CreditPhase.GATHER, 0,
        changed=False, complete=True, sums=NO_SUMS, expired_amount=0,
        posted_mwh=0, posted=0, posted_expired=0,
    )  # fmt: skip
    context.state.put(CREDIT_RUNS, big_endian(scheme), run)


def _gather(context: Context, version: SchemeVersion, run: CreditRun) -> CreditRun:
    """A chunk's inputs. Nothing is settled where a value may still come, or none is another (CR2)."""
    run = gather_chunk(context, version, run)
    if run.place + 1 < len(version.chunks):
        return replace(run, place=run.place + 1)
    settles = run.changed and (run.complete or run.run > 1 or is_due(credit_scheme(context, version.scheme), run.month))
    return replace(run, phase=CreditPhase.OFFER if settles else CreditPhase.DROP, place=0)


def _offer(context: Context, version: SchemeVersion, run: CreditRun) -> CreditRun:
    offer_month(context, version, run)
    return replace(run, phase=CreditPhase.TAKE, place=0)


def _take(context: Context, version: SchemeVersion, run: CreditRun) -> CreditRun:
    take_chunk(context, version, run)
    if run.place + 1 < len(version.chunks):
        return replace(run, place=run.place + 1)
    return replace(run, phase=CreditPhase.PRICE, place=0)


def _price(context: Context, version: SchemeVersion, run: CreditRun) -> CreditRun:
    """Where a price is more than the ledger stores, the month is not settled by this run (CR6)."""
    return _or_drop(context, version, run, lambda: replace(price_month(context, version, run), phase=CreditPhase.BOOK))


def _book(context: Context, version: SchemeVersion, run: CreditRun) -> CreditRun:
    """A chunk's differences; where the first ones leave the range of stored numbers nothing is settled (SC8)."""
    if run.place:
        after = book_month_chunk(context, version, run)
    else:
        after = _or_drop(context, version, run, lambda: book_month_chunk(context, version, run))
        if after.phase == CreditPhase.DROP:
            return after
    if run.place + 1 < len(version.chunks):
        return replace(after, place=run.place + 1)
    return replace(after, phase=CreditPhase.PAY, place=0)


def _or_drop(context: Context, version: SchemeVersion, run: CreditRun, work: Callable[[], CreditRun]) -> CreditRun:
    mark = context.mark()
    try:
        return work()
    except Refused as refusal:
        if refusal.code != "out_of_range":
            raise
        context.undo(mark)
        subject = big_endian(version.scheme)
        context.emit(OwnWorkRefused(OwnWork.SWEEP, CREDIT_SWEEP.number, subject, refusal.code))
        found = credit_scheme(context, version.scheme)
        if run.month == found.next_month and is_due(found, run.month):
            context.state.put(CREDIT_SCHEMES, subject, replace(found, next_month=run.month + 1))
        return replace(run, phase=CreditPhase.DROP, place=0)


def _pay(context: Context, version: SchemeVersion, run: CreditRun) -> CreditRun:
    if run.place == len(version.chunks):
        return replace(run, phase=CreditPhase.FINISH, place=0)
    pay_month_chunk(context, version, run)
    return replace(run, place=run.place + 1)


def _finish(context: Context, version: SchemeVersion, run: CreditRun) -> None:
    """The month's roots and its event; the next month may follow (CR2, CR8)."""
    scheme, subject = version.scheme, big_endian(version.scheme)
    context.charge(FINISHED_SLOT + FINISHED_CHUNK * len(version.chunks))
    parts = [context.get(CREDIT_PARTS, part_key(version, chunk)) for chunk in version.chunks]
    inputs, rows = (list_root([part.inputs_root for part in parts]), list_root([part.rows_root for part in parts]))
    sums = run.sums
    totals = MonthTotals(*(sum(column) for column in zip(*(_figures(part.totals) for part in parts), strict=True)))
    settled = replace(
        month_of(context, scheme, run.month), run=run.run, version=version.version, inputs_root=inputs,
        rows_root=rows, sums=sums, totals=totals, expired_amount=run.expired_amount,
    )  # fmt: skip
    context.state.put(CREDIT_MONTHS, month_key(scheme, run.month), settled)
    found = credit_scheme(context, scheme)
    if run.month == found.next_month:
        context.state.put(CREDIT_SCHEMES, subject, replace(found, next_month=run.month + 1))
    _drop(context, version, run)
    context.emit(
        MonthSettled(
            scheme, run.month, run.run, version.version, totals.missing, totals.substituted, inputs, rows,
            sharing_asset(context), sums.injected_mwh, sums.taken_mwh, totals.carried_mwh, totals.delivered_mwh,
            sums.shared_mwh, totals.claims_mwh, totals.expired_mwh, totals.late_mwh,
            sums.paid, sums.fees, run.expired_amount,
        )
    )  # fmt: skip


def _figures(totals: MonthTotals) -> tuple[int, ...]:
    return tuple(getattr(totals, name) for name in totals.__struct_fields__)


def _drop(context: Context, version: SchemeVersion, run: CreditRun) -> None:
    """What stood between the pieces goes."""
    if run.phase == CreditPhase.DROP:
        context.charge(FINISHED_CHUNK * len(version.chunks))
    for chunk in version.chunks:
        context.state.delete(CREDIT_PARTS, part_key(version, chunk))


def forget_piece(context: Context, scheme: int, found: CreditScheme) -> None:
    """Sums and rows of the oldest month, some at a time (CR9)."""
    context.charge(RUN_BEGUN)
    group = month_key(scheme, found.kept_month)
    for table in (MONTH_SUMS, MONTH_ROWS):
        gone = context.state.keys(table, group)[:MAX_FORGOTTEN_AT_ONCE]
        if gone:
            context.charge(FORGOTTEN_ROW * len(gone))
            for key in gone:
                context.state.delete(table, key)
            return
    context.state.put(CREDIT_SCHEMES, big_endian(scheme), replace(found, kept_month=found.kept_month + 1))


PIECES: Final[Mapping[CreditPhase, Callable[[Context, SchemeVersion, CreditRun], CreditRun | None]]] = MappingProxyType(
    {
        CreditPhase.GATHER: _gather,
        CreditPhase.OFFER: _offer,
        CreditPhase.TAKE: _take,
        CreditPhase.PRICE: _price,
        CreditPhase.BOOK: _book,
        CreditPhase.PAY: _pay,
        CreditPhase.FINISH: _finish,
        CreditPhase.DROP: _drop,
    }
)
