"""The order in which the driver takes its inputs: votes wait for nobody who has less to say.

Four lanes; in each the peers take turns, so that one who floods waits for itself. A lane that is kept waiting by those
above it gets every `STARVATION_LIMIT`-th turn: a flood of votes does not stop the node from catching up (L7).
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from enum import IntEnum
from typing import Final

from nodechain.chain.actions import Input

STARVATION_LIMIT: Final = 32
NO_SOURCE: Final = b""


class Lane(IntEnum):
    """In order of haste. OWN: timers, and what else this node tells itself."""

    OWN = 0
    VALIDATORS = 1
    OTHERS = 2
    BLOCKS = 3


class _Turns:
    """One lane: queues by source."""

    def __init__(self) -> None:
        self._sources: OrderedDict[bytes, deque[Input]] = OrderedDict()
        self.passed_over = 0

    def __len__(self) -> int:
        return len(self._sources)

    def put(self, source: bytes, event: Input) -> None:
        self._sources.setdefault(source, deque()).append(event)

    def take(self) -> Input:
        source, events = self._sources.popitem(last=False)
        event = events.popleft()
        if events:
            self._sources[source] = events
        self.passed_over = 0
        return event


class Lanes:
    """Bounded by who fills it: the network hands over so many messages of each peer."""

    def __init__(self) -> None:
        self._lanes = tuple(_Turns() for _ in Lane)
        self._filled = asyncio.Event()

    def put(self, event: Input, lane: Lane = Lane.OWN, source: bytes = NO_SOURCE) -> None:
        """Something happened; `source` is the peer that caused it."""
        self._lanes[lane].put(source, event)
        self._filled.set()

    async def get(self) -> Input:
        """What to take next; waits for something."""
        while True:
            waiting = [lane for lane in self._lanes if len(lane)]
            if waiting:
                break
            self._filled.clear()
            await self._filled.wait()
        for lane in waiting[1:]:
            lane.passed_over += 1
        late = [lane for lane in waiting if lane.passed_over >= STARVATION_LIMIT]
        return (late[-1] if late else waiting[0]).take()
