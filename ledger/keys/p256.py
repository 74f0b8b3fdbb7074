"""ECDSA on P-256 with SHA-256, for devices whose secure element offers no Ed25519.

A key is its compressed point (33 bytes), a signature is r and s of 32 bytes each, big-endian, with s in the lower
half of the group's order: the upper half would be a second signature for the same message, and so a second hash for
the same transaction. Signing is deterministic (RFC 6979), because the ledger has no source of randomness.

This file knows the curve only; what a signature means and which byte names the algorithm is said in `crypto.py`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

POINT_BYTES: Final = 33
SCALAR_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64

ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""The order of the group, FIPS 186-5 / SEC 2."""

HALF_ORDER: Final = ORDER >> 1
"""The largest s that is accepted."""

_CURVE: Final = ec.SECP256R1()
_VERIFYING: Final = ec.ECDSA(SHA256())
_SIGNING: Final = ec.ECDSA(SHA256(), deterministic_signing=True)


@lru_cache(maxsize=4096)
def _load(point: bytes) -> ec.EllipticCurvePublicKey:
    """The curve point; decompressing costs a square root, so a meter's key is remembered. Raises `ValueError`."""
    return ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, point)


def is_point(point: bytes) -> bool:
    """Whether these are 33 bytes of a compressed point on the curve (the point at infinity has no such form)."""
    if len(point) != POINT_BYTES or point[0] not in (2, 3):
        return False
    try:
        _load(point)
    except ValueError:
        return False
    return True


def point_of(scalar: int) -> bytes:
    """The compressed public point of a secret scalar in [1, ORDER - 1]; `ValueError` outside of it."""
    public = ec.derive_private_key(scalar, _CURVE).public_key()
    return public.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)


def sign(scalar: int, message: bytes) -> bytes:
    """64 bytes r||s over SHA-256 of the message, with low s; the same message always gives the same bytes."""
    key = ec.derive_private_key(scalar, _CURVE)
    r, s = decode_dss_signature(key.sign(message, _SIGNING))
    return low_s(r.to_bytes(32, "big") + s.to_bytes(32, "big"))


def low_s(signature: bytes) -> bytes:
    """The one accepted form of r||s (64 bytes); whether it verifies is not looked at."""
    s = int.from_bytes(signature[32:], "big")
    return signature[:32] + (ORDER - s if HALF_ORDER < s < ORDER else s).to_bytes(32, "big")


def verify(point: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature is of this message, by this key, and of the one accepted form. Never raises."""
    if len(signature) != SIGNATURE_BYTES or not is_point(point):
        return False
    r = int.from_bytes(signature[:32], "big")
    s = int.from_bytes(signature[32:], "big")
    if not (0 < r < ORDER and 0 < s <= HALF_ORDER):
        return False
    try:
        _load(point).verify(encode_dss_signature(r, s), message, _VERIFYING)
    except InvalidSignature:
        return False
    return True
