"""Where peers knock: an address may try so often, and so many may be half-way in; then comes TLS, with a deadline."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from collections.abc import Callable

from nodechain.buckets import BucketPerAddress
from nodechain.clock import Clock
from nodechain.errors import EnvironmentFailed
from nodechain.network import limits
from nodechain.network.connection import Connection

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


class Listener:
    """`context` gives the TLS context in force, None while nobody may connect; `make` a connection's protocol."""

    def __init__(
        self,
        listening: socket.socket,
        clock: Clock,
        context: Callable[[], ssl.SSLContext | None],
        make: Callable[[], Connection],
    ) -> None:
        self._listening = listening
        self._clock = clock
        self._context = context
        self._make = make
        self._buckets = BucketPerAddress(limits.CONNECTIONS_PER_SECOND, limits.CONNECTIONS_BURST)
        self._under_way = 0
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
                context = self._context()
                too_often = not self._buckets.try_take(str(address[0]), self._clock.monotonic_ms())
                if context is None or too_often or self._under_way >= limits.MAX_HANDSHAKES:
                    self.refused += 1
                    accepted.close()
                    continue
                self._under_way += 1
                tasks.create_task(self._greet(accepted, context, str(address[0])))

    async def _greet(self, accepted: socket.socket, context: ssl.SSLContext, address: str) -> None:
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
            self._under_way -= 1

    def close(self) -> None:
        """Listen no more."""
        self._listening.close()


def _reason(error: OSError) -> str:
    if isinstance(error, ssl.SSLError):
        return error.reason.lower() if error.reason else "tls"
    return type(error).__name__
