"""A folded slot's correction, brought piece by piece with the inputs that its run had (rules SC14 to SC16).

The state has of a folded day one root; what its runs used is known to nobody who joined by a snapshot. So who corrects
brings it along: the run's entry, which leads to the day's root, and chunk by chunk the run's inputs, which lead to the
entry's. Every rule but fixed pairs divides a slot's energy over all its points: all chunks are needed, however few
values change, and those of a large scheme are more than one transaction holds; by the hour those of all its slots.
Each piece is proven as it comes and put down as a run's part, as if it had been gathered (`late_pieces`); what is
computed and booked from there on is any run's.
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from ledger.chain.context import Context
from ledger.chain.expiries import cancel_expiry, schedule
from ledger.encoding.codec import encode
from ledger.errors import ProofError, Refused, require_present
from ledger.sharing.hours import Together, together_with
from ledger.sharing.late_events import FoldedSlotCorrected, LateCorrectionLapsed
from ledger.sharing.late_limits import LATE_CORRECTION_MS, MAX_LATE_CORRECTIONS
from ledger.sharing.late_payloads import CorrectFoldedSlot
from ledger.sharing.late_pieces import restore_pieces
from ledger.sharing.late_schema import LATE_CORRECTION_DUE, LATE_CORRECTIONS, LATE_RUNS, LateCorrection, OldRun
from ledger.sharing.metered import sources_of
from ledger.sharing.parameters import CORRECTION_LIMIT
from ledger.sharing.progress import enqueue, note_correction
from ledger.sharing.rows_used import asks_for_rows
from ledger.sharing.schema import FOLDED_DAYS, RUN_PARTS, QueueReason, SchemeVersion
from ledger.sharing.versions import version_at
from ledger.sharing.weights import FINISHED_CHUNK, LATE_CORRECTION, LATE_INPUTS_A_UNIT, LATE_OPEN_A_UNIT, LATE_PIECE
from ledger.slots.clock import clock_of
from ledger.slots.files import is_custodian
from ledger.slots.schema import ValueSource
from ledger.state.merkle import ListProof, verify_item
from ledger.state.table import big_endian

LATE_NUMBERS: Final = b"late_correction"


def do_correct_folded_slot(context: Context, payload: CorrectFoldedSlot) -> None:
    """A custodian brings pieces of a correction; with the last one of all slots that are settled together these are
    settled again (SC14, SC15).
    """
    inputs = sum(len(piece.inputs) for piece in payload.pieces)
    context.charge(LATE_CORRECTION + LATE_PIECE * len(payload.pieces) + inputs // LATE_INPUTS_A_UNIT)
    if not is_custodian(context, context.sender):
        raise Refused("the sender is no custodian; voters name them", code="not_a_custodian")
    version = _version(context, payload)
    together = together_with(clock_of(context), version.terms.rule, payload.slot)
    key = big_endian(payload.scheme) + big_endian(together.slots.start)
    pieces = len(version.chunks) * len(together.slots)
    known = context.state.get(LATE_CORRECTIONS, key)
    correction = (
        _opened(context, payload, key, together) if known is None else _continued(context, known, payload, pieces)
    )
    correction = _with_entry(context, payload, correction)
    changes = restore_pieces(context, version, payload)
    brought = correction.pieces + len(payload.pieces)
    correction = replace(correction, pieces=brought, changes=correction.changes + changes)
    if brought == pieces:
        if not correction.changes:
            raise Refused("no value of the slot, or of its hour, is another one", code="unchanged")
        cancel_expiry(context, correction.due_ms, LATE_CORRECTION_DUE, correction.number)
        for slot in together.slots:
            enqueue(context, payload.scheme, slot, QueueReason.LATE)
        note_correction(context, payload.scheme, clock_of(context).local_day(payload.slot))
    context.state.put(LATE_CORRECTIONS, key, correction)
    context.emit(
        FoldedSlotCorrected(context.sender, payload.scheme, payload.slot, payload.file, brought, pieces, changes)
    )


def _version(context: Context, payload: CorrectFoldedSlot) -> SchemeVersion:
    """The terms that hold in the slot, which must be folded, and count operators' values."""
    clock, scheme = clock_of(context), payload.scheme
    version = version_at(context.state, scheme, payload.slot)
    if version is None or not version.points:
        raise Refused(f"scheme {scheme} has no terms in slot {payload.slot}", code="unknown_scheme")
    day = clock.local_day(payload.slot)
    if context.state.get(FOLDED_DAYS, big_endian(scheme) + big_endian(day)) is None:
        raise Refused(
            "the slot's day is not folded: its values come in like others, or it is too old", code="day_not_folded"
        )
    if asks_for_rows(version.terms):
        raise Refused("the scheme settles by rows of each slot; these are not corrected yet", code="settled_by_rows")
    if ValueSource.OPERATOR not in sources_of(version):
        raise Refused("the scheme settles by our meters, not by operators' values", code="operator_not_counted")
    return version


def _opened(context: Context, payload: CorrectFoldedSlot, key: bytes, together: Together) -> LateCorrection:
    """A correction of a slot, or of all slots of its hour, begins, and is waited for (SC14, SC16)."""
    slots, open_ones = together.slots, context.state.keys(LATE_CORRECTIONS, key[:8])
    context.charge(len(open_ones) // LATE_OPEN_A_UNIT)
    ends_ms = clock_of(context).start_ms(slots.start) + context.parameter(CORRECTION_LIMIT)
    if context.time_ms + LATE_CORRECTION_MS > ends_ms:
        raise Refused("the slot is older than corrections may be", code="too_late")
    if len(slots) + sum(context.get(LATE_CORRECTIONS, each).slots for each in open_ones) > MAX_LATE_CORRECTIONS:
        raise Refused(
            f"corrections of {MAX_LATE_CORRECTIONS} slots of the scheme are being brought; end them first",
            code="too_many_corrections",
        )
    number, due_ms = context.next_number(LATE_NUMBERS), context.time_ms + LATE_CORRECTION_MS
    schedule(context, due_ms, LATE_CORRECTION_DUE, number, key)
    return LateCorrection(context.sender, payload.file, (), len(slots), 0, 0, number, due_ms)


def _continued(context: Context, known: LateCorrection, payload: CorrectFoldedSlot, pieces: int) -> LateCorrection:
    """The pieces that follow come from who began, out of the same file, until all are there (SC15)."""
    same = (context.sender, payload.file) == (known.custodian, known.file)
    if not same or known.pieces == pieces or known.due_ms <= context.time_ms:
        raise Refused("another correction of this slot is being brought, or settled", code="correction_open")
    return known


def _with_entry(context: Context, payload: CorrectFoldedSlot, correction: LateCorrection) -> LateCorrection:
    """The slot's newest run is proven with its first piece, and the same with those that follow (SC14)."""
    entry, scheme = correction.entry(payload.slot), big_endian(payload.scheme)
    if entry is not None:
        if entry != payload.entry:
            raise Refused("the pieces that are there are of another run of the slot", code="bad_old_run")
        return correction
    newest = context.state.get(LATE_RUNS, scheme + big_endian(payload.slot))
    if newest is None:
        _check_entry(context, payload, scheme + big_endian(clock_of(context).local_day(payload.slot)))
    elif newest != payload.entry:
        raise Refused(f"run {newest.run} of the slot is the newest one, after its day was folded", code="bad_old_run")
    entries = (*correction.entries, OldRun(payload.slot, payload.entry))
    return replace(correction, entries=tuple(sorted(entries, key=lambda each: each.slot)))


def _check_entry(context: Context, payload: CorrectFoldedSlot, day_key: bytes) -> None:
    folded = context.get(FOLDED_DAYS, day_key)
    leaf = big_endian(payload.slot) + encode(payload.entry)
    try:
        verify_item(folded.root, leaf, ListProof(payload.place, folded.slots, payload.nodes))
    except ProofError as error:
        raise Refused(f"this is not what the run was: {error}", code="bad_old_run") from None


def late_correction_due(context: Context, subject: bytes) -> None:
    """A correction was not brought to its end: its pieces are forgotten, slot by slot (SC16)."""
    correction = require_present(context.state.get(LATE_CORRECTIONS, subject), "a correction without an entry")
    *others, last = correction.entries
    version = version_at(context.state, int.from_bytes(subject[:8], "big"), last.slot)
    keys = [
        subject[:8] + big_endian(last.slot) + big_endian(chunk.chunk)
        for chunk in (() if version is None else version.chunks)
    ]
    context.charge(FINISHED_CHUNK * len(keys))
    there = [key for key in keys if context.state.get(RUN_PARTS, key) is not None]
    for key in there:
        context.state.delete(RUN_PARTS, key)
    if others:
        left = replace(correction, entries=tuple(others), pieces=correction.pieces - len(there))
        context.state.put(LATE_CORRECTIONS, subject, left)
        schedule(context, correction.due_ms, LATE_CORRECTION_DUE, correction.number, subject)
        return
    context.state.delete(LATE_CORRECTIONS, subject)
    scheme, slot = int.from_bytes(subject[:8], "big"), int.from_bytes(subject[8:], "big")
    context.emit(LateCorrectionLapsed(correction.custodian, scheme, slot, correction.file))


def forget_late_runs(context: Context, scheme: bytes, first_slot: int, end_slot: int) -> None:
    """Forget what corrections of a day's slots came to, with the day (SC17)."""
    for slot in range(first_slot, end_slot):
        if context.state.get(LATE_RUNS, scheme + big_endian(slot)) is not None:
            context.state.delete(LATE_RUNS, scheme + big_endian(slot))


def first_open_slot(context: Context, scheme: bytes) -> int | None:
    """The oldest slot of a scheme whose correction is being brought, or settled."""
    key = context.state.first(LATE_CORRECTIONS, scheme)
    return None if key is None else int.from_bytes(key[8:], "big")
