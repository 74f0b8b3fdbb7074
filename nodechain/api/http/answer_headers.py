"""What browsers are told with every answer: how it may be used, and what the page may load.

The page lives on the origin on which people unlock keys. So nothing that the interface answers may ever become a
document there: it is what its type says (`nosniff`), opened alone it is in a sandbox without scripts, and a kind of
file in which scripts run is a download. What the page itself may load and ask is its own origin's, nothing inline.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from aiohttp import hdrs, web

PAGE_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""No inline code, no eval, no other origin."""

ANSWER_POLICY: Final = "sandbox; default-src 'none'; frame-ancestors 'none'"

_CONTENT_POLICY: Final = "Content-Security-Policy"
_UNLESS_SAID: Final[Mapping[str, str]] = {
    hdrs.CACHE_CONTROL: "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
PAGE_HEADERS: Final[Mapping[str, str]] = {
    _CONTENT_POLICY: PAGE_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Origin-Agent-Cluster": "?1",
    "Permissions-Policy": "geolocation=(), microphone=(), payment=(), usb=(), serial=(), bluetooth=()",
    "X-Frame-Options": "DENY",
}
_ACTIVE_TYPES: Final = frozenset(
    {"text/html", "application/xhtml+xml", "image/svg+xml", "application/pdf", "text/xml", "application/xml"}
)
"""Kinds of files in which code may run when they are opened."""


async def add_headers(_request: web.Request, answer: web.StreamResponse) -> None:
    """Whatever is answered, errors too; the page's own files have brought their policy."""
    headers = answer.headers
    for name, value in _UNLESS_SAID.items():
        headers.setdefault(name, value)
    if _CONTENT_POLICY in headers:
        return
    headers[_CONTENT_POLICY] = ANSWER_POLICY
    if answer.content_type in _ACTIVE_TYPES:
        headers.setdefault(hdrs.CONTENT_DISPOSITION, "attachment")
