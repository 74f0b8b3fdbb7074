"""Who asks, as limits count it: an IPv4 address, or the network of an IPv6 one, since each client has many of those."""

from __future__ import annotations

import ipaddress
from typing import Final

from aiohttp import web

_NETWORK_BITS: Final = 64


def client_address(address: str) -> str:
    """The name under which an address is counted; of `::ffff:192.0.2.1` that of the IPv4 address."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((int(found), _NETWORK_BITS), strict=False))


def client_address_of(request: web.Request) -> str:
    """Who sent a request."""
    return client_address(request.remote or "")
