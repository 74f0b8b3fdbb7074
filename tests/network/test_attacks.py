"""What hostile peers do over raw sockets: it costs them, not the node, and honest peers keep their places."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
import socket
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import NameOID

from consensus.messages import Commit, StatusRequest
from ledger.chain.envelope import full_hash_of
from ledger.encoding.codec import encode
from ledger.errors import InclusionError
from nodechain.network import limits
from nodechain.network.cards import Cards
from nodechain.network.frames import MORE, FrameKind
from nodechain.network.identity import NodeIdentity, load_or_create
from nodechain.network.scores import POINTS
from tests.network.places import CHAIN, GENESIS, Attacker, Place, acquaint, card_of, make_place, running, until

VOTE = Commit(1, 0, 0, bytes(32), bytes(64))


def play(scene: Coroutine[Any, Any, None]) -> None:
    async def whole() -> None:
        try:
            await asyncio.wait_for(scene, 60)
        finally:
            await Attacker.hang_up_all()

    asyncio.run(whole())


@pytest.fixture
def known(tmp_path: Path) -> NodeIdentity:
    """The attacker's: a node whose card the victim has."""
    return load_or_create(tmp_path / "attacker")


@pytest.fixture
def victim(tmp_path: Path, known: NodeIdentity) -> Place:
    return make_place(tmp_path, "victim", known=[card_of("attacker", known)])


async def honest_peer_gets_in(victim: Place, tmp_path: Path) -> None:
    """Somebody with a card connects and is heard, whatever else goes on."""
    honest = load_or_create(tmp_path / "honest")
    Cards(victim.folder / "peers", CHAIN).add(card_of("honest", honest))
    victim.network.directory.look_again()
    peer = await Attacker.connect(honest, victim.port)
    await peer.greet()
    await until(lambda: honest.node_id in victim.peers, "the honest peer")
    peer.say(FrameKind.CONSENSUS, encode(VOTE))
    await until(lambda: any(who == honest.node_id for who, _message, _relayed in victim.heard), "its vote")
    peer.close()


# Getting in.


def test_slow_handshakes_and_half_open_connections_keep_nobody_out(victim: Place, tmp_path: Path) -> None:
    async def scene() -> None:
        async with running(victim):
            slow = []
            for _ in range(30):
                connection = socket.create_connection(("127.0.0.1", victim.port))
                connection.sendall(b"\x16\x03\x01")
                slow.append(connection)
            await honest_peer_gets_in(victim, tmp_path)
            loop = asyncio.get_running_loop()
            for connection in slow:
                connection.setblocking(False)
                with contextlib.suppress(OSError):
                    while await asyncio.wait_for(loop.sock_recv(connection, 1024), limits.HANDSHAKE_S + 5):
                        pass
                connection.close()

    play(scene())


def test_a_flood_of_connections_is_cut_before_tls(victim: Place, known: NodeIdentity) -> None:
    async def scene() -> None:
        async with running(victim):
            flood = [socket.create_connection(("127.0.0.1", victim.port)) for _ in range(120)]
            assert victim.network.listener is not None
            listener = victim.network.listener
            await until(
                lambda: listener.refused >= 120 - limits.CONNECTIONS_BURST - limits.CONNECTIONS_PER_SECOND, "it"
            )
            assert listener._under_way <= limits.MAX_HANDSHAKES
            for connection in flood:
                connection.close()

            async def again() -> Attacker:
                while True:
                    try:
                        peer = await Attacker.connect(known, victim.port)
                        await peer.greet()
                        return peer
                    except (OSError, AssertionError):
                        await asyncio.sleep(0.05)

            (await asyncio.wait_for(again(), 20)).close()

    play(scene())


def test_a_stranger_is_refused_by_tls_itself(victim: Place, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)

    async def scene() -> None:
        async with running(victim):
            stranger = load_or_create(tmp_path / "stranger")
            peer = await Attacker.connect(stranger, victim.port)
            with pytest.raises((AssertionError, OSError)):
                await peer.greet()
            peer.close()
            assert victim.peers == ()
            await until(lambda: "a connection was refused" in caplog.text, "the log line")

    play(scene())


@pytest.mark.parametrize("is_ca", [False, True])
def test_a_certificate_signed_by_a_known_node_is_nobodys(
    victim: Place, known: NodeIdentity, tmp_path: Path, is_ca: bool
) -> None:
    """The self-made CA: a peer that is let in vouches for another key, in the name of somebody else."""
    issuer_key = serialization.load_pem_private_key(known.key_file.read_bytes(), None)
    issuer = x509.load_pem_x509_certificate(known.certificate_file.read_bytes())
    assert isinstance(issuer_key, Ed25519PrivateKey)
    secret = Ed25519PrivateKey.generate()
    now = dt.datetime.now(dt.UTC)
    forged = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "somebody else")]))
        .issuer_name(issuer.subject)
        .public_key(secret.public_key())
        .serial_number(7)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        .sign(issuer_key, None)
    )
    key, chain = tmp_path / "key.pem", tmp_path / "chain.pem"
    key.write_bytes(
        secret.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    chain.write_bytes(forged.public_bytes(serialization.Encoding.PEM) + issuer.public_bytes(serialization.Encoding.PEM))
    self_made = NodeIdentity(bytes(32), b"", key, chain)

    async def scene() -> None:
        async with running(victim):
            with pytest.raises((AssertionError, OSError)):
                await (await Attacker.connect(self_made, victim.port)).greet()
            assert victim.peers == ()

    play(scene())


def test_whoever_answers_a_call_must_be_who_was_called(tmp_path: Path) -> None:
    """An impostor listens where a known node should: the dialler refuses it, and says nothing to it."""
    here, there, impostor = (make_place(tmp_path, name) for name in ("here", "there", "impostor"))
    Cards(here.folder / "peers", CHAIN).add(card_of("there", there.identity, impostor.port))
    Cards(impostor.folder / "peers", CHAIN).add(card_of("here", here.identity))
    for place in (here, impostor):
        place.network.directory.look_again()

    async def scene() -> None:
        async with running(here, impostor):
            assert impostor.network.listener is not None
            listener = impostor.network.listener
            await until(lambda: listener.refused > 0, "the end of a call")
            assert here.peers == impostor.peers == ()

    play(scene())
    assert there.network.listener is not None
    there.network.listener.close()


@pytest.mark.parametrize(
    ("genesis", "version", "code"),
    [(bytes(32), limits.NETWORK_VERSION, "wrong_chain"), (GENESIS, 99, "wrong_version")],
)
def test_another_chain_and_another_version_are_told_so(
    victim: Place, known: NodeIdentity, genesis: bytes, version: int, code: str
) -> None:
    async def scene() -> None:
        async with running(victim):
            peer = await Attacker.connect(known, victim.port)
            await peer.greet(genesis=genesis, version=version)
            assert await peer.goodbye() == code
            assert victim.peers == ()

    play(scene())


def test_silence_after_tls_is_ended(victim: Place, known: NodeIdentity) -> None:
    async def scene() -> None:
        async with running(victim):
            peer = await Attacker.connect(known, victim.port)
            assert await peer.goodbye() == "no_hello"

    play(scene())


# Speaking wrongly.

HOSTILE: dict[str, bytes] = {
    "garbage": b"GET / HTTP/1.1\r\nHost: example\r\n\r\n" * 4,
    "unknown kind": b"\x00\x00\x00\x00\x63\x00",
    "oversized frame": b"\xff\xff\xff\xff" + bytes((FrameKind.TRANSFER, 0)),
    "oversized vote": (limits.MAX_CONSENSUS_BYTES + 1).to_bytes(4, "big") + bytes((FrameKind.CONSENSUS, 0)),
    "short piece": b"\x00\x00\x00\x01" + bytes((FrameKind.TRANSFER, MORE)) + b"x",
    "vote that is none": b"\x00\x00\x00\x03" + bytes((FrameKind.CONSENSUS, 0)) + b"\xff\xff\xff",
    "second hello": b"\x00\x00\x00\x01" + bytes((FrameKind.HELLO, 0)) + b"\x90",
    "empty request": b"\x00\x00\x00\x01" + bytes((FrameKind.REQUEST, 0)) + b"\x90",
    "a vote in the slow lane": len(encode(VOTE)).to_bytes(4, "big") + bytes((FrameKind.TRANSFER, 0)) + encode(VOTE),
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_who_speaks_wrongly_is_closed_and_scored(
    victim: Place, known: NodeIdentity, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def scene() -> None:
        async with running(victim):
            peer = await Attacker.connect(known, victim.port)
            await peer.greet()
            peer.writer.write(HOSTILE[name])
            assert await peer.goodbye() in ("bad_frame", "malformed", "banned")
            assert await peer.end()
            await until(lambda: victim.peers == (), "the end")
            scores, now = victim.network.scores, victim.network._clock.monotonic_ms()
            assert scores.is_banned(known.node_id, now) or scores.points(known.node_id, now) > 0
            assert victim.heard == []
            assert "peer speaks wrongly" in caplog.text

    play(scene())


def test_a_truncated_frame_waits_and_holds_up_nobody(victim: Place, known: NodeIdentity, tmp_path: Path) -> None:
    async def scene() -> None:
        async with running(victim):
            peer = await Attacker.connect(known, victim.port)
            await peer.greet()
            peer.writer.write(b"\x00\x03\x00\x00" + bytes((FrameKind.TRANSFER, 0)) + bytes(1000))
            await honest_peer_gets_in(victim, tmp_path)
            peer.close()
            await until(lambda: known.node_id not in victim.peers, "the end")

    play(scene())


def test_a_banned_peer_is_kept_out(victim: Place, known: NodeIdentity) -> None:
    async def scene() -> None:
        async with running(victim):
            peer = await Attacker.connect(known, victim.port)
            await peer.greet()
            await until(lambda: known.node_id in victim.peers, "the peer")
            # One more than the points ask for: they fade from the first millisecond on.
            for _ in range(-(-limits.BAN_SCORE // POINTS["bad_vote"]) + 1):
                victim.network.penalize(known.node_id, "bad_vote")
            assert await peer.goodbye() == "banned"
            peer = await Attacker.connect(known, victim.port)
            await peer.greet()
            assert await peer.goodbye() == "banned"

    play(scene())


# Speaking too much.


def test_an_endless_stream_of_good_messages_is_read_no_faster_than_they_are_taken(
    victim: Place, known: NodeIdentity, tmp_path: Path
) -> None:
    """Valid and useless, for ever: what waits is bounded, and others are heard meanwhile."""
    victim.handles = False

    async def scene() -> None:
        async with running(victim):
            peer = await Attacker.connect(known, victim.port)
            await peer.greet()
            flood = b"".join(
                piece for _ in range(100) for piece in (len(encode(VOTE)).to_bytes(4, "big"), b"\x04\x00", encode(VOTE))
            )
            sent = 0
            with contextlib.suppress(TimeoutError):
                while sent < 64 * 2**20:
                    peer.writer.write(flood)
                    sent += len(flood)
                    await asyncio.wait_for(peer.writer.drain(), 1)
            one_read = 256 * 1024 // (len(encode(VOTE)) + 6)
            assert limits.UNHANDLED_MESSAGES <= len(victim.heard) <= limits.UNHANDLED_MESSAGES + 2 * one_read
            assert sent < 64 * 2**20, "the flood was swallowed whole"
            before = len(victim.heard)
            await honest_peer_gets_in(victim, tmp_path)
            for who, message, _relayed in victim.heard[:before]:
                victim.network.handled(who, message, hand_on=False)
            await until(lambda: len(victim.heard) > before + 10, "more of it")
            peer.close()

    play(scene())


def test_answers_that_nobody_reads_are_dropped_not_piled_up(victim: Place, known: NodeIdentity) -> None:
    async def scene() -> None:
        async with running(victim):
            peer = await Attacker.connect(known, victim.port)
            await peer.greet()
            await until(lambda: known.node_id in victim.peers, "the peer")
            connection = victim.network.table.get(known.node_id)
            assert connection is not None
            reading = peer.writer.transport
            assert isinstance(reading, asyncio.ReadTransport)
            reading.pause_reading()
            payload = bytes(limits.OUTGOING_BYTES // 4)
            accepted = sum(connection.send(FrameKind.TRANSFER, payload) for _ in range(40))
            assert accepted <= 5
            assert sum(len(frame) for frame in connection._bulk) <= limits.OUTGOING_BYTES + 2 * len(payload)
            for _ in range(10 * limits.OUTGOING_BYTES // limits.FRAME_BYTES):
                connection.send(FrameKind.CONSENSUS, bytes(limits.MAX_CONSENSUS_BYTES))
                await asyncio.sleep(0)
            assert connection.reason == "too_slow"
            peer.close()

    play(scene())


def test_transactions_that_nobody_asked_for_cost_points_and_enter_nothing(victim: Place, known: NodeIdentity) -> None:
    async def scene() -> None:
        async with running(victim):
            peer = await Attacker.connect(known, victim.port)
            await peer.greet()
            for number in range(-(-limits.BAN_SCORE // POINTS["unsolicited"]) + 1):
                peer.say(FrameKind.TRANSACTIONS, encode((number.to_bytes(8, "big"),)))
            assert await peer.goodbye() == "banned"
            assert victim.offered == []

    play(scene())


def test_false_signatures_are_scored_until_the_ban_and_asked_for_once(victim: Place, known: NodeIdentity) -> None:
    raws = [bytes([number]) * 50 for number in range(4)]

    async def scene() -> None:
        async with running(victim):
            peer = await Attacker.connect(known, victim.port)
            await peer.greet()
            for raw in raws[:3]:
                peer.say(FrameKind.ANNOUNCE, encode((full_hash_of(raw),)))
                assert await peer.receive(FrameKind.REQUEST) == encode((full_hash_of(raw),))
                peer.say(FrameKind.TRANSACTIONS, encode((raw,)))
                await until(lambda: bool(victim.offered), "the transaction")
                _raw, done = victim.offered.pop()
                done(InclusionError("a signature is missing or wrong", code="bad_signature"))
            assert await peer.goodbye() == "banned"

    play(scene())


def test_a_replayed_conversation_is_no_conversation(victim: Place, known: NodeIdentity) -> None:
    """Bytes of an earlier connection, sent again by somebody without the key, do not get through TLS."""

    async def scene() -> None:
        async with running(victim):
            recorded: list[bytes] = []
            target = await asyncio.open_connection("127.0.0.1", victim.port)

            async def record(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                async def there() -> None:
                    while data := await reader.read(65_536):
                        recorded.append(data)
                        target[1].write(data)
                    target[1].transport.abort()

                async def back() -> None:
                    while data := await target[0].read(65_536):
                        writer.write(data)

                await asyncio.gather(there(), back(), return_exceptions=True)
                writer.close()

            server = await asyncio.start_server(record, "127.0.0.1", 0)
            peer = await Attacker.connect(known, server.sockets[0].getsockname()[1])
            await peer.greet()
            peer.say(FrameKind.CONSENSUS, encode(StatusRequest(bytes(32), bytes(32))))
            await until(lambda: len(victim.heard) == 1, "the original")
            peer.close()
            await until(lambda: victim.peers == (), "its end")
            reader, writer = await asyncio.open_connection("127.0.0.1", victim.port)
            for data in recorded:
                writer.write(data)
            with contextlib.suppress(OSError):
                while await asyncio.wait_for(reader.read(65_536), 10):
                    pass
            writer.transport.abort()
            server.close()
            target[1].transport.abort()
            assert len(victim.heard) == 1
            assert victim.peers == ()

    play(scene())


# Places.


def test_others_cannot_take_the_places_of_validators(tmp_path: Path) -> None:
    """As many followers as there are places, and still a validator gets in."""
    followers = [load_or_create(tmp_path / f"follower{number}") for number in range(limits.MAX_INBOUND + 2)]
    validator = load_or_create(tmp_path / "validator")
    cards = [card_of(f"follower{number}", one) for number, one in enumerate(followers)]
    cards.append(card_of("validator", validator, validator=bytes(range(1, 33))))
    victim = make_place(tmp_path, "victim", known=cards)
    assert victim.network.listener is not None
    victim.network.listener._buckets._burst = 1_000

    async def scene() -> None:
        async with running(victim):
            inside, refused = [], 0
            for follower in followers:
                peer = await Attacker.connect(follower, victim.port)
                await peer.greet()
                inside.append(peer)
                await asyncio.sleep(0)
            await until(lambda: len(victim.peers) >= limits.MAX_INBOUND, "all places")
            for peer in inside[limits.MAX_INBOUND :]:
                assert await peer.goodbye() == "full"
                refused += 1
            assert refused == 2
            peer = await Attacker.connect(validator, victim.port)
            await peer.greet()
            await until(lambda: validator.node_id in victim.peers, "the validator")
            for one in [*inside, peer]:
                one.close()

    play(scene())


def test_two_that_dial_each_other_keep_one_connection(tmp_path: Path) -> None:
    here, there = make_place(tmp_path, "here"), make_place(tmp_path, "there")
    acquaint(here, there)
    Cards(there.folder / "peers", CHAIN).add(card_of("peer0", here.identity, here.port))
    there.network.directory.look_again()

    async def scene() -> None:
        async with running(here, there):
            await until(lambda: bool(here.peers and there.peers), "both")
            await until(lambda: len(here.network._open) == len(there.network._open) == 1, "one that is kept")
            assert here.peers == (there.identity.node_id,)
            assert there.peers == (here.identity.node_id,)
            here.network.broadcast_message(VOTE)
            await until(lambda: len(there.heard) == 1, "the vote")
            (here_connection,) = here.network.table.all()
            (there_connection,) = there.network.table.all()
            assert here_connection.inbound != there_connection.inbound
            # A call that was under way meanwhile may come late; it is not kept either.
            await until(lambda: len(here.network._open) == len(there.network._open) == 1, "still one")

    play(scene())
