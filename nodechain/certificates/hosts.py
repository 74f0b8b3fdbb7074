"""Names of hosts as certificates hold them: a DNS name or an address, nothing with a star."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from contextlib import suppress
from typing import Final

from cryptography import x509

from nodechain.errors import UsageError

MAX_HOSTS: Final = 64
MAX_HOST_LENGTH: Final = 253
_LABEL: Final = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_is_name: Final = re.compile(rf"{_LABEL}(\.{_LABEL})*", re.ASCII).fullmatch

Host = x509.DNSName | x509.IPAddress


def parse_hosts(texts: Iterable[str]) -> tuple[Host, ...]:
    """Hosts without doubles, in the order given; raises `UsageError`."""
    found = tuple(dict.fromkeys(_host(text) for text in texts))
    if not 0 < len(found) <= MAX_HOSTS:
        raise UsageError(f"1 to {MAX_HOSTS} hosts are expected", code="bad_host")
    return found


def _host(text: str) -> Host:
    plain = text.strip().lower().rstrip(".")
    with suppress(ValueError):
        return x509.IPAddress(ipaddress.ip_address(plain.strip("[]")))
    if len(plain) > MAX_HOST_LENGTH or not _is_name(plain):
        raise UsageError(
            f"{text!r} is no host's name and no address",
            code="bad_host",
            advice="Give it as browsers ask for it, without http:// and port; other letters than a to z as xn--...",
        )
    return x509.DNSName(plain)


def names_of(certificate: x509.Certificate | x509.CertificateSigningRequest) -> tuple[Host, ...]:
    """The hosts that a certificate or a request is for."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    return tuple(name for name in names if isinstance(name, x509.DNSName | x509.IPAddress))


def permitted_by(authority: x509.Certificate) -> tuple[Host, ...]:
    """The hosts that an authority of ours may vouch for."""
    try:
        permitted = authority.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees
    except x509.ExtensionNotFound:
        return ()
    hosts: list[Host] = []
    for name in permitted or ():
        if isinstance(name, x509.DNSName):
            hosts.append(name)
        elif isinstance(name, x509.IPAddress) and isinstance(name.value, ipaddress.IPv4Network | ipaddress.IPv6Network):
            hosts.append(x509.IPAddress(name.value.network_address))
    return tuple(hosts)


def host_text(host: Host) -> str:
    """As people write it."""
    return str(host.value)
