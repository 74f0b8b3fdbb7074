"""Networks in this process for tests, and attackers that speak to them over raw sockets."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from consensus.messages import Message, TransferRequest
from ledger.chain.envelope import Transaction
from ledger.chain.identity import ChainIdentity
from ledger.chain.validator_set import ValidatorSet
from ledger.encoding.codec import encode
from nodechain.clock import SystemClock
from nodechain.mempool.admission import Refusal
from nodechain.network import limits
from nodechain.network.cards import Card, Cards
from nodechain.network.connection import Connection
from nodechain.network.directory import Directory
from nodechain.network.frames import FrameKind, FrameReader, Received, frames_of
from nodechain.network.identity import NodeIdentity, load_or_create
from nodechain.network.lookups import Lookups
from nodechain.network.network import Network, NetworkHooks
from nodechain.network.wire import GOODBYE, Hello
from nodechain.process.open_files import PEERS

IDENTITY = ChainIdentity("test-00000000", bytes(32))
CHAIN = IDENTITY.id
GENESIS = bytes(range(32))
DEADLINE_S = 20.0


def card_of(name: str, identity: NodeIdentity, port: int = 0, validator: bytes = b"") -> Card:
    """A card; without a port nobody dials it."""
    addresses = (f"127.0.0.1:{port}",) if port else ()
    return Card(name, CHAIN, identity.node_id, identity.certificate, addresses, validator)


@dataclass
class Place:
    """A node's network with a pool of its own; what came in stands in `heard` and `offered`."""

    folder: Path
    identity: NodeIdentity
    network: Network
    port: int
    pool: dict[bytes, bytes]
    heard: list[tuple[bytes, Message, bool]] = field(default_factory=list)
    offered: list[tuple[bytes, Callable[[Transaction | Refusal], None]]] = field(default_factory=list)
    asked: list[tuple[bytes, TransferRequest]] = field(default_factory=list)
    peers: tuple[bytes, ...] = ()
    handles: bool = True

    def take(self, peer: bytes, message: Message, relayed: bool) -> None:
        """What the driver does."""
        self.heard.append((peer, message, relayed))
        if self.handles:
            self.network.handled(peer, message, hand_on=not relayed)


def make_place(
    folder: Path, name: str, *, known: list[Card] | None = None, validators: ValidatorSet | None = None,
    genesis: bytes = GENESIS, lookups: Lookups | None = None, max_open: int = PEERS,
) -> Place:  # fmt: skip
    """Listening already."""
    home = folder / name
    home.mkdir(exist_ok=True)
    identity = load_or_create(home / "node")
    cards = Cards(home / "peers", CHAIN)
    for card in known or []:
        cards.add(card)
    directory = Directory(
        identity, cards, home / "introductions", IDENTITY, validators or ValidatorSet(()), SystemClock()
    )
    pool: dict[bytes, bytes] = {}
    place: list[Place] = []

    def peers_changed(peers: tuple[bytes, ...]) -> None:
        place[0].peers = peers

    def heard(peer: bytes, message: Message, relayed: bool) -> None:
        place[0].take(peer, message, relayed)

    hooks = NetworkHooks(
        heard=heard,
        asked=lambda peer, request: place[0].asked.append((peer, request)),
        peers_changed=peers_changed,
        offer=lambda raw, done: place[0].offered.append((raw, done)),
        raw_of=pool.get,
        waiting=lambda: list(pool),
        height=lambda: 0,
    )
    network = Network(identity, directory, genesis, SystemClock(), hooks, lookups, max_open)
    place.append(Place(home, identity, network, network.listen("127.0.0.1", 0), pool))
    return place[0]


def acquaint(*places: Place) -> None:
    """Give everybody everybody's card; the earlier one dials."""
    for number, here in enumerate(places):
        cards = Cards(here.folder / "peers", CHAIN)
        for other, there in enumerate(places):
            if here is not there:
                cards.add(card_of(f"peer{other}", there.identity, there.port if number < other else 0))
        here.network.directory.look_again()


@asynccontextmanager
async def running(*places: Place) -> AsyncIterator[None]:
    """All of them, until the end."""
    tasks = [asyncio.create_task(place.network.run()) for place in places]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        # A connection that outlives the loop is reported in whatever test runs when it is collected.
        await until(lambda: not any(_open_connections(place) for place in places), "the end of all connections")


def _open_connections(place: Place) -> list[Connection]:
    return [connection for connection in place.network._open.values() if connection._transport is not None]


async def until(condition: Callable[[], object], what: str, deadline_s: float = DEADLINE_S) -> None:
    """Wait for a condition, with a deadline."""
    end = asyncio.get_running_loop().time() + deadline_s
    while not condition():
        assert asyncio.get_running_loop().time() < end, f"{what} did not come"
        await asyncio.sleep(0.01)


class Attacker:
    """Speaks whatever it is told over real TLS with its own certificate. `hang_up_all` ends those of a test."""

    open_ones: ClassVar[list[Attacker]] = []

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self.writer = writer
        self._frames = FrameReader()
        self._received: list[Received] = []
        self.open_ones.append(self)

    @classmethod
    async def hang_up_all(cls) -> None:
        """At the end of a test."""
        for attacker in cls.open_ones:
            attacker.close()
        for attacker in cls.open_ones:
            with contextlib.suppress(OSError):
                await asyncio.wait_for(attacker.writer.wait_closed(), DEADLINE_S)
        cls.open_ones.clear()

    @classmethod
    async def connect(cls, identity: NodeIdentity, port: int, *, chain: Path | None = None) -> Attacker:
        """TLS as a node does it, but trusting everybody; `chain`: another certificate file to show."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.load_cert_chain(chain or identity.certificate_file, identity.key_file)
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context, server_hostname="")
        return cls(reader, writer)

    async def greet(self, *, genesis: bytes = GENESIS, version: int = limits.NETWORK_VERSION) -> None:
        """Say HELLO, and wait for the other side's."""
        self.say(FrameKind.HELLO, encode(Hello(version, genesis, 0)))
        await self.writer.drain()
        await self.receive(FrameKind.HELLO)

    def say(self, kind: FrameKind, payload: bytes) -> None:
        """A good frame with any payload."""
        for frame in frames_of(kind, payload):
            self.writer.write(frame)

    async def receive(self, kind: FrameKind) -> bytes:
        """The next message of a kind; fails when the connection ends first."""
        while True:
            for place, message in enumerate(self._received):
                if message.kind is kind:
                    del self._received[place]
                    return message.payload
            data = await asyncio.wait_for(self._reader.read(2**20), DEADLINE_S)
            assert data, "the connection was closed"
            self._received += self._frames.feed(data)

    def read_so_far(self, kind: FrameKind) -> list[bytes]:
        """Messages of a kind that came before others that were waited for."""
        return [message.payload for message in self._received if message.kind is kind]

    async def goodbye(self) -> str:
        """Why the other side closes; empty if it just did."""
        try:
            return GOODBYE.decode(await self.receive(FrameKind.GOODBYE)).code
        except (AssertionError, OSError):
            return ""

    async def end(self) -> bool:
        """Whether the other side closes."""
        try:
            while await asyncio.wait_for(self._reader.read(2**20), DEADLINE_S):
                pass
        except OSError:
            return True
        return True

    def close(self) -> None:
        """Hang up."""
        self.writer.transport.abort()
