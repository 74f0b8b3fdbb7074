"""Loads on the network between nodes."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from bench.withstands.load import Attack, Load, Vantage, paced
from bench.withstands.speaker import speaking, tls
from consensus.messages import BlocksRequest, Decided
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.payloads import BankTypeNumber, Transfer
from ledger.chain.envelope import Signature, assemble, sign_message, unsigned
from ledger.chain.header import CERTIFICATE, HEADER
from ledger.chain.identity import ChainIdentity
from ledger.encoding.codec import encode
from ledger.errors import InclusionError
from ledger.keys.address import address_of
from ledger.keys.crypto import Ed25519SecretKey
from nodechain.mempool.admission import Busy
from nodechain.network.cards import Card, Cards
from nodechain.network.frames import FrameKind, frames_of
from nodechain.network.identity import load_or_create
from nodechain.network.introductions import introduce
from nodechain.node import Node

AGAIN_S: Final = 0.2
"""After a connection broke."""


def _node(attack: Attack) -> Node:
    if attack.node is None:
        raise RuntimeError("this load is a validator's")
    return attack.node


async def _say_for_ever(attack: Attack, rate: float, make: Callable[[int], tuple[FrameKind, bytes]]) -> None:
    """As an admitted follower; whoever hangs up is called again."""
    while True:
        with suppress(OSError):
            async with speaking(attack.identity, attack.p2p_port, attack.genesis.hash) as speaker:
                async for number in paced(rate):
                    await speaker.say(*make(number))
        await asyncio.sleep(AGAIN_S)


class Introductions:
    """A new introduction of the fourth validator's own, as often as said, to every peer."""

    name = "introductions"
    stated = "200/s by a validator"
    vantage = Vantage.VALIDATOR
    history = 0

    async def run(self, attack: Attack) -> None:
        """See `Load`."""
        node = _node(attack)
        assert node.key is not None
        addresses = (f"127.0.0.1:{node.p2p_port}",)
        sequence = node.clock.wall_ms() + 1
        async for _number in paced(200):
            sequence += 1
            own = introduce(node.key, node.genesis.identity, node.network.identity.certificate, addresses, sequence)
            node.network.table.send_all(FrameKind.INTRODUCTIONS, encode((own,)))


class BlockRequestsOfAValidator:
    """Requests for the longest range that one may ask for, from the beginning of the chain."""

    name = "blocks-validator"
    stated = "400/s by a validator"
    vantage = Vantage.VALIDATOR
    history = 0

    async def run(self, attack: Attack) -> None:
        """See `Load`."""
        table = _node(attack).network.table
        async for _number in paced(400):
            table.send(attack.victim_id, FrameKind.TRANSFER, encode(BlocksRequest(1, 64)))


class BlockRequestsOfAFollower:
    """The same by somebody whose card the nodes have."""

    name = "blocks-follower"
    stated = "400/s by a follower"
    vantage = Vantage.PEER
    history = 0

    async def run(self, attack: Attack) -> None:
        """See `Load`."""
        await _say_for_ever(attack, 400, lambda _number: (FrameKind.TRANSFER, encode(BlocksRequest(1, 64))))


class ReplayedCertificates:
    """DECIDED of an old block, true in every byte, again and again."""

    name = "certificates"
    stated = "replayed, 500/s by a validator"
    vantage = Vantage.VALIDATOR
    history = 0

    async def run(self, attack: Attack) -> None:
        """See `Load`."""
        node = _node(attack)
        header, certificate = node.app.store.header(1), node.app.store.certificate(1)
        assert header is not None
        assert certificate
        message = encode(Decided(HEADER.decode(header.header), CERTIFICATE.decode(certificate)))
        async for _number in paced(500):
            node.network.table.send(attack.victim_id, FrameKind.CONSENSUS, message)


class SlowDrip:
    """Connections of the follower whose one frame never ends: a byte in so many milliseconds."""

    name = "slow-drip"
    stated = "frames of one byte at a time, 200/s"
    vantage = Vantage.PEER
    history = 0

    async def run(self, attack: Attack) -> None:
        """See `Load`."""
        frame = next(frames_of(FrameKind.TRANSFER, bytes(200_000)))
        while True:
            with suppress(OSError):
                async with speaking(attack.identity, attack.p2p_port, attack.genesis.hash) as speaker:
                    async for number in paced(200):
                        speaker.writer.write(frame[number % len(frame)].to_bytes(1, "big"))
                        await speaker.writer.drain()
            await asyncio.sleep(AGAIN_S)


class Handshakes:
    """TLS by strangers, as many at a time as one address gets in with, and half of them never finish."""

    name = "handshakes"
    stated = "a flood by strangers"
    vantage = Vantage.CLIENT
    history = 0

    async def run(self, attack: Attack) -> None:
        """See `Load`."""
        context = tls(None)

        async def complete() -> None:
            while True:
                with suppress(OSError, TimeoutError):
                    async with asyncio.timeout(5):
                        _reader, writer = await asyncio.open_connection(
                            "127.0.0.1", attack.p2p_port, ssl=context, server_hostname=""
                        )
                        writer.transport.abort()
                await asyncio.sleep(0.01)

        async def half() -> None:
            loop = asyncio.get_running_loop()
            while True:
                with suppress(OSError), socket.socket() as connection:
                    connection.setblocking(False)
                    await loop.sock_connect(connection, ("127.0.0.1", attack.p2p_port))
                    await loop.sock_sendall(connection, b"\x16\x03\x01")
                    await asyncio.sleep(1)

        async with asyncio.TaskGroup() as tasks:
            for _ in range(16):
                tasks.create_task(complete())
            for _ in range(48):
                tasks.create_task(half())


class SilentNameServer:
    """Fifty cards of hosts in the victim's home whose names nobody answers for (see `scene.SILENT`)."""

    name = "name-server"
    stated = "silent, 50 cards"
    vantage = Vantage.CLIENT
    history = 0

    async def run(self, attack: Attack) -> None:
        """See `Load`."""
        cards = Cards(attack.victim_home / "peers", attack.genesis.chain_id)
        names = [f"host{number}" for number in range(50)]
        for number, name in enumerate(names):
            made = load_or_create(attack.identity.key_file.parent.parent / name)
            address = (f"host{number}.silent:9000",)
            cards.add(Card(name, attack.genesis.chain_id, made.node_id, made.certificate, address, b""))
        try:
            await asyncio.Event().wait()
        finally:
            for name in names:
                cards.remove(name)


class OwnTransactions:
    """Valid transfers of one member, always as many waiting as a sender may have, told to all by gossip."""

    name = "transactions"
    stated = "valid, of one member, without end"
    vantage = Vantage.VALIDATOR
    history = 0

    def __init__(self) -> None:
        self._nonce = 0

    async def run(self, attack: Attack) -> None:
        """See `Load`."""
        node, key = _node(attack), attack.keys[-1]
        to = address_of(attack.keys[0].public_key)
        while True:
            raw = _transfer(node.genesis.identity, key, to, self._nonce + 1)
            try:
                await node.admission.submit(raw, lambda transaction: node.network.admitted(transaction.full_hash))
                self._nonce += 1
            except (InclusionError, Busy):
                # As many wait as may: again when a block has taken some.
                await asyncio.sleep(0.01)


def _transfer(chain: ChainIdentity, key: Ed25519SecretKey, to: bytes, nonce: int) -> bytes:
    envelope = unsigned(chain.id, BankTypeNumber.TRANSFER, key.public_key, nonce, Transfer(CURRENCY_ASSET, to, 1))
    return assemble(envelope, (Signature(0, key.sign(sign_message(envelope, chain.genesis_hash))),))


LOADS: Final[tuple[Load, ...]] = (
    Introductions(),
    BlockRequestsOfAValidator(),
    BlockRequestsOfAFollower(),
    SilentNameServer(),
    Handshakes(),
    SlowDrip(),
    ReplayedCertificates(),
    OwnTransactions(),
)
