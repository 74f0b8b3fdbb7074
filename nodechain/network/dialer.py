"""Whom to call, and how long to wait after it did not work: twice as long each time, up to ten seconds, with jitter."""

from __future__ import annotations

import asyncio
import logging
import random
import ssl
from collections.abc import Callable, Iterable

import msgspec

from nodechain.clock import Clock
from nodechain.network import limits
from nodechain.network.cards import check_address
from nodechain.network.connection import Connection
from nodechain.network.directory import Directory
from nodechain.network.identity import NodeIdentity
from nodechain.network.lookups import Found, Lookups, is_literal
from nodechain.network.scores import Scores
from nodechain.network.table import ConnectionTable
from nodechain.network.trust import Peer, client_context
from nodechain.process.worker import Worker

log = logging.getLogger("nodechain.network")


class _Record(msgspec.Struct):
    failures: int = 0
    not_before_ms: int = 0
    place: int = 0


class DialBackoff:
    """When each peer may be dialled again, and at which of its addresses."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._records: dict[bytes, _Record] = {}

    def due(
        self, peers: Iterable[Peer], now_ms: int, may: Callable[[str], bool] = lambda _address: True
    ) -> list[tuple[Peer, str]]:
        """Those to dial now, who waits longest first; each counts as a failure until `connected`.

        `may` tells whether an address can be tried now; where not, the peer's next one is due in the next turn.
        """
        waiting = [(self._records.setdefault(peer.node_id, _Record()), peer) for peer in peers if peer.addresses]
        due = [(record, peer) for record, peer in waiting if now_ms >= record.not_before_ms]
        found: list[tuple[Peer, str]] = []
        for record, peer in sorted(due, key=lambda entry: entry[0].not_before_ms):
            address = peer.addresses[record.place % len(peer.addresses)]
            record.place += 1
            if not may(address):
                continue
            delay_s = min(limits.FIRST_BACKOFF_S * 2**record.failures, limits.MAX_BACKOFF_S)
            record.not_before_ms = now_ms + int(1000 * delay_s * self._chance.uniform(0.75, 1.25))
            record.failures = min(record.failures + 1, 16)
            found.append((peer, address))
        return found

    def connected(self, node_id: bytes) -> None:
        """It worked: should the connection break, the next try comes soon."""
        self._records.pop(node_id, None)

    def keep_only(self, node_ids: Iterable[bytes]) -> None:
        """Forget peers that are known no more."""
        kept = frozenset(node_ids)
        for node_id in [known for known in self._records if known not in kept]:
            del self._records[node_id]


class Dialer:
    """Keeps trying to reach every known peer that is not connected."""

    def __init__(
        self,
        identity: NodeIdentity,
        directory: Directory,
        table: ConnectionTable,
        scores: Scores,
        clock: Clock,
        make: Callable[[], Connection],
        lookups: Lookups,
    ) -> None:
        self._identity = identity
        self._directory = directory
        self._table = table
        self._scores = scores
        self._clock = clock
        self._make = make
        self._backoff = DialBackoff(random.Random(identity.node_id))
        self._under_way: dict[bytes, None] = {}
        self._lookups = lookups
        self._worker = Worker("dial")

    def connected(self, node_id: bytes) -> None:
        """A peer has said HELLO."""
        self._backoff.connected(node_id)

    def tick(self, tasks: asyncio.TaskGroup) -> None:
        """Start what is due."""
        now = self._clock.monotonic_ms()
        self._backoff.keep_only(self._directory.peers)
        missing = [
            peer
            for node_id, peer in self._directory.peers.items()
            if node_id not in self._table
            and node_id not in self._under_way
            and not self._scores.is_banned(node_id, now)
        ]
        dials, names = len(self._under_way), self._lookups.busy

        def may(address: str) -> bool:
            nonlocal dials, names
            is_name = not is_literal(check_address(address)[0])
            if dials >= limits.MAX_DIALS or (is_name and names >= limits.MAX_LOOKUPS):
                return False
            dials, names = dials + 1, names + is_name
            return True

        for peer, address in self._backoff.due(missing, now, may):
            self._under_way[peer.node_id] = None
            tasks.create_task(self._dial(peer, address), name=f"dial {peer.name}")

    def close(self) -> None:
        """End its thread."""
        self._worker.close()

    async def _dial(self, peer: Peer, address: str) -> None:
        host, port = check_address(address)
        try:
            async with asyncio.timeout(limits.HANDSHAKE_S):
                places = await self._lookups.find(host, port)
                context = await self._worker.run(client_context, self._identity, peer)
                if peer.node_id not in self._table:
                    await self._connect(places, context)
        except (OSError, TimeoutError) as error:
            log.debug("cannot connect", extra={"peer": peer.name, "address": address, "reason": str(error)})
        finally:
            self._under_way.pop(peer.node_id, None)

    async def _connect(self, places: Found, context: ssl.SSLContext) -> None:
        """Of a host's addresses the first one that answers; raises OSError of the last one."""
        for place, (host, port) in enumerate(places):
            try:
                await asyncio.get_running_loop().create_connection(
                    self._make, host, port, ssl=context, server_hostname="",
                    ssl_handshake_timeout=limits.HANDSHAKE_S, ssl_shutdown_timeout=1.0,
                )  # fmt: skip
            except OSError:
                if place == len(places) - 1:
                    raise
            else:
                return
