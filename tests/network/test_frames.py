"""Frames: what goes in comes out, however it is cut; what is no frame is refused before it costs memory."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodechain.network.frames import (
    HEADER_BYTES,
    MAX_BYTES,
    MORE,
    BadFrame,
    FrameKind,
    FrameReader,
    Received,
    frames_of,
)
from nodechain.network.limits import FRAME_BYTES


def frame(length: int, kind: int, flags: int, payload: bytes = b"") -> bytes:
    return length.to_bytes(4, "big") + bytes((kind, flags)) + payload


@given(
    st.lists(st.tuples(st.sampled_from(sorted(FrameKind)), st.binary(max_size=300)), max_size=8),
    st.lists(st.integers(min_value=1, max_value=64), min_size=1, max_size=50),
)
def test_messages_survive_any_cut(messages: list[tuple[FrameKind, bytes]], cuts: list[int]) -> None:
    messages = [(kind, payload[: MAX_BYTES[kind]]) for kind, payload in messages]
    data = b"".join(piece for kind, payload in messages for piece in frames_of(kind, payload))
    reader, found, at, turn = FrameReader(), list[Received](), 0, 0
    while at < len(data):
        size = cuts[turn % len(cuts)]
        found += reader.feed(data[at : at + size])
        at, turn = at + size, turn + 1
    assert [(message.kind, message.payload) for message in found] == messages


def test_a_vote_passes_between_the_frames_of_a_block() -> None:
    block = bytes(2 * FRAME_BYTES + 5)
    pieces = list(frames_of(FrameKind.TRANSFER, block))
    assert len(pieces) == 3
    (vote,) = frames_of(FrameKind.CONSENSUS, b"vote")
    reader = FrameReader()
    assert list(reader.feed(pieces[0] + pieces[1])) == []
    assert list(reader.feed(vote)) == [Received(FrameKind.CONSENSUS, b"vote")]
    assert list(reader.feed(pieces[2])) == [Received(FrameKind.TRANSFER, block)]


@pytest.mark.parametrize("size", [0, 1, FRAME_BYTES - 1, FRAME_BYTES, FRAME_BYTES + 1, 2 * FRAME_BYTES])
def test_sizes_around_a_frame(size: int) -> None:
    reader = FrameReader()
    found = [message for piece in frames_of(FrameKind.TRANSFER, bytes(size)) for message in reader.feed(piece)]
    assert found == [Received(FrameKind.TRANSFER, bytes(size))]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (frame(0, 99, 0), "unknown_kind"),
        (frame(0, FrameKind.PING, 2), "unknown_flags"),
        (frame(FRAME_BYTES + 1, FrameKind.TRANSFER, 0), "frame_too_long"),
        (frame(2**32 - 1, FrameKind.TRANSFER, 0), "frame_too_long"),
        (frame(1, FrameKind.PING, 0), "message_too_long"),
        (frame(MAX_BYTES[FrameKind.HELLO] + 1, FrameKind.HELLO, 0), "message_too_long"),
        (frame(7, FrameKind.TRANSFER, MORE), "short_piece"),
    ],
)
def test_what_is_no_frame_is_refused_at_its_header(data: bytes, code: str) -> None:
    with pytest.raises(BadFrame) as refused:
        list(FrameReader().feed(data))
    assert refused.value.code == code


@pytest.mark.parametrize("kind", [kind for kind in FrameKind if MAX_BYTES[kind] >= FRAME_BYTES])
def test_a_message_without_end_is_refused_when_it_is_longer_than_its_kind_allows(kind: FrameKind) -> None:
    reader, piece, taken = FrameReader(), frame(FRAME_BYTES, kind, MORE, bytes(FRAME_BYTES)), 0
    while taken + FRAME_BYTES <= MAX_BYTES[kind]:
        assert list(reader.feed(piece)) == []
        taken += FRAME_BYTES
    with pytest.raises(BadFrame):
        list(reader.feed(piece))


def test_a_reader_keeps_no_more_than_a_frame() -> None:
    reader = FrameReader()
    for _ in range(1_000):
        list(reader.feed(b"".join(frames_of(FrameKind.CONSENSUS, bytes(1_000)))))
        assert len(reader._buffer) == 0
    list(reader.feed(frame(FRAME_BYTES, FrameKind.TRANSFER, 0, bytes(FRAME_BYTES - 1))))
    assert len(reader._buffer) <= FRAME_BYTES + HEADER_BYTES


def test_garbage_is_refused_and_raises_nothing_else() -> None:
    chance = random.Random(7)
    refused = 0
    for _ in range(2_000):
        try:
            list(FrameReader().feed(chance.randbytes(chance.randrange(200))))
        except BadFrame:
            refused += 1
    assert refused > 1_500
