"""What a replica gets from its peers: bodies of blocks under way, and decided blocks that it has missed.

Joins the two pure machines (`consensus.bodies`, `consensus.sync`) with what is known already. Nothing that comes from
here is believed: a body must give what its header names, and a decided block needs its certificate.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Final

from consensus.bodies import Bodies, Body, Fetched, Request, Result, WrongBodyPart, is_body_of
from consensus.events import Misbehaved, Send, SetTimer, Timer
from consensus.messages import BlocksResponse, BlockTransactions, Decided, DecidedBlock, HashesPart
from consensus.sync import Sync
from ledger.chain.header import Header
from nodechain.chain.actions import Action

FETCH_MS: Final = 250
"""How often to look after what was asked of peers."""


class Fetching:
    """Per node; `next_height` after every stored block. Times are monotonic ms.

    `known` gives a transaction of the pool by its full hash.
    """

    def __init__(self, known: Callable[[bytes], bytes | None]) -> None:
        self._peers: list[bytes] = []
        self._bodies = Bodies(known)
        self._sync = Sync()
        self._known: dict[bytes, Body] = {}
        self._synced: deque[tuple[bytes, DecidedBlock, Body]] = deque()
        self._alarm_is_set = False

    def __len__(self) -> int:
        return len(self._bodies)

    def peers_changed(self, peers: tuple[bytes, ...]) -> list[bytes]:
        """Who is connected now; returns who was not before."""
        for gone in set(self._peers) - set(peers):
            self._sync.gone(gone)
        joined = [peer for peer in peers if peer not in self._peers]
        self._peers = list(peers)
        return joined

    def next_height(self) -> None:
        """What was under way at the height that is decided is of no use any more."""
        self._bodies.forget_all()
        self._known.clear()

    # The body of a block under way.

    def keep(self, header: Header, body: Body) -> None:
        """A body from the journal, if it is the block's."""
        if is_body_of(header, body):
            self._known[header.hash()] = body

    def body(self, block_hash: bytes) -> Body | None:
        """What is known of a block under way."""
        return self._known.get(block_hash)

    def forget(self, block_hash: bytes) -> None:
        """A block that can no longer be decided."""
        self._known.pop(block_hash, None)
        self._bodies.forget(block_hash)

    def want(self, header: Header, now_ms: int) -> list[Action]:
        """Ask peers for a block's body."""
        return self._carry_out(self._bodies.want(header, self._peers, now_ms), now_ms)[0]

    def holds(self, peer: bytes, block_hash: bytes, now_ms: int) -> list[Action]:
        """Who votes for a block, or proposes it, has its body."""
        return self._carry_out(self._bodies.holds(peer, block_hash, self._peers, now_ms), now_ms)[0]

    def body_part(
        self, peer: bytes, message: HashesPart | BlockTransactions, now_ms: int
    ) -> tuple[list[Action], Header | None]:
        """Take an answer; the header whose body is complete with it."""
        return self._carry_out(self._bodies.received(peer, message, self._peers, now_ms), now_ms)

    def _carry_out(self, results: list[Result], now_ms: int) -> tuple[list[Action], Header | None]:
        actions: list[Action] = []
        complete = None
        for result in results:
            match result:
                case Request():
                    actions.append(Send(result.peer, result.message))
                case WrongBodyPart():
                    actions += self.penalize(result.peer, "wrong_body", now_ms)
                case Fetched():
                    self._known[result.header.hash()] = result.body
                    complete = result.header
        return actions, complete

    # Decided blocks.

    def ahead(self, peer: bytes, height: int) -> None:
        """A peer says that it works on a later height."""
        self._sync.claimed(peer, height)

    def blocks(self, peer: bytes, message: BlocksResponse, now_ms: int) -> list[Action]:
        """Take an answer of decided blocks; `next_decided` hands them out."""
        if not self._sync.answered(peer, message.first, len(message.blocks), now_ms):
            return []
        self._synced.clear()
        commits = message.commits
        for place, block in enumerate(message.blocks):
            body = Body(commits, block.transactions)
            if block.header.height != message.first + place or not is_body_of(block.header, body):
                return self.penalize(peer, "wrong_blocks", now_ms)
            self._synced.append((peer, block, body))
            commits = block.certificate
        return []

    def next_decided(self, head: int) -> tuple[bytes, Decided] | None:
        """The block that follows the head, with whom it came from; its certificate is for the engine to check."""
        while self._synced and self._synced[0][1].header.height <= head:
            self._synced.popleft()
        if not self._synced:
            return None
        peer, block, body = self._synced[0]
        self._known[block.header.hash()] = body
        return peer, Decided(block.header, block.certificate)

    def penalize(self, peer: bytes, code: str, now_ms: int) -> list[Action]:
        """A peer sent what no honest node sends: nothing more of it is used."""
        if self._synced and self._synced[0][0] == peer:
            self._synced.clear()
        self._sync.failed(peer, now_ms)
        return [Misbehaved(peer, code)]

    # Time.

    def alarm(self, head: int, now_ms: int) -> list[Action]:
        """One timer while something is being fetched or somebody is ahead."""
        if self._alarm_is_set or not (len(self._bodies) or self._sync.target > head):
            return []
        self._alarm_is_set = True
        return [SetTimer(Timer.FETCH, now_ms + FETCH_MS)]

    def timer_expired(self, head: int, now_ms: int) -> tuple[list[Action], Header | None]:
        """Ask again for what has not come, and for the next blocks; a header whose body is complete now."""
        self._alarm_is_set = False
        actions, complete = self._carry_out(self._bodies.tick(self._peers, now_ms), now_ms)
        request = None if self._synced else self._sync.next_request(head, now_ms)
        if request is not None:
            actions.append(Send(request.peer, request.message))
        return actions, complete
