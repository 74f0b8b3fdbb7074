"""A chunk of a folded slot put down as it was and as it is now, where its old inputs are proven (rule SC15)."""

from __future__ import annotations

from collections.abc import Mapping

from ledger.chain.context import Context
from ledger.errors import ProofError, Refused
from ledger.sharing.gathering import NOT_YET, SUBSTITUTES
from ledger.sharing.late_payloads import CorrectFoldedSlot, RestoredPiece
from ledger.sharing.members import members_of_chunk
from ledger.sharing.metered import parts_of
from ledger.sharing.packing import pack
from ledger.sharing.roots import values_root
from ledger.sharing.schema import RUN_PARTS, RunPart, SchemeMember, SchemeVersion, SlotInput
from ledger.sharing.zone_parts import zones_of_chunk
from ledger.slots.schema import SlotState, ValueSource
from ledger.state.merkle import ListProof, verify_item
from ledger.state.table import big_endian


def restore_pieces(context: Context, version: SchemeVersion, payload: CorrectFoldedSlot) -> int:
    """Put the pieces of a transaction down as a run's parts, as if gathered; how many values change."""
    places = {chunk.chunk: place for place, chunk in enumerate(version.chunks)}
    return sum(_restore(context, version, places, payload, piece) for piece in payload.pieces)


def _restore(
    context: Context,
    version: SchemeVersion,
    places: Mapping[int, int],
    payload: CorrectFoldedSlot,
    piece: RestoredPiece,
) -> int:
    """Put a chunk down; `places`: of the chunks by their numbers. How many of its values change."""
    key = big_endian(version.scheme) + big_endian(payload.slot) + big_endian(piece.chunk)
    place = places.get(piece.chunk)
    if place is None:
        raise Refused(f"no point of the scheme stands in chunk {piece.chunk}", code="bad_old_inputs")
    if context.state.get(RUN_PARTS, key) is not None:
        raise Refused(f"chunk {piece.chunk} of this slot is there already", code="piece_repeated")
    members = members_of_chunk(context.state, version.scheme, version.chunks[place])
    if len(members) != len(piece.inputs):
        raise Refused(f"{len(members)} points stand in chunk {piece.chunk}", code="bad_old_inputs")
    proof = ListProof(place, len(places), piece.nodes)
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
