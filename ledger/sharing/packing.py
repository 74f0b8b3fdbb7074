"""Figures of a chunk's members by place as bytes: what stands in the state while a run goes on."""

from __future__ import annotations

from collections.abc import Sequence
from struct import Struct
from typing import Final

NARROW: Final = 2**32
_WIDTHS: Final = ((4, "I"), (8, "Q"))


def pack(values: Sequence[int]) -> bytes:
    """Figures from 0 to 2^64 - 1, each in 4 bytes if all are below 2^32, else in 8; the lowest byte first."""
    letter = "I" if max(values, default=0) < NARROW else "Q"
    return Struct(f"<{len(values)}{letter}").pack(*values)


def unpack(packed: bytes, count: int) -> tuple[int, ...]:
    """So many figures."""
    letter = next(letter for width, letter in _WIDTHS if width * count == len(packed))
    return Struct(f"<{count}{letter}").unpack(packed)
