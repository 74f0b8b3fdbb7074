"""The node's network: what goes to whom, and what is done with what comes.

It owns every task and every connection. Votes and blocks it hands to the driver's queue as they come, a bounded number
of each peer; transactions to the admission. It judges neither.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Final

import msgspec

from consensus.messages import CONSENSUS_MESSAGE, ConsensusMessage, Message, TransferAnswer, TransferRequest
from ledger.chain.validator_set import ValidatorSet
from ledger.encoding.codec import encode
from nodechain.clock import Clock
from nodechain.network import limits
from nodechain.network.connection import Connection
from nodechain.network.dialer import Dialer
from nodechain.network.directory import Directory
from nodechain.network.frames import FrameKind, Received
from nodechain.network.gossip_service import GossipService, Offer
from nodechain.network.identity import NodeIdentity, fingerprint
from nodechain.network.introduction_service import IntroductionService
from nodechain.network.introductions import Introduction
from nodechain.network.listener import PeerListener, bind
from nodechain.network.lookups import Lookups
from nodechain.network.relay import Links
from nodechain.network.scores import Scores
from nodechain.network.table import ConnectionTable
from nodechain.network.wire import LINKS, RELAYABLE, RELAYED, Hello, Relayed, is_answer, transfer_message
from nodechain.process.open_files import PEERS

log = logging.getLogger("nodechain.network")

TICK_S: Final = 0.1
_TELLING: Final = frozenset({"wrong_chain", "wrong_version", "unknown_peer", "full"})
"""Reasons for refusing somebody of which an operator wants to know."""


class NetworkHooks(msgspec.Struct, frozen=True):
    """What the network needs of the node: where things go, and what waits.

    `heard` takes a peer, its message, and whether it was relayed; `asked` what it wants of blocks; `raw_of` and
    `waiting` look into the pool.
    """

    heard: Callable[[bytes, ConsensusMessage | TransferAnswer, bool], None]
    asked: Callable[[bytes, TransferRequest], None]
    peers_changed: Callable[[tuple[bytes, ...]], None]
    offer: Offer
    raw_of: Callable[[bytes], bytes | None]
    waiting: Callable[[], list[bytes]]
    height: Callable[[], int]


class Network:
    """`run` until cancelled; `send_message`, `broadcast_message`, `penalize`, `handled` are the driver's side of it."""

    def __init__(
        self,
        identity: NodeIdentity,
        directory: Directory,
        genesis_hash: bytes,
        clock: Clock,
        hooks: NetworkHooks,
        lookups: Lookups | None = None,
        max_open: int = PEERS,
    ) -> None:
        """`max_open`: connections that may be open at one time."""
        self.identity = identity
        self.directory = directory
        self.scores = Scores()
        self.table = ConnectionTable(identity.node_id, genesis_hash, directory, self.scores, clock)
        self.listener: PeerListener | None = None
        self._genesis_hash = genesis_hash
        self._clock = clock
        self._hooks = hooks
        self._links = Links()
        self._introducing = IntroductionService(directory, self.table, clock, self.penalize)
        self._gossip = GossipService(self.table, clock, hooks.raw_of, hooks.waiting, hooks.offer, self.penalize)
        self._dialer = Dialer(
            identity, directory, self.table, self.scores, clock, lambda: self._make(inbound=False), lookups or Lookups()
        )
        self._open: dict[int, Connection] = {}
        self._max_open = max_open

    # What the node asks.

    def listen(self, host: str, port: int) -> int:
        """Bind, before anything else starts; the port. Raises `EnvironmentFailed` (port_taken)."""
        self.listener = PeerListener(
            bind(host, port), self._clock, lambda: self.directory.context, lambda: self._make(inbound=True),
            self.directory.has_address, lambda: len(self._open) < self._max_open,
        )  # fmt: skip
        return self.listener.port

    def introduce(self, introduction: Introduction) -> None:
        """Tell everybody whose node this is, again and again: it counts once the validator is in their set."""
        self._introducing.introduce(introduction)

    def set_validators(self, validators: ValidatorSet) -> None:
        """The set of the next height."""
        self.directory.set_validators(validators)

    def admitted(self, full_hash: bytes) -> None:
        """A transaction of one of the node's own users waits now."""
        self._gossip.admitted(full_hash, None)

    # The driver's side.

    def send_message(self, peer: bytes, message: Message) -> None:
        """Send to one peer; nothing if it is gone, or reads too slowly for an answer."""
        connection = self.table.get(peer)
        if connection is not None and isinstance(message, TransferRequest):
            connection.allowed.asked_for_blocks()
        kind = FrameKind.CONSENSUS if isinstance(message, ConsensusMessage) else FrameKind.TRANSFER
        self.table.send(peer, kind, encode(message))

    def broadcast_message(self, message: ConsensusMessage) -> None:
        """Send to every peer: validators, and those who follow."""
        self.table.send_all(FrameKind.CONSENSUS, encode(message))

    def penalize(self, peer: bytes, code: str) -> None:
        """A peer did what no honest node does."""
        connection = self.table.get(peer)
        known = self.directory.peers.get(peer)
        name = fingerprint(peer) if known is None else known.name
        log.warning("peer misbehaved", extra={"peer": name, "code": code})
        if self.scores.penalize(peer, code, self._clock.monotonic_ms(), validator=self.directory.is_validator(peer)):
            log.warning("peer banned", extra={"peer": name, "code": code})
            if connection is not None:
                connection.close("banned")

    def handled(self, peer: bytes, message: Message, *, hand_on: bool) -> None:
        """The replica has taken a message; `hand_on`: it was the peer's own, and nothing is wrong with it."""
        connection = self.table.get(peer)
        if connection is not None:
            connection.handled()
        if hand_on and isinstance(message, RELAYABLE):
            lacking = self._links.lacking(peer, self.table.validators())
            if lacking:
                payload = encode(Relayed(encode(message)))
                for node_id in lacking:
                    self.table.send(node_id, FrameKind.RELAYED, payload)

    # Tasks.

    async def run(self) -> None:
        """Accept, dial, tick; ends all connections when it is cancelled."""
        try:
            async with asyncio.TaskGroup() as tasks:
                if self.listener is not None:
                    tasks.create_task(self.listener.run(), name="listener")
                tasks.create_task(self._introducing.run(), name="introducing")
                while True:
                    self._gossip.tick()
                    self.table.keep_alive()
                    self._dialer.tick(tasks)
                    await asyncio.sleep(TICK_S)
        finally:
            for connection in list(self._open.values()):
                connection.close("shutting_down")
            if self.listener is not None:
                self.listener.close()
            self._dialer.close()

    def _make(self, *, inbound: bool) -> Connection:
        connection = Connection(self, self.directory.identify, self._clock, self._hello, inbound=inbound)
        self._open[id(connection)] = connection
        return connection

    def _hello(self) -> Hello:
        return Hello(limits.NETWORK_VERSION, self._genesis_hash, self._hooks.height())

    # A connection's events.

    def connected(self, connection: Connection, hello: Hello) -> str:
        """See `Events`."""
        refusal = self.table.refusal(connection, hello)
        if refusal:
            return refusal
        self.table.put(connection)
        self._dialer.connected(connection.node_id)
        log.info("peer connected", extra={"peer": connection.name, "inbound": connection.inbound})
        self._peers_changed()
        self._introducing.greet(connection)
        self._gossip.joined(connection.node_id)
        return ""

    def misbehaved(self, connection: Connection, code: str) -> None:
        """See `Events`."""
        if connection.peer is not None:
            self.penalize(connection.node_id, code)

    def closed(self, connection: Connection) -> None:
        """See `Events`."""
        self._open.pop(id(connection), None)
        if self.table.drop(connection):
            log.info("peer gone", extra={"peer": connection.name, "reason": connection.reason})
            self._gossip.left(connection.node_id)
            self._links.left(connection.node_id)
            self._peers_changed()
        elif connection.reason.removeprefix("peer_said_") in _TELLING:
            log.warning("peer refused", extra={"peer": connection.name, "reason": connection.reason})

    def _peers_changed(self) -> None:
        peers = self.table.ids()
        self._hooks.peers_changed(peers)
        self.table.send_all(FrameKind.LINKS, encode(peers[: limits.MAX_LINKS]))

    def received(self, connection: Connection, message: Received) -> None:
        """See `Events`."""
        match message.kind:
            case FrameKind.CONSENSUS:
                self._to_replica(connection, CONSENSUS_MESSAGE.decode(message.payload), relayed=False)
            case FrameKind.RELAYED:
                inner = RELAYED.decode(message.payload).message
                if self._links.is_news(inner, self._clock.monotonic_ms()):
                    self._to_replica(connection, CONSENSUS_MESSAGE.decode(inner), relayed=True)
            case FrameKind.TRANSFER:
                self._transfer(connection, message.payload)
            case FrameKind.LINKS:
                self._links.told(connection.node_id, LINKS.decode(message.payload))
            case FrameKind.INTRODUCTIONS:
                self._introducing.received(connection, message.payload)
            case _:
                self._gossip.received(connection.node_id, message)

    def _transfer(self, connection: Connection, payload: bytes) -> None:
        if is_answer(payload) and not connection.allowed.take_answer():
            # Not decoded: it may be long, and nobody wants it.
            self.penalize(connection.node_id, "unsolicited")
            return
        message = transfer_message(payload)
        if isinstance(message, TransferRequest):
            self._hooks.asked(connection.node_id, message)
        else:
            self._to_replica(connection, message, relayed=False)

    def _to_replica(self, connection: Connection, message: ConsensusMessage | TransferAnswer, *, relayed: bool) -> None:
        if isinstance(message, ConsensusMessage) and not connection.allowed.may_say(
            message, self._clock.monotonic_ms()
        ):
            return
        connection.handed_over()
        self._hooks.heard(connection.node_id, message, relayed)
