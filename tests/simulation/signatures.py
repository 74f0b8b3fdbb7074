"""Real signatures or stubs, by a switch: a stub costs a hash, and is as hard to guess for who does not look at keys.

The stub replaces libsodium's two functions where the ledger calls them, so every line above runs as in production.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from nacl.exceptions import BadSignatureError

import ledger.keys.crypto


def _stub(public_key: bytes, message: bytes) -> bytes:
    return hashlib.blake2b(message, key=public_key, digest_size=64).digest()


def _sign(message: bytes, secret_key: bytes) -> bytes:
    return _stub(secret_key[32:], message) + message


def _open(signed: bytes, public_key: bytes) -> bytes:
    if signed[:64] != _stub(public_key, signed[64:]):
        raise BadSignatureError("the stub differs")
    return signed[64:]


@contextmanager
def stubbed_signatures(*, stubbed: bool) -> Iterator[None]:
    """Within, all Ed25519 signatures are stubs, if asked for."""
    names = {"crypto_sign": _sign, "crypto_sign_open": _open} if stubbed else {}
    before = {name: getattr(ledger.keys.crypto, name) for name in names}
    for name, stub in names.items():
        setattr(ledger.keys.crypto, name, stub)
    try:
        yield
    finally:
        for name, real in before.items():
            setattr(ledger.keys.crypto, name, real)
