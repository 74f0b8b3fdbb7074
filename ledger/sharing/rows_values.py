"""Rows of one slot as values: packed for the state, and their root (rule SC20). Pure.

The root has an item that says where the rows come from, and one for each chunk of points. A chunk has a leaf for each
point that any row names, with all rows of that point: so everybody proves their own, all of them, by one leaf,
whichever side of the pairs they are on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Annotated, Final

from msgspec.structs import replace

from ledger.chain.parameters import PARTS
from ledger.encoding.codec import Bytes32, Codec, Value, encode
from ledger.encoding.quantities import Number, Plain
from ledger.errors import require
from ledger.limits import MAX_PROOF_BYTES, MAX_TRANSACTION_BYTES
from ledger.sharing.members import chunk_of
from ledger.sharing.outcome import Roster
from ledger.sharing.roots import PointProof, by_chunk, verify_point
from ledger.sharing.rows_schema import RowsState, SlotRows
from ledger.sharing.slot_flows import AllocationKeys
from ledger.state.merkle import ListProof, list_root, prove_item, verify_item

Rows = Sequence[tuple[int, int, int]]
"""(producer, consumer, parts of 10^9), by points' numbers, in rising order."""

NO_FILE: Final = bytes(32)


class RowsMark(Value, frozen=True):
    """The first leaf: where the rows of a slot come from."""

    state: Annotated[int, RowsState]


class OtherShare(Value, frozen=True):
    """The share of one pair, by the point on the other side of it."""

    other: Number
    share: Plain


class PointRows(Value, frozen=True):
    """All rows of a slot that name a point, in rising order of the other points."""

    point: Number
    rows: tuple[OtherShare, ...]


class RowsProof(Value, frozen=True):
    """That a point's rows stand under a run's root of inputs: in their chunk, that under the rows' root, and that root
    as the last item.
    """

    rows_root: Bytes32
    of_point: PointProof
    of_rows: ListProof


ROWS_PROOF: Final[Codec[RowsProof]] = Codec(RowsProof, MAX_PROOF_BYTES)
POINT_ROWS: Final[Codec[PointRows]] = Codec(PointRows, MAX_TRANSACTION_BYTES)


def rows_by_point(rows: Rows) -> list[PointRows]:
    """All rows of each point that is named by any, in rising order of the points."""
    by_point: dict[int, list[OtherShare]] = {}
    for producer, consumer, share in rows:
        by_point.setdefault(producer, []).append(OtherShare(consumer, share))
        by_point.setdefault(consumer, []).append(OtherShare(producer, share))
    return [PointRows(point, tuple(found)) for point, found in sorted(by_point.items())]


def _chunks(found: Sequence[PointRows]) -> list[list[bytes]]:
    return by_chunk([each.point for each in found], found)


def rows_root(state: RowsState, rows: Rows) -> bytes:
    """The root of a slot's rows: over where they come from, and a root for each chunk of points (SC1)."""
    return list_root([encode(RowsMark(state)), *map(list_root, _chunks(rows_by_point(rows)))])


def slot_rows(state: RowsState, rows: Rows, file: bytes = NO_FILE, issued_ms: int = 0) -> SlotRows:
    """Rows of a slot as they stand in the state."""
    return SlotRows(state, file, issued_ms, len(rows), pack_rows(rows), rows_root(state, rows))


def pack_rows(rows: Rows) -> bytes:
    """By row how far the producer's number is above the last one, the consumer's (above the last one of the same
    producer), and the share; each as LEB128.
    """
    packed = bytearray()
    last_producer = last_consumer = 0
    for producer, consumer, share in rows:
        if producer != last_producer:
            last_consumer = 0
        for number in (producer - last_producer, consumer - last_consumer, share):
            left = number
            while left > 0x7F:
                packed.append(left & 0x7F | 0x80)
                left >>= 7
            packed.append(left)
        last_producer, last_consumer = producer, consumer
    return bytes(packed)


def unpack_rows(packed: bytes) -> list[tuple[int, int, int]]:
    """The rows."""
    numbers: list[int] = []
    number = shift = 0
    for byte in packed:
        number |= (byte & 0x7F) << shift
        if byte & 0x80:
            shift += 7
        else:
            numbers.append(number)
            number = shift = 0
    require(not shift and not len(numbers) % 3, "rows are packed three numbers each")
    rows: list[tuple[int, int, int]] = []
    producer = consumer = 0
    for at in range(0, len(numbers), 3):
        above, further, share = numbers[at : at + 3]
        consumer = further if above else consumer + further
        producer += above
        rows.append((producer, consumer, share))
    return rows


def with_rows(roster: Roster, rows: Rows) -> Roster:
    """A roster with the rows of a slot."""
    return replace(roster, keys=keys_with_rows(roster.keys, rows))


def keys_with_rows(keys: AllocationKeys, rows: Rows) -> AllocationKeys:
    """Keys with the rows of a slot by places; one of a point that has no place is passed over, its share is rest."""
    producers = {number: place for place, number in enumerate(keys.producers)}
    consumers = {number: place for place, number in enumerate(keys.consumers)}
    by_place = [
        (producers[producer], consumers[consumer], share)
        for producer, consumer, share in rows
        if producer in producers and consumer in consumers
    ]
    return replace(keys, rows=by_place)


def first_above_whole(rows: Iterable[tuple[int, int, int]]) -> int | None:
    """The first producer whose shares sum to more than the whole."""
    last = total = 0
    for producer, _consumer, share in rows:
        total = share if producer != last else total + share
        last = producer
        if total > PARTS:
            return producer
    return None


def inputs_root(chunks: Sequence[bytes], rows_root: bytes | None) -> bytes:
    """A run's root of inputs: over the chunks' roots, and that of the rows as the last one where the rule asks for
    some.
    """
    return list_root([*chunks, *(() if rows_root is None else (rows_root,))])


class RowsProver:
    """Proofs of what a slot's rows say of a point; the chunks' roots are computed once. `inputs`: the roots of the
    chunks of the points' values.
    """

    def __init__(self, found: SlotRows, inputs: Sequence[bytes]) -> None:
        rows = rows_by_point(unpack_rows(found.packed))
        self._root, self._chunks = found.root, _chunks(rows)
        self._items = [encode(RowsMark(RowsState(found.state))), *map(list_root, self._chunks)]
        self._of_rows = prove_item([*inputs, found.root], len(inputs))
        self._places: dict[int, tuple[PointRows, int, int]] = {}
        for number, (_chunk, group) in enumerate(groupby(rows, key=lambda each: chunk_of(each.point))):
            self._places |= {each.point: (each, number, place) for place, each in enumerate(group)}

    def of_point(self, point: int) -> tuple[PointRows, RowsProof] | None:
        """All rows that name a point, with their proof; None: none does."""
        if point not in self._places:
            return None
        found, chunk, place = self._places[point]
        leaves = self._chunks[chunk]
        proof = PointProof(self._items[1 + chunk], prove_item(leaves, place), prove_item(self._items, 1 + chunk))
        return found, RowsProof(self._root, proof, self._of_rows)


def verify_point_rows(root: bytes, leaf: bytes, proof: RowsProof) -> None:
    """Raises `ProofError` unless a point's rows stand under a run's root of inputs."""
    verify_point(proof.rows_root, leaf, proof.of_point)
    verify_item(root, proof.rows_root, proof.of_rows)
