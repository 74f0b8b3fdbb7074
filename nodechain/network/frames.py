"""Frames: 4 bytes length, 1 byte kind, 1 byte flags, payload; pure bytes in, messages out.

A message longer than a frame travels in several of the same kind, all but the last with the flag MORE. Frames of
another lane may stand between them, so that a vote never waits for the end of a block (L4).
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from typing import Final

import msgspec

from nodechain.network import limits

HEADER_BYTES: Final = 6
MORE: Final = 1


class FrameKind(IntEnum):
    """What a frame carries; `nodechain.network.wire` has the form of each."""

    HELLO = 1
    GOODBYE = 2
    PING = 3
    CONSENSUS = 4
    RELAYED = 5
    LINKS = 6
    INTRODUCTIONS = 7
    ANNOUNCE = 8
    REQUEST = 9
    TRANSACTIONS = 10
    TRANSFER = 11


MAX_BYTES: Final[dict[FrameKind, int]] = {
    FrameKind.HELLO: limits.MAX_HELLO_BYTES,
    FrameKind.GOODBYE: limits.MAX_HELLO_BYTES,
    FrameKind.PING: 0,
    FrameKind.CONSENSUS: limits.MAX_CONSENSUS_BYTES,
    FrameKind.RELAYED: limits.MAX_RELAYED_BYTES,
    FrameKind.LINKS: 34 * limits.MAX_LINKS + 16,
    FrameKind.INTRODUCTIONS: limits.MAX_INTRODUCTIONS_BYTES,
    FrameKind.ANNOUNCE: limits.MAX_ANNOUNCE_BYTES,
    FrameKind.REQUEST: limits.MAX_ANNOUNCE_BYTES,
    FrameKind.TRANSACTIONS: limits.MAX_TRANSACTIONS_BYTES,
    FrameKind.TRANSFER: limits.MAX_BULK_BYTES,
}
"""The longest message of each kind."""

BULK: Final = frozenset({FrameKind.TRANSACTIONS, FrameKind.TRANSFER})
"""The slow lane: what may wait behind everything else."""


class BadFrame(Exception):
    """The other side does not speak this protocol; `code` says how it shows."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class Received(msgspec.Struct, frozen=True):
    """A whole message."""

    kind: FrameKind
    payload: bytes


def frames_of(kind: FrameKind, payload: bytes) -> Iterator[bytes]:
    """The frames of one message."""
    for start in range(0, max(len(payload), 1), limits.FRAME_BYTES):
        piece = payload[start : start + limits.FRAME_BYTES]
        more = MORE if start + limits.FRAME_BYTES < len(payload) else 0
        yield len(piece).to_bytes(4, "big") + bytes((kind, more)) + piece


class FrameReader:
    """Takes bytes as they come; keeps at most one frame, and one unfinished message of each long kind."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._parts: dict[FrameKind, list[bytes]] = {}
        self._sizes: dict[FrameKind, int] = {}
        self._last_piece_ms: dict[FrameKind, int] = {}
        self.frames = 0

    @property
    def unfinished_since_ms(self) -> int | None:
        """When the last piece came of the message that has waited longest for its next one; None if none waits."""
        return min(self._last_piece_ms.values(), default=None)

    def feed(self, data: bytes, now_ms: int = 0) -> Iterator[Received]:
        """Messages that are complete now; raises `BadFrame`, after which nothing may be fed any more."""
        self._buffer += data
        at = 0
        try:
            while len(self._buffer) - at >= HEADER_BYTES:
                kind, more, length = self._header(at)
                if len(self._buffer) - at < HEADER_BYTES + length:
                    break
                payload = bytes(self._buffer[at + HEADER_BYTES : at + HEADER_BYTES + length])
                at += HEADER_BYTES + length
                self.frames += 1
                message = self._join(kind, payload, now_ms, more=more)
                if message is not None:
                    yield message
        finally:
            del self._buffer[:at]

    def _header(self, at: int) -> tuple[FrameKind, bool, int]:
        length = int.from_bytes(self._buffer[at : at + 4], "big")
        number, flags = self._buffer[at + 4], self._buffer[at + 5]
        try:
            kind = FrameKind(number)
        except ValueError:
            raise BadFrame("unknown_kind") from None
        if flags not in (0, MORE):
            raise BadFrame("unknown_flags")
        if length > limits.FRAME_BYTES:
            raise BadFrame("frame_too_long")
        if self._sizes.get(kind, 0) + length > MAX_BYTES[kind]:
            raise BadFrame("message_too_long")
        if flags == MORE and length != limits.FRAME_BYTES:
            raise BadFrame("short_piece")
        return kind, flags == MORE, length

    def _join(self, kind: FrameKind, payload: bytes, now_ms: int, *, more: bool) -> Received | None:
        if not more and kind not in self._parts:
            return Received(kind, payload)
        self._parts.setdefault(kind, []).append(payload)
        self._sizes[kind] = self._sizes.get(kind, 0) + len(payload)
        if more:
            self._last_piece_ms[kind] = now_ms
            return None
        self._last_piece_ms.pop(kind, None)
        del self._sizes[kind]
        return Received(kind, b"".join(self._parts.pop(kind)))
