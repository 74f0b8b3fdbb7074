"""The numbers in keys of the state, and the full key of an entry: the only place that knows their width (rule S1).

A number in a key is that of a table, of a lock's purpose, of a count, of what falls due, or of a debt pool's kind.
Which are whose follows from a module's place (`ledger.chain.numbers`).
"""

from __future__ import annotations

from typing import Final

NUMBER_BYTES: Final = 2


def number_key(number: int) -> bytes:
    """A number as it stands in keys; byte order is numeric order."""
    return number.to_bytes(NUMBER_BYTES, "big")


def number_at(key: bytes, place: int) -> int:
    """The number that begins at this byte of a key."""
    return int.from_bytes(key[place : place + NUMBER_BYTES], "big")


def number_at_end(key: bytes) -> int:
    """The number that a key ends with."""
    return int.from_bytes(key[-NUMBER_BYTES:], "big")


def split_key(full_key: bytes) -> tuple[int, bytes]:
    """Table number and key of the entry."""
    return int.from_bytes(full_key[:NUMBER_BYTES], "big"), full_key[NUMBER_BYTES:]
