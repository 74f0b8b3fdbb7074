"""Who leaves a full pool: the least useful of all senders' last transactions, found in logarithmic time.

Only a sender's last one may leave, or those behind it would wait for ever. A flood must cost the flooder, not the pool:
what waits for a missing nonce, and so may never pay its fee, goes before all that could be included.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heapify, heappop, heappush
from typing import NamedTuple


class Rank(NamedTuple):
    """Of a sender's last transaction; the lowest leaves first. `resident`: it is no guest's. `arrival` is negative: the
    newest leaves first."""

    resident: bool
    privileged: bool
    includable: bool
    fee: int
    waiting: int
    arrival: int


class Eviction:
    """A heap of ranks, cleaned when it is read: a rank that is no longer the sender's own is dropped.

    `rank_of` gives a sender's rank now, None where nothing of it waits.
    """

    def __init__(self, rank_of: Callable[[bytes], Rank | None]) -> None:
        self._rank_of = rank_of
        self._heap: list[tuple[Rank, bytes]] = []
        self._clean_above = 1_024

    def changed(self, sender: bytes) -> None:
        """Something of this sender came or went."""
        rank = self._rank_of(sender)
        if rank is None:
            return
        heappush(self._heap, (rank, sender))
        if len(self._heap) > self._clean_above:
            self._heap = [entry for entry in dict.fromkeys(self._heap) if self._rank_of(entry[1]) == entry[0]]
            heapify(self._heap)
            self._clean_above = max(2 * len(self._heap), 1_024)

    def first(self) -> bytes:
        """The sender whose last transaction leaves first. Something must wait."""
        while self._rank_of(self._heap[0][1]) != self._heap[0][0]:
            heappop(self._heap)
        return self._heap[0][1]
