"""Answers on their way: who reads too slowly is cut off, so that what is held for readers stays bounded."""

from __future__ import annotations

import asyncio
import logging
from http import HTTPStatus
from typing import Final

from aiohttp import hdrs, web

from nodechain.api.http.client_address import client_address_of
from nodechain.api.http.conditional import AnswerBody, has_already
from nodechain.api.http.turns import Turns
from nodechain.client.rest import JSON

log = logging.getLogger("nodechain.api")

ASK_AGAIN: Final = "private, no-cache"
"""An answer may be kept by who asked, and is asked for again by its tag: the next block may change it."""

READ_BY: Final = f"{hdrs.ACCEPT_ENCODING}, {hdrs.AUTHORIZATION}"
"""What an answer depends on besides its URL."""

SEND_S: Final = 20.0
"""How long an answer may take to be read, and a second more for each `SEND_BYTES_PER_S`."""
SEND_BYTES_PER_S: Final = 64 * 1024


async def send(
    request: web.Request, turns: Turns, body: AnswerBody, content_type: str = JSON, *, status: int = 200
) -> web.Response:
    """Write an answer: nothing but headers where the client has it already, packed where it takes that."""
    headers = {hdrs.ETAG: body.etag, hdrs.CACHE_CONTROL: ASK_AGAIN, hdrs.VARY: READ_BY}
    if has_already(request, body.etag):
        return await deliver(request, turns, web.Response(status=HTTPStatus.NOT_MODIFIED, headers=headers))
    if body.packed:
        headers[hdrs.CONTENT_ENCODING] = "gzip"
    shown = body.packed or body.plain
    answer = web.Response(body=shown, status=status, headers=headers, content_type=content_type)
    return await deliver(request, turns, answer)


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
