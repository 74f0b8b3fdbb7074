"""A folded slot's correction, brought piece by piece with the inputs that its run had (rules SC14 to SC16).

The state has of a folded day one root; what its runs used is known to nobody who joined by a snapshot. So who corrects
brings it along: the run's entry, which leads to the day's root, and chunk by chunk the run's inputs, which lead to the
entry's. Every rule but fixed pairs divides a slot's energy over all its points: all chunks are needed, however few
values change, and those of a large scheme are more than one transaction holds. Each piece is proven as it comes and put
down as a run's part, as if it had been gathered; what is computed and booked from there on is any run's.
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from ledger.chain.context import Context
from ledger.chain.expiries import cancel_expiry, schedule
from ledger.encoding.codec import encode
from ledger.errors import ProofError, Refused, require_present
from ledger.sharing.gathering import NOT_YET, SUBSTITUTES
from ledger.sharing.late_events import FoldedSlotCorrected, LateCorrectionLapsed
from ledger.sharing.late_limits import LATE_CORRECTION_MS, MAX_LATE_CORRECTIONS
from ledger.sharing.late_payloads import CorrectFoldedSlot, RestoredPiece
from ledger.sharing.late_schema import LATE_CORRECTION_DUE, LATE_CORRECTIONS, LATE_RUNS, LateCorrection
from ledger.sharing.members import members_of_chunk
from ledger.sharing.metered import parts_of, sources_of
from ledger.sharing.packing import pack
from ledger.sharing.parameters import CORRECTION_LIMIT
from ledger.sharing.progress import enqueue
from ledger.sharing.roots import values_root
from ledger.sharing.rows_used import asks_for_rows
from ledger.sharing.schema import (
    FOLDED_DAYS,
    RUN_PARTS,
    QueueReason,
    RunPart,
    SchemeMember,
    SchemeVersion,
    SettledSlot,
    SlotInput,
)
from ledger.sharing.versions import version_at
from ledger.sharing.weights import FINISHED_CHUNK, LATE_CORRECTION, LATE_INPUTS_A_UNIT, LATE_PIECE
from ledger.sharing.zone_parts import zones_of_chunk
from ledger.slots.clock import clock_of
from ledger.slots.files import is_custodian
from ledger.slots.schema import SlotState, ValueSource
from ledger.state.merkle import ListProof, verify_item
from ledger.state.table import big_endian

LATE_NUMBERS: Final = b"late_correction"


def do_correct_folded_slot(context: Context, payload: CorrectFoldedSlot) -> None:
    """A custodian brings pieces of a correction; the last one lets the slot be settled again (SC14, SC15)."""
    inputs = sum(len(piece.inputs) for piece in payload.pieces)
    context.charge(LATE_CORRECTION + LATE_PIECE * len(payload.pieces) + inputs // LATE_INPUTS_A_UNIT)
    if not is_custodian(context, context.sender):
        raise Refused("the sender is no custodian; voters name them", code="not_a_custodian")
    key = big_endian(payload.scheme) + big_endian(payload.slot)
    version = _version(context, payload)
    known = context.state.get(LATE_CORRECTIONS, key)
    correction = _opened(context, payload, key) if known is None else _continued(context, payload, known)
    changes = sum(_restore(context, version, payload, piece) for piece in payload.pieces)
    brought = correction.pieces + len(payload.pieces)
    correction = replace(correction, pieces=brought, changes=correction.changes + changes)
    if brought == len(version.chunks):
        if not correction.changes:
            raise Refused("no value of the slot is another one", code="unchanged")
        cancel_expiry(context, correction.due_ms, LATE_CORRECTION_DUE, correction.number)
        enqueue(context, payload.scheme, payload.slot, QueueReason.LATE)
    context.state.put(LATE_CORRECTIONS, key, correction)
    context.emit(
        FoldedSlotCorrected(
            context.sender, payload.scheme, payload.slot, payload.file, brought, len(version.chunks), changes
        )
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
    if version.terms.rule.hourly:
        raise Refused("the scheme settles by the hour; its folded slots are not corrected yet", code="settled_by_hour")
    if asks_for_rows(version.terms):
        raise Refused("the scheme settles by rows of each slot; these are not corrected yet", code="settled_by_rows")
    if ValueSource.OPERATOR not in sources_of(version):
        raise Refused("the scheme settles by our meters, not by operators' values", code="operator_not_counted")
    return version


def _opened(context: Context, payload: CorrectFoldedSlot, key: bytes) -> LateCorrection:
    """The slot's newest run is proven, and its correction waited for (SC14)."""
    clock, state = clock_of(context), context.state
    newest = state.get(LATE_RUNS, key)
    if newest is None:
        _check_entry(context, payload, key[:8] + big_endian(clock.local_day(payload.slot)))
    elif newest != payload.entry:
        raise Refused(f"run {newest.run} of the slot is the newest one, after its day was folded", code="bad_old_run")
    ends_ms = clock.start_ms(payload.slot) + context.parameter(CORRECTION_LIMIT)
    if context.time_ms + LATE_CORRECTION_MS > ends_ms:
        raise Refused("the slot is older than corrections may be", code="too_late")
    if len(state.keys(LATE_CORRECTIONS, key[:8])) >= MAX_LATE_CORRECTIONS:
        raise Refused(
            f"corrections of {MAX_LATE_CORRECTIONS} slots of the scheme are being brought; end them first",
            code="too_many_corrections",
        )
    number, due_ms = context.next_number(LATE_NUMBERS), context.time_ms + LATE_CORRECTION_MS
    schedule(context, due_ms, LATE_CORRECTION_DUE, number, key)
    return LateCorrection(context.sender, payload.file, payload.entry, 0, 0, number, due_ms)


def _check_entry(context: Context, payload: CorrectFoldedSlot, day_key: bytes) -> None:
    folded = context.get(FOLDED_DAYS, day_key)
    leaf = big_endian(payload.slot) + encode(payload.entry)
    try:
        verify_item(folded.root, leaf, ListProof(payload.place, folded.slots, payload.nodes))
    except ProofError as error:
        raise Refused(f"this is not what the run was: {error}", code="bad_old_run") from None


def _continued(context: Context, payload: CorrectFoldedSlot, known: LateCorrection) -> LateCorrection:
    """The pieces that follow come from who began, out of the same file, until all are there (SC15)."""
    if (context.sender, payload.file, payload.entry) != (known.custodian, known.file, known.entry):
        raise Refused("another correction of this slot is being brought, or settled", code="correction_open")
    return known


def _restore(context: Context, version: SchemeVersion, payload: CorrectFoldedSlot, piece: RestoredPiece) -> int:
    """Put a chunk down as it was and as it is now; how many of its values change (SC15)."""
    numbers = [chunk.chunk for chunk in version.chunks]
    key = big_endian(version.scheme) + big_endian(payload.slot) + big_endian(piece.chunk)
    if piece.chunk not in numbers:
        raise Refused(f"no point of the scheme stands in chunk {piece.chunk}", code="bad_old_inputs")
    if context.state.get(RUN_PARTS, key) is not None:
        raise Refused(f"chunk {piece.chunk} of this slot is there already", code="piece_repeated")
    place = numbers.index(piece.chunk)
    members = members_of_chunk(context.state, version.scheme, version.chunks[place])
    if len(members) != len(piece.inputs):
        raise Refused(f"{len(members)} points stand in chunk {piece.chunk}", code="bad_old_inputs")
    proof = ListProof(place, len(numbers), piece.nodes)
    root = values_root(piece.inputs)
    try:
        verify_item(payload.entry.inputs_root, root, proof)
    except ProofError as error:
        told = f"this is not what the inputs of chunk {piece.chunk} were: {error}"
        raise Refused(told, code="bad_old_inputs") from None
    now = _changed(context, version, payload.slot, members, piece)
    part = RunPart(
        values_root(now), sum(1 for one in now if one.state in SUBSTITUTES),
        pack([one.part_mwh for one in now]), pack([one.part_mwh for one in piece.inputs]), b"", b"", NOT_YET,
        tuple(at for at, one in enumerate(now) if one.state == SlotState.MISSING),
        *zones_of_chunk(context, members, (payload.slot,))[0],
    )  # fmt: skip
    context.state.put(RUN_PARTS, key, part)
    return len(piece.changes)


def _changed(
    context: Context, version: SchemeVersion, slot: int, members: tuple[SchemeMember, ...], piece: RestoredPiece
) -> list[SlotInput]:
    """The inputs of a chunk with what changes of them."""
    places = {member.point: at for at, member in enumerate(members)}
    now, last = list(piece.inputs), 0
    for change in piece.changes:
        at = places.get(change.point)
        if at is None or change.point <= last:
            raise Refused(
                f"point {change.point} is not in chunk {piece.chunk}, or not in rising order", code="bad_changes"
            )
        last, old = change.point, piece.inputs[at]
        if old.state == SlotState.MISSING:
            raise Refused(f"point {change.point} was not open in the slot", code="point_not_open")
        if old.energy_mwh == change.energy_mwh:
            raise Refused(f"point {change.point} has this value already", code="unchanged")
        energies = (old.energy_mwh, change.energy_mwh)
        before, after = (parts_of(context.state, version.scheme, change.point, (slot,), (e,))[0] for e in energies)
        if before != old.part_mwh:
            raise Refused(f"the shares of point {change.point} are remembered no longer", code="too_late")
        now[at] = SlotInput(SlotState.CORRECTED, ValueSource.OPERATOR, change.energy_mwh, after)
    return now


def late_correction_due(context: Context, subject: bytes) -> None:
    """A correction was not brought to its end: its pieces are forgotten (SC16)."""
    correction = require_present(context.state.get(LATE_CORRECTIONS, subject), "a correction without an entry")
    scheme, slot = int.from_bytes(subject[:8], "big"), int.from_bytes(subject[8:], "big")
    version = version_at(context.state, scheme, slot)
    chunks = () if version is None else version.chunks
    context.charge(FINISHED_CHUNK * len(chunks))
    for chunk in chunks:
        context.state.delete(RUN_PARTS, subject + big_endian(chunk.chunk))
    context.state.delete(LATE_CORRECTIONS, subject)
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


def late_entry(context: Context, scheme: int, slot: int) -> SettledSlot | None:
    """The run that a correction under way is of; None: there is none."""
    found = context.state.get(LATE_CORRECTIONS, big_endian(scheme) + big_endian(slot))
    return None if found is None else found.entry
