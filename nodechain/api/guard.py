"""What protects the interface: errors become problems, and nobody may ask without end."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Middleware

from ledger.errors import InclusionError, InvalidInput
from nodechain.api.problems import problem, problem_of
from nodechain.clock import Clock
from nodechain.errors import NodeError

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

MAX_ADDRESSES: Final = 4_096
MAX_CONCURRENT: Final = 2_048


class RateLimit:
    """A token bucket for each address: `rate` requests a second, `burst` at once; the oldest addresses go first."""

    def __init__(self, clock: Clock, *, rate: int, burst: int) -> None:
        self._clock = clock
        self._rate = rate
        self._burst_ms = burst * 1000
        self._buckets: OrderedDict[str, tuple[int, int]] = OrderedDict()

    def take(self, address: str) -> bool:
        """Whether the address may ask now."""
        now = self._clock.monotonic_ms()
        left, at = self._buckets.pop(address, (self._burst_ms, now))
        left = min(left + (now - at) * self._rate, self._burst_ms)
        allowed = left >= 1000
        self._buckets[address] = (left - 1000 if allowed else left, now)
        if len(self._buckets) > MAX_ADDRESSES:
            self._buckets.popitem(last=False)
        return allowed


def guard(limit: RateLimit) -> Middleware:
    """The middleware around every route."""
    under_way = asyncio.Semaphore(MAX_CONCURRENT)

    @web.middleware
    async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not limit.take(request.remote or ""):
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
