"""Who has signed in: nonces, tokens and tickets, in memory only; all end with the process.

A nonce is good once and for a minute, a token for an hour, a ticket once and for half a minute (for a WebSocket, whose
headers a browser does not let a page set). Only hashes of tokens and tickets are kept. There are no cookies.

A nonce says itself when it was given out, under a key of this process: those that were not used yet are not kept, so
that strangers who ask for many push out nobody's.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections import OrderedDict
from typing import Final

import msgspec

NONCE_S: Final = 60
TOKEN_S: Final = 3_600
TICKET_S: Final = 30
MAX_KEPT: Final = 4_096
"""Used nonces, tokens and tickets, of each so many; the oldest gives way. What members were given stands apart from
what strangers were, who may sign in with keys that they have just made."""
MAX_PER_ACCOUNT: Final = 16
"""Used nonces, tokens, and tickets, of one account; its oldest gives way."""
_BYTES: Final = 32
_SALT_BYTES, _TIME_BYTES, _MARK_BYTES = 8, 8, 16
TICKET_FORM: Final = "[A-Za-z0-9_-]{43}"
"""Those bytes in base64url."""
is_ticket: Final = re.compile(TICKET_FORM, re.ASCII).fullmatch


class _Kept(msgspec.Struct):
    """Entries that end: by the hash of their secret, the oldest first."""

    seconds: int
    entries: OrderedDict[bytes, tuple[int, bytes]] = msgspec.field(default_factory=OrderedDict)

    def add(self, secret: bytes, value: bytes, now_ms: int) -> None:
        """Keep a value until its time is over."""
        while self.entries and (len(self.entries) >= MAX_KEPT or next(iter(self.entries.values()))[0] <= now_ms):
            self.entries.popitem(last=False)
        self.entries[_hash(secret)] = now_ms + 1_000 * self.seconds, value

    def add_for(self, secret: bytes, holder: bytes, now_ms: int) -> None:
        """The same of an account, of which so many are kept."""
        of_holder = [key for key, (_ends_ms, value) in self.entries.items() if value == holder]
        for key in of_holder[: max(len(of_holder) - MAX_PER_ACCOUNT + 1, 0)]:
            del self.entries[key]
        self.add(secret, holder, now_ms)

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


class _OfAccounts:
    """What accounts were given: the community's apart from strangers', so that these never push those out."""

    def __init__(self, seconds: int) -> None:
        self._of_members, self._of_strangers = _Kept(seconds), _Kept(seconds)

    def make(self, address: bytes, now_ms: int, *, known: bool) -> str:
        made = secrets.token_urlsafe(_BYTES)
        self.add(made.encode(), address, now_ms, known=known)
        return made

    def add(self, secret: bytes, address: bytes, now_ms: int, *, known: bool) -> None:
        (self._of_members if known else self._of_strangers).add_for(secret, address, now_ms)

    def holder(self, secret: bytes, now_ms: int) -> bytes | None:
        found = self._of_members.get(secret, now_ms) or self._of_strangers.get(secret, now_ms)
        return None if found is None else found[1]

    def take(self, secret: str, now_ms: int) -> bytes | None:
        found = self._of_members.take(secret.encode(), now_ms)
        return self._of_strangers.take(secret.encode(), now_ms) if found is None else found


class Logins:
    """What one node has given out. Times are monotonic ms; `known`: the account is the community's."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(_BYTES)
        self._used = _OfAccounts(NONCE_S)
        self._tokens = _OfAccounts(TOKEN_S)
        self._tickets = _OfAccounts(TICKET_S)

    def nonce(self, now_ms: int) -> bytes:
        """A new nonce."""
        said = secrets.token_bytes(_SALT_BYTES) + now_ms.to_bytes(_TIME_BYTES, "big")
        return said + self._mark(said)

    def is_nonce(self, nonce: bytes, now_ms: int) -> bool:
        """Whether it was given out by this process within a minute, and not used."""
        said, mark = nonce[:-_MARK_BYTES], nonce[-_MARK_BYTES:]
        given_ms = int.from_bytes(said[_SALT_BYTES:], "big")
        fresh = len(nonce) == _BYTES and given_ms <= now_ms < given_ms + 1_000 * NONCE_S
        return fresh and hmac.compare_digest(mark, self._mark(said)) and self._used.holder(nonce, now_ms) is None

    def use_nonce(self, nonce: bytes, address: bytes, now_ms: int, *, known: bool) -> None:
        """It is used now, by an account that has shown its key."""
        self._used.add(nonce, address, now_ms, known=known)

    def _mark(self, said: bytes) -> bytes:
        return hmac.digest(self._key, said, "sha256")[:_MARK_BYTES]

    def token(self, address: bytes, now_ms: int, *, known: bool) -> str:
        """A new token of an account that has shown its key."""
        return self._tokens.make(address, now_ms, known=known)

    def holder(self, token: str, now_ms: int) -> bytes | None:
        """Whose token it is; None where it is none, or over."""
        return self._tokens.holder(token.encode(), now_ms)

    def ticket(self, address: bytes, now_ms: int, *, known: bool) -> str:
        """A new ticket."""
        return self._tickets.make(address, now_ms, known=known)

    def take_ticket(self, ticket: str, now_ms: int) -> bytes | None:
        """Whose ticket it is; it is used now."""
        return self._tickets.take(ticket, now_ms)

    def forget(self, token: str) -> None:
        """End a token."""
        self._tokens.take(token, 0)
