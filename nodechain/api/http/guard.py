"""What protects the interface: errors become problems, and nobody may ask without end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Final

from aiohttp import hdrs, web
from aiohttp.typedefs import Middleware

from ledger.errors import InclusionError, InvalidInput
from nodechain.api.http.client_address import client_address_of
from nodechain.api.http.cross_origin import Origins
from nodechain.api.http.problems import problem, problem_of
from nodechain.api.http.request_checks import HostNames, check_request
from nodechain.api.http.turns import ReadKind, TooBusy, Turns
from nodechain.clock import Clock
from nodechain.errors import NodeError
from nodechain.process.buckets import BucketPerAddress

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

MAX_CONCURRENT: Final = 2_048
PROBES_PER_SECOND: Final = 20
PROBES_BURST: Final = 100
"""`/livez`, `/readyz` and `/metrics` of one address: what monitoring needs, and little of the loop's time."""

REFUSAL_DELAY_S: Final = 1.0
"""How long who asks too often waits for hearing so."""


def guard(
    clock: Clock, limit: BucketPerAddress, names: HostNames, origins: Origins, turns: Turns, probe_paths: frozenset[str]
) -> Middleware:
    """The middleware around every route, and around what is none.

    Errors are told at the pace of reads, so that asking wrongly is no faster than asking.
    """
    probes = BucketPerAddress(PROBES_PER_SECOND, PROBES_BURST)
    under_way = asyncio.Semaphore(MAX_CONCURRENT)

    @web.middleware
    async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
        address, now = client_address_of(request), clock.monotonic_ms()
        is_probe = request.path in probe_paths
        if not limit.try_take(address, now) or (is_probe and not probes.try_take(address, now)):
            await asyncio.sleep(REFUSAL_DELAY_S)
            return problem(
                429, "too_many_requests", "too many requests from this address", "Ask more slowly.", retry_after_s=1
            )
        if under_way.locked():
            await asyncio.sleep(REFUSAL_DELAY_S)
            return problem(503, "busy", "too many requests are under way", "Try again in a moment.", retry_after_s=1)
        async with under_way:
            refused = check_request(request, names, origins)
            answer = refused or origins.preflight(request) or await _answer(request, handler)
        if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
            await asyncio.sleep(REFUSAL_DELAY_S)
        elif answer.status >= HTTPStatus.BAD_REQUEST and not is_probe:
            await _in_turn(turns, address)
        return answer

    return guarded


async def _in_turn(turns: Turns, address: str) -> None:
    try:
        await turns.take(address, ReadKind.REFUSAL, _nothing)
    except TooBusy:
        await asyncio.sleep(REFUSAL_DELAY_S)


def _nothing() -> None:
    return None


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
        return problem(405, "method_not_allowed", f"{request.path} takes {allowed}", more={hdrs.ALLOW: allowed})
    except web.HTTPClientError as error:
        return problem(error.status, "bad_request", error.text or error.reason)
