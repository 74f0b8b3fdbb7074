"""Who has signed in: nonces, tokens and tickets, in memory only; all end with the process.

A nonce is good once and for a minute, a token for an hour, a ticket once and for half a minute (for a WebSocket, whose
headers a browser does not let a page set). Only hashes of tokens and tickets are kept. There are no cookies.
"""

from __future__ import annotations

import hashlib
import secrets
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final

NONCE_S: Final = 60
TOKEN_S: Final = 3_600
TICKET_S: Final = 30
MAX_KEPT: Final = 4_096
"""Nonces, tokens and tickets, of each so many; the oldest gives way."""
_BYTES: Final = 32


@dataclass(slots=True)
class _Kept:
    """Entries that end: by the hash of their secret, the oldest first."""

    seconds: int
    entries: OrderedDict[bytes, tuple[int, bytes]] = field(default_factory=OrderedDict)

    def add(self, secret: bytes, value: bytes, now_ms: int) -> None:
        """Keep a value until its time is over."""
        while self.entries and (len(self.entries) >= MAX_KEPT or next(iter(self.entries.values()))[0] <= now_ms):
            self.entries.popitem(last=False)
        self.entries[_hash(secret)] = now_ms + 1_000 * self.seconds, value

    def get(self, secret: bytes, now_ms: int) -> tuple[int, bytes] | None:
        """When it ends, and its value; None where there is none any more."""
        found = self.entries.get(_hash(secret))
        return None if found is None or found[0] <= now_ms else found

    def take(self, secret: bytes, now_ms: int) -> bytes | None:
        """Its value, once."""
        found = self.get(secret, now_ms)
        self.entries.pop(_hash(secret), None)
        return None if found is None else found[1]


def _hash(secret: bytes) -> bytes:
    return hashlib.sha256(secret).digest()


class Logins:
    """What one node has given out. Times are monotonic ms."""

    def __init__(self) -> None:
        self._nonces = _Kept(NONCE_S)
        self._tokens = _Kept(TOKEN_S)
        self._tickets = _Kept(TICKET_S)

    def nonce(self, now_ms: int) -> bytes:
        """A new nonce."""
        made = secrets.token_bytes(_BYTES)
        self._nonces.add(made, b"", now_ms)
        return made

    def take_nonce(self, nonce: bytes, now_ms: int) -> bool:
        """Whether it was given out within a minute and not used; it is used now."""
        return self._nonces.take(nonce, now_ms) is not None

    def token(self, address: bytes, now_ms: int) -> str:
        """A new token of an account that has shown its key."""
        made = secrets.token_urlsafe(_BYTES)
        self._tokens.add(made.encode(), address, now_ms)
        return made

    def holder(self, token: str, now_ms: int) -> bytes | None:
        """Whose token it is; None where it is none, or over."""
        found = self._tokens.get(token.encode(), now_ms)
        return None if found is None else found[1]

    def ticket(self, address: bytes, now_ms: int) -> str:
        """A new ticket."""
        made = secrets.token_urlsafe(_BYTES)
        self._tickets.add(made.encode(), address, now_ms)
        return made

    def take_ticket(self, ticket: str, now_ms: int) -> bytes | None:
        """Whose ticket it is; it is used now."""
        return self._tickets.take(ticket.encode(), now_ms)

    def forget(self, token: str) -> None:
        """End a token."""
        self._tokens.take(token.encode(), 0)
