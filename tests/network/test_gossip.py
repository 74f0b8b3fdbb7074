"""Transactions spread by announcement and request: each travels to a node once, and comes although peers fail."""

from __future__ import annotations

import random

from ledger.chain.envelope import full_hash_of
from nodechain.network import limits
from nodechain.network.gossip import Gossip, GossipAnnounce, GossipAnswer, GossipAsk

A, B, C, D, E = (name * 32 for name in (b"a", b"b", b"c", b"d", b"e"))
RAW = b"a transaction"
HASH = full_hash_of(RAW)


class Node:
    """A pool and its gossip."""

    def __init__(self, *peers: bytes) -> None:
        self.pool: dict[bytes, bytes] = {}
        self.gossip = Gossip(self.pool.get)
        for peer in peers:
            assert self.gossip.joined(peer, ()) == []

    def admit(self, raw: bytes, source: bytes | None = None) -> None:
        self.pool[full_hash_of(raw)] = raw
        self.gossip.admitted(full_hash_of(raw), source)


def test_a_transaction_is_announced_to_all_but_those_who_have_it() -> None:
    node = Node(A, B, C)
    node.gossip.announced(A, (HASH,), 0)
    assert node.gossip.take() == [GossipAsk(A, (HASH,))]
    node.gossip.announced(B, (HASH,), 1)
    assert node.gossip.received((RAW,)) == [(HASH, RAW)]
    node.admit(RAW, A)
    assert node.gossip.take() == [GossipAnnounce(C, (HASH,))]
    assert not node.gossip.has_announcements


def test_who_does_not_deliver_is_passed_over() -> None:
    node = Node(A, B)
    node.gossip.announced(A, (HASH,), 0)
    node.gossip.announced(B, (HASH,), 0)
    assert node.gossip.take() == [GossipAsk(A, (HASH,))]
    node.gossip.tick(limits.REQUEST_MS - 1)
    assert node.gossip.take() == []
    node.gossip.tick(limits.REQUEST_MS)
    assert node.gossip.take() == [GossipAsk(B, (HASH,))]
    node.gossip.tick(2 * limits.REQUEST_MS)
    assert len(node.gossip) == 0
    node.gossip.announced(A, (HASH,), 9_000)
    assert node.gossip.take() == [GossipAsk(A, (HASH,))]


def test_who_leaves_is_replaced_at_once() -> None:
    node = Node(A, B)
    node.gossip.announced(A, (HASH,), 0)
    node.gossip.announced(B, (HASH,), 0)
    node.gossip.take()
    node.gossip.left(A)
    assert node.gossip.take() == [GossipAsk(B, (HASH,))]


def test_what_was_not_asked_for_is_an_offence_and_what_came_too_late_is_none() -> None:
    node = Node(A)
    assert node.gossip.received((RAW,)) is None
    node.gossip.announced(A, (HASH,), 0)
    node.gossip.tick(limits.REQUEST_MS)
    assert node.gossip.received((RAW,)) == []


def test_what_was_refused_is_not_asked_for_again_soon() -> None:
    node = Node(A, B)
    node.gossip.announced(A, (HASH,), 0)
    node.gossip.take()
    node.gossip.refused(HASH)
    node.gossip.announced(B, (HASH,), 1)
    assert node.gossip.take() == []
    for number in range(limits.REMEMBERED_HASHES):
        node.gossip.refused(number.to_bytes(32, "big"))
    node.gossip.announced(B, (HASH,), 2)
    assert node.gossip.take() == [GossipAsk(B, (HASH,))]


def test_a_request_is_answered_in_pieces_and_without_what_is_gone() -> None:
    node = Node(A)
    raws = [bytes([number]) * (limits.TRANSACTIONS_BYTES // 4 - 5) for number in range(9)]
    for raw in raws:
        node.admit(raw)
    hashes = (*(full_hash_of(raw) for raw in raws), HASH)
    answers = node.gossip.asked(A, hashes)
    assert [len(answer.transactions) for answer in answers if isinstance(answer, GossipAnswer)] == [4, 4, 1]


def test_a_new_peer_hears_of_all_that_waits_in_pieces() -> None:
    node = Node()
    waiting = [number.to_bytes(32, "big") for number in range(limits.MAX_HASHES + 1)]
    announced = node.gossip.joined(A, waiting)
    assert [len(message.hashes) for message in announced if isinstance(message, GossipAnnounce)] == [
        limits.MAX_HASHES,
        1,
    ]


def test_who_announces_what_it_does_not_have_keeps_nobody_else_from_being_asked() -> None:
    node = Node(A, B)
    chance = random.Random(1)
    for _ in range(100):
        node.gossip.announced(A, tuple(chance.randbytes(32) for _ in range(500)), 0)
    assert len(node.gossip) == limits.MAX_REQUESTED_OF_PEER
    node.gossip.take()
    node.gossip.announced(B, (HASH,), 0)
    assert node.gossip.take() == [GossipAsk(B, (HASH,))]
    for peer in (C, D, E):
        node.gossip.joined(peer, ())
        for _ in range(100):
            node.gossip.announced(peer, tuple(chance.randbytes(32) for _ in range(500)), 0)
    assert len(node.gossip) <= limits.MAX_REQUESTED


def test_few_sources_are_remembered() -> None:
    node = Node()
    for number in range(50):
        node.gossip.announced(number.to_bytes(32, "big"), (HASH,), 0)
    (asked,) = node.gossip._asked.values()
    assert len(asked.others) == limits.SOURCES


def test_ten_nodes_in_a_ring_all_get_everything_once() -> None:
    """Each knows its two neighbours only; every transaction comes to every node in exactly one answer."""
    ids = [bytes([number]) * 32 for number in range(10)]
    nodes = {ids[n]: Node(ids[n - 1], ids[(n + 1) % 10]) for n in range(10)}
    raws = [bytes([number]) * 40 for number in range(20)]
    for place, raw in enumerate(raws):
        nodes[ids[place % 10]].admit(raw)
    received = 0
    for now in range(100):
        for name, node in nodes.items():
            for message in node.gossip.take():
                there = nodes[message.peer]
                if isinstance(message, GossipAnnounce):
                    there.gossip.announced(name, message.hashes, now)
                elif isinstance(message, GossipAsk):
                    for answer in there.gossip.asked(name, message.hashes):
                        assert isinstance(answer, GossipAnswer)
                        expected = node.gossip.received(answer.transactions)
                        assert expected is not None
                        received += len(expected)
                        for _full_hash, raw in expected:
                            node.admit(raw, message.peer)
    assert all(set(node.pool.values()) == set(raws) for node in nodes.values())
    assert received == 9 * len(raws)
