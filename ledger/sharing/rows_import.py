"""Rows of slots brought by a custodian, whole slots at a time (rule SC18).

Whose share of what energy is a row decides like a scheme's key, but of slots that are over: managers change terms of
slots to come only (SC2), so it is the custodian, whom voters name and strike out, that brings rows as it brings values.
A slot that is over has its terms, points and closings for good; so rows that may come in are never refused later.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise

from ledger.chain.context import Context
from ledger.chain.parameters import PARTS
from ledger.errors import Refused
from ledger.sharing.absent import absent_in, absent_points
from ledger.sharing.limits import RUN_INPUT_DAYS
from ledger.sharing.members import members_among
from ledger.sharing.metered import is_open, local_days_of_slots
from ledger.sharing.progress import enqueue, first_settled, note_correction, progress_of, slots_at_work
from ledger.sharing.rows_events import SlotRowsImported
from ledger.sharing.rows_payloads import ImportSlotRows, PairSeries
from ledger.sharing.rows_schema import SLOT_ROWS, RowsState, SlotRows
from ledger.sharing.rows_used import asks_for_rows, remember_rows
from ledger.sharing.rows_values import first_above_whole, slot_rows
from ledger.sharing.schema import QueueReason, SchemeVersion
from ledger.sharing.versions import end_of, version_at
from ledger.sharing.weights import ROWS_IMPORT, ROWS_OF_SLOT, ROWS_PAIRS_A_UNIT, ROWS_SERIES_A_UNIT
from ledger.slots.clock import clock_of
from ledger.slots.files import is_custodian
from ledger.slots.schema import Direction
from ledger.state.table import big_endian


def do_import_slot_rows(context: Context, payload: ImportSlotRows) -> None:
    """A custodian brings all rows of some slots, or nothing of them (SC18)."""
    context.charge(most_weight(payload.slots, len(payload.pairs)))
    if not is_custodian(context, context.sender):
        raise Refused("the sender is no custodian; voters name them", code="not_a_custodian")
    if payload.issued_ms > context.time_ms + context.genesis.drift_ms:
        raise Refused("the rows were issued in the future", code="time_in_future")
    _check_slots(context, payload)
    shares = _shares(payload)
    changed = rows = 0
    for version, slots in _by_version(context, payload):
        at = slots.start - payload.first_slot
        found = [_rows_at(payload.pairs, shares, at + place) for place in range(len(slots))]
        _check_points(context, version, slots, found)
        rows += sum(map(len, found))
        changed += _put(context, version, slots, found, payload)
    context.emit(
        SlotRowsImported(payload.file, context.sender, payload.scheme, payload.first_slot, payload.slots, rows, changed)
    )


def most_weight(slots: int, pairs: int) -> int:
    """The most that rows of so many slots weigh, so that who sends them divides them into parts that fit (W2)."""
    return ROWS_IMPORT + pairs // ROWS_SERIES_A_UNIT + slots * (ROWS_OF_SLOT + pairs // ROWS_PAIRS_A_UNIT)


def _check_slots(context: Context, payload: ImportSlotRows) -> None:
    clock = clock_of(context)
    if clock.start_ms(payload.first_slot + payload.slots) > context.time_ms:
        raise Refused(
            f"slot {payload.first_slot + payload.slots - 1} is not over yet; its rows come after it",
            code="slot_in_future",
        )
    if payload.first_slot < first_settled(context, clock):
        raise Refused(
            f"rows of slot {payload.first_slot} come too late: a run finds what it needs for {RUN_INPUT_DAYS} days",
            code="slot_not_kept",
        )


def _shares(payload: ImportSlotRows) -> list[list[int]]:
    """By pair its share in each slot. Raises `Refused` (bad_rule_rows) where series are none."""
    for here, there in pairwise(payload.pairs):
        if (here.producer, here.consumer) >= (there.producer, there.consumer):
            raise Refused(
                f"the rows are not in rising order of producer and consumer: {there.producer} and {there.consumer}",
                code="bad_rule_rows",
            )
    found = []
    for pair in payload.pairs:
        shares = list(accumulate(pair.steps, initial=pair.first_share))
        if len(shares) != payload.slots:
            raise Refused(
                f"producer {pair.producer} and consumer {pair.consumer} have shares of {len(shares)} slots, not of"
                f" {payload.slots}",
                code="bad_rule_rows",
            )
        if min(shares) < 0 or max(shares) > PARTS:
            slot = payload.first_slot + next(at for at, share in enumerate(shares) if not 0 <= share <= PARTS)
            raise Refused(
                f"slot {slot}: the share of producer {pair.producer} for consumer {pair.consumer} is not from 0 to"
                f" {PARTS}",
                code="rule_shares",
            )
        found.append(shares)
    return found


def _by_version(context: Context, payload: ImportSlotRows) -> Iterator[tuple[SchemeVersion, range]]:
    """The slots by the terms that hold in them. Raises `Refused` where these ask for no rows."""
    start, end = payload.first_slot, payload.first_slot + payload.slots
    while start < end:
        version = version_at(context.state, payload.scheme, start)
        if version is None:
            raise Refused(f"scheme {payload.scheme} has no terms in slot {start}", code="unknown_scheme")
        if not version.points or not asks_for_rows(version.terms):
            raise Refused(
                f"the terms of scheme {payload.scheme} in slot {start} ask for no rows", code="rows_not_asked"
            )
        until = min(end_of(context.state, version), end)
        yield version, range(start, until)
        start = until


def _rows_at(pairs: Sequence[PairSeries], shares: Sequence[Sequence[int]], at: int) -> list[tuple[int, int, int]]:
    return [(pair.producer, pair.consumer, found[at]) for pair, found in zip(pairs, shares, strict=True) if found[at]]


def _check_points(
    context: Context, version: SchemeVersion, slots: range, rows: Sequence[Sequence[tuple[int, int, int]]]
) -> None:
    """Each row names a producer and a consumer that take part and are open; none gives more than its whole."""
    named = {point for of_slot in rows for producer, consumer, _share in of_slot for point in (producer, consumer)}
    members = members_among(context.state, version, sorted(named))
    last = slots.stop - 1
    closing = {point for point in named if point in members and not is_open(context, point, last)}
    for slot, of_slot in zip(slots, rows, strict=True):
        for producer, consumer, _share in of_slot:
            for point, direction in ((producer, Direction.INJECTION), (consumer, Direction.OFFTAKE)):
                member = members.get(point)
                if member is None or member.direction != direction:
                    word = "producer" if direction == Direction.INJECTION else "consumer"
                    raise Refused(
                        f"slot {slot}: point {point} is no {word} of scheme {version.scheme}",
                        code="point_not_in_scheme",
                    )
                if point in closing and not is_open(context, point, slot):
                    raise Refused(f"slot {slot}: point {point} is closed", code="point_not_open")
        above = first_above_whole(of_slot)
        if above is not None:
            raise Refused(
                f"slot {slot}: the shares of producer {above} sum to more than the whole ({PARTS} parts)",
                code="rule_shares",
            )


def _put(
    context: Context,
    version: SchemeVersion,
    slots: range,
    rows: Sequence[Sequence[tuple[int, int, int]]],
    payload: ImportSlotRows,
) -> int:
    """Put rows down that others do not go before, and let what is complete or changed be settled; how many changed."""
    clock, scheme, changed = clock_of(context), version.scheme, 0
    at_work = slots_at_work(context.state, scheme)
    for day, first, count in local_days_of_slots(clock, slots.start, len(slots)):
        progress = progress_of(context.state, clock, scheme, day)
        absent = absent_points(context, scheme, progress.first_slot, progress.first_slot + len(progress.there))
        for slot in range(first, first + count):
            key = big_endian(scheme) + big_endian(slot)
            held = context.state.get(SLOT_ROWS, key)
            found = slot_rows(RowsState.IMPORTED, rows[slot - slots.start], payload.file, payload.issued_ms)
            if not _goes_before(found, held, slot):
                continue
            at = slot - progress.first_slot
            is_another = held is None or held.root != found.root
            run = progress.runs[at] + (slot in at_work)
            if is_another and run:
                remember_rows(context.state, scheme, slot, run)
            context.state.put(SLOT_ROWS, key, found)
            if not is_another:
                continue
            changed += 1
            if run:
                enqueue(context, scheme, slot, QueueReason.CHANGED)
                note_correction(context, scheme, day)
            elif progress.there[at] == version.points - absent_in(absent, slot):
                enqueue(context, scheme, slot, QueueReason.COMPLETE)
    return changed


def _goes_before(found: SlotRows, held: SlotRows | None, slot: int) -> bool:
    """Whether rows take the place of those that are there: of a file issued later, or of the larger hash (M20)."""
    if held is None or held.state == RowsState.SUBSTITUTED:
        return True
    if (found.issued_ms, found.file) == (held.issued_ms, held.file):
        if found.root != held.root:
            raise Refused(f"slot {slot}: this file has brought other rows of it before", code="file_differs")
        return False
    return (found.issued_ms, found.file) > (held.issued_ms, held.file)
