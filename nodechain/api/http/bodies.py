"""Bodies of requests: read within a time, a size, and the memory that all of them together may take."""

from __future__ import annotations

import asyncio
from typing import Final

from aiohttp import web

from nodechain.api.http.turns import TooBusy
from nodechain.errors import NodeError

BODY_DEADLINE_S: Final = 20.0
MAX_HELD_BYTES: Final = 32 * 1024 * 1024
"""Of all bodies that are being read."""


class BodyTooSlow(NodeError):
    """The body did not come in time."""

    code = "body_timeout"
    advice = "Send it again on a faster line, or in smaller batches."


class RequestBodies:
    """Reads bodies, and counts what has come of all that are not complete."""

    def __init__(self, deadline_s: float = BODY_DEADLINE_S, most_bytes: int = MAX_HELD_BYTES) -> None:
        self._deadline_s = deadline_s
        self._most_bytes = most_bytes
        self.held_bytes = 0

    async def read(self, request: web.Request, limit: int) -> bytes:
        """The whole body; raises `HTTPRequestEntityTooLarge` above `limit` bytes, `BodyTooSlow`, `TooBusy`."""
        if request.content_length is not None and request.content_length > limit:
            raise web.HTTPRequestEntityTooLarge(limit, request.content_length)
        received = bytearray()
        try:
            async with asyncio.timeout(self._deadline_s):
                async for piece in request.content.iter_any():
                    received += piece
                    self.held_bytes += len(piece)
                    if len(received) > limit:
                        raise web.HTTPRequestEntityTooLarge(limit, len(received))
                    if self.held_bytes > self._most_bytes:
                        raise TooBusy("too many bodies are on their way")
        except TimeoutError:
            raise BodyTooSlow(f"the body did not come within {self._deadline_s:g} s") from None
        finally:
            self.held_bytes -= len(received)
        return bytes(received)
