"""What peers and blocks say of this machine's clock: a wrong one costs a validator its proposals, or its votes.

Every STATUS carries its sender's time. The median of the connected validators (of all peers where none is connected)
is believed: fewer than half can shift it only within what the others say. No rule depends on it; an operator does.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from statistics import median_low
from typing import Final

import msgspec

log = logging.getLogger("nodechain.clock")

LEAST_LIMIT_MS: Final = 1_000
"""A smaller difference may be the way that a message took."""
AGAIN_MS: Final = 600_000
"""A clock that stays wrong is said again as often."""
MAX_PEERS: Final = 256


class Offset(msgspec.Struct, frozen=True):
    """`ahead_ms`: this machine's clock less that of the others; `peers`: how many it was compared with, 0: blocks."""

    ahead_ms: int
    peers: int

    @property
    def text(self) -> str:
        """For people."""
        against = f"{self.peers} peers" if self.peers else "the newest block"
        side = "ahead of" if self.ahead_ms > 0 else "behind"
        return f"{abs(self.ahead_ms) / 1000:.1f} s {side} {against}"


class ClockOffset:
    """`limit_ms`: from which difference on a clock is wrong; that is what consensus forgives (`drift`)."""

    def __init__(self, drift_ms: int) -> None:
        self.limit_ms = max(drift_ms, LEAST_LIMIT_MS)
        self._ahead_ms: dict[bytes, int] = {}
        self._said_ms: int | None = None

    def heard(self, peer: bytes, peer_ms: int, own_ms: int) -> None:
        """A peer has said what time it has."""
        self._ahead_ms.pop(peer, None)
        self._ahead_ms[peer] = own_ms - peer_ms
        if len(self._ahead_ms) > MAX_PEERS:
            del self._ahead_ms[next(iter(self._ahead_ms))]

    def offset(self, validators: Iterable[bytes], peers: Iterable[bytes], head_ms: int, own_ms: int) -> Offset | None:
        """Against those that are connected now, and against the newest block; None if nothing was heard.

        A block that lies in the future shows a clock that is behind, also where nobody is connected.
        """
        heard = self._of(validators) or self._of(peers)
        if heard:
            # Of an even number the two in the middle; the smaller difference, so that one liar of two alarms nobody.
            low, high = median_low(heard), -median_low([-ahead for ahead in heard])
            return Offset(min(low, high, key=abs), len(heard))
        return Offset(own_ms - head_ms, 0) if head_ms - own_ms > self.limit_ms else None

    def _of(self, peers: Iterable[bytes]) -> list[int]:
        return [self._ahead_ms[peer] for peer in peers if peer in self._ahead_ms]

    def is_wrong(self, offset: Offset | None) -> bool:
        """Whether the difference is more than consensus forgives."""
        return offset is not None and abs(offset.ahead_ms) > self.limit_ms

    def alarm(self, offset: Offset | None, now_ms: int, *, others: int = 0) -> None:
        """Say in the log that the clock is wrong, now and then while it stays so; and that it is right again.

        `now_ms` is monotonic. Of `others` more than half must have been heard: the first one may have the wrong clock.
        """
        if offset is not None and 2 * offset.peers <= others:
            return
        if not self.is_wrong(offset):
            if self._said_ms is not None and offset is not None:
                log.info("the clock agrees with the others again", extra={"ahead_ms": offset.ahead_ms})
                self._said_ms = None
        elif offset is not None and (self._said_ms is None or now_ms - self._said_ms >= AGAIN_MS):
            self._said_ms = now_ms
            log.warning("this machine's clock is wrong: %s", offset.text, extra={"ahead_ms": offset.ahead_ms})
