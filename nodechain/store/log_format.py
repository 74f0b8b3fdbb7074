"""The record format that LevelDB uses for its log and manifest files, reading only; written after its documentation.

A file is a row of 32 KiB blocks. A record is one or more fragments: masked CRC-32C 4 (little-endian), length 2, type
1 (whole 1, first 2, middle 3, last 4), data. A fragment never crosses a block; up to 6 bytes at a block's end are
padding. Why we read it at all: see `nodechain.store.inspection`.
"""

from __future__ import annotations

from typing import Final

import msgspec

BLOCK: Final = 32 * 1024
_HEADER: Final = 7
_WHOLE, _FIRST, _MIDDLE, _LAST = 1, 2, 3, 4


class LogRecords(msgspec.Struct, frozen=True):
    """The whole records of a file; `torn` if it ends inside one; `damage` names what cannot come from a crash."""

    records: tuple[bytes, ...]
    torn: bool
    damage: str | None


def read_records(data: bytes) -> LogRecords:
    """Walk a log file; the checksums are not looked at."""
    records: list[bytes] = []
    parts: list[bytes] = []
    offset = 0
    while offset < len(data):
        room = BLOCK - offset % BLOCK
        if room < _HEADER:
            offset += room
            continue
        if len(data) - offset < _HEADER or (not data[offset + 6] and not any(data[offset:])):
            return LogRecords(tuple(records), True, None)
        length = int.from_bytes(data[offset + 4 : offset + 6], "little")
        kind = data[offset + 6]
        end = offset + _HEADER + length
        if length + _HEADER > room:
            return LogRecords(tuple(records), False, f"a fragment at byte {offset} crosses its block")
        if end > len(data):
            return LogRecords(tuple(records), True, None)
        if kind not in ((_MIDDLE, _LAST) if parts else (_WHOLE, _FIRST)):
            return LogRecords(tuple(records), False, f"the fragment at byte {offset} has type {kind} out of place")
        parts.append(data[offset + _HEADER : end])
        if kind in (_WHOLE, _LAST):
            records.append(b"".join(parts))
            parts = []
        offset = end
    return LogRecords(tuple(records), bool(parts), None)


class Fields:
    """Reads LevelDB's varints and length-prefixed strings from a record. Raises ValueError at a bad one."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._offset = 0

    @property
    def more(self) -> bool:
        """Whether anything is left."""
        return self._offset < len(self._data)

    def varint(self) -> int:
        """A number of 7 bits per byte, lowest first."""
        value = shift = 0
        while shift < 64:
            if not self.more:
                break
            byte = self._data[self._offset]
            self._offset += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7
        raise ValueError("a number does not end")

    def string(self) -> bytes:
        """A string after its length."""
        length = self.varint()
        start, self._offset = self._offset, self._offset + length
        if self._offset > len(self._data):
            raise ValueError("a string does not end")
        return self._data[start : self._offset]
