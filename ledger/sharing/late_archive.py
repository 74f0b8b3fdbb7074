"""What a custodian keeps of a settled day, so that it can be corrected when the state has only its root (SC15).

An archived day holds each slot's run with the inputs of its points, chunk by chunk. Whoever has it needs no node to
believe it: the chunks lead to the run's root, the runs to the day's. Reads and plain values only.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

from msgspec.structs import replace

from ledger.encoding.codec import Codec, Value, encode
from ledger.encoding.quantities import Number
from ledger.errors import ProofError, require
from ledger.limits import MAX_TRANSACTION_BYTES, MIN_BLOCK_WEIGHT, TRANSACTION_SHARE
from ledger.sharing.late_limits import MAX_LATE_PIECES
from ledger.sharing.late_payloads import ChangedValue, CorrectFoldedSlot, RestoredPiece
from ledger.sharing.members import chunk_of
from ledger.sharing.queries import SettledRun
from ledger.sharing.roots import values_root
from ledger.sharing.schema import FoldedDay, SettledSlot, SlotInput
from ledger.sharing.weights import LATE_INPUTS_A_UNIT, LATE_PIECE, ZONE_ASKED
from ledger.slots.schema import SlotState, ValueSource
from ledger.state.merkle import list_root, prove_each
from ledger.state.table import big_endian

PIECES_BYTES = MAX_TRANSACTION_BYTES - 8 * 1024
"""Of the pieces of one transaction; the rest is for its other fields and the envelope."""

INPUT_WEIGHT = ZONE_ASKED + 1 // LATE_INPUTS_A_UNIT
"""At the most: an archive does not say which points produce, nor whether anybody asks for their zones."""

TRANSACTION_WEIGHT = 500
"""More than what a transaction without pieces weighs, with its bytes and the looking up of what is open."""

MAX_DAY_BYTES = 64 * 1024 * 1024


class ArchivedChunk(Value, frozen=True):
    """The points of a chunk, in rising order, and what a run used of each."""

    points: tuple[Number, ...]
    inputs: tuple[SlotInput, ...]


class ArchivedSlot(Value, frozen=True):
    """A run of a slot, and what went into it."""

    slot: Number
    entry: SettledSlot
    chunks: tuple[ArchivedChunk, ...]

    def energies_of(self, points: Iterable[int]) -> dict[int, int]:
        """What the run used of some points, in mWh; those that it does not have are left out."""
        chunks = {chunk_of(chunk.points[0]): chunk for chunk in self.chunks}
        found: dict[int, int] = {}
        for point in points:
            chunk = chunks.get(chunk_of(point))
            at = 0 if chunk is None else bisect_left(chunk.points, point)
            if chunk is not None and at < len(chunk.points) and chunk.points[at] == point:
                found[point] = chunk.inputs[at].energy_mwh
        return found


class ArchivedDay(Value, frozen=True):
    """The settled slots of a local day, in rising order, as its root was made of them; and the newest late runs."""

    scheme: Number
    day: Number
    slots: tuple[ArchivedSlot, ...]
    late: tuple[ArchivedSlot, ...] = ()

    def newest(self, slot: int) -> ArchivedSlot | None:
        """The newest run of a slot that the archive knows."""
        return next((each for each in (*self.late, *self.slots) if each.slot == slot), None)

    def with_late(self, run: ArchivedSlot) -> ArchivedDay:
        """The day with a late run, which takes the place of the one before: a correction goes out from the newest."""
        return replace(self, late=(*(each for each in self.late if each.slot != run.slot), run))


ARCHIVED_DAY: Codec[ArchivedDay] = Codec(ArchivedDay, MAX_DAY_BYTES)


def archived(slot: int, run: SettledRun) -> ArchivedSlot:
    """A run whose inputs are known still."""
    return archived_slot(slot, run.entry, [member.point for member in run.members], run.inputs)


def archived_slot(slot: int, entry: SettledSlot, points: Sequence[int], inputs: Sequence[SlotInput]) -> ArchivedSlot:
    """A run with its inputs by rising points. Raises `ProofError` where they do not lead to its root."""
    places: dict[int, list[int]] = {}
    for place, point in enumerate(points):
        places.setdefault(chunk_of(point), []).append(place)
    chunks = tuple(
        ArchivedChunk(tuple(points[at] for at in group), tuple(inputs[at] for at in group))
        for _chunk, group in sorted(places.items())
    )
    found = ArchivedSlot(slot, entry, chunks)
    check_slot(found)
    return found


def check_slot(archived: ArchivedSlot) -> None:
    """Raises `ProofError` unless the inputs lead to the run's root."""
    if list_root([values_root(chunk.inputs) for chunk in archived.chunks]) != archived.entry.inputs_root:
        raise ProofError(f"the archived inputs of slot {archived.slot} do not lead to its run's root")


def check_day(day: ArchivedDay, folded: FoldedDay) -> None:
    """Raises `ProofError` unless the archived runs lead to the day's root."""
    if len(day.slots) != folded.slots or list_root(_leaves(day)) != folded.root:
        raise ProofError(f"the archived runs of day {day.day} do not lead to the root that the chain has of it")


def _leaves(day: ArchivedDay) -> list[bytes]:
    return [big_endian(each.slot) + encode(each.entry) for each in day.slots]


def corrected(archived: ArchivedSlot, energies: Mapping[int, int], parts: Mapping[int, int]) -> list[ArchivedChunk]:
    """The chunks with other energies of some points, of which so much counts in the scheme."""
    return [
        replace(
            chunk,
            inputs=tuple(
                SlotInput(SlotState.CORRECTED, ValueSource.OPERATOR, energies[point], parts[point])
                if point in energies
                else found
                for point, found in zip(chunk.points, chunk.inputs, strict=True)
            ),
        )
        for chunk in archived.chunks
    ]


def payloads_of(
    day: ArchivedDay,
    file: bytes,
    energies: Mapping[int, Mapping[int, int]],
    brought: Container[tuple[int, int]] = (),
    block_weight: int = MIN_BLOCK_WEIGHT,
) -> list[CorrectFoldedSlot]:
    """The transactions that correct slots, in order; `energies`: of each slot that is settled together with one that
    changes, the points that differ from what its newest run used.

    `brought`: slots and chunks whose pieces are there already. `block_weight`: the chain's; a transaction may weigh
    half of it. Raises `ProofError` where the archive contradicts
    itself.
    """
    places = {each.slot: place for place, each in enumerate(day.slots)}
    paths = prove_each([big_endian(each.slot) + encode(each.entry) for each in day.slots])
    found: list[CorrectFoldedSlot] = []
    for slot, of_slot in sorted(energies.items()):
        run = day.newest(slot)
        require(run is not None, "an archived day has the slot")
        assert run is not None
        place, nodes = 0, b""
        if run is day.slots[places[slot]]:
            place, nodes = places[slot], paths[places[slot]].nodes
        found += [
            CorrectFoldedSlot(day.scheme, slot, file, run.entry, place, nodes, pieces)
            for pieces in _groups(run, of_slot, brought, block_weight // TRANSACTION_SHARE)
        ]
    return found


def _groups(
    run: ArchivedSlot, energies: Mapping[int, int], brought: Container[tuple[int, int]], most_weight: int
) -> Iterator[tuple[RestoredPiece, ...]]:
    """A slot's pieces, as many together as fit into a transaction."""
    roots = [values_root(chunk.inputs) for chunk in run.chunks]
    if list_root(roots) != run.entry.inputs_root:
        raise ProofError(f"the archived inputs of slot {run.slot} do not lead to its run's root")
    group: list[RestoredPiece] = []
    size, weight = 0, TRANSACTION_WEIGHT
    for chunk, proof in zip(run.chunks, prove_each(roots), strict=True):
        if (run.slot, chunk_of(chunk.points[0])) in brought:
            continue
        piece = _piece(chunk, proof.nodes, energies)
        length, heavy = len(encode(piece)), LATE_PIECE + len(piece.inputs) * INPUT_WEIGHT
        full = len(group) == MAX_LATE_PIECES or size + length > PIECES_BYTES or weight + heavy > most_weight
        if group and full:
            yield tuple(group)
            group, size, weight = [], 0, TRANSACTION_WEIGHT
        group.append(piece)
        size, weight = size + length, weight + heavy
    if group:
        yield tuple(group)


def _piece(chunk: ArchivedChunk, nodes: bytes, energies: Mapping[int, int]) -> RestoredPiece:
    changes = tuple(
        ChangedValue(point, energies[point])
        for point, found in zip(chunk.points, chunk.inputs, strict=True)
        if point in energies and energies[point] != found.energy_mwh
    )
    return RestoredPiece(chunk_of(chunk.points[0]), chunk.inputs, nodes, changes)
