"""How an interface's address is written, IPv6 in brackets, and whether it is on this machine alone."""

from __future__ import annotations

import ipaddress


def url_of(host: str, port: int, *, tls: bool) -> str:
    """`http://127.0.0.1:8545`, `https://[::1]:8545`."""
    bare = host.strip("[]")
    return f"{'https' if tls else 'http'}://{f'[{bare}]' if ':' in bare else bare}:{port}"


def is_loopback(host: str) -> bool:
    """Whether nobody else can reach it."""
    bare = host.strip("[]")
    if bare == "localhost":
        return True
    try:
        return ipaddress.ip_address(bare).is_loopback
    except ValueError:
        return False
