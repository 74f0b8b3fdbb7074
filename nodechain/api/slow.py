"""Connections before their first request: who opens one and says nothing, or drips its header, is cut off.

A gate collects bytes until a header is complete, then hands the connection to aiohttp and steps aside. The number of
connections is bounded; one too many is closed at once.
"""

from __future__ import annotations

import asyncio
from typing import Final

from aiohttp import web

HEADER_DEADLINE_S: Final = 5.0
MAX_HEADER_BYTES: Final = 32 * 1024
MAX_CONNECTIONS: Final = 1_024


class Gate(asyncio.Protocol):
    """One connection until its first header is complete."""

    def __init__(self, owner: HeaderDeadline) -> None:
        self._owner = owner
        self._received = bytearray()
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start the deadline."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        if not self._owner.enter(self):
            transport.close()
            return
        self._timer = asyncio.get_running_loop().call_later(self._owner.deadline_s, transport.close)

    def data_received(self, data: bytes) -> None:
        """Collect; hand over when the header is complete."""
        transport = self._transport
        self._received += data
        if transport is None or transport.is_closing():
            return
        if b"\r\n\r\n" in self._received or len(self._received) > MAX_HEADER_BYTES:
            self._stop_timer()
            self._owner.leave(self)
            protocol = self._owner.server()
            transport.set_protocol(protocol)
            protocol.connection_made(transport)
            protocol.data_received(bytes(self._received))

    def connection_lost(self, exc: Exception | None) -> None:
        """The client has gone, or the deadline has come."""
        del exc
        self._stop_timer()
        self._owner.leave(self)

    def eof_received(self) -> bool:
        """Nothing more comes: close."""
        return False

    def close(self) -> None:
        """End the connection."""
        if self._transport is not None:
            self._transport.close()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()


class HeaderDeadline:
    """Makes gates for a listening socket."""

    def __init__(self, server: web.Server, deadline_s: float = HEADER_DEADLINE_S) -> None:
        self.server = server
        self.deadline_s = deadline_s
        self._waiting: set[Gate] = set()
        self._listening: asyncio.Server | None = None

    def protocol(self) -> Gate:
        """The protocol of a new connection."""
        return Gate(self)

    def enter(self, gate: Gate) -> bool:
        """Whether there is room for one more connection."""
        if len(self._waiting) + len(self.server.connections) >= MAX_CONNECTIONS:
            return False
        self._waiting.add(gate)
        return True

    def leave(self, gate: Gate) -> None:
        """The gate has done its work."""
        self._waiting.discard(gate)

    def listen(self, listening: asyncio.Server) -> None:
        """Own the listening socket."""
        self._listening = listening

    def close(self) -> None:
        """Stop listening, and end connections that have not asked yet."""
        if self._listening is not None:
            self._listening.close()
        for gate in tuple(self._waiting):
            gate.close()
