"""What points have in the local months of schemes by the month, kept as values come (rules CR1, CR2).

So a month is settled from one sum a point, and its values may go after 35 days.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from ledger.chain.context import Context, in_range
from ledger.chain.sweeps import begin_sweep
from ledger.errors import require_present
from ledger.sharing.absent import absent_in, absent_points
from ledger.sharing.credit_limits import MONTH_ROWS_KEPT
from ledger.sharing.credit_schema import (
    CREDIT_MONTHS,
    CREDIT_RUNS,
    CREDIT_SCHEMES,
    CREDIT_SWEEP,
    MONTH_SUMS,
    CreditMonth,
    CreditPhase,
    CreditScheme,
    MonthSum,
    MonthTotals,
)
from ledger.sharing.credit_terms import last_day_of_month, slots_of_month
from ledger.sharing.events import SourcesDiffer
from ledger.sharing.metered import parts_of, sources_of
from ledger.sharing.parameters import CORRECTION_LIMIT
from ledger.sharing.progress import differ
from ledger.sharing.schema import PARTICIPATIONS, RunSums, SchemeVersion
from ledger.sharing.versions import factor_at, version_at
from ledger.sharing.weights import MONTH_FOLLOWED, PROGRESS_SLOTS_A_UNIT
from ledger.slots.clock import clock_of, month_of_day
from ledger.slots.packing import SlotValue
from ledger.slots.schema import POINTS, SlotState, ValueSource
from ledger.slots.values import values_of
from ledger.state.table import big_endian

NO_SUM = MonthSum(0, 0, 0, 0)
NO_SUMS = RunSums(0, 0, 0, 0, 0)
NO_TOTALS = MonthTotals(0, 0, 0, 0, 0, 0, 0)
NO_MONTH = CreditMonth(0, 0, 0, bytes(32), bytes(32), NO_SUMS, NO_TOTALS, 0)


def scheme_opened(context: Context, scheme: int, from_slot: int) -> None:
    """A scheme by the month begins with the month of a slot to come."""
    clock = clock_of(context)
    month, day = clock.local_month(from_slot), clock.local_day(from_slot)
    context.state.put(
        CREDIT_SCHEMES, big_endian(scheme), CreditScheme(month, month, day - 1, day - 1, 0, (), month, 0, 0, 0)
    )


def month_key(scheme: int, month: int) -> bytes:
    """The key of a month, and of all that it has by point."""
    return big_endian(scheme) + big_endian(month)


def month_of(context: Context, scheme: int, month: int) -> CreditMonth:
    """How far a month is."""
    return context.state.get(CREDIT_MONTHS, month_key(scheme, month)) or NO_MONTH


def sum_of(context: Context, scheme: int, month: int, point: int) -> MonthSum:
    """What a point has in a month so far."""
    return context.state.get(MONTH_SUMS, month_key(scheme, month) + big_endian(point)) or NO_SUM


def open_slots(context: Context, point: int, slots: range) -> int:
    """In how many of some slots a point is open."""
    found = context.get(POINTS, big_endian(point))
    end = min(slots.stop, found.until_slot) if found.until_slot else slots.stop
    return max(0, end - max(slots.start, found.from_slot))


def follow_months(
    context: Context,
    point: int,
    source: ValueSource,
    first_slot: int,
    before: tuple[SlotValue, ...],
    after: tuple[SlotValue, ...],
) -> None:
    """Values of a point changed: its sums of the months follow by the difference, and what is whole waits (CR2)."""
    for key in context.state.keys(PARTICIPATIONS, big_endian(point)):
        scheme = int.from_bytes(key[8:], "big")
        if context.state.get(CREDIT_SCHEMES, big_endian(scheme)) is None:
            continue
        clock, end = clock_of(context), first_slot + len(after)
        months = range(clock.local_month(first_slot), clock.local_month(end - 1) + 1)
        for month in months:
            slots = slots_of_month(clock, month)
            some = range(max(first_slot, slots.start), min(end, slots.stop))
            version = version_at(context.state, scheme, some.start)
            if version is None or not factor_at(context.get(PARTICIPATIONS, key), some.start):
                continue
            here = slice(some.start - first_slot, some.stop - first_slot)
            context.charge(MONTH_FOLLOWED + len(some) // PROGRESS_SLOTS_A_UNIT)
            _follow(context, version, (point, source, month), some, (before[here], after[here]))


def _follow(
    context: Context,
    version: SchemeVersion,
    what: tuple[int, ValueSource, int],
    slots: range,
    values: tuple[Sequence[SlotValue], Sequence[SlotValue]],
) -> None:
    point, source, month = what
    sources = sources_of(version)
    other = ValueSource.OPERATOR if source == ValueSource.OWN else ValueSource.OWN
    others = values_of(context, point, other, slots.start, len(slots))
    both = (values[1], others) if source == ValueSource.OWN else (others, values[1])
    _tell_differences(context, version, point, zip(slots, *values, *both, strict=True))
    if source not in sources:
        return
    old, new = values
    if len(sources) > 1:
        old, new = (_counting(source == sources[0], some, others) for some in values)
    changed = [at for at, pair in enumerate(zip(old, new, strict=True)) if pair[0] != pair[1]]
    if not changed:
        return
    some = [slots[at] for at in changed]
    less, more = (
        parts_of(context.state, version.scheme, point, some, [side[at].energy_mwh for at in changed])
        for side in (old, new)
    )
    there = [old[at].state == SlotState.MISSING for at in changed]
    substituted = sum(
        (new[at].state == SlotState.SUBSTITUTED) - (old[at].state == SlotState.SUBSTITUTED) for at in changed
    )
    key = month_key(version.scheme, month) + big_endian(point)
    held = sum_of(context, version.scheme, month, point)
    made = MonthSum(
        in_range(held.energy_mwh + sum(more) - sum(less)),
        held.there + sum(there),
        held.substituted + substituted,
        max(held.end_slot, some[-1] + 1),
    )
    context.state.put(MONTH_SUMS, key, made)
    note_sum(context, version, (point, month), held, made)


def _counting(goes_first: bool, values: Sequence[SlotValue], others: Sequence[SlotValue]) -> list[SlotValue]:
    """The values that count where two sources do, this one's and the other's."""
    firsts, seconds = (values, others) if goes_first else (others, values)
    return [
        first if first.state != SlotState.MISSING else second for first, second in zip(firsts, seconds, strict=True)
    ]


def _tell_differences(
    context: Context,
    version: SchemeVersion,
    point: int,
    slots: Iterable[tuple[int, SlotValue, SlotValue, SlotValue, SlotValue]],
) -> None:
    """Where both sources have a value and differ by more than the scheme's bound, and one of them is new (SC10)."""
    for slot, old, new, own, operator in slots:
        if old != new and differ(version, own, operator):
            account = context.get(POINTS, big_endian(point)).owner
            context.emit(SourcesDiffer(account, version.scheme, point, slot, own.energy_mwh, operator.energy_mwh))


def note_sum(context: Context, version: SchemeVersion, what: tuple[int, int], held: MonthSum, made: MonthSum) -> None:
    """A month that has a run waits for another one; one of which all is there now, for its first."""
    point, month = what
    scheme, slots = version.scheme, slots_of_month(clock_of(context), month)
    here = month_of(context, scheme, month)
    wanted = open_slots(context, point, slots)
    if made.there == wanted != held.there and wanted == len(slots):
        here = replace(here, full=here.full + 1)
        context.state.put(CREDIT_MONTHS, month_key(scheme, month), here)
    run = context.state.get(CREDIT_RUNS, big_endian(scheme))
    at_work = run is not None and run.month == month and run.phase != CreditPhase.DROP
    if here.run or at_work:
        if made.energy_mwh != held.energy_mwh:
            enqueue(context, scheme, month)
    elif made.there == wanted and here.full == _open_at_the_end(context, version, slots):
        enqueue(context, scheme, month)


def _open_at_the_end(context: Context, version: SchemeVersion, slots: range) -> int:
    """How many points of a version are open in the last slot of a month."""
    last = slots.stop - 1
    return version.points - absent_in(absent_points(context, version.scheme, last, last + 1), last)


def credit_scheme(context: Context, scheme: int) -> CreditScheme:
    """How far a scheme by the month is."""
    found = context.state.get(CREDIT_SCHEMES, big_endian(scheme))
    return require_present(found, f"scheme {scheme} does not settle by the month")


def enqueue(context: Context, scheme: int, month: int) -> None:
    """Let a month be settled with the next steps of the scheme's sweep."""
    found = credit_scheme(context, scheme)
    if month not in found.waiting:
        put_and_work(context, scheme, replace(found, waiting=tuple(sorted({*found.waiting, month}))))


def put_and_work(context: Context, scheme: int, found: CreditScheme) -> None:
    """Write down that a scheme has something to do, and begin its sweep where none works on it."""
    subject = big_endian(scheme)
    before = credit_scheme(context, scheme)
    if not has_work(before) and context.state.get(CREDIT_RUNS, subject) is None:
        begin_sweep(context, CREDIT_SWEEP, subject)
    context.state.put(CREDIT_SCHEMES, subject, found)


def has_work(found: CreditScheme) -> bool:
    """Whether a sweep has something to do: a day's substitutes, a month to settle, an old month to forget."""
    workable = any(month <= found.next_month for month in found.waiting)
    return found.substituted_day < found.cut_off_day or workable or found.kept_month < first_kept_month(found)


def first_kept_month(found: CreditScheme) -> int:
    """The first month whose sums and rows are kept (CR9)."""
    return month_of_day(found.cut_off_day) - MONTH_ROWS_KEPT


def day_cut_off(context: Context, version: SchemeVersion, day: int) -> None:
    """A local day's cut-off has come: what is missing is substituted; with the last one the month waits (CR2)."""
    scheme = version.scheme
    found = credit_scheme(context, scheme)
    month = month_of_day(day)
    waiting = found.waiting
    if version.points and day == last_day_of_month(month) and not month_of(context, scheme, month).run:
        waiting = tuple(sorted({*waiting, month}))
    put_and_work(context, scheme, replace(found, cut_off_day=max(found.cut_off_day, day), waiting=waiting))
    _forget_roots(context, scheme, found)


def _forget_roots(context: Context, scheme: int, found: CreditScheme) -> None:
    """The oldest month's roots are forgotten when nothing is asked of them any more (CR9)."""
    oldest = context.state.first(CREDIT_MONTHS, big_endian(scheme))
    if oldest is None:
        return
    month = int.from_bytes(oldest[8:], "big")
    end_ms = clock_of(context).start_ms(slots_of_month(clock_of(context), month).stop)
    if month < found.kept_month and end_ms <= context.time_ms - context.parameter(CORRECTION_LIMIT):
        context.state.delete(CREDIT_MONTHS, oldest)


def is_due(found: CreditScheme, month: int) -> bool:
    """Whether the cut-off of a month's last day has come, so that nothing of it is waited for."""
    return found.cut_off_day >= last_day_of_month(month)
