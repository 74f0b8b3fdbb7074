"""Answers on their way: who reads too slowly is cut off, so that what is held for readers stays bounded."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from aiohttp import web

from nodechain.api.http.client_address import client_address_of
from nodechain.api.http.turns import Turns
from nodechain.client.rest import JSON

log = logging.getLogger("nodechain.api")

SEND_S: Final = 20.0
"""How long an answer may take to be read, and a second more for each `SEND_BYTES_PER_S`."""
SEND_BYTES_PER_S: Final = 64 * 1024


async def send(
    request: web.Request, turns: Turns, body: bytes, content_type: str = JSON, *, status: int = 200
) -> web.Response:
    """Write an answer of bytes."""
    return await deliver(request, turns, web.Response(body=body, status=status, content_type=content_type))


async def deliver(request: web.Request, turns: Turns, answer: web.Response) -> web.Response:
    """Write an answer; its bytes count as held until the client's side has taken them."""
    body = answer.body if isinstance(answer.body, bytes) else b""
    with turns.holding(client_address_of(request), len(body)):
        try:
            async with asyncio.timeout(SEND_S + len(body) / SEND_BYTES_PER_S):
                await answer.prepare(request)
                await answer.write_eof()
        except TimeoutError:
            log.info("an answer was not read in time", extra={"remote": request.remote, "bytes": len(body)})
            if request.transport is not None:
                request.transport.abort()
            raise ConnectionResetError("the answer was not read in time") from None
    return answer
