"""Chunks of a state prove themselves, and nothing else passes for one (F9, F10)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ledger.encoding.codec import encode
from ledger.errors import InvalidInput, ProofError
from ledger.light import snapshot
from ledger.light.snapshot import SNAPSHOT_CHUNK, SnapshotChunk, bucket_range, check_chunk, chunks_for
from ledger.state.tree import bucket_index, key_hash
from tests.ledger.test_proofs import World

BITS = 6
STATE = {b"\x01" + number.to_bytes(4, "big"): number.to_bytes(9, "big") for number in range(500)}
WORLD = World(STATE, BITS)
ROOT = WORLD.tree.root


def chunk_of(number: int, chunks: int, world: World = WORLD) -> SnapshotChunk:
    """As an honest node makes it."""
    bits = world.tree.bits
    first, width = bucket_range(bits, number, chunks)
    entries = sorted(
        (key_hash(key), key, value)
        for key, value in world.state.items()
        if first <= bucket_index(bits, key_hash(key)) < first + width
    )
    listed = tuple((key, value) for _hashed, key, value in entries)
    return SnapshotChunk(number, chunks, listed, world.tree.path(first, width))


@pytest.mark.parametrize("chunks", [1, 2, 8, 64])
def test_all_chunks_together_are_the_state(chunks: int) -> None:
    entries: dict[bytes, bytes] = {}
    for number in range(chunks):
        chunk = SNAPSHOT_CHUNK.decode(encode(chunk_of(number, chunks)))
        for index, blob in check_chunk(ROOT, BITS, chunk).items():
            assert WORLD.storage.bucket(index) == blob
        entries |= dict(chunk.entries)
    assert entries == STATE


@given(st.dictionaries(st.binary(min_size=1, max_size=20), st.binary(max_size=40), max_size=60), st.integers(0, 4))
def test_any_state_in_any_number_of_chunks(state: dict[bytes, bytes], power: int) -> None:
    world = World(state, 4)
    for number in range(1 << power):
        chunk = chunk_of(number, 1 << power, world)
        assert check_chunk(world.tree.root, 4, chunk).keys() <= set(range(16))


def test_an_empty_state_is_one_chunk() -> None:
    world = World({}, 4)
    assert check_chunk(world.tree.root, 4, chunk_of(0, 1, world)) == {}
    assert chunks_for(4, 0) == 1


@pytest.mark.parametrize(("size", "chunks"), [(1, 1), (524_288, 1), (524_289, 2), (2**30, 2048), (2**50, 65_536)])
def test_into_how_many(size: int, chunks: int) -> None:
    assert chunks_for(16, size) == chunks


GOOD = chunk_of(1, 8)
KEY, VALUE = GOOD.entries[0]
FALSE: dict[str, Callable[[], SnapshotChunk]] = {
    "an entry less": lambda: replace(GOOD, entries=GOOD.entries[1:]),
    "an entry more": lambda: replace(GOOD, entries=(*GOOD.entries, chunk_of(2, 8).entries[0])),
    "another value": lambda: replace(GOOD, entries=((KEY, VALUE + b"\0"), *GOOD.entries[1:])),
    "an entry twice": lambda: replace(GOOD, entries=(GOOD.entries[0], *GOOD.entries)),
    "out of order": lambda: replace(GOOD, entries=(GOOD.entries[1], GOOD.entries[0], *GOOD.entries[2:])),
    "nothing": lambda: replace(GOOD, entries=()),
    "another number": lambda: replace(GOOD, number=2),
    "a number too high": lambda: replace(GOOD, number=8),
    "fewer chunks": lambda: replace(GOOD, chunks=4),
    "no power of two": lambda: replace(GOOD, chunks=6),
    "no chunks": lambda: replace(GOOD, chunks=0),
    "more chunks than buckets": lambda: replace(GOOD, chunks=128),
    "a node less": lambda: replace(GOOD, nodes=GOOD.nodes[32:]),
    "a node more": lambda: replace(GOOD, nodes=GOOD.nodes + bytes(32)),
    "another node": lambda: replace(GOOD, nodes=bytes(32) + GOOD.nodes[32:]),
    "another state's": lambda: chunk_of(1, 8, World(dict(list(STATE.items())[:400]), BITS)),
}


@pytest.mark.parametrize("name", sorted(FALSE))
def test_a_false_chunk_is_refused(name: str) -> None:
    with pytest.raises(ProofError):
        check_chunk(ROOT, BITS, FALSE[name]())


@given(st.data())
def test_changed_bytes_are_refused_or_change_nothing(data: st.DataObject) -> None:
    good = bytearray(encode(GOOD))
    good[data.draw(st.integers(0, len(good) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        chunk = SNAPSHOT_CHUNK.decode(bytes(good))
        check_chunk(ROOT, BITS, chunk)
    except InvalidInput:
        return
    pytest.fail("a changed chunk passed")


def test_without_the_root_anything_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mutant of F10: what is refused above is refused for the root alone."""
    monkeypatch.setattr(snapshot, "seal", lambda *_: ROOT)
    assert check_chunk(ROOT, BITS, FALSE["another value"]())


def unchecked(bits: int, number: int, chunks: int) -> tuple[int, int]:
    """The mutant of F9."""
    width = (1 << bits) // chunks
    return number * width, width


def test_without_f9_a_part_of_the_state_could_be_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Six chunks of ten buckets each leave four of 64 out, and each of them leads to the root."""
    parts = []
    for number in range(6):
        first, width = unchecked(BITS, number, 6)
        entries = sorted((key_hash(key), key, value) for key, value in STATE.items()
                         if first <= bucket_index(BITS, key_hash(key)) < first + width)  # fmt: skip
        listed = tuple((key, value) for _hashed, key, value in entries)
        parts.append(SnapshotChunk(number, 6, listed, WORLD.tree.path(first, width)))
    for part in parts:
        with pytest.raises(ProofError):
            check_chunk(ROOT, BITS, part)
    monkeypatch.setattr(snapshot, "bucket_range", unchecked)
    taken = [entry for part in parts if check_chunk(ROOT, BITS, part) for entry in part.entries]
    assert 0 < len(taken) < len(STATE)
