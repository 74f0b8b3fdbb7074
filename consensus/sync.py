"""Block sync: whom to ask for which decided blocks; a state machine without I/O.

Claims come from peers and may be lies: each block that arrives is checked against its certificate before it counts,
and a peer that does not deliver what it claimed loses its turn, for longer each time.
"""

from __future__ import annotations

from typing import Final

import msgspec

from consensus.limits import MAX_SYNC_BLOCKS, TRACKED_PEERS
from consensus.messages import BlocksRequest

ANSWER_MS: Final = 3_000
"""How long a peer has to answer."""

FIRST_PENALTY_MS: Final = 2_000
MAX_PENALTY_MS: Final = 60_000


class _Peer(msgspec.Struct):
    height: int
    failures: int = 0
    free_at_ms: int = 0


class SyncRequest(msgspec.Struct, frozen=True):
    """Send this to a peer."""

    peer: bytes
    message: BlocksRequest


class _Asked(msgspec.Struct, frozen=True):
    peer: bytes
    first: int
    until_ms: int


class Sync:
    """One request is open at a time: blocks are applied one after the other anyway."""

    def __init__(self) -> None:
        self._peers: dict[bytes, _Peer] = {}
        self._asked: _Asked | None = None
        self._last = b""

    @property
    def target(self) -> int:
        """The highest height that somebody claims to have decided; 0 if nobody is ahead."""
        return max((peer.height for peer in self._peers.values()), default=0)

    def claimed(self, peer: bytes, working_height: int) -> None:
        """A peer says that it works on this height: all below it are decided."""
        known = self._peers.pop(peer, None)
        self._peers[peer] = _Peer(working_height - 1) if known is None else known
        self._peers[peer].height = max(working_height - 1, self._peers[peer].height)
        if len(self._peers) > TRACKED_PEERS:
            del self._peers[next(iter(self._peers))]

    def next_request(self, head: int, now_ms: int) -> SyncRequest | None:
        """What to ask now, if anything; gives up on an answer that is overdue."""
        if self._asked is not None:
            if now_ms < self._asked.until_ms:
                return None
            self.failed(self._asked.peer, now_ms)
        able = [name for name, peer in self._peers.items() if peer.height > head and peer.free_at_ms <= now_ms]
        if not able:
            return None
        # The next in turn, so that one silent peer does not hold up the rest.
        able.sort()
        name = next((name for name in able if name > self._last), able[0])
        self._last = name
        count = min(self._peers[name].height - head, MAX_SYNC_BLOCKS)
        self._asked = _Asked(name, head + 1, now_ms + ANSWER_MS)
        return SyncRequest(name, BlocksRequest(head + 1, count))

    def answered(self, peer: bytes, first: int, blocks: int, now_ms: int) -> bool:
        """Whether this answers the open request; an empty answer breaks the peer's word."""
        if self._asked is None or self._asked.peer != peer or self._asked.first != first:
            return False
        self._asked = None
        if blocks == 0:
            self._punish(peer, now_ms)
        elif peer in self._peers:
            self._peers[peer].failures = 0
        return True

    def failed(self, peer: bytes, now_ms: int) -> None:
        """A peer was silent, or sent what is no decided block: others first, and its claim is forgotten."""
        if self._asked is not None and self._asked.peer == peer:
            self._asked = None
        self._punish(peer, now_ms)

    def _punish(self, name: bytes, now_ms: int) -> None:
        peer = self._peers.get(name)
        if peer is not None:
            peer.height = 0
            peer.failures += 1
            peer.free_at_ms = now_ms + min(FIRST_PENALTY_MS << min(peer.failures - 1, 10), MAX_PENALTY_MS)

    def gone(self, peer: bytes) -> None:
        """A peer has left."""
        self._peers.pop(peer, None)
        if self._asked is not None and self._asked.peer == peer:
            self._asked = None
