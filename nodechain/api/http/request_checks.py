"""What every request is asked before anything is done for it: by which name, from which page, packed how.

A page of another site that a browser of this machine shows may reach the interface in two ways: it lets its own name
point at this machine (DNS rebinding; then `Host` is that name), or it sends without reading the answer (then `Origin`
is foreign). A body that is packed may be a thousand times as large as what was sent, so none is taken.
"""

from __future__ import annotations

import ipaddress
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from aiohttp import hdrs, web

from nodechain.api.http.cross_origin import NO_OTHERS, Origins
from nodechain.api.http.problems import problem

IDENTITY: Final = "identity"
_READS: Final = frozenset({hdrs.METH_GET, hdrs.METH_HEAD, hdrs.METH_OPTIONS})


class HostNames:
    """The names under which the interface may be asked: this machine's loopback, where it listens, what is allowed."""

    def __init__(self, bound: str, allowed: tuple[str, ...] = ()) -> None:
        self._allowed = {_plain(name) for name in allowed}
        self._names = {"localhost", _plain(bound), *self._allowed}

    def has(self, name: str, local_address: str) -> bool:
        """Whether a host (no port) is one of them; `local_address` is the one that the client dialled."""
        plain = _plain(name)
        if plain in self._names:
            return True
        try:
            address = ipaddress.ip_address(plain)
        except ValueError:
            return False
        return address.is_loopback or plain == _plain(local_address)

    def means_this_node(self, name: str, local_address: str) -> bool:
        """Whether it is a name of this node where the client is, too.

        `localhost` and loopback's addresses mean the client's own machine: where nothing allows them by name, they are
        this node's for who has dialled loopback only.
        """
        plain = _plain(name)
        here = plain not in self._allowed and (plain == "localhost" or _is_loopback(plain))
        return self.has(name, local_address) and (not here or _is_loopback(local_address))


HOST_NAMES: Final = web.AppKey("host_names", HostNames)


def check_request(request: web.Request, names: HostNames, others: Origins = NO_OTHERS) -> web.Response | None:
    """Why a request is refused; None if it may go on."""
    host = _only(request, hdrs.HOST)
    if not names.has(_host_of(host), _local_address(request)):
        return problem(
            HTTPStatus.MISDIRECTED_REQUEST,
            "host_not_allowed",
            f"this node is not asked as {host!r}",
            "Ask by its address, or add the name to the setting api_hosts of the node.",
        )
    origins = request.headers.getall(hdrs.ORIGIN, [])
    changes = request.method not in _READS or hdrs.UPGRADE in request.headers
    if changes and any(not (_is_own(origin, host) or others.allows(origin)) for origin in origins):
        return problem(
            HTTPStatus.FORBIDDEN,
            "origin_not_allowed",
            "a page of another origin may not send or subscribe here",
            "Serve the page under the node's own name and port, or add its origin to the setting api_origins.",
        )
    codings = request.headers.getall(hdrs.CONTENT_ENCODING, [])
    if any(coding.strip().lower() != IDENTITY for coding in codings):
        return problem(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "content_encoding", "bodies are taken as they are, not packed",
            "Send the body without Content-Encoding.",
        )  # fmt: skip
    return None


def is_own_origin(origin: str, request: web.Request) -> bool:
    """Whether an origin is the one by which the node is asked now, and nobody else's.

    What somebody has signed for a program of his own machine is no login here, although the request may say that it is
    asked as `localhost`.
    """
    host = _only(request, hdrs.HOST)
    names, local = request.app[HOST_NAMES], _local_address(request)
    return _is_own(origin, host) and names.means_this_node(_host_of(host), local)


def check_content_type(request: web.Request, expected: str) -> web.Response | None:
    """Why a body is refused; None if it says that it is what the route takes."""
    named = request.headers.get(hdrs.CONTENT_TYPE, "").partition(";")[0].strip().lower()
    if named == expected:
        return None
    return problem(
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "content_type", f"{request.path} takes {expected}",
        f"Send the header Content-Type: {expected}.",
    )  # fmt: skip


def _only(request: web.Request, name: str) -> str:
    values = request.headers.getall(name, [])
    return values[0] if len(values) == 1 else ""


def _host_of(host: str) -> str:
    try:
        parts = urlsplit(f"//{host}")
        return "" if parts.username is not None or parts.path else parts.hostname or ""
    except ValueError:
        return ""


def _plain(name: str) -> str:
    return name.strip().lower().rstrip(".").removeprefix("[").removesuffix("]")


def _is_own(origin: str, host: str) -> bool:
    """Whether an origin is the one that the request is sent to; a proxy before the node may do TLS for it."""
    scheme, _separator, authority = origin.partition("://")
    return scheme in ("http", "https") and authority.lower() == host.lower()


def _is_loopback(address: str) -> bool:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return (found if mapped is None else mapped).is_loopback


def _local_address(request: web.Request) -> str:
    transport = request.transport
    local = None if transport is None else transport.get_extra_info("sockname")
    return str(local[0]) if local else ""
