"""Pages of other origins that the operator allows to ask (CORS); none by default, and `null` never."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from aiohttp import hdrs, web

from nodechain.errors import ConfigurationError

ALLOWED_METHODS: Final = "GET, HEAD, POST"
ALLOWED_HEADERS: Final = "Authorization, Content-Type, If-None-Match"
EXPOSED_HEADERS: Final = "ETag, Retry-After, WWW-Authenticate"
PREFLIGHT_AGE_S: Final = 600


class Origins:
    """The allowed origins, each `scheme://host[:port]` as browsers send it. Raises `ConfigurationError`."""

    def __init__(self, allowed: Iterable[str] = ()) -> None:
        self._allowed = frozenset(_checked(origin) for origin in allowed)

    def allows(self, origin: str) -> bool:
        """Whether pages of an origin may ask."""
        return origin.lower() in self._allowed

    def preflight(self, request: web.Request) -> web.Response | None:
        """The answer to a browser that asks before it asks; None for everything else."""
        asks = request.method == hdrs.METH_OPTIONS and hdrs.ACCESS_CONTROL_REQUEST_METHOD in request.headers
        if not asks or not self.allows(request.headers.get(hdrs.ORIGIN, "")):
            return None
        headers = {
            hdrs.ACCESS_CONTROL_ALLOW_METHODS: ALLOWED_METHODS,
            hdrs.ACCESS_CONTROL_ALLOW_HEADERS: ALLOWED_HEADERS,
            hdrs.ACCESS_CONTROL_MAX_AGE: str(PREFLIGHT_AGE_S),
        }
        return web.Response(status=HTTPStatus.NO_CONTENT, headers=headers)

    async def add_headers(self, request: web.Request, answer: web.StreamResponse) -> None:
        """What lets a page of an allowed origin read the answer; never with cookies, of which there are none."""
        if not self._allowed:
            return
        varies = answer.headers.get(hdrs.VARY)
        answer.headers[hdrs.VARY] = f"{varies}, {hdrs.ORIGIN}" if varies else hdrs.ORIGIN
        origin = request.headers.get(hdrs.ORIGIN, "")
        if self.allows(origin):
            answer.headers[hdrs.ACCESS_CONTROL_ALLOW_ORIGIN] = origin
            answer.headers[hdrs.ACCESS_CONTROL_EXPOSE_HEADERS] = EXPOSED_HEADERS


def _checked(origin: str) -> str:
    plain = origin.strip().lower()
    try:
        parts = urlsplit(plain)
        is_origin = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        is_origin = is_origin and plain == f"{parts.scheme}://{parts.netloc}" and parts.username is None
    except ValueError:
        is_origin = False
    if not is_origin or "*" in plain:
        raise ConfigurationError(
            f"api_origins: {origin!r} is no origin",
            advice="Name each one in full, like https://app.example or http://localhost:8547; `null` and * never.",
        )
    return plain


NO_OTHERS: Final = Origins()
