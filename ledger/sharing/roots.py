"""The roots of a run: a leaf for each point, a tree for each chunk, and a tree over the chunks (rule SC8)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ledger.encoding.codec import Bytes32, Codec, Value, encode
from ledger.limits import MAX_PROOF_BYTES
from ledger.sharing.members import chunk_of
from ledger.state.merkle import ListProof, list_root, prove_item, verify_item


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


def prove_point(chunks: Sequence[Sequence[bytes]], roots: Sequence[bytes], chunk: int, place: int) -> PointProof:
    """The proof of one value, by the places of its chunk among the chunks and of itself in it; `roots`: the chunks'."""
    return PointProof(roots[chunk], prove_item(chunks[chunk], place), prove_item(roots, chunk))


def verify_point(root: bytes, value: bytes, proof: PointProof) -> None:
    """Raises `ProofError` unless the value leads to the root."""
    verify_item(proof.chunk_root, value, proof.in_chunk)
    verify_item(root, proof.chunk_root, proof.of_chunk)
