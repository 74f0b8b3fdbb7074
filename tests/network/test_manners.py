"""Scores, buckets, backoff, relays: the small machines that decide how peers are treated."""

from __future__ import annotations

import asyncio
import random
from itertools import pairwise
from pathlib import Path

from consensus.messages import Commit
from nodechain.network import limits
from nodechain.network.cards import Cards
from nodechain.network.dialer import DialBackoff
from nodechain.network.relay import Links
from nodechain.network.scores import POINTS, Scores
from nodechain.network.trust import Peer
from nodechain.process.buckets import MAX_ADDRESSES, Bucket, BucketPerAddress
from tests.network.places import CHAIN, card_of, make_place, running, until

A, B, C = (name * 32 for name in (b"a", b"b", b"c"))


def test_points_add_up_to_a_ban_and_fade() -> None:
    scores = Scores()
    assert not scores.penalize(A, "bad_vote", 0, validator=False)
    assert scores.points(A, 0) == POINTS["bad_vote"]
    assert scores.points(A, 1000 * limits.SCORE_HALVES_S) == POINTS["bad_vote"] // 2
    assert scores.penalize(A, "bad_frame", 0, validator=False)
    assert scores.is_banned(A, 1000 * limits.BAN_S - 1)
    assert not scores.is_banned(A, 1000 * limits.BAN_S)
    assert not scores.is_banned(B, 0)


def test_a_validator_is_banned_for_less_long() -> None:
    scores = Scores()
    scores.penalize(A, "bad_frame", 0, validator=True)
    assert scores.is_banned(A, 1000 * limits.VALIDATOR_BAN_S - 1)
    assert not scores.is_banned(A, 1000 * limits.VALIDATOR_BAN_S)


def test_what_is_seldom_an_offence_bans_nobody_who_is_honest() -> None:
    scores = Scores()
    assert not any(scores.penalize(A, "refused_transaction", 1_000 * second, validator=False) for second in range(600))


def test_an_unknown_offence_counts_as_well() -> None:
    scores = Scores()
    assert any(scores.penalize(A, "something_new", 0, validator=False) for _ in range(4))


def test_few_peers_are_remembered() -> None:
    scores = Scores()
    for number in range(2 * limits.SCORED_PEERS):
        scores.penalize(number.to_bytes(32, "big"), "bad_vote", 0, validator=False)
    assert len(scores._records) == limits.SCORED_PEERS


def test_a_bucket_gives_its_burst_then_its_rate() -> None:
    bucket = Bucket(rate=10, burst=3, now_ms=0)
    assert [bucket.try_take(0) for _ in range(4)] == [True, True, True, False]
    assert [bucket.try_take(100) for _ in range(2)] == [True, False]
    assert bucket.take(100, 5) == 0.5
    assert not bucket.try_take(100)
    assert bucket.take(10_000) == 0


def test_each_address_has_its_bucket_and_few_are_remembered() -> None:
    buckets = BucketPerAddress(1, 1)
    assert buckets.try_take("a", 0)
    assert not buckets.try_take("a", 0)
    assert buckets.try_take("b", 0)
    for number in range(2 * MAX_ADDRESSES):
        buckets.try_take(str(number), 0)
    assert len(buckets._buckets) == MAX_ADDRESSES


def test_a_peer_is_dialled_less_and_less_often_at_all_its_addresses() -> None:
    backoff, peer = DialBackoff(random.Random(1)), Peer("p", A, b"", ("one:1", "two:2"), b"")
    times, addresses = [], []
    for now in range(0, 120_000, 10):
        for _peer, address in backoff.due([peer], now):
            times.append(now)
            addresses.append(address)
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert addresses[:4] == ["one:1", "two:2", "one:1", "two:2"]
    assert gaps[0] <= 1_250 * limits.FIRST_BACKOFF_S + 10
    assert all(gap <= 1_250 * limits.MAX_BACKOFF_S + 10 for gap in gaps)
    assert gaps[-1] >= 750 * limits.MAX_BACKOFF_S
    backoff.connected(A)
    assert backoff.due([peer], 120_000)
    assert backoff.due([Peer("q", B, b"", (), b"")], 0) == []
    backoff.keep_only([B])
    assert A not in backoff._records


def test_only_who_lacks_a_connection_to_the_author_needs_a_relay() -> None:
    links = Links()
    assert links.lacking(A, [B, C]) == []
    links.told(B, (A,))
    links.told(C, ())
    assert links.lacking(A, [A, B, C]) == [C]
    links.left(C)
    assert links.lacking(A, [B, C]) == []


def test_what_several_hand_on_is_looked_at_once_and_again_later() -> None:
    links = Links()
    assert links.is_news(b"vote", 0)
    assert not links.is_news(b"vote", limits.SEEN_RELAYED_MS - 1)
    assert links.is_news(b"vote", limits.SEEN_RELAYED_MS)
    for number in range(2 * limits.SEEN_RELAYED):
        links.is_news(number.to_bytes(4, "big"), 0)
    assert len(links._seen) == limits.SEEN_RELAYED


def test_a_vote_reaches_a_validator_that_has_no_connection_to_its_author(tmp_path: Path) -> None:
    a, b, c = (make_place(tmp_path, name) for name in "abc")
    for place, others in ((a, [("b", b)]), (b, [("a", a), ("c", c)]), (c, [("b", b)])):
        for number, (name, other) in enumerate(others, 1):
            card = card_of(name, other.identity, other.port, bytes([number]) * 32)
            Cards(place.folder / "peers", CHAIN).add(card)
        place.network.directory.look_again()
    vote = Commit(1, 0, 0, bytes(32), bytes(64))

    async def scene() -> None:
        async with running(a, b, c):
            await until(lambda: len(b.peers) == 2 and bool(a.peers and c.peers), "the chain of three")
            await until(lambda: len(b.network._links._links) == 2, "their links")
            a.network.broadcast_message(vote)
            await until(lambda: len(c.heard) == 1, "the vote")
            assert c.heard == [(b.identity.node_id, vote, True)]
            assert b.heard == [(a.identity.node_id, vote, False)]
            a.network.broadcast_message(Commit(1, 1, 0, bytes(32), bytes(64)))
            await until(lambda: len(c.heard) == 2, "the next vote")
            assert len(b.heard) == 2, "what was relayed is not relayed again"

    asyncio.run(scene())
