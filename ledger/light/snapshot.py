"""A whole state in chunks, each of which proves itself against the header's state root (rules F9 and F10).

A chunk is the entries of a range of buckets. Who has the root needs no list of the chunks from anybody: their number
says where each begins, and its buckets' roots with the nodes beside them give the state root, or it is refused.
"""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from ledger.encoding.codec import Codec, Uint, Value
from ledger.errors import ProofError
from ledger.limits import MAX_SNAPSHOT_CHUNK_BYTES, MAX_STATE_KEY_BYTES
from ledger.state.full_key import NUMBER_BYTES
from ledger.state.merkle import STATE_ROOT, climb, seal
from ledger.state.tree import bucket_index, bucket_root, key_hash, value_hash

CHUNK_TARGET_BYTES: Final = 512 * 1024
"""Of entries, on average."""

FullKey = Annotated[bytes, msgspec.Meta(min_length=NUMBER_BYTES, max_length=MAX_STATE_KEY_BYTES)]


class SnapshotChunk(Value, frozen=True):
    """Entries of the buckets from `number` x width on, width = buckets / `chunks`; `nodes` are T4 for these buckets."""

    number: Uint
    chunks: Uint
    entries: tuple[tuple[FullKey, bytes], ...]
    nodes: bytes


SNAPSHOT_CHUNK: Final[Codec[SnapshotChunk]] = Codec(SnapshotChunk, MAX_SNAPSHOT_CHUNK_BYTES)


def chunks_for(bits: int, size: int) -> int:
    """Into how many chunks a state of so many bytes is cut: a power of two, at most one for each bucket (F9)."""
    count = 1
    while count < 1 << bits and size > count * CHUNK_TARGET_BYTES:
        count *= 2
    return count


def bucket_range(bits: int, number: int, chunks: int) -> tuple[int, int]:
    """The first bucket of a chunk and how many it has; raises `ProofError` for a chunk that cannot be (F9)."""
    buckets = 1 << bits
    if not 0 < chunks <= buckets or chunks & (chunks - 1) or not 0 <= number < chunks:
        raise ProofError(f"there is no chunk {number} of {chunks} over {buckets} buckets")
    width = buckets // chunks
    return number * width, width


def check_chunk(state_root: bytes, bits: int, chunk: SnapshotChunk) -> dict[int, bytes]:
    """The buckets of a chunk that are not empty, as they are stored (T12); raises `ProofError` (F10)."""
    first, width = bucket_range(bits, chunk.number, chunk.chunks)
    parts: dict[int, list[bytes]] = {}
    previous = b""
    for full_key, value in chunk.entries:
        hashed = key_hash(full_key)
        if hashed <= previous:
            raise ProofError("the entries of the chunk do not rise by the hashes of their keys")
        previous = hashed
        parts.setdefault(bucket_index(bits, hashed), []).append(hashed + value_hash(value))
    if any(not first <= index < first + width for index in parts):
        raise ProofError("an entry of the chunk belongs to another one")
    blobs = {index: b"".join(entries) for index, entries in parts.items()}
    empty = bucket_root(b"")
    roots = [bucket_root(blobs[index]) if index in blobs else empty for index in range(first, first + width)]
    top = climb(b"".join(roots), first, 1 << bits, chunk.nodes)
    if seal(STATE_ROOT, 1 << bits, top) != state_root:
        raise ProofError("the chunk does not lead to the state root")
    return blobs
