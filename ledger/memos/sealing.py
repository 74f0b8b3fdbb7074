"""Texts sealed for one reader, and opened again (rules ME5 to ME7).

Two X25519 keys agree on a secret, HKDF-SHA256 makes a key of it for this one memo (its salt is random), AES-256-GCM
seals the filled-up text. Chain, both accounts and both keys are part of what that key is made of, so that a memo copied
into a transaction of somebody else opens for nobody. `web/client/memo.js` does the same.
"""

from __future__ import annotations

from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ledger.encoding.codec import encode
from ledger.errors import InvalidInput
from ledger.keys.crypto import tagged_hash
from ledger.memos.limits import MAX_MEMO_BYTES
from ledger.memos.padding import padded, text_of
from ledger.memos.payloads import SealedMemo

DOMAIN_MEMO_KEY: Final = b"nodechain/memo-key"
DOMAIN_MEMO: Final = b"nodechain/memo"
SALT_BYTES: Final = 32
_NONCE: Final = bytes(12)
"""Each key seals once: its salt is fresh."""


def memo_secret(account_secret: bytes) -> bytes:
    """The X25519 secret of an account: a tagged hash over the 32 bytes of its own secret (ME5)."""
    return tagged_hash(DOMAIN_MEMO_KEY, account_secret)


def memo_public_key(secret: bytes) -> bytes:
    """The public key of an X25519 secret, 32 bytes."""
    return X25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()


def seal(
    text: str, *, genesis_hash: bytes, sender: bytes, secret: bytes, reader: bytes, reader_key: bytes, salt: bytes,
    longest: int = MAX_MEMO_BYTES,
) -> SealedMemo:  # fmt: skip
    """A text that `secret` and the holder of `reader_key` can open; `salt`: 32 fresh random bytes.

    Raises `InvalidInput`: memo_too_long, bad_memo, weak_memo_key.
    """
    plain = padded(text, longest)
    sender_key = memo_public_key(secret)
    key = _key(_agreed(secret, reader_key), salt, genesis_hash, sender, reader, sender_key, reader_key)
    return SealedMemo(reader, reader_key, sender_key, salt, AESGCM(key).encrypt(_NONCE, plain, None))


def open_memo(memo: SealedMemo, *, genesis_hash: bytes, sender: bytes, secret: bytes) -> str:
    """The text of a memo that `sender` sent, by the secret of its reader or of its sender.

    Raises `InvalidInput`: memo_not_yours for a secret of neither, bad_memo for what was not sealed so.
    """
    own = memo_public_key(secret)
    if own not in (memo.reader_key, memo.sender_key):
        raise InvalidInput("the memo is sealed for another key", code="memo_not_yours")
    other = memo.sender_key if own == memo.reader_key else memo.reader_key
    agreed = _agreed(secret, other)
    key = _key(agreed, memo.salt, genesis_hash, sender, memo.reader, memo.sender_key, memo.reader_key)
    try:
        plain = AESGCM(key).decrypt(_NONCE, memo.sealed, None)
    except InvalidTag:
        raise InvalidInput("the memo was changed, or sealed for another transaction", code="bad_memo") from None
    return text_of(plain)


def _agreed(secret: bytes, public_key: bytes) -> bytes:
    try:
        return X25519PrivateKey.from_private_bytes(secret).exchange(X25519PublicKey.from_public_bytes(public_key))
    except ValueError:
        # A point of small order gives everybody the same secret (RFC 7748, 6.1).
        raise InvalidInput("the key is none that keeps a secret", code="weak_memo_key") from None


def _key(agreed: bytes, salt: bytes, *context: bytes) -> bytes:
    """For this one memo; the parts have fixed sizes, and are encoded as a list all the same (ME6)."""
    return HKDF(SHA256(), 32, salt, encode([DOMAIN_MEMO, *context])).derive(agreed)
