"""How transactions spread: their full hashes are announced, and who lacks one asks one of those that have it.

A state machine without I/O: calls in, messages out (`take`). A transaction so travels to each node once. Nothing that
comes is believed: what was not asked for is an offence, and the mempool checks the rest (L5).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable

import msgspec

from ledger.chain.envelope import full_hash_of
from nodechain.network import limits


class GossipAnnounce(msgspec.Struct, frozen=True):
    """Tell a peer which transactions wait here."""

    peer: bytes
    hashes: tuple[bytes, ...]


class GossipAsk(msgspec.Struct, frozen=True):
    """Ask a peer for transactions."""

    peer: bytes
    hashes: tuple[bytes, ...]


class GossipAnswer(msgspec.Struct, frozen=True):
    """Send transactions to a peer."""

    peer: bytes
    transactions: tuple[bytes, ...]


Message = GossipAnnounce | GossipAsk | GossipAnswer


class _Asked(msgspec.Struct):
    peer: bytes
    until_ms: int
    others: list[bytes] = msgspec.field(default_factory=list)


class Gossip:
    """`known` gives a waiting transaction by its full hash; `peers` are named by their node ids."""

    def __init__(self, known: Callable[[bytes], bytes | None]) -> None:
        self._known = known
        self._peers: dict[bytes, None] = {}
        self._asked: OrderedDict[bytes, _Asked] = OrderedDict()
        self._open: dict[bytes, int] = {}
        self._lately: OrderedDict[bytes, None] = OrderedDict()
        self._refused: OrderedDict[bytes, None] = OrderedDict()
        self._fresh: dict[bytes, list[bytes]] = {}
        self._to_ask: dict[bytes, list[bytes]] = {}

    def __len__(self) -> int:
        return len(self._asked)

    def joined(self, peer: bytes, waiting: Iterable[bytes]) -> list[Message]:
        """A peer is there: tell it all that waits, by full hash."""
        self._peers[peer] = None
        return list(_announcements(peer, list(waiting)))

    def left(self, peer: bytes) -> None:
        """A peer is gone: what it was asked for is asked of another one, or comes when it is announced again."""
        self._peers.pop(peer, None)
        self._to_ask.pop(peer, None)
        for full_hash, asked in list(self._asked.items()):
            if asked.peer == peer:
                self._pass_on(full_hash, asked)

    def admitted(self, full_hash: bytes, source: bytes | None) -> None:
        """A transaction waits here now: announce it to all but who brought it, with the next `take`."""
        self._fresh[full_hash] = [] if source is None else [source]
        asked = self._settled(full_hash)
        if asked is not None:
            self._fresh[full_hash] += asked.others

    def refused(self, full_hash: bytes) -> None:
        """A transaction that will not wait here: do not ask for it again soon."""
        self._settled(full_hash)
        _remember(self._refused, full_hash)

    def _settled(self, full_hash: bytes) -> _Asked | None:
        asked = self._asked.pop(full_hash, None)
        if asked is not None:
            self._count(asked.peer, -1)
        return asked

    def _count(self, peer: bytes, change: int) -> None:
        self._open[peer] = self._open.get(peer, 0) + change
        if self._open[peer] == 0:
            del self._open[peer]

    def announced(self, peer: bytes, hashes: tuple[bytes, ...], now_ms: int) -> None:
        """A peer says that it has these."""
        for full_hash in hashes:
            fresh = self._fresh.get(full_hash)
            if fresh is not None:
                fresh.append(peer)
            elif self._known(full_hash) is None and full_hash not in self._refused:
                self._want(peer, full_hash, now_ms)

    def _want(self, peer: bytes, full_hash: bytes, now_ms: int) -> None:
        asked = self._asked.get(full_hash)
        if asked is not None:
            if len(asked.others) < limits.SOURCES and peer not in (asked.peer, *asked.others):
                asked.others.append(peer)
        elif self._open.get(peer, 0) < limits.MAX_REQUESTED_OF_PEER and len(self._asked) < limits.MAX_REQUESTED:
            self._asked[full_hash] = _Asked(peer, now_ms + limits.REQUEST_MS)
            self._ask(peer, full_hash)

    def _ask(self, peer: bytes, full_hash: bytes) -> None:
        self._count(peer, 1)
        _remember(self._lately, full_hash)
        self._to_ask.setdefault(peer, []).append(full_hash)

    def asked(self, peer: bytes, hashes: tuple[bytes, ...]) -> list[Message]:
        """A peer wants these; what is gone is left out, and what its connection would not take."""
        found: list[bytes] = []
        size = 0
        for full_hash in dict.fromkeys(hashes):
            raw = self._known(full_hash)
            size += 0 if raw is None else len(raw)
            if size > limits.OUTGOING_BYTES:
                break
            if raw is not None:
                found.append(raw)
        return list(_answers(peer, found))

    def received(self, transactions: tuple[bytes, ...]) -> list[tuple[bytes, bytes]] | None:
        """Of these, those that are asked for, with their full hashes; None where one never was.

        What was asked for and came too late is no offence.
        """
        expected: list[tuple[bytes, bytes]] = []
        for raw in transactions:
            full_hash = full_hash_of(raw)
            asked = self._asked.get(full_hash)
            if asked is not None:
                expected.append((full_hash, raw))
            elif full_hash not in self._lately:
                return None
        return expected

    def tick(self, now_ms: int) -> None:
        """Ask others for what has not come."""
        for full_hash, asked in list(self._asked.items()):
            if now_ms < asked.until_ms:
                break
            asked.until_ms = now_ms + limits.REQUEST_MS
            self._asked.move_to_end(full_hash)
            self._pass_on(full_hash, asked)

    def _pass_on(self, full_hash: bytes, asked: _Asked) -> None:
        self._count(asked.peer, -1)
        while asked.others:
            asked.peer = asked.others.pop(0)
            if asked.peer in self._peers:
                self._ask(asked.peer, full_hash)
                return
        del self._asked[full_hash]

    def take(self) -> list[Message]:
        """What is to be said now."""
        fresh, self._fresh = self._fresh, {}
        wanted, self._to_ask = self._to_ask, {}
        messages: list[Message] = []
        for peer in self._peers:
            messages += _announcements(peer, [full_hash for full_hash, has in fresh.items() if peer not in has])
        for peer, hashes in wanted.items():
            for start in range(0, len(hashes), limits.MAX_HASHES):
                messages.append(GossipAsk(peer, tuple(hashes[start : start + limits.MAX_HASHES])))
        return messages

    @property
    def has_announcements(self) -> bool:
        """Whether `take` would return anything."""
        return bool(self._fresh or self._to_ask)


def _remember(memory: OrderedDict[bytes, None], full_hash: bytes) -> None:
    memory[full_hash] = None
    if len(memory) > limits.REMEMBERED_HASHES:
        memory.popitem(last=False)


def _announcements(peer: bytes, hashes: list[bytes]) -> Iterable[GossipAnnounce]:
    for start in range(0, len(hashes), limits.MAX_HASHES):
        yield GossipAnnounce(peer, tuple(hashes[start : start + limits.MAX_HASHES]))


def _answers(peer: bytes, transactions: list[bytes]) -> Iterable[GossipAnswer]:
    batch: list[bytes] = []
    size = 0
    for raw in transactions:
        if batch and size + len(raw) > limits.TRANSACTIONS_BYTES:
            yield GossipAnswer(peer, tuple(batch))
            batch, size = [], 0
        batch.append(raw)
        size += len(raw) + 5
    if batch:
        yield GossipAnswer(peer, tuple(batch))
