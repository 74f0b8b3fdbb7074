"""SLIP-0010 for Ed25519: many keys from one seed, every step hardened.

Our paths are `m/44'/7238247'/kind'/index'`; 7238247 is 'nrg' as a number, not registered in SLIP-0044. The kind keeps
account, validator, node and meter keys of one recovery phrase apart, as the ledger demands different keys for them.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from typing import Final

from ledger.errors import PathError

HARDENED: Final = 2**31
PURPOSE: Final = 44
COIN_TYPE: Final = 0x6E7267
MAX_DEPTH: Final = 16

_CURVE: Final = b"ed25519 seed"


@dataclass(frozen=True, slots=True)
class ExtendedKey:
    """A secret of 32 bytes and the chain code that its children are made with."""

    secret: bytes = field(repr=False)
    chain_code: bytes = field(repr=False)


def master_key(seed: bytes) -> ExtendedKey:
    """The root of the tree; the seed has 16 to 64 bytes (BIP 32), else `PathError`."""
    if not 16 <= len(seed) <= 64:
        raise PathError(f"a seed has 16 to 64 bytes, not {len(seed)}")
    return _split(_CURVE, seed)


def child_key(parent: ExtendedKey, index: int) -> ExtendedKey:
    """The hardened child with this index, counted from 0 (written `index'`); `PathError` outside [0, 2^31)."""
    if not 0 <= index < HARDENED:
        raise PathError(f"a step lies in [0, 2^31), not {index}")
    return _split(parent.chain_code, b"\x00" + parent.secret + (HARDENED + index).to_bytes(4, "big"))


def parse_path(path: str) -> tuple[int, ...]:
    """The steps of `m/44'/0'`; raises `PathError` for steps that are not hardened, which Ed25519 has none of."""
    root, *steps = path.split("/")
    if root != "m" or len(steps) > MAX_DEPTH:
        raise PathError(f"a path starts with m and has at most {MAX_DEPTH} steps")
    indices = []
    for step in steps:
        digits = step[:-1]
        if not step.endswith("'") or not digits.isascii() or not digits.isdecimal() or len(digits) > 10:
            raise PathError("each step is a number followed by ' (hardened), as in m/44'/0'")
        if int(digits) >= HARDENED:
            raise PathError(f"a step lies in [0, 2^31), not {digits}")
        indices.append(int(digits))
    return tuple(indices)


def derive(seed: bytes, path: str) -> ExtendedKey:
    """The key at a path; raises `PathError`."""
    key = master_key(seed)
    for index in parse_path(path):
        key = child_key(key, index)
    return key


def key_path(kind: int, index: int) -> str:
    """Our path for the index-th key of a kind (the numbers stand in `ledger.keys.keyfile.KeyKind`)."""
    return f"m/{PURPOSE}'/{COIN_TYPE}'/{kind}'/{index}'"


def _split(key: bytes, data: bytes) -> ExtendedKey:
    digest = hmac.digest(key, data, hashlib.sha512)
    return ExtendedKey(secret=digest[:32], chain_code=digest[32:])
