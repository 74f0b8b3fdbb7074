"""Bodies and decided blocks from peers that may lie, be silent, or not have them."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from consensus.bodies import (
    RETRY_MS,
    Bodies,
    Body,
    BodyListing,
    Fetched,
    Request,
    Result,
    WrongBodyPart,
    block_transactions,
    hashes_part,
)
from consensus.limits import HASHES_PER_PART
from consensus.messages import BlockTransactions, HashesPart, HashesRequest, TransactionsRequest
from consensus.sync import ANSWER_MS, FIRST_PENALTY_MS, Sync
from ledger.chain.commits import commits_hash
from ledger.chain.envelope import full_hash_of
from ledger.chain.header import Certificate, CommitSignature
from ledger.state.merkle import list_root
from tests.consensus.test_hostile_messages import header

TRANSACTIONS = tuple(number.to_bytes(2, "big") * 3 for number in range(HASHES_PER_PART + 2))
HASHES = tuple(full_hash_of(raw) for raw in TRANSACTIONS)
COMMITS = Certificate(4, 0, bytes(32), (CommitSignature(0, bytes(64)),))
PEERS = [b"a", b"b", b"c"]
WANTED = replace(header(5), transactions_root=list_root(list(HASHES)), commits_hash=commits_hash(COMMITS))
BODY = Body(COMMITS, TRANSACTIONS)
LISTED = BodyListing(COMMITS, HASHES)
BLOCK = WANTED.hash()
POOL = dict(zip(HASHES, TRANSACTIONS, strict=True))


def asked(results: list[Result]) -> list[tuple[bytes, int]]:
    """Whom, and for which part or first place."""
    return [
        (result.peer, result.message.part if isinstance(result.message, HashesRequest) else result.message.places[0])
        for result in results
        if isinstance(result, Request)
    ]


def listed(bodies: Bodies, peer: bytes = b"a") -> list[Result]:
    """Both parts of the hashes come from a peer."""
    bodies.received(peer, hashes_part(BLOCK, LISTED, 0), PEERS, 1)
    return bodies.received(peer, hashes_part(BLOCK, LISTED, 1), PEERS, 1)


def answer(results: list[Result]) -> BlockTransactions:
    """What an honest peer answers to the request for transactions."""
    (request,) = (result for result in results if isinstance(result, Request))
    assert isinstance(request.message, TransactionsRequest)
    return block_transactions(request.message, TRANSACTIONS)


def test_a_body_whose_transactions_wait_here_needs_its_hashes_only() -> None:
    bodies = Bodies(POOL.get)
    assert asked(bodies.want(WANTED, PEERS, 0)) == [(b"a", 0)]
    assert asked(bodies.received(b"a", hashes_part(BLOCK, LISTED, 0), PEERS, 1)) == [(b"a", 1)]
    assert bodies.received(b"a", hashes_part(BLOCK, LISTED, 1), PEERS, 2) == [Fetched(WANTED, BODY)]
    assert len(bodies) == 0


def test_only_missing_transactions_are_asked_for() -> None:
    known = {full_hash: raw for full_hash, raw in POOL.items() if raw not in (TRANSACTIONS[3], TRANSACTIONS[70])}
    bodies = Bodies(known.get)
    bodies.want(WANTED, PEERS, 0)
    (request,) = listed(bodies)
    assert request == Request(b"a", TransactionsRequest(BLOCK, (3, 70)))
    assert bodies.received(b"a", answer([request]), PEERS, 2) == [Fetched(WANTED, BODY)]


def test_what_does_not_fit_one_answer_is_asked_for_again() -> None:
    bodies = Bodies()
    bodies.want(WANTED, PEERS, 0)
    results = listed(bodies)
    first = answer(results)
    results = bodies.received(b"a", replace(first, transactions=first.transactions[:10]), PEERS, 2)
    assert asked(results) == [(b"a", 10)]
    while isinstance(results[0], Request):
        results = bodies.received(b"a", answer(results), PEERS, 3)
    assert results == [Fetched(WANTED, BODY)]


def test_a_lie_costs_the_peer_its_turn_and_us_a_retry() -> None:
    bodies = Bodies()
    bodies.want(WANTED, PEERS, 0)
    lie, again = bodies.received(b"a", hashes_part(BLOCK, BodyListing(COMMITS, HASHES[:5]), 0), PEERS, 1)
    assert lie == WrongBodyPart(b"a")
    assert again == Request(b"b", HashesRequest(BLOCK, 0))
    results = listed(bodies, b"b")
    lie, again = bodies.received(b"b", replace(answer(results), transactions=(b"lie",)), PEERS, 2)
    assert (lie, asked([again])) == (WrongBodyPart(b"b"), [(b"c", 0)])
    assert isinstance(again, Request)
    assert isinstance(again.message, TransactionsRequest), "the list was proven: it is kept"


@pytest.mark.parametrize(
    "part",
    [
        HashesPart(BLOCK, 0, 2, HASHES[:7], COMMITS),
        HashesPart(BLOCK, 0, 1, (), COMMITS),
        HashesPart(BLOCK, 0, 1, HASHES[:HASHES_PER_PART], COMMITS),
        HashesPart(BLOCK, 0, 5, HASHES[:HASHES_PER_PART], COMMITS),
        HashesPart(BLOCK, 0, 2, HASHES[:HASHES_PER_PART], None),
        HashesPart(BLOCK, 0, 2, HASHES[:HASHES_PER_PART], replace(COMMITS, round=1)),
    ],
)
def test_hashes_that_cannot_be_the_blocks_are_lies(part: HashesPart) -> None:
    bodies = Bodies()
    bodies.want(WANTED, PEERS, 0)
    assert bodies.received(b"a", part, PEERS, 1)[0] == WrongBodyPart(b"a")


def test_parts_that_contradict_each_other_are_lies() -> None:
    bodies = Bodies()
    bodies.want(WANTED, PEERS, 0)
    bodies.received(b"a", hashes_part(BLOCK, LISTED, 0), PEERS, 1)
    wrong = HashesPart(BLOCK, 1, 3, HASHES[:HASHES_PER_PART], None)
    assert bodies.received(b"a", wrong, PEERS, 2)[0] == WrongBodyPart(b"a")


def test_silence_is_followed_by_another_peer_and_a_fresh_start() -> None:
    bodies = Bodies()
    bodies.want(WANTED, PEERS, 0)
    bodies.received(b"a", hashes_part(BLOCK, LISTED, 0), PEERS, 10)
    assert bodies.tick(PEERS, RETRY_MS) == []
    assert asked(bodies.tick(PEERS, RETRY_MS + 10)) == [(b"b", 0)]


def test_what_has_come_into_the_pool_meanwhile_is_not_asked_for() -> None:
    pool: dict[bytes, bytes] = {}
    bodies = Bodies(pool.get)
    bodies.want(WANTED, PEERS, 0)
    listed(bodies)
    pool.update(POOL)
    assert bodies.tick(PEERS, RETRY_MS + 10) == [Fetched(WANTED, BODY)]


def test_a_late_answer_to_an_older_request_is_taken_not_blamed() -> None:
    """Found by the simulator, seed 604752: an honest peer lost its turn for an answer that came twice."""
    lacking = {HASHES[0], HASHES[2], HASHES[3], HASHES[9]}
    bodies = Bodies({full_hash: raw for full_hash, raw in POOL.items() if full_hash not in lacking}.get)
    bodies.want(WANTED, PEERS, 0)
    listed(bodies)
    late = block_transactions(TransactionsRequest(BLOCK, (0, 1, 2, 9)), TRANSACTIONS)
    results = bodies.received(b"a", late, PEERS, 2)
    assert asked(results) == [(b"a", 3)]
    assert bodies.received(b"a", answer(results), PEERS, 3) == [Fetched(WANTED, BODY)]


def test_who_proposed_a_block_is_asked_first_also_where_that_was_known_before() -> None:
    bodies = Bodies()
    assert bodies.holds(b"c", BLOCK, PEERS, 0) == []
    assert asked(bodies.want(WANTED, PEERS, 0)) == [(b"c", 0)]
    assert asked(bodies.tick(PEERS, RETRY_MS)) == [(b"a", 0)]


def test_who_votes_for_a_block_that_all_others_lack_is_asked_at_once() -> None:
    """Found on a real network: three asked each other for a block before its proposer, and then waited a second."""
    bodies = Bodies()
    bodies.want(WANTED, PEERS, 0)
    for peer in PEERS:
        assert bodies.holds(peer, bytes(32), PEERS, 0) == []
        bodies.received(peer, hashes_part(BLOCK, None, 0), PEERS, 0)
    assert asked(bodies.holds(b"b", BLOCK, PEERS, 1)) == [(b"b", 0)]
    assert bodies.holds(b"c", BLOCK, PEERS, 2) == []


def test_a_body_that_nobody_has_is_asked_for_once_a_second_not_without_end() -> None:
    bodies = Bodies()
    requests = asked(bodies.want(WANTED, PEERS, 0))
    for _ in range(20):
        requests += asked(bodies.received(requests[-1][0], hashes_part(BLOCK, None, 0), PEERS, 1))
    assert [peer for peer, _part in requests] == [b"a", b"b", b"c"]
    assert len(asked(bodies.tick(PEERS, 1 + RETRY_MS))) == 1


def test_what_was_not_asked_for_changes_nothing() -> None:
    bodies = Bodies()
    assert bodies.received(b"a", hashes_part(BLOCK, LISTED, 0), PEERS, 1) == []
    bodies.want(WANTED, PEERS, 0)
    assert bodies.received(b"b", hashes_part(BLOCK, LISTED, 0), PEERS, 1) == []
    assert bodies.received(b"a", hashes_part(BLOCK, LISTED, 1), PEERS, 1) == []
    assert bodies.received(b"a", BlockTransactions(BLOCK, 0, TRANSACTIONS[:1]), PEERS, 1) == []
    results = listed(bodies)
    assert bodies.received(b"a", replace(answer(results), first=9), PEERS, 1) == []


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
