"""Bodies and decided blocks from peers that may lie, be silent, or not have them."""

from __future__ import annotations

import msgspec

from consensus.bodies import RETRY_MS, Bodies, Fetched, Lied, Request, body_chunk
from consensus.limits import CHUNK_BYTES
from consensus.messages import BodyRequest
from consensus.sync import ANSWER_MS, FIRST_PENALTY_MS, Sync
from ledger.merkle import list_root
from ledger.transactions.envelope import full_hash_of
from ledger.types import Header
from tests.consensus.test_hostile_messages import header

BODY = (b"one", b"two", bytes(CHUNK_BYTES))
PEERS = [b"a", b"b", b"c"]


def block() -> Header:
    return msgspec.structs.replace(header(5), transactions_root=list_root([full_hash_of(raw) for raw in BODY]))


def asked(results: list[Request] | list[Request | Fetched | Lied]) -> list[tuple[bytes, int]]:
    return [(result.peer, result.message.chunk) for result in results if isinstance(result, Request)]


def test_a_body_comes_chunk_by_chunk() -> None:
    bodies, wanted = Bodies(), block()
    assert asked(bodies.want(wanted, PEERS, 0)) == [(b"a", 0)]
    assert asked(bodies.received(b"a", body_chunk(wanted.hash(), BODY, 0), PEERS, 1)) == [(b"a", 1)]
    assert bodies.received(b"a", body_chunk(wanted.hash(), BODY, 1), PEERS, 2) == [Fetched(wanted, BODY)]
    assert len(bodies) == 0


def test_a_lie_costs_the_peer_its_turn_and_us_a_retry() -> None:
    bodies, wanted = Bodies(), block()
    bodies.want(wanted, PEERS, 0)
    lie, again = bodies.received(b"a", body_chunk(wanted.hash(), (b"lie",), 0), PEERS, 1)
    assert lie == Lied(b"a")
    assert again == Request(b"b", BodyRequest(wanted.hash(), 0))


def test_silence_is_followed_by_another_peer_and_a_fresh_start() -> None:
    bodies, wanted = Bodies(), block()
    bodies.want(wanted, PEERS, 0)
    bodies.received(b"a", body_chunk(wanted.hash(), BODY, 0), PEERS, 10)
    assert bodies.tick(PEERS, RETRY_MS) == []
    assert asked(bodies.tick(PEERS, RETRY_MS + 10)) == [(b"b", 0)]


def test_who_voted_for_a_block_is_asked_first() -> None:
    bodies, wanted = Bodies(), block()
    bodies.want(wanted, PEERS, 0)
    bodies.holds(b"c", wanted.hash())
    assert asked(bodies.tick(PEERS, RETRY_MS)) == [(b"b", 0)] or asked(bodies.tick(PEERS, 2 * RETRY_MS))
    fresh = Bodies()
    fresh.want(wanted, [], 0)
    fresh.holds(b"c", wanted.hash())
    assert asked(fresh.tick(PEERS, RETRY_MS)) == [(b"c", 0)]


def test_a_body_that_nobody_has_is_asked_for_once_a_second_not_without_end() -> None:
    bodies, wanted = Bodies(), block()
    requests = asked(bodies.want(wanted, PEERS, 0))
    for _ in range(20):
        peer = requests[-1][0]
        requests += asked(bodies.received(peer, body_chunk(wanted.hash(), None, 0), PEERS, 1))
    assert [peer for peer, _chunk in requests] == [b"a", b"b", b"c"]
    assert len(asked(bodies.tick(PEERS, 1 + RETRY_MS))) == 1


def test_chunks_that_contradict_each_other_are_lies() -> None:
    bodies, wanted = Bodies(), block()
    bodies.want(wanted, PEERS, 0)
    bodies.received(b"a", body_chunk(wanted.hash(), BODY, 0), PEERS, 1)
    other = msgspec.structs.replace(body_chunk(wanted.hash(), BODY, 1), chunks=5)
    assert bodies.received(b"a", other, PEERS, 2)[0] == Lied(b"a")


def test_what_was_not_asked_for_changes_nothing() -> None:
    bodies, wanted = Bodies(), block()
    assert bodies.received(b"a", body_chunk(wanted.hash(), BODY, 0), PEERS, 1) == []
    bodies.want(wanted, PEERS, 0)
    assert bodies.received(b"b", body_chunk(wanted.hash(), BODY, 0), PEERS, 1) == []
    assert bodies.received(b"a", body_chunk(wanted.hash(), BODY, 1), PEERS, 1) == []


def test_sync_asks_one_after_the_other_and_in_turn() -> None:
    sync = Sync()
    assert sync.next_request(5, 0) is None
    sync.claimed(b"a", 11)
    sync.claimed(b"b", 200)
    first = sync.next_request(5, 0)
    assert first is not None
    assert (first.peer, first.message.first, first.message.count) == (b"a", 6, 5)
    assert sync.next_request(5, 1) is None
    assert sync.answered(b"a", 6, 5, 2)
    second = sync.next_request(10, 3)
    assert second is not None
    assert (second.peer, second.message.count) == (b"b", 64)


def test_a_silent_peer_is_passed_over_for_longer_each_time() -> None:
    sync = Sync()
    sync.claimed(b"a", 11)
    sync.next_request(5, 0)
    assert sync.next_request(5, ANSWER_MS) is None
    assert sync.target == 0
    sync.claimed(b"a", 11)
    assert sync.next_request(5, ANSWER_MS + FIRST_PENALTY_MS - 1) is None
    assert sync.next_request(5, ANSWER_MS + FIRST_PENALTY_MS) is not None
    sync.failed(b"a", 10_000)
    sync.claimed(b"a", 11)
    assert sync.next_request(5, 10_000 + FIRST_PENALTY_MS) is None
    assert sync.next_request(5, 10_000 + 2 * FIRST_PENALTY_MS) is not None


def test_an_empty_answer_breaks_a_peers_word() -> None:
    sync = Sync()
    sync.claimed(b"a", 11)
    sync.next_request(5, 0)
    assert not sync.answered(b"b", 6, 0, 1)
    assert sync.answered(b"a", 6, 0, 1)
    assert sync.target == 0


def test_who_has_left_is_not_asked() -> None:
    sync = Sync()
    sync.claimed(b"a", 11)
    sync.next_request(5, 0)
    sync.gone(b"a")
    assert sync.next_request(5, 10**6) is None
