"""How much one peer may say: what is above it is read more slowly or dropped unread, and costs nobody else anything."""

from __future__ import annotations

from typing import Final

from consensus.messages import ConsensusMessage, Decided, HeadNews, Status, StatusRequest
from nodechain.network import limits
from nodechain.network.frames import FrameKind
from nodechain.process.buckets import Bucket

RATES: Final[dict[FrameKind, tuple[float, float]]] = {
    FrameKind.HELLO: (0.1, 2),
    FrameKind.GOODBYE: (1, 2),
    FrameKind.PING: (5, 20),
    FrameKind.CONSENSUS: (2_000, 8_000),
    FrameKind.RELAYED: (2_000, 8_000),
    FrameKind.LINKS: (10, 100),
    FrameKind.INTRODUCTIONS: (10, 100),
    FrameKind.ANNOUNCE: (500, 2_000),
    FrameKind.REQUEST: (500, 2_000),
    FrameKind.TRANSACTIONS: (500, 2_000),
    FrameKind.TRANSFER: (500, 2_000),
}
"""Messages a second and at once; who sends more is read more slowly."""

MESSAGE_RATES: Final[dict[type[ConsensusMessage], tuple[float, float]]] = {
    # Each is answered with a signature.
    StatusRequest: (2, 16),
    HeadNews: (0.5, 8),
    # Each may cost the verification of a signature and of a certificate.
    Status: (10, 100),
    Decided: (20, 100),
}
"""Of these, above it they are dropped: an honest node says them again."""

READ_BYTES: Final = (64 * 1024 * 1024, 64 * 1024 * 1024)
READS: Final = (2_000, 8_000)
"""Pieces of a stream, however small: who drips its bytes is read less often, in larger pieces."""


class Allowances:
    """One peer's. Times in monotonic ms; what is returned is how many seconds not to read."""

    def __init__(self, now_ms: int) -> None:
        self._bytes = Bucket(*READ_BYTES, now_ms)
        self._reads = Bucket(*READS, now_ms)
        self._kinds = {kind: Bucket(rate, burst, now_ms) for kind, (rate, burst) in RATES.items()}
        self._messages = {kind: Bucket(rate, burst, now_ms) for kind, (rate, burst) in MESSAGE_RATES.items()}
        self._answers_due = 0

    def read(self, length: int, now_ms: int) -> float:
        """A piece of the stream has come."""
        return max(self._bytes.take(now_ms, length), self._reads.take(now_ms))

    def message(self, kind: FrameKind, now_ms: int) -> float:
        """A whole message has come."""
        return self._kinds[kind].take(now_ms)

    def may_say(self, message: ConsensusMessage, now_ms: int) -> bool:
        """Whether to look at a message of consensus."""
        bucket = self._messages.get(type(message))
        return bucket is None or bucket.try_take(now_ms)

    def asked_for_blocks(self) -> None:
        """The peer was asked for blocks or their transactions: one more answer may come, even late."""
        self._answers_due = min(self._answers_due + 1, limits.ANSWERS_DUE)

    def take_answer(self) -> bool:
        """An answer has come; False where none was due."""
        if self._answers_due == 0:
            return False
        self._answers_due -= 1
        return True
