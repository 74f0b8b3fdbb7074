"""The checksums of meters' telegrams. Each names the bytes it is over where it is used."""

from __future__ import annotations

from functools import reduce
from operator import xor
from typing import Final


def _table(polynomial: int) -> tuple[int, ...]:
    """What each byte does to a reflected CRC of 16 bits."""
    entries = []
    for byte in range(256):
        remainder = byte
        for _ in range(8):
            remainder = (remainder >> 1) ^ (polynomial if remainder & 1 else 0)
        entries.append(remainder)
    return tuple(entries)


_ARC: Final = _table(0xA001)
_X25: Final = _table(0x8408)


def crc16_arc(data: bytes) -> int:
    """x^16+x^15+x^2+1, reflected, from 0 (DSMR P1). Over `123456789`: 0xBB3D."""
    remainder = 0
    for byte in data:
        remainder = (remainder >> 8) ^ _ARC[(remainder ^ byte) & 0xFF]
    return remainder


def crc16_x25(data: bytes) -> int:
    """x^16+x^12+x^5+1, reflected, from all ones, inverted (SML: ISO/IEC 13239). Over `123456789`: 0x906E."""
    remainder = 0xFFFF
    for byte in data:
        remainder = (remainder >> 8) ^ _X25[(remainder ^ byte) & 0xFF]
    return remainder ^ 0xFFFF


def block_check(data: bytes) -> int:
    """All bytes xored (IEC 62056-21's BCC): one changed byte shows, two may hide each other."""
    return reduce(xor, data, 0)
