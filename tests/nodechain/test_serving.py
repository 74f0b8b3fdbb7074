"""Blocks for peers, read apart from consensus: what is open, what it costs, who waits; and the driver's lanes."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from consensus.events import Timer, TimerFired
from consensus.messages import (
    MESSAGE,
    BlocksRequest,
    BlocksResponse,
    BlockTransactions,
    Commit,
    Decided,
    HashesPart,
    HashesRequest,
    TransactionsRequest,
)
from harness.node import HomeFixture
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.payloads import Transfer
from ledger.encoding.codec import encode
from nodechain.chain import serving
from nodechain.chain.actions import Input, PeerMessage
from nodechain.chain.block_answers import ANSWER_BYTES, PRICE_OF_A_BLOCK, DecidedRequest, Request
from nodechain.chain.lanes import STARVATION_LIMIT, Lane, Lanes
from nodechain.chain.serving import Serving
from nodechain.clock import SystemClock
from nodechain.network.cards import Card, Cards
from nodechain.network.frames import FrameKind
from nodechain.network.identity import load_or_create
from nodechain.node import Node, NodeOptions, P2p
from nodechain.store.blocks import BlockReads
from tests.network.places import Attacker, until

BLOCKS = 12
VOTE = Commit(1, 0, 0, bytes(32), bytes(64))


class Peers:
    """Who is served: what each was sent; `unread` holds back what is sent to it."""

    def __init__(self) -> None:
        self.sent: dict[bytes, list[bytes]] = {}
        self.unread: dict[bytes, int] = {}

    def unread_bytes(self, node_id: bytes) -> int:
        return self.unread.get(node_id, 0)

    def send(self, node_id: bytes, _kind: FrameKind, payload: bytes) -> None:
        self.sent.setdefault(node_id, []).append(payload)


class Clock(SystemClock):
    """Moved by the test."""

    now_ms = 1_000

    def monotonic_ms(self) -> int:
        return self.now_ms


class Scene:
    """A node with a few blocks, and a `Serving` of the test's own on its store."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.peers = Peers()
        self.clock = Clock()
        self.serving = Serving(node.app.store, node.replica.under_way, self.peers, self.clock)

    def answers(self, peer: bytes) -> list[Any]:
        return [MESSAGE.decode(data) for data in self.peers.sent.get(peer, [])]


def play(folder: Path, scene: Any) -> None:
    async def whole() -> None:
        home = HomeFixture(folder / "home")
        async with home.running() as node:
            for _ in range(BLOCKS):
                raw = home.raw("alice", Transfer(CURRENCY_ASSET, home.address("bob"), 1))
                _transaction, decision = await node.submit_and_wait(raw, 30)
                assert decision is not None
            made = Scene(node)
            task = asyncio.create_task(made.serving.run())
            try:
                await asyncio.wait_for(scene(made), 60)
            finally:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    asyncio.run(whole())


def test_n2_of_a_flood_of_requests_two_are_open_and_the_rest_is_dropped(tmp_path: Path) -> None:
    async def scene(made: Scene) -> None:
        for _ in range(400):
            made.serving.asked(b"flood", BlocksRequest(1, 64))
        await until(lambda: len(made.answers(b"flood")) == serving.BLOCK_REQUESTS, "two answers")
        await asyncio.sleep(0.3)
        assert len(made.answers(b"flood")) == serving.BLOCK_REQUESTS
        assert made.serving.served.dropped == 400 - serving.BLOCK_REQUESTS
        for _ in range(400):
            made.serving.asked(b"flood", HashesRequest(bytes(32), 0))
        await until(lambda: len(made.answers(b"flood")) == serving.BLOCK_REQUESTS + serving.WAITING, "those of bodies")

    play(tmp_path, scene)


def test_n2_what_is_read_is_paid_for_and_nobody_else_waits_for_who_has_nothing_left(tmp_path: Path) -> None:
    price = PRICE_OF_A_BLOCK * (BLOCKS + 1)
    rate, at_once = serving.RANGES

    async def scene(made: Scene) -> None:
        most = at_once // price + 1
        for number in range(most + 3):
            made.serving.asked(b"greedy", BlocksRequest(1, 64))
            probe = number.to_bytes(2, "big")
            made.serving.asked(probe, HashesRequest(bytes(32), 0))
            await until(partial(made.answers, probe), "another one's, behind it")
        # The purse is empty, and the clock stands still.
        assert len(made.answers(b"greedy")) == most
        made.serving.asked(b"greedy", HashesRequest(made.node.app.parent.header.hash(), 0))
        await until(lambda: isinstance(made.answers(b"greedy")[-1], HashesPart), "what a vote may wait for")
        made.clock.now_ms += 1000 * 2 * price // rate + 1_000
        await until(lambda: isinstance(made.answers(b"greedy")[-1], BlocksResponse), "after a while")

    play(tmp_path, scene)


def test_n2_who_does_not_read_gets_nothing_more(tmp_path: Path) -> None:
    async def scene(made: Scene) -> None:
        made.peers.unread[b"slow"] = serving.UNREAD_BYTES + 1
        made.serving.asked(b"slow", BlocksRequest(1, 64))
        made.serving.asked(b"other", BlocksRequest(1, 64))
        await until(lambda: bool(made.answers(b"other")), "the other one's")
        assert made.answers(b"slow") == []
        made.peers.unread[b"slow"] = 0
        await until(lambda: bool(made.answers(b"slow")), "when it has read")

    play(tmp_path, scene)


def test_n2_the_store_is_read_in_a_thread_for_every_kind_of_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: set[str] = set()
    for name in ("block", "header", "certificate", "block_by_hash"):
        read = getattr(BlockReads, name)

        def counted(reads: BlockReads, argument: Any, read: Any = read) -> Any:
            threads.add(threading.current_thread().name)
            return read(reads, argument)

        monkeypatch.setattr(BlockReads, name, counted)

    async def scene(made: Scene) -> None:
        head = made.node.app.parent.header
        threads.clear()
        requests: list[Request] = [
            request
            for block_hash in (head.hash(), bytes(32))
            for request in (HashesRequest(block_hash, 0), TransactionsRequest(block_hash, (0,)))
        ]
        requests += [BlocksRequest(1, 64), BlocksRequest(10**9, 1), DecidedRequest(3), DecidedRequest(99)]
        for number, request in enumerate(requests):
            made.serving.asked(number.to_bytes(2, "big"), request)
        await until(lambda: made.serving.served.answers == 7, "all but the block that is not there")
        kinds = sorted(type(answer).__name__ for peer in made.peers.sent for answer in made.answers(peer))
        assert kinds == sorted(
            [kind.__name__ for kind in (BlocksResponse, HashesPart, BlockTransactions) for _ in range(2)]
            + [Decided.__name__]
        )
        assert threading.main_thread().name not in threads

    play(tmp_path, scene)


def test_n2_an_answer_is_no_longer_than_its_limit(tmp_path: Path) -> None:
    async def scene(made: Scene) -> None:
        made.serving.asked(b"peer", BlocksRequest(1, 64))
        await until(lambda: bool(made.peers.sent), "the answer")
        (data,) = made.peers.sent[b"peer"]
        (answer,) = made.answers(b"peer")
        assert [block.header.height for block in answer.blocks] == list(range(1, BLOCKS + 1))
        assert len(data) <= ANSWER_BYTES

    play(tmp_path, scene)


def test_n2_a_follower_that_asks_without_end_leaves_the_driver_alone(tmp_path: Path) -> None:
    """Over real TLS: four hundred requests for the whole chain, and the node goes on making blocks."""

    async def scene() -> None:
        home = HomeFixture(tmp_path / "home")
        follower = load_or_create(tmp_path / "follower")
        card = Card("follower", home.genesis.chain_id, follower.node_id, follower.certificate, (), b"")
        Cards(home.path / "peers", home.genesis.chain_id).add(card)
        async with home.running(NodeOptions(p2p=P2p("127.0.0.1", 0))) as node:
            for _ in range(3):
                raw = home.raw("alice", Transfer(CURRENCY_ASSET, home.address("bob"), 1))
                assert (await node.submit_and_wait(raw, 30))[1] is not None
            peer = await Attacker.connect(follower, node.p2p_port)
            await peer.greet(genesis=home.genesis.hash)
            for _ in range(400):
                peer.say(FrameKind.TRANSFER, encode(BlocksRequest(1, 64)))
            raw = home.raw("alice", Transfer(CURRENCY_ASSET, home.address("bob"), 1))
            assert (await node.submit_and_wait(raw, 30))[1] is not None
            assert isinstance(MESSAGE.decode(await peer.receive(FrameKind.TRANSFER)), BlocksResponse)
            # Something else is answered behind the flood: then all of the flood was looked at.
            peer.say(FrameKind.TRANSFER, encode(HashesRequest(bytes(32), 0)))
            answers = 0
            while isinstance(MESSAGE.decode(await peer.receive(FrameKind.TRANSFER)), BlocksResponse):
                answers += 1
            assert answers < 100
            await Attacker.hang_up_all()

    run(scene())


# The driver's lanes.


def take(lanes: Lanes, count: int) -> list[Input]:
    async def all_of_them() -> list[Input]:
        return [await asyncio.wait_for(lanes.get(), 5) for _ in range(count)]

    return asyncio.run(all_of_them())


def heard(number: int) -> PeerMessage:
    return PeerMessage(number.to_bytes(2, "big"), VOTE)


def test_n2_votes_of_validators_are_taken_before_all_that_others_send() -> None:
    lanes = Lanes()
    for number in range(10):
        lanes.put(heard(number), Lane.BLOCKS, b"a")
        lanes.put(heard(100 + number), Lane.OTHERS, b"b")
    lanes.put(heard(999), Lane.VALIDATORS, b"c")
    lanes.put(TimerFired(Timer.ROUND))
    assert take(lanes, 3) == [TimerFired(Timer.ROUND), heard(999), heard(100)]


def test_n2_one_that_floods_waits_for_itself() -> None:
    lanes = Lanes()
    for number in range(1_000):
        lanes.put(heard(number), Lane.VALIDATORS, b"flood")
    lanes.put(heard(2_000), Lane.VALIDATORS, b"other")
    assert heard(2_000) in take(lanes, 2)


def test_n2_a_flood_of_votes_does_not_stop_the_node_from_catching_up() -> None:
    lanes = Lanes()
    for number in range(1_000):
        lanes.put(heard(number), Lane.VALIDATORS, b"flood")
    lanes.put(heard(2_000), Lane.OTHERS, b"a")
    lanes.put(heard(3_000), Lane.BLOCKS, b"b")
    taken = take(lanes, 3 * STARVATION_LIMIT)
    assert heard(2_000) in taken
    assert heard(3_000) in taken
    assert taken.index(heard(2_000)) >= STARVATION_LIMIT - 1


def run(scene: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(scene, 90))
