"""What protects the interface: errors become problems, and nobody may ask without end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Middleware

from ledger.errors import InclusionError, InvalidInput
from nodechain.api.problems import problem, problem_of
from nodechain.api.request_checks import HostNames, check_request
from nodechain.buckets import BucketPerAddress
from nodechain.clock import Clock
from nodechain.errors import NodeError

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

MAX_CONCURRENT: Final = 2_048


def guard(clock: Clock, limit: BucketPerAddress, names: HostNames) -> Middleware:
    """The middleware around every route, and around what is none."""
    under_way = asyncio.Semaphore(MAX_CONCURRENT)

    @web.middleware
    async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
        refused = check_request(request, names)
        if refused is not None:
            return refused
        if not limit.try_take(request.remote or "", clock.monotonic_ms()):
            return problem(429, "too_many_requests", "too many requests from this address", "Ask more slowly.")
        if under_way.locked():
            return problem(503, "busy", "too many requests are under way", "Try again in a moment.")
        async with under_way:
            return await _answer(request, handler)

    return guarded


async def _answer(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except (NodeError, InvalidInput, InclusionError) as error:
        return problem_of(error)
    except web.HTTPRequestEntityTooLarge:
        return problem(413, "input_too_large", "the body is larger than this node takes")
    except web.HTTPNotFound:
        return problem(404, "no_such_route", f"there is nothing at {request.path}", "See /openapi.json.")
    except web.HTTPMethodNotAllowed as error:
        allowed = ", ".join(sorted(error.allowed_methods))
        return problem(405, "method_not_allowed", f"{request.path} takes {allowed}")
