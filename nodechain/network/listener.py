"""Where peers knock: an address may try so often, and so many may be half-way in; then comes TLS, with a deadline."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from collections import Counter
from collections.abc import Callable

from nodechain.clock import Clock
from nodechain.errors import EnvironmentFailed
from nodechain.network import limits
from nodechain.network.connection import Connection
from nodechain.process.buckets import Bucket, BucketPerAddress, block_of

log = logging.getLogger("nodechain.network")


def bind(host: str, port: int) -> socket.socket:
    """A listening socket; raises `EnvironmentFailed` (port_taken)."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(128)
        listening.setblocking(False)
    except OSError as error:
        listening.close()
        raise EnvironmentFailed(
            f"cannot listen for peers on {host} port {port}: {error.strerror or error}",
            code="port_taken",
            advice="Stop the program that uses the port, or choose another one with --p2p-port.",
        ) from error
    return listening


class PeerListener:
    """`context` gives the TLS context in force, None while nobody may connect; `make` a connection's protocol.

    `is_known` tells whether a known peer has an address, `has_room` whether another connection may be open.
    """

    def __init__(
        self,
        listening: socket.socket,
        clock: Clock,
        context: Callable[[], ssl.SSLContext | None],
        make: Callable[[], Connection],
        is_known: Callable[[str], bool],
        has_room: Callable[[], bool],
    ) -> None:
        self._listening = listening
        self._clock = clock
        self._context = context
        self._make = make
        self._buckets = BucketPerAddress(limits.CONNECTIONS_PER_SECOND, limits.CONNECTIONS_BURST)
        self._is_known = is_known
        self._has_room = has_room
        self._unknown = Bucket(limits.HANDSHAKES_PER_SECOND, limits.HANDSHAKES_BURST, clock.monotonic_ms())
        self._of_address: Counter[str] = Counter()
        self._of_unknown = 0
        self.refused = 0

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._listening.getsockname()[1])

    async def run(self) -> None:
        """Accept for ever; what is refused costs one system call."""
        loop = asyncio.get_running_loop()
        async with asyncio.TaskGroup() as tasks:
            while True:
                try:
                    accepted, address = await loop.sock_accept(self._listening)
                except OSError as error:
                    # Out of file descriptors, most likely: others close theirs in a moment.
                    log.warning("cannot accept a connection: %s", error)
                    await asyncio.sleep(0.1)
                    continue
                host = str(address[0])
                context, is_known = self._context(), self._is_known(host)
                if context is None or not self._may(host, is_known=is_known):
                    self.refused += 1
                    accepted.close()
                    continue
                self._count(host, 1, is_known=is_known)
                tasks.create_task(self._greet(accepted, context, host, is_known=is_known))

    @property
    def _under_way(self) -> int:
        return self._of_address.total()

    def _count(self, host: str, change: int, *, is_known: bool) -> None:
        block = block_of(host)
        self._of_address[block] += change
        if not self._of_address[block]:
            del self._of_address[block]
        if not is_known:
            self._of_unknown += change

    def _may(self, host: str, *, is_known: bool) -> bool:
        """Before TLS, which costs a hundred times as much: who comes too often, or for whom there is no place."""
        now = self._clock.monotonic_ms()
        if not self._buckets.try_take(host, now) or not self._has_room():
            return False
        if self._under_way >= limits.MAX_HANDSHAKES:
            return False
        if self._of_address[block_of(host)] >= limits.HANDSHAKES_OF_ADDRESS:
            return False
        return is_known or (self._of_unknown < limits.HANDSHAKES_OF_UNKNOWN and self._unknown.try_take(now))

    async def _greet(self, accepted: socket.socket, context: ssl.SSLContext, address: str, *, is_known: bool) -> None:
        loop = asyncio.get_running_loop()
        try:
            accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            await loop.connect_accepted_socket(
                self._make,
                accepted,
                ssl=context,
                ssl_handshake_timeout=limits.HANDSHAKE_S,
                ssl_shutdown_timeout=1.0,
            )
        except (OSError, ssl.SSLError) as error:
            self.refused += 1
            log.info("a connection was refused", extra={"address": address, "reason": _reason(error)})
        finally:
            self._count(address, -1, is_known=is_known)

    def close(self) -> None:
        """Listen no more."""
        self._listening.close()


def _reason(error: OSError) -> str:
    if isinstance(error, ssl.SSLError):
        return error.reason.lower() if error.reason else "tls"
    return type(error).__name__
