"""Pages of a table: what queries give out a bounded piece at a time."""

from __future__ import annotations

from typing import Generic, TypeVar

import msgspec

from ledger.state.overlay import Reader
from ledger.state.table import Table

T = TypeVar("T")


class Page(msgspec.Struct, Generic[T], frozen=True):
    """Entries by rising key; `cursor` is the last key if more follow, and where the next page begins after."""

    entries: tuple[tuple[bytes, T], ...]
    cursor: bytes | None


def page_of(reader: Reader, table: Table[T], prefix: bytes, cursor: bytes | None, limit: int) -> Page[T]:
    """At most `limit` entries whose key starts with `prefix`, after the key `cursor`."""
    start = prefix if cursor is None else cursor + b"\x00"
    found: list[tuple[bytes, T]] = []
    for key, value in reader.scan(table.number, start, None):
        if not key.startswith(prefix):
            break
        if len(found) == limit:
            return Page(tuple(found), found[-1][0])
        found.append((key, table.codec.decode_trusted(value)))
    return Page(tuple(found), None)
