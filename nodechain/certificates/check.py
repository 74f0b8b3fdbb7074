"""What is wrong with a certificate and its key, found the way a browser finds it: by a handshake with itself."""

from __future__ import annotations

import datetime as dt
import ssl
import stat
from collections.abc import Iterable
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import Final

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature

from nodechain.certificates.hosts import Host, host_text, names_of
from nodechain.errors import ConfigurationError
from nodechain.files.user_file import read_user_file

RENEW_DAYS: Final = 30
"""With fewer days left a certificate is told to be renewed."""
MAX_FILE_BYTES: Final = 256 * 1024
_STEPS: Final = 8
"""Of a handshake between two ends in memory; TLS 1.3 takes three."""


class TlsFault(msgspec.Struct, frozen=True):
    """What is wrong, with a stable code; where only the time is short, `is_warning`."""

    code: str
    detail: str
    is_warning: bool = False


class Checked(msgspec.Struct, frozen=True):
    """A chain, the node's own certificate first, and what is wrong with it."""

    chain: tuple[x509.Certificate, ...]
    days_left: int
    faults: tuple[TlsFault, ...]

    @property
    def hosts(self) -> tuple[Host, ...]:
        """Those that it is for."""
        return names_of(self.chain[0])


def read_certificates(path: Path) -> tuple[x509.Certificate, ...]:
    """The certificates of a PEM file; raises `ConfigurationError`, and what `read_user_file` raises."""
    try:
        return tuple(x509.load_pem_x509_certificates(read_user_file(path, MAX_FILE_BYTES, "certificate")))
    except ValueError:
        raise ConfigurationError(
            f"{path} has no certificate in PEM", advice="It begins with BEGIN CERTIFICATE."
        ) from None


def server_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """TLS 1.2 or newer with a certificate; raises `ConfigurationError` for one that does not fit its key."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        # A key under a password would make OpenSSL ask on the terminal.
        context.load_cert_chain(certificate, key, password=lambda: b"")
    except (OSError, ssl.SSLError) as error:
        raise ConfigurationError(f"the interface's certificate cannot be used: {error}") from error
    return context


def check(certificate: Path, key: Path, hosts: Iterable[Host], *, authority: Path | None, now: dt.datetime) -> Checked:
    """Whether the two files serve these hosts to who trusts `authority` (None: what this machine trusts).

    Raises `ConfigurationError`, `StorageFailed` for what cannot be read or does not fit together.
    """
    chain = read_certificates(certificate)
    context = server_context(certificate, key)
    left = (chain[0].not_valid_after_utc - now).days
    faults = [*_time_faults(chain, left, now), *_key_faults(key), *_chain_faults(chain)]
    for host in hosts:
        refused = refusal(context, host, authority)
        if refused:
            faults.append(TlsFault("host_refused", f"{host_text(host)}: {refused}"))
    return Checked(chain, left, tuple(faults))


def _time_faults(chain: tuple[x509.Certificate, ...], left: int, now: dt.datetime) -> Iterable[TlsFault]:
    for found in chain:
        if found.not_valid_after_utc <= now:
            yield TlsFault("expired", f"over since {found.not_valid_after_utc:%Y-%m-%d}")
        elif found.not_valid_before_utc > now:
            yield TlsFault("not_yet", f"good from {found.not_valid_before_utc:%Y-%m-%d %H:%M} UTC on")
    if 0 <= left < RENEW_DAYS:
        yield TlsFault("renew", f"{left} days left; renew it", is_warning=True)


def _key_faults(key: Path) -> Iterable[TlsFault]:
    mode = stat.S_IMODE(key.stat().st_mode)
    if mode & 0o077:
        yield TlsFault("key_exposed", f"{key} can be read or written by others (mode {mode:o}); chmod 600")


def _chain_faults(chain: tuple[x509.Certificate, ...]) -> Iterable[TlsFault]:
    for found, issuer in pairwise(chain):
        try:
            found.verify_directly_issued_by(issuer)
        except (ValueError, TypeError, InvalidSignature):
            yield TlsFault("chain_broken", f"{found.issuer.rfc4514_string()} is not the certificate that follows")


def refusal(context: ssl.SSLContext, host: Host, authority: Path | None) -> str:
    """Why a client that asks for this host would go away; empty if it stays."""
    try:
        client_context = ssl.create_default_context(cafile=authority)
    except (OSError, ssl.SSLError) as error:
        raise ConfigurationError(f"{authority} cannot be used: {error}") from error
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = context.wrap_bio(to_server, to_client, server_side=True)
    client = client_context.wrap_bio(to_client, to_server, server_hostname=host_text(host))
    for _ in range(_STEPS):
        for end in (client, server):
            with suppress(ssl.SSLWantReadError):
                try:
                    end.do_handshake()
                except ssl.SSLCertVerificationError as error:
                    return error.verify_message
                except ssl.SSLWantReadError:
                    raise
                except ssl.SSLError as error:
                    return str(error.reason or error)
                if end is client:
                    return ""
    return "the handshake did not end"
