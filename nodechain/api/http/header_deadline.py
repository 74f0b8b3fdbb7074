"""Connections before their first request: who opens one and says nothing, or drips its header, is cut off.

A gate collects bytes until a header is complete, then hands all that comes on to aiohttp. It stays between the two, so
that it knows when the connection ends. Later headers of the connection have the time of an idle one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from aiohttp import web

HEADER_DEADLINE_S: Final = 5.0
MAX_HEADER_BYTES: Final = 32 * 1024


class HeaderGate(asyncio.Protocol):
    """One connection."""

    def __init__(self, owner: HeaderDeadline, on_end: Callable[[], None]) -> None:
        self._owner = owner
        self._on_end = on_end
        self._received = bytearray()
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._behind: asyncio.Protocol | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start the deadline."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._owner.enter(self)
        self._timer = asyncio.get_running_loop().call_later(self._owner.deadline_s, transport.abort)

    def data_received(self, data: bytes) -> None:
        """Collect; hand over when the header is complete."""
        transport = self._transport
        if self._behind is not None:
            self._behind.data_received(data)
            return
        self._received += data
        if transport is None or transport.is_closing():
            return
        if b"\r\n\r\n" in self._received or len(self._received) > MAX_HEADER_BYTES:
            self._leave()
            self._behind = self._owner.server()
            self._behind.connection_made(transport)
            self._behind.data_received(bytes(self._received))
            self._received.clear()

    def pause_writing(self) -> None:
        """The client reads too slowly."""
        if self._behind is not None:
            self._behind.pause_writing()

    def resume_writing(self) -> None:
        """It has caught up."""
        if self._behind is not None:
            self._behind.resume_writing()

    def eof_received(self) -> bool | None:
        """Nothing more comes: close, unless an answer is on its way."""
        return False if self._behind is None else self._behind.eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        """The client has gone, or the deadline has come."""
        self._leave()
        if self._behind is not None:
            self._behind.connection_lost(exc)
        self._on_end()

    def close(self) -> None:
        """End the connection."""
        if self._transport is not None:
            self._transport.abort()

    def _leave(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._owner.leave(self)


class HeaderDeadline:
    """Makes gates, and knows those whose first header is not complete."""

    def __init__(self, server: web.Server, deadline_s: float = HEADER_DEADLINE_S) -> None:
        self.server = server
        self.deadline_s = deadline_s
        self._waiting: set[HeaderGate] = set()

    def protocol(self, on_end: Callable[[], None]) -> HeaderGate:
        """The protocol of a new connection; `on_end` is called when it has ended."""
        return HeaderGate(self, on_end)

    def enter(self, gate: HeaderGate) -> None:
        """A connection was made."""
        self._waiting.add(gate)

    def leave(self, gate: HeaderGate) -> None:
        """Its header is complete, or it has ended."""
        self._waiting.discard(gate)

    def close(self) -> None:
        """End connections that have not asked yet."""
        for gate in tuple(self._waiting):
            gate.close()
