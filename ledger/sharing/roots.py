"""The roots of a run: a leaf for each point, a tree for each chunk, and a tree over the chunks (rule SC8)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ledger.encoding.codec import Bytes32, Codec, Value, encode
from ledger.limits import MAX_PROOF_BYTES
from ledger.sharing.members import chunk_of
from ledger.state.merkle import ListProof, list_root, prove_each, verify_item


class PointProof(Value, frozen=True):
    """That a point's input or row stands under a root: in its chunk, and that chunk among the others."""

    chunk_root: Bytes32
    in_chunk: ListProof
    of_chunk: ListProof


POINT_PROOF: Final[Codec[PointProof]] = Codec(PointProof, MAX_PROOF_BYTES)


def values_root(values: Sequence[Value]) -> bytes:
    """The root of a list of values (T5)."""
    return list_root([encode(value) for value in values])


def by_chunk(points: Sequence[int], values: Sequence[Value]) -> list[list[bytes]]:
    """Values by the chunks of their points, which rise, in canonical bytes."""
    found: list[list[bytes]] = []
    last = None
    for point, value in zip(points, values, strict=True):
        if chunk_of(point) != last:
            found.append([])
            last = chunk_of(point)
        found[-1].append(encode(value))
    return found


def root_of(chunks: Sequence[Sequence[bytes]]) -> bytes:
    """The root over chunks of values in canonical bytes."""
    return list_root([list_root(chunk) for chunk in chunks])


class PointProofs:
    """Of values in canonical bytes, chunk by chunk: a chunk's tree is worked out with the first proof out of it.

    `beside`: what stands under the root after the chunks' roots.
    """

    def __init__(self, chunks: Sequence[Sequence[bytes]], beside: Sequence[bytes] = ()) -> None:
        self._chunks = chunks
        self._roots = [list_root(chunk) for chunk in chunks]
        self._of_chunks = prove_each([*self._roots, *beside])
        self._in_chunks: dict[int, list[ListProof]] = {}

    def of(self, chunk: int, place: int) -> PointProof:
        """The proof of one value, by the places of its chunk among the chunks and of itself in it."""
        if chunk not in self._in_chunks:
            self._in_chunks[chunk] = prove_each(self._chunks[chunk])
        return PointProof(self._roots[chunk], self._in_chunks[chunk][place], self._of_chunks[chunk])


def verify_point(root: bytes, value: bytes, proof: PointProof) -> None:
    """Raises `ProofError` unless the value leads to the root."""
    verify_item(proof.chunk_root, value, proof.in_chunk)
    verify_item(root, proof.chunk_root, proof.of_chunk)
