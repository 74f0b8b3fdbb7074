"""The listening socket: how many connections there are, whose, and what happens when there is no room for more.

A connection counts from the moment it is accepted, before TLS, until its socket is closed. No address may have more
than a quarter of what there is room for, and there is room only for what the process' file descriptors allow: the
store, the peers and the journal need theirs. When the system has none left, accepting pauses.
"""

from __future__ import annotations

import asyncio
import logging
import resource
import socket
import ssl
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Final

import msgspec

from nodechain.api.http.client_address import client_address
from nodechain.process.open_files import CLIENTS, OWN, PEERS, STORE

log = logging.getLogger("nodechain.api")

MAX_CONNECTIONS: Final = CLIENTS
OTHER_DESCRIPTORS: Final = STORE + OWN + PEERS
"""File descriptors that the rest of the node may need."""

MIN_CONNECTIONS: Final = 16
SHARE_OF_AN_ADDRESS: Final = 4
HANDSHAKE_S: Final = 5.0
PAUSE_S: Final = 1.0
BACKLOG: Final = 128


class Room(msgspec.Struct, frozen=True):
    """How many connections there may be, and how many of one address."""

    connections: int
    of_an_address: int

    @classmethod
    def of(cls, descriptors: int) -> Room:
        """What a process that may open so many files has room for."""
        connections = max(min(MAX_CONNECTIONS, descriptors - OTHER_DESCRIPTORS), MIN_CONNECTIONS)
        return cls(connections, max(connections // SHARE_OF_AN_ADDRESS, MIN_CONNECTIONS // 2))

    @classmethod
    def of_this_process(cls) -> Room:
        """By its soft limit of open files."""
        soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        return cls.of(MAX_CONNECTIONS + OTHER_DESCRIPTORS if soft == resource.RLIM_INFINITY else soft)


Opened = Callable[[Callable[[], None]], asyncio.Protocol]
"""Makes the protocol of a connection; it calls what it is given when the connection that was made has ended."""


class ApiListener:
    """Accepts connections of a listening socket into protocols; `run` is its task."""

    def __init__(self, sockets: list[socket.socket], protocol: Opened, tls: ssl.SSLContext | None, room: Room) -> None:
        self._sockets = sockets
        self._protocol = protocol
        self.tls = tls
        self._room = room
        self._of: Counter[str] = Counter()

    def __len__(self) -> int:
        """How many connections there are."""
        return self._of.total()

    @property
    def port(self) -> int:
        """The port that was bound."""
        return int(self._sockets[0].getsockname()[1])

    async def run(self) -> None:
        """Accept until cancelled; handshakes that are under way then are given up."""
        async with asyncio.TaskGroup() as tasks:
            for listening in self._sockets:
                tasks.create_task(self._accept(listening, tasks))

    def close(self) -> None:
        """Stop listening."""
        for listening in self._sockets:
            listening.close()

    async def _accept(self, listening: socket.socket, tasks: asyncio.TaskGroup) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection, address = await loop.sock_accept(listening)
            except OSError as error:
                log.warning("no connection can be accepted", extra={"reason": error.strerror or str(error)})
                # No file descriptor is left, most likely: others close theirs in a moment.
                await asyncio.sleep(0 if isinstance(error, ConnectionError) else PAUSE_S)
                continue
            who = client_address(str(address[0]))
            if len(self) >= self._room.connections or self._of[who] >= self._room.of_an_address:
                log.info("a connection is refused", extra={"open": len(self), "of_its_address": self._of[who]})
                connection.close()
                continue
            self._of[who] += 1
            tasks.create_task(self._open(connection, who))

    async def _open(self, connection: socket.socket, who: str) -> None:
        """Until the protocol has the connection; it counts until its socket is closed."""
        try:
            await asyncio.get_running_loop().connect_accepted_socket(
                lambda: self._protocol(partial(self._ended, who)),
                connection,
                ssl=self.tls,
                ssl_handshake_timeout=None if self.tls is None else HANDSHAKE_S,
            )
        except (OSError, ssl.SSLError) as error:
            log.debug("a connection did not come about", extra={"reason": str(error)})
            self._ended(who)

    def _ended(self, who: str) -> None:
        self._of[who] -= 1
        if not self._of[who]:
            del self._of[who]


def bind(host: str, port: int) -> list[socket.socket]:
    """Listening sockets on all addresses of a host, with one port; raises `OSError`."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    sockets: list[socket.socket] = []
    try:
        for family, kind, number, _name, address in found:
            listening = socket.socket(family, kind, number)
            sockets.append(listening)
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            listening.setblocking(False)
            taken = port or (sockets[0].getsockname()[1] if len(sockets) > 1 else 0)
            listening.bind((address[0], taken, *address[2:]))
            listening.listen(BACKLOG)
    except OSError:
        for listening in sockets:
            listening.close()
        raise
    return sockets
