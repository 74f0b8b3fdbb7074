"""Serves blocks to peers apart from consensus: in a thread of its own, each peer's share of it bounded.

A request never passes the driver's queue. Of each peer `WAITING` requests wait and `BLOCK_REQUESTS` of these for ranges
of blocks; more are dropped, for an honest peer has one range and a few bodies open and asks again. One request at a
time is worked on, the peers in turn, and what it cost is paid from the peer's budget and from one that all share: who
has none left waits, and so does who does not read what it was sent. Votes travel, and are handled, all the while (L7;
docs/decisions/0009 has the reasons).
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable
from contextlib import suppress
from typing import Final, Protocol

import msgspec

from consensus.limits import BODY_FETCHES
from consensus.messages import BlocksRequest, ConsensusMessage
from ledger.encoding.codec import encode
from nodechain.chain.block_answers import BlockAnswer, DecidedRequest, Request, UnderWay, answer_to
from nodechain.clock import Clock
from nodechain.errors import NotFound
from nodechain.network.frames import FrameKind
from nodechain.process.buckets import Bucket
from nodechain.process.worker import Worker
from nodechain.store.view import StoreView

BLOCK_REQUESTS: Final = 2
"""Open requests of a peer for ranges of blocks, the one that is worked on included."""

WAITING: Final = 2 * BODY_FETCHES
"""Open requests of a peer in all."""

RANGES: Final = (8 * 1024 * 1024, 8 * 1024 * 1024)
"""Bytes a second, and at once, of ranges of decided blocks for one peer."""

BODIES: Final = (16 * 1024 * 1024, 32 * 1024 * 1024)
"""The same of transactions of single blocks, which a vote may wait for: four of the largest block at once."""

ALL: Final = (24 * 1024 * 1024, 48 * 1024 * 1024)
"""The same of everything for all peers."""

UNREAD_BYTES: Final = 1024 * 1024
"""A peer that has not read so much of what it was sent gets nothing more for now."""

LOOK_AGAIN_S: Final = 0.05


class Receivers(Protocol):
    """Where answers go; `nodechain.network.table.ConnectionTable`."""

    def unread_bytes(self, node_id: bytes) -> int:
        """What a peer was sent in the slow lane and has not taken yet."""
        ...

    def send(self, node_id: bytes, kind: FrameKind, payload: bytes) -> None:
        """Send to a peer."""
        ...


class _PeerRequests(msgspec.Struct):
    ranges: Bucket
    bodies: Bucket
    open: deque[Request] = msgspec.field(default_factory=deque)

    def budget(self, request: Request) -> Bucket:
        return self.ranges if isinstance(request, BlocksRequest) else self.bodies


class Served(msgspec.Struct):
    """What happened since the start, for metrics."""

    answers: int = 0
    bytes: int = 0
    dropped: int = 0


class Serving:
    """`under_way` looks up a block that is not decided yet. `asked` from the loop; `run` until cancelled."""

    def __init__(
        self, store: StoreView, under_way: Callable[[bytes], UnderWay], receivers: Receivers, clock: Clock
    ) -> None:
        self.served = Served()
        self._store = store
        self._under_way = under_way
        self._receivers = receivers
        self._clock = clock
        self._requesters: OrderedDict[bytes, _PeerRequests] = OrderedDict()
        self._all = Bucket(*ALL, clock.monotonic_ms())
        self._worker = Worker("serving")
        self._wake = asyncio.Event()

    def asked(self, peer: bytes, request: Request) -> None:
        """A peer asks for something; dropped where it has asked for too much already."""
        requester = self._requesters.get(peer)
        if requester is None:
            now = self._clock.monotonic_ms()
            requester = self._requesters[peer] = _PeerRequests(Bucket(*RANGES, now), Bucket(*BODIES, now))
        of_kind = sum(isinstance(waiting, BlocksRequest) for waiting in requester.open)
        if len(requester.open) >= WAITING or (isinstance(request, BlocksRequest) and of_kind >= BLOCK_REQUESTS):
            self.served.dropped += 1
            return
        requester.open.append(request)
        self._wake.set()

    def peers_changed(self, peers: tuple[bytes, ...]) -> None:
        """Who is connected now: what others asked for is forgotten, their budgets too once they are full again."""
        now = self._clock.monotonic_ms()
        for peer in [peer for peer in self._requesters if peer not in peers]:
            requester = self._requesters[peer]
            requester.open.clear()
            if requester.ranges.is_full(now) and requester.bodies.is_full(now):
                del self._requesters[peer]

    async def run(self) -> None:
        """Answer, one request after the other. Raises `DataDamaged` or `StorageFailed`: the store is at fault."""
        try:
            while True:
                found = self._next()
                if found is not None:
                    await self._answer(*found)
                    continue
                waiting = any(requester.open for requester in self._requesters.values())
                self._wake.clear()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), LOOK_AGAIN_S if waiting else None)
        finally:
            self._worker.close()

    def _next(self) -> tuple[bytes, Request] | None:
        """The next peer in turn that has asked, can pay, and reads."""
        now = self._clock.monotonic_ms()
        if self._all.take(now, 0) > 0:
            return None
        for peer, requester in self._requesters.items():
            # What waits is in order; a range that cannot be paid for holds up no transactions of a block.
            for request in requester.open:
                can_pay = requester.budget(request).take(now, 0) == 0
                if can_pay and self._receivers.unread_bytes(peer) <= UNREAD_BYTES:
                    return peer, request
        return None

    async def _answer(self, peer: bytes, request: Request) -> None:
        self._requesters.move_to_end(peer)
        requester = self._requesters[peer]
        under_way = None
        if not isinstance(request, BlocksRequest | DecidedRequest):
            under_way = self._under_way(request.block_hash)
        try:
            answer, data = await self._worker.run(self._make, under_way, request)
        except NotFound:
            # Older than the snapshot with which this node began.
            answer, data = None, b""
        if request in requester.open:
            requester.open.remove(request)
        if answer is None:
            return
        now, price = self._clock.monotonic_ms(), max(answer.price, len(data))
        requester.budget(request).take(now, price)
        self._all.take(now, price)
        self.served.answers += 1
        self.served.bytes += len(data)
        kind = FrameKind.CONSENSUS if isinstance(answer.message, ConsensusMessage) else FrameKind.TRANSFER
        self._receivers.send(peer, kind, data)

    def _make(self, under_way: UnderWay, request: Request) -> tuple[BlockAnswer | None, bytes]:
        """In the thread: read and encode."""
        answer = answer_to(self._store, under_way, request)
        return answer, b"" if answer is None else encode(answer.message)
