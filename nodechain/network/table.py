"""The connected peers: one connection each, places kept for validators, and sending to one or to all."""

from __future__ import annotations

import logging

from nodechain.clock import Clock
from nodechain.network import limits
from nodechain.network.connection import Connection
from nodechain.network.directory import Directory
from nodechain.network.frames import FrameKind
from nodechain.network.scores import Scores
from nodechain.network.wire import Hello
from nodechain.process.buckets import BucketPerAddress

log = logging.getLogger("nodechain.network")


class ConnectionTable:
    """Connections that have said HELLO, by node id."""

    def __init__(self, own_id: bytes, genesis_hash: bytes, directory: Directory, scores: Scores, clock: Clock) -> None:
        self._own_id = own_id
        self._genesis_hash = genesis_hash
        self._directory = directory
        self._scores = scores
        self._clock = clock
        self._connections: dict[bytes, Connection] = {}
        self._greeted = BucketPerAddress(limits.RECONNECTS_PER_SECOND, limits.RECONNECTS_BURST)

    def __contains__(self, node_id: object) -> bool:
        return node_id in self._connections

    def get(self, node_id: bytes) -> Connection | None:
        """The connection to a node."""
        return self._connections.get(node_id)

    def all(self) -> list[Connection]:
        """In a fixed order."""
        return [self._connections[node_id] for node_id in self.ids()]

    def ids(self) -> tuple[bytes, ...]:
        """Who is connected, sorted."""
        return tuple(sorted(self._connections))

    def validators(self) -> list[bytes]:
        """Of these, the nodes of validators."""
        return [one.node_id for one in self.all() if one.peer is not None and one.peer.validator]

    def put(self, connection: Connection) -> None:
        """A connection that `refusal` has nothing against; it takes the place of an earlier one."""
        earlier = self._connections.get(connection.node_id)
        self._connections[connection.node_id] = connection
        if earlier is not None:
            earlier.close("replaced")

    def drop(self, connection: Connection) -> bool:
        """A connection has ended; whether it was the peer's own."""
        if self._connections.get(connection.node_id) is not connection:
            return False
        del self._connections[connection.node_id]
        return True

    def refusal(self, connection: Connection, hello: Hello) -> str:
        """Why a connection is not kept; empty if it is (L3)."""
        now = self._clock.monotonic_ms()
        if hello.genesis != self._genesis_hash:
            return "wrong_chain"
        if hello.version != limits.NETWORK_VERSION:
            return "wrong_version"
        if self._scores.is_banned(connection.node_id, now):
            return "banned"
        if not self._greeted.try_take(connection.node_id.hex(), now):
            return "too_often"
        earlier = self._connections.get(connection.node_id)
        if earlier is not None:
            # Both dialled at once: both sides keep the connection that the lower id has dialled. Much later it means
            # that the peer has lost the earlier one.
            is_wanted = (self._own_id < connection.node_id) == (not connection.inbound)
            return "" if is_wanted or now - earlier.since_ms > 2000 * limits.HELLO_S else "duplicate"
        return "" if not connection.inbound or self._has_place(connection) else "full"

    def _has_place(self, connection: Connection) -> bool:
        """Validators always have one: others neither take their places nor lose their own to them."""
        if connection.peer is not None and connection.peer.validator:
            return True
        others = sum(one.inbound for one in self.all() if one.peer is not None and not one.peer.validator)
        return others < limits.MAX_INBOUND

    def close_strangers(self) -> None:
        """End connections to who is trusted no more, or has another certificate now."""
        for connection in self.all():
            peer = self._directory.peers.get(connection.node_id)
            if peer is None or connection.peer is None or peer.certificate != connection.peer.certificate:
                connection.close("not_trusted")
            else:
                connection.peer = peer

    def send(self, node_id: bytes, kind: FrameKind, payload: bytes) -> None:
        """To one peer; nothing if it is gone, or reads too slowly for what can wait."""
        connection = self._connections.get(node_id)
        if connection is not None:
            connection.send(kind, payload)

    def unread_bytes(self, node_id: bytes) -> int:
        """What a peer was sent in the slow lane and has not taken yet."""
        connection = self._connections.get(node_id)
        return 0 if connection is None else connection.waiting_bytes[1]

    def send_all(self, kind: FrameKind, payload: bytes, *, but: Connection | None = None) -> None:
        """To every peer."""
        for connection in self.all():
            if connection is not but:
                connection.send(kind, payload)

    def keep_alive(self) -> None:
        """Show all that we are there; give up who has not been heard of for long."""
        now = self._clock.monotonic_ms()
        for connection in self.all():
            if now - connection.last_heard_ms > 1000 * limits.IDLE_S:
                connection.close("silent")
            elif connection.is_stalled(now):
                connection.close("stalled")
            elif now - connection.last_ping_ms > 1000 * limits.PING_S:
                connection.last_ping_ms = now
                connection.send(FrameKind.PING, b"")
