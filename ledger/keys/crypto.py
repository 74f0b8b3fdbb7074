"""Hashes, keys and signatures: which bytes are hashed and signed, and what counts as a valid signature.

Everything that is hashed or signed carries a domain tag, so that bytes made for one purpose mean nothing for
another. A public key is a byte string whose first byte names its algorithm:

    0x01 + 32 bytes   Ed25519, verified with libsodium and nothing else (two implementations disagree on edge cases)
    0x02 + 33 bytes   ECDSA P-256, compressed point, for secure elements

Signatures are 64 bytes in both. This file knows no transaction, no address and no source of randomness: entropy
comes in as an argument.
"""

from __future__ import annotations

import hashlib
from enum import IntEnum
from typing import Final, Protocol, assert_never

from nacl.bindings import crypto_sign, crypto_sign_open, crypto_sign_seed_keypair
from nacl.exceptions import BadSignatureError

from ledger.errors import CryptoKeyError, require
from ledger.keys import p256

DOMAIN_TRANSACTION: Final = b"nodechain/tx"
DOMAIN_PROPOSAL: Final = b"nodechain/proposal"
DOMAIN_PREPARE: Final = b"nodechain/prepare"
DOMAIN_COMMIT: Final = b"nodechain/commit"
DOMAIN_ROUND_CHANGE: Final = b"nodechain/round-change"
DOMAIN_STATUS: Final = b"nodechain/status"
"""A validator's answer to a starting one, over its nonce."""
DOMAIN_BIND_METER: Final = b"nodechain/bind-meter"
"""A meter's statement of what it shows, and its consent to be bound; the account's consent to that."""
DOMAIN_CLOSE_METER: Final = b"nodechain/close-meter"
"""An account's consent to a new meter and to what the old one showed at its end."""
DOMAIN_REGISTER_POINT: Final = b"nodechain/register-point"
"""An owner's consent to a metering point."""
DOMAIN_TAKE_SHARE: Final = b"nodechain/take-share"
"""A member's consent to a part of a share in a group."""
DOMAIN_READING: Final = b"nodechain/reading"
DOMAIN_POSSESSION: Final = b"nodechain/possession"
"""Proof that whoever registers a key (validator, replacement) has its secret."""
DOMAIN_ALIVE: Final = b"nodechain/alive"
DOMAIN_LOGIN: Final = b"nodechain/login"
DOMAIN_HELLO: Final = b"nodechain/hello"
DOMAIN_INTRODUCTION: Final = b"nodechain/introduction"
DOMAIN_PROOF: Final = b"nodechain/proof"
"""Whoever hands out a proof file may sign it."""

SIGNATURE_BYTES: Final = 64
GENESIS_HASH_BYTES: Final = 32
ED25519_SEED_BYTES: Final = 32
ED25519_KEY_BYTES: Final = 33
P256_KEY_BYTES: Final = 34
MIN_P256_ENTROPY_BYTES: Final = 40
"""64 bits more than the order, so that the reduction's bias is below 2^-64 (FIPS 186-5, A.2.1)."""


class Algorithm(IntEnum):
    """The first byte of a public key."""

    ED25519 = 1
    P256 = 2


def sha256(data: bytes) -> bytes:
    """SHA-256 without a tag, 32 bytes."""
    return hashlib.sha256(data).digest()


def tagged_hash(tag: bytes, *parts: bytes) -> bytes:
    """SHA-256 over one byte `len(tag)`, the tag, and the parts one after the other; the tag has 1 to 255 bytes.

    Two different tags never hash the same bytes. The parts carry no lengths of their own: under one tag they must
    be of fixed sizes, all but one, or canonical encodings, which end where they end.
    """
    return hashlib.sha256(b"".join((_tag_prefix(tag), *parts))).digest()


def signing_bytes(domain: bytes, genesis_hash: bytes, message: bytes) -> bytes:
    """What a signature covers: `len(domain)` in one byte, domain, the genesis' hash, canonical message bytes (E4).

    The three parts can be told apart in one way only. A signature made for another chain or purpose covers other
    bytes; the whole hash stands there because the chain id holds 32 bits of it, and two genesis files with the same
    chain id are made in a second. Raises `BrokenInvariant` for an empty or overlong domain, or what is no hash of 32
    bytes: both are checked long before anything is signed.
    """
    require(len(genesis_hash) == GENESIS_HASH_BYTES, "a genesis hash has 32 bytes")
    return b"".join((_tag_prefix(domain), genesis_hash, message))


def _tag_prefix(tag: bytes) -> bytes:
    require(0 < len(tag) < 256, "a domain tag has 1 to 255 bytes")
    return bytes((len(tag),)) + tag


_FIELD_PRIME: Final = 2**255 - 19
_SMALL_ORDER_Y: Final = frozenset(
    {
        0,
        1,
        _FIELD_PRIME - 1,
        0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826,
        0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7,
    }
)
"""The y coordinates of the eight points whose order divides 8: under such a key one signature fits many messages."""


def check_public_key(key: bytes) -> Algorithm:
    """The algorithm of a well-formed public key; raises `CryptoKeyError` for anything else.

    Ed25519: canonical y, not of small order (libsodium verifies nothing under such keys either; whether a y lies on
    the curve is left to verification). P-256: a compressed point on the curve.
    """
    match key[:1]:
        case b"\x01":
            if len(key) != ED25519_KEY_BYTES:
                raise CryptoKeyError(f"an Ed25519 key has {ED25519_KEY_BYTES} bytes, not {len(key)}")
            y = int.from_bytes(key[1:], "little") & (2**255 - 1)
            if y >= _FIELD_PRIME or y in _SMALL_ORDER_Y:
                raise CryptoKeyError("an Ed25519 key that is not canonical or of small order")
            return Algorithm.ED25519
        case b"\x02":
            if not p256.is_point(key[1:]):
                raise CryptoKeyError("a P-256 key is a compressed point on the curve, 34 bytes with its first")
            return Algorithm.P256
        case _:
            raise CryptoKeyError("a public key starts with 01 (Ed25519) or 02 (P-256)")


def verify(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether `signature` is the key's signature of `message`; wrong sizes and unknown algorithms are False."""
    if len(signature) != SIGNATURE_BYTES:
        return False
    # The sizes are checked here because libsodium reads 32 bytes of key wherever the pointer leads.
    if len(public_key) == ED25519_KEY_BYTES and public_key[0] == Algorithm.ED25519:
        return verify_ed25519(public_key[1:], message, signature)
    if len(public_key) == P256_KEY_BYTES and public_key[0] == Algorithm.P256:
        return p256.verify(public_key[1:], message, signature)
    return False


def verify_ed25519(key: bytes, message: bytes, signature: bytes) -> bool:
    """Verify as libsodium does, with a bare key of 32 bytes and a signature of 64; other sizes are False."""
    if len(key) != 32 or len(signature) != SIGNATURE_BYTES:
        return False
    try:
        crypto_sign_open(signature + message, key)
    except BadSignatureError:
        return False
    return True


class SecretKey(Protocol):
    """What can sign. A signer outside of this process (secure element, agent) offers the same three."""

    @property
    def algorithm(self) -> Algorithm:
        """The algorithm of the public key."""

    @property
    def public_key(self) -> bytes:
        """The public key with the algorithm as its first byte."""

    def sign(self, message: bytes) -> bytes:
        """64 bytes over the message, which is what `signing_bytes` returned."""


class Ed25519SecretKey:
    """An Ed25519 key from its seed of 32 bytes (RFC 8032). Raises `CryptoKeyError` for another size."""

    __slots__ = ("_expanded", "_public_key")

    def __init__(self, seed: bytes) -> None:
        if len(seed) != ED25519_SEED_BYTES:
            raise CryptoKeyError(f"an Ed25519 secret has {ED25519_SEED_BYTES} bytes, not {len(seed)}")
        public, self._expanded = crypto_sign_seed_keypair(seed)
        self._public_key = bytes((Algorithm.ED25519,)) + public

    @property
    def algorithm(self) -> Algorithm:
        """Ed25519."""
        return Algorithm.ED25519

    @property
    def public_key(self) -> bytes:
        """33 bytes."""
        return self._public_key

    @property
    def secret_bytes(self) -> bytes:
        """The seed, for a key file only."""
        return self._expanded[:ED25519_SEED_BYTES]

    def sign(self, message: bytes) -> bytes:
        """64 bytes; the same message always gives the same signature."""
        return crypto_sign(message, self._expanded)[:SIGNATURE_BYTES]

    def __repr__(self) -> str:
        return f"Ed25519SecretKey(public_key={self._public_key.hex()})"


class P256SecretKey:
    """A P-256 key from its scalar in [1, order - 1]. Raises `CryptoKeyError` outside of it."""

    __slots__ = ("_public_key", "_scalar")

    def __init__(self, scalar: int) -> None:
        if not 0 < scalar < p256.ORDER:
            raise CryptoKeyError("a P-256 secret lies between 1 and the order of the group")
        self._scalar = scalar
        self._public_key = bytes((Algorithm.P256,)) + p256.point_of(scalar)

    @property
    def algorithm(self) -> Algorithm:
        """P-256."""
        return Algorithm.P256

    @property
    def public_key(self) -> bytes:
        """34 bytes."""
        return self._public_key

    @property
    def secret_bytes(self) -> bytes:
        """The scalar, 32 bytes big-endian, for a key file only."""
        return self._scalar.to_bytes(p256.SCALAR_BYTES, "big")

    def sign(self, message: bytes) -> bytes:
        """64 bytes r||s with low s; the same message always gives the same signature."""
        return p256.sign(self._scalar, message)

    def __repr__(self) -> str:
        return f"P256SecretKey(public_key={self._public_key.hex()})"


def generate_secret_key(algorithm: Algorithm, entropy: bytes) -> Ed25519SecretKey | P256SecretKey:
    """A key from fresh random bytes: exactly 32 for Ed25519, at least 40 for P-256. Raises `CryptoKeyError`."""
    match algorithm:
        case Algorithm.ED25519:
            return Ed25519SecretKey(entropy)
        case Algorithm.P256:
            if len(entropy) < MIN_P256_ENTROPY_BYTES:
                raise CryptoKeyError(f"a P-256 key needs {MIN_P256_ENTROPY_BYTES} bytes of entropy")
            return P256SecretKey(int.from_bytes(entropy, "big") % (p256.ORDER - 1) + 1)
        case _:
            assert_never(algorithm)


def secret_key_from_bytes(algorithm: Algorithm, secret: bytes) -> Ed25519SecretKey | P256SecretKey:
    """The key whose `secret_bytes` these are; raises `CryptoKeyError`."""
    match algorithm:
        case Algorithm.ED25519:
            return Ed25519SecretKey(secret)
        case Algorithm.P256:
            if len(secret) != p256.SCALAR_BYTES:
                raise CryptoKeyError(f"a P-256 secret has {p256.SCALAR_BYTES} bytes, not {len(secret)}")
            return P256SecretKey(int.from_bytes(secret, "big"))
        case _:
            assert_never(algorithm)
