"""Bech32m (BIP 350): text with a prefix and a checksum that finds any four wrong characters in 90.

Knows characters and groups of five bits; what a text stands for is said in `address.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from ledger.errors import AddressError

MAX_CHARACTERS: Final = 90
CHECKSUM_CHARACTERS: Final = 6

_ALPHABET: Final = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_VALUES: Final = {character: value for value, character in enumerate(_ALPHABET)}
_GENERATOR: Final = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_BECH32_CONSTANT: Final = 1
_BECH32M_CONSTANT: Final = 0x2BC830A3


def _remainder(values: Iterable[int]) -> int:
    """The BCH code's remainder over groups of five bits."""
    state = 1
    for value in values:
        top = state >> 25
        state = (state & 0x1FFFFFF) << 5 ^ value
        for bit, term in enumerate(_GENERATOR):
            if top >> bit & 1:
                state ^= term
    return state


def _expanded(prefix: str) -> list[int]:
    codes = prefix.encode("ascii")
    return [code >> 5 for code in codes] + [0] + [code & 31 for code in codes]


def encode(prefix: str, groups: Sequence[int]) -> str:
    """The text of groups of five bits under a lower-case prefix."""
    rest = _remainder([*_expanded(prefix), *groups, *[0] * CHECKSUM_CHARACTERS]) ^ _BECH32M_CONSTANT
    checksum = [rest >> 5 * (CHECKSUM_CHARACTERS - 1 - place) & 31 for place in range(CHECKSUM_CHARACTERS)]
    return prefix + "1" + "".join(_ALPHABET[group] for group in [*groups, *checksum])


def decode(text: str) -> tuple[str, list[int]]:
    """Prefix and groups of five bits; raises `AddressError`, which says what is wrong with the text."""
    if len(text) > MAX_CHARACTERS:
        raise AddressError(f"{len(text)} characters, at most {MAX_CHARACTERS} are possible")
    for character in text:
        if not 33 <= ord(character) <= 126:
            raise AddressError(f"the character {character!a} cannot stand in an address")
    if text.lower() != text and text.upper() != text:
        raise AddressError("mixes upper and lower case; write it in one of them")
    text = text.lower()
    prefix, separator, data = text.rpartition("1")
    if not separator:
        raise AddressError("has no '1' between prefix and data")
    if not prefix:
        raise AddressError("has no prefix before the '1'")
    if len(data) < CHECKSUM_CHARACTERS:
        raise AddressError("is too short: the checksum is incomplete")
    for character in data:
        if character not in _VALUES:
            raise AddressError(f"the character '{character}' is never used in an address (nor are 1, b, i, o)")
    groups = [_VALUES[character] for character in data]
    rest = _remainder(_expanded(prefix) + groups)
    if rest == _BECH32_CONSTANT:
        raise AddressError("carries the older Bech32 checksum; addresses here are Bech32m")
    if rest != _BECH32M_CONSTANT:
        raise AddressError("the checksum does not fit: a character is wrong, missing or swapped")
    return prefix, groups[:-CHECKSUM_CHARACTERS]


def groups_of(data: bytes) -> list[int]:
    """Bytes as groups of five bits, the last one filled up with zeros."""
    count = (len(data) * 8 + 4) // 5
    number = int.from_bytes(data, "big") << count * 5 - len(data) * 8
    return [number >> 5 * (count - 1 - place) & 31 for place in range(count)]


def bytes_of(groups: Sequence[int]) -> bytes:
    """The bytes behind groups of five bits; raises `AddressError` unless what fills up is short and zero."""
    size = len(groups) * 5 // 8
    filling = len(groups) * 5 - size * 8
    number = 0
    for group in groups:
        number = number << 5 | group
    if filling >= 5 or number & (1 << filling) - 1:
        raise AddressError("the last character holds bits that mean nothing")
    return (number >> filling).to_bytes(size, "big")
