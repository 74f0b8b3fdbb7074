"""What an admitted peer sends without end: how much work it makes, counted, not timed."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import logging
import os
import socket
import ssl
import threading
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from consensus.messages import BlockTransactions, HashesPart, HashesRequest, StatusRequest
from ledger.chain.validator_set import ValidatorInfo, ValidatorSet
from ledger.encoding.codec import encode
from ledger.keys.crypto import Ed25519SecretKey
from nodechain.chain.validator_key import ValidatorKey
from nodechain.clock import SystemClock
from nodechain.log import JsonLines
from nodechain.network import limits
from nodechain.network.allowances import MESSAGE_RATES
from nodechain.network.cards import Card, Cards
from nodechain.network.frames import MORE, FrameKind
from nodechain.network.identity import NodeIdentity, load_or_create
from nodechain.network.introductions import INTRODUCTIONS, introduce
from nodechain.network.listener import PeerListener, bind
from nodechain.network.lookups import Found, Lookups
from nodechain.network.wire import Goodbye
from nodechain.process.log_limiter import LINES_AT_ONCE, LimitedHandler
from tests.network.places import CHAIN, IDENTITY, Attacker, card_of, make_place, running, until
from tests.network.test_attacks import VOTE, play

KEYS = [ValidatorKey(Ed25519SecretKey(bytes([number + 1]) * 32)) for number in range(3)]
VALIDATORS = ValidatorSet(tuple(ValidatorInfo(key.address, key.key, 1, bytes(20), "") for key in KEYS))
FLOOD = 1_000


@pytest.fixture
def known(tmp_path: Path) -> NodeIdentity:
    """The attacker's: a node whose card the victim has."""
    return load_or_create(tmp_path / "attacker")


class Work:
    """Which threads waited for the disk or made TLS contexts since `begin`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.threads: list[str] = []
        fsync, load = os.fsync, ssl.SSLContext.load_cert_chain

        def counted_fsync(descriptor: int) -> None:
            self.threads.append(threading.current_thread().name)
            fsync(descriptor)

        def counted_load(context: ssl.SSLContext, *arguments: Any, **named: Any) -> None:
            self.threads.append(threading.current_thread().name)
            load(context, *arguments, **named)

        monkeypatch.setattr(os, "fsync", counted_fsync)
        monkeypatch.setattr(ssl.SSLContext, "load_cert_chain", counted_load)

    def begin(self) -> None:
        """Forget what setting up has cost."""
        self.threads.clear()


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    return Work(monkeypatch)


# Introductions.


@pytest.mark.parametrize("certificates", [1, 2])
def test_n1_introductions_without_end_cost_no_disk_and_no_tls_on_the_loop(
    tmp_path: Path, known: NodeIdentity, work: Work, certificates: int
) -> None:
    """A validator says where it is again and again, with one certificate or now this one and now that."""
    witness = load_or_create(tmp_path / "witness")
    mine = [load_or_create(tmp_path / f"mine{number}").certificate for number in range(certificates)]
    cards = [card_of("attacker", known), card_of("witness", witness)]
    victim = make_place(tmp_path, "victim", known=cards, validators=VALIDATORS)
    flood = [introduce(KEYS[0], IDENTITY, mine[n % certificates], ("127.0.0.1:9",), n + 1) for n in range(FLOOD)]

    async def scene() -> None:
        async with running(victim):
            attacker = await Attacker.connect(known, victim.port)
            await attacker.greet()
            other = await Attacker.connect(witness, victim.port)
            await other.greet()
            await until(lambda: len(victim.peers) == 2, "both")
            work.begin()
            for introduction in flood:
                attacker.say(FrameKind.INTRODUCTIONS, encode((introduction,)))
            await attacker.writer.drain()
            await until(lambda: bool(victim.network.directory.introductions()), "the first one")
            # Whatever comes behind the flood has been looked at: all of the flood too.
            other.say(FrameKind.INTRODUCTIONS, encode((introduce(KEYS[1], IDENTITY, mine[0], (), 1),)))
            await until(lambda: len(victim.network.directory.introductions()) == 2, "the witness' own")
            await until(lambda: len(victim.network.directory.peers) > 2, "the introduced one")
            assert threading.main_thread().name not in work.threads
            assert len(work.threads) <= 20, "a few files and contexts for a thousand messages"
            victim.network.broadcast_message(VOTE)
            await other.receive(FrameKind.CONSENSUS)
            told = [INTRODUCTIONS.decode(payload) for payload in other.read_so_far(FrameKind.INTRODUCTIONS)]
            handed_on = [one for introductions in told for one in introductions if one.key == KEYS[0].key]
            assert 1 <= len(handed_on) <= 3

    play(scene())


def test_n1_an_introduction_that_says_nothing_new_writes_no_file_and_makes_no_context(
    tmp_path: Path, known: NodeIdentity, work: Work
) -> None:
    """A validator's node was started again: a later sequence, the same certificate and addresses."""
    mine = load_or_create(tmp_path / "mine").certificate
    victim = make_place(tmp_path, "victim", known=[card_of("attacker", known)], validators=VALIDATORS)
    victim.network.introduce(introduce(KEYS[0], IDENTITY, mine, (), 1))

    async def scene() -> None:
        async with running(victim):
            await until(lambda: len(victim.network.directory.peers) == 2, "the introduced one")
            work.begin()
            again = introduce(KEYS[0], IDENTITY, mine, (), 2)
            attacker = await Attacker.connect(known, victim.port)
            await attacker.greet()

            def is_taken() -> bool:
                attacker.say(FrameKind.INTRODUCTIONS, encode((again,)))
                return victim.network.directory.introductions() == (again,)

            work.begin()
            await until(is_taken, "the later one", limits.INTRODUCTION_S + 20)
            await asyncio.sleep(limits.REFRESH_S + 0.5)
            assert work.threads == []

    play(scene())


# Names of hosts.


def test_n6_few_names_are_looked_up_at_a_time_and_others_are_called_meanwhile(tmp_path: Path) -> None:
    """Fifty cards of hosts that no name server answers for, and one with an address."""
    silent = threading.Event()
    busy: list[int] = []

    def resolve(host: str, port: int) -> Found:
        busy.append(lookups.busy)
        silent.wait(60)
        raise socket.gaierror(socket.EAI_AGAIN, "no answer")

    lookups = Lookups(resolve)
    here, there = make_place(tmp_path, "here", lookups=lookups), make_place(tmp_path, "there")
    cards = Cards(here.folder / "peers", CHAIN)
    for number in range(50):
        made = load_or_create(tmp_path / f"host{number}")
        cards.add(Card(f"a{number}", CHAIN, made.node_id, made.certificate, (f"host{number}.silent:9",), b""))
    cards.add(card_of("there", there.identity, there.port))
    Cards(there.folder / "peers", CHAIN).add(card_of("here", here.identity))
    for place in (here, there):
        place.network.directory.look_again()

    async def scene() -> None:
        async with running(here, there):
            await until(lambda: bool(here.peers), "the peer with an address")
            await until(lambda: lookups.busy == limits.MAX_LOOKUPS, "the look-ups")
            # Whatever else the process does in threads of asyncio's own is not held up.
            assert await asyncio.wait_for(asyncio.to_thread(lambda: "done"), 20) == "done"
            await asyncio.sleep(limits.HANDSHAKE_S + 1)
            assert max(busy) <= limits.MAX_LOOKUPS
            silent.set()
            await until(lambda: len(busy) > limits.MAX_LOOKUPS, "the next ones in turn")

    try:
        play(scene())
    finally:
        silent.set()


def test_n6_a_host_is_called_at_each_of_its_addresses(tmp_path: Path) -> None:
    """The first address of a name is dead, the second one answers."""
    with socket.socket() as dead:
        dead.bind(("127.0.0.1", 0))
        closed = int(dead.getsockname()[1])
        lookups = Lookups(lambda _host, port: (("127.0.0.1", closed), ("127.0.0.1", port)))
        here, there = make_place(tmp_path, "here", lookups=lookups), make_place(tmp_path, "there")
        address = (f"some.host:{there.port}",)
        named = Card("there", CHAIN, there.identity.node_id, there.identity.certificate, address, b"")
        Cards(here.folder / "peers", CHAIN).add(named)
        Cards(there.folder / "peers", CHAIN).add(card_of("here", here.identity))
        for place in (here, there):
            place.network.directory.look_again()

        async def scene() -> None:
            async with running(here, there):
                await until(lambda: bool(here.peers), "the host")

        play(scene())


# Places.


def test_n14_with_forty_validators_followers_still_fit(tmp_path: Path) -> None:
    followers = [load_or_create(tmp_path / f"follower{number}") for number in range(3)]
    cards = [card_of(f"follower{number}", one) for number, one in enumerate(followers)]
    for number in range(40):
        validator = load_or_create(tmp_path / f"validator{number}")
        cards.append(card_of(f"validator{number}", validator, validator=bytes([number + 1]) * 32))
    victim = make_place(tmp_path, "victim", known=cards)

    async def scene() -> None:
        async with running(victim):
            for follower in followers:
                peer = await Attacker.connect(follower, victim.port)
                await peer.greet()
            await until(lambda: set(victim.peers) == {one.node_id for one in followers}, "the followers")

    play(scene())


# Blocks.


def test_n2_answers_that_nobody_asked_for_are_not_even_decoded(tmp_path: Path, known: NodeIdentity) -> None:
    """Long messages of a great many small parts would hold up the loop while they are decoded."""
    victim = make_place(tmp_path, "victim", known=[card_of("attacker", known)])
    long = encode(BlockTransactions(bytes(32), 0, (b"x",) * 8_192))

    async def scene() -> None:
        async with running(victim):
            attacker = await Attacker.connect(known, victim.port)
            await attacker.greet()
            await until(lambda: known.node_id in victim.peers, "the attacker")
            victim.network.send_message(known.node_id, HashesRequest(bytes(32), 0))
            attacker.say(FrameKind.TRANSFER, encode(HashesPart(bytes(32), 0, 1, (), None)))
            await until(lambda: len(victim.heard) == 1, "the answer that was asked for")
            for _ in range(FLOOD):
                attacker.say(FrameKind.TRANSFER, long)
            assert await attacker.goodbye() == "banned"
            assert len(victim.heard) == 1

    play(scene())


def test_n2_what_costs_a_signature_is_heard_now_and_then_and_votes_always(tmp_path: Path, known: NodeIdentity) -> None:
    victim = make_place(tmp_path, "victim", known=[card_of("attacker", known)])

    async def scene() -> None:
        async with running(victim):
            attacker = await Attacker.connect(known, victim.port)
            await attacker.greet()
            for number in range(FLOOD):
                attacker.say(FrameKind.CONSENSUS, encode(StatusRequest(bytes(32), number.to_bytes(32, "big"))))
            for _ in range(FLOOD):
                attacker.say(FrameKind.CONSENSUS, encode(VOTE))
            await attacker.writer.drain()
            await until(lambda: sum(message == VOTE for _peer, message, _relayed in victim.heard) == FLOOD, "the votes")
            _rate, burst = MESSAGE_RATES[StatusRequest]
            asked = [message for _peer, message, _relayed in victim.heard if isinstance(message, StatusRequest)]
            assert burst <= len(asked) < FLOOD / 2

    play(scene())


def test_n2_transactions_are_sent_to_a_peer_no_faster_than_it_may_ask(tmp_path: Path, known: NodeIdentity) -> None:
    """The same transactions asked for again and again, as no honest node does."""
    victim = make_place(tmp_path, "victim", known=[card_of("attacker", known)])
    for number in range(64):
        victim.pool[number.to_bytes(32, "big")] = bytes(32_000)
    one_answer = 64 * 32_100
    rate, at_once = limits.ANSWERED_BYTES

    def has_heard(number: int) -> bool:
        return len(victim.heard) > number

    async def scene() -> None:
        async with running(victim):
            attacker = await Attacker.connect(known, victim.port)
            await attacker.greet()
            await until(lambda: known.node_id in victim.peers, "the attacker")
            (connection,) = victim.network.table.all()
            loop = asyncio.get_running_loop()
            reading, began = asyncio.create_task(attacker.end()), loop.time()
            for number in range(60):
                attacker.say(FrameKind.REQUEST, encode(tuple(victim.pool)))
                attacker.say(FrameKind.CONSENSUS, encode(VOTE))
                await until(partial(has_heard, number), "the request")
                await until(lambda: not any(connection.waiting_bytes), "its answer")
            assert connection.bytes_out <= at_once + rate * (loop.time() - began) + one_answer
            reading.cancel()

    play(scene())


# Getting in, and staying without saying anything.


class Doors:
    """A listener's rules, at a time that the test moves."""

    def __init__(self, known: tuple[str, ...] = ()) -> None:
        self.now_ms = 1_000
        self.room = True
        clock = SystemClock()
        self.listener = PeerListener(
            bind("127.0.0.1", 0), clock, lambda: None, lambda: pytest.fail("nobody gets in"),
            lambda host: host in known, lambda: self.room,
        )  # fmt: skip

    def knock(self, host: str) -> bool:
        """Whether another connection of an address may begin TLS; it stays in it for ever."""
        is_known = self.listener._is_known(host)
        may = self.listener._may(host, is_known=is_known)
        if may:
            self.listener._count(host, 1, is_known=is_known)
        return may


def test_n9_one_address_does_not_take_all_places() -> None:
    doors = Doors()
    assert sum(doors.knock("10.0.0.1") for _ in range(100)) == limits.HANDSHAKES_OF_ADDRESS
    assert doors.knock("10.0.0.2")
    doors.listener.close()


def test_n9_all_addresses_of_one_customer_count_as_one() -> None:
    doors = Doors()
    inside = sum(doors.knock(f"2001:db8:0:1::{number:x}") for number in range(100))
    assert inside == limits.HANDSHAKES_OF_ADDRESS
    assert doors.knock("2001:db8:0:2::1")
    assert sum(doors.knock(f"::ffff:10.0.0.{number}") for number in range(5)) == 5
    doors.listener.close()


def test_n9_addresses_of_known_peers_have_places_and_turns_of_their_own() -> None:
    doors = Doors(known=("10.1.1.1", "10.1.1.2"))
    strangers = sum(doors.knock(f"10.{number}.0.1") for number in range(250))
    assert strangers == limits.HANDSHAKES_OF_UNKNOWN
    assert doors.knock("10.1.1.1")
    assert doors.knock("10.1.1.2")
    doors.listener.close()


def test_n9_a_flood_from_everywhere_is_cut_to_its_rate() -> None:
    doors = Doors()
    inside = 0
    for number in range(2_000):
        if doors.knock(f"10.{number % 250}.{number // 250}.1"):
            inside += 1
            doors.listener._count(f"10.{number % 250}.{number // 250}.1", -1, is_known=False)
    assert limits.HANDSHAKES_BURST <= inside < 2 * limits.HANDSHAKES_BURST + limits.HANDSHAKES_PER_SECOND
    doors.listener.close()


def test_n9_nobody_is_taken_in_beyond_what_the_system_gives() -> None:
    doors = Doors(known=("10.1.1.1",))
    doors.room = False
    assert not doors.knock("10.1.1.1")
    doors.listener.close()


def test_n9_no_more_connections_are_open_than_there_are_files_for(tmp_path: Path) -> None:
    people = [load_or_create(tmp_path / f"peer{number}") for number in range(5)]
    cards = [card_of(f"peer{number}", one) for number, one in enumerate(people)]
    victim = make_place(tmp_path, "victim", known=cards, max_open=3)

    async def scene() -> None:
        async with running(victim):
            for one in people[:3]:
                await (await Attacker.connect(one, victim.port)).greet()
            await until(lambda: len(victim.peers) == 3, "three")
            for one in people[3:]:
                with pytest.raises((OSError, AssertionError)):
                    await (await Attacker.connect(one, victim.port)).greet()
            assert victim.network.listener is not None
            assert victim.network.listener.refused == 2
            assert len(victim.peers) == 3

    play(scene())


def test_n9_a_frame_that_comes_byte_by_byte_is_no_sign_of_life(
    tmp_path: Path, known: NodeIdentity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "IDLE_S", 1.0)
    victim = make_place(tmp_path, "victim", known=[card_of("attacker", known)])

    async def scene() -> None:
        async with running(victim):
            attacker = await Attacker.connect(known, victim.port)
            await attacker.greet()
            await until(lambda: known.node_id in victim.peers, "the attacker")

            async def drip() -> None:
                attacker.writer.write((200_000).to_bytes(4, "big") + bytes((FrameKind.TRANSFER, 0)))
                while True:
                    attacker.writer.write(b"x")
                    await asyncio.sleep(0.05)

            dripping = asyncio.create_task(drip())
            assert await attacker.goodbye() == "silent"
            dripping.cancel()

    play(scene())


def test_n9_a_long_message_that_is_never_finished_is_given_up(
    tmp_path: Path, known: NodeIdentity, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of a block, and then only signs of life: it would stay in memory for ever."""
    monkeypatch.setattr(limits, "IDLE_S", 1.0)
    victim = make_place(tmp_path, "victim", known=[card_of("attacker", known)])

    async def scene() -> None:
        async with running(victim):
            attacker = await Attacker.connect(known, victim.port)
            await attacker.greet()
            await until(lambda: known.node_id in victim.peers, "the attacker")
            piece = bytes(limits.FRAME_BYTES)
            attacker.writer.write(len(piece).to_bytes(4, "big") + bytes((FrameKind.TRANSFER, MORE)) + piece)

            async def live() -> None:
                while True:
                    attacker.say(FrameKind.PING, b"")
                    await asyncio.sleep(0.3)

            living = asyncio.create_task(live())
            assert await attacker.goodbye() == "stalled"
            living.cancel()

    play(scene())


def test_n9_who_comes_and_goes_all_the_time_is_told_to_wait(tmp_path: Path, known: NodeIdentity) -> None:
    """Each time everything that waits would be announced, and all that was said be said again."""
    victim = make_place(tmp_path, "victim", known=[card_of("attacker", known)])
    assert victim.network.listener is not None
    victim.network.listener._buckets._burst = 1_000

    async def scene() -> None:
        async with running(victim):
            codes: list[str] = []
            for _ in range(limits.RECONNECTS_BURST * 3):
                attacker = await Attacker.connect(known, victim.port)
                await attacker.greet()
                attacker.say(FrameKind.GOODBYE, encode(Goodbye("bye")))
                codes.append(await attacker.goodbye())
                attacker.close()
                if codes[-1] == "too_often":
                    break
            assert codes[-1] == "too_often"
            assert len(codes) > limits.RECONNECTS_BURST

    play(scene())


def test_n14_failed_handshakes_write_a_few_lines_and_a_count(tmp_path: Path, known: NodeIdentity) -> None:
    victim = make_place(tmp_path, "victim", known=[card_of("attacker", known)])
    assert victim.network.listener is not None
    victim.network.listener._buckets._burst = 1_000
    stream = io.StringIO()
    handler = LimitedHandler(stream)
    handler.setFormatter(JsonLines())
    logger = logging.getLogger("nodechain.network")
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    stranger = load_or_create(tmp_path / "stranger")

    async def scene() -> None:
        async with running(victim):
            for _ in range(60):
                with contextlib.suppress(OSError, AssertionError):
                    peer = await Attacker.connect(stranger, victim.port)
                    await peer.greet()
            assert victim.network.listener is not None
            listener = victim.network.listener
            await until(lambda: listener.refused == 60, "all of them")

    try:
        play(scene())
        handler.close()
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    refused = [line for line in lines if line["event"] == "a connection was refused"]
    assert LINES_AT_ONCE <= len(refused) < 45
    assert len(refused) + sum(line.get("left_out", 0) for line in lines) == 60


def test_n9_a_known_peers_address_is_known_in_every_way_of_writing_it(tmp_path: Path, known: NodeIdentity) -> None:
    ways = ("10.2.3.4:9", "[2001:db8:0:0:0:0:0:1]:9", "some.host:9")
    card = Card("friend", CHAIN, known.node_id, known.certificate, ways, b"")
    victim = make_place(tmp_path, "victim", known=[card])
    directory = victim.network.directory
    assert directory.has_address("10.2.3.4")
    assert directory.has_address("::ffff:10.2.3.4")
    assert directory.has_address("2001:db8::1")
    assert not directory.has_address("10.2.3.5")
    assert not directory.has_address("2001:db8:0:1::1")
    assert victim.network.listener is not None
    victim.network.listener.close()
