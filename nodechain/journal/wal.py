"""The write-ahead log: what consensus must find again after a crash, appended and synced before it is acted on.

File: a header (magic 8, first sequence 8, checksum 8), then records: magic 4, length 4, sequence 8, checksum of
those 8, checksum of all 16, payload, one end byte. Checksums are BLAKE2b; the sequence is part of both.

What a reader finds at the first record that does not verify:

- a torn tail: the file ends inside the record, or the rest is zeros (blocks that were allocated and never written).
  The append had not returned; it is cut;
- everything else is damage: the node may have acted on what is lost (`DataDamaged`, safe mode), and the file stays
  as it is. That includes a whole last record with a wrong bit, which a reader that cuts at the first bad checksum
  would forget.

A tail that is missing cleanly cannot be seen here: the sign-state, which is written apart, shows it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from nodechain.errors import DataDamaged, JournalMissing, StorageFailed, require, storage_failed
from nodechain.files.disk import OS_DISK, Disk, OpenFile

MAX_RECORD_BYTES: Final = 4 * 1024 * 1024
MAX_WAL_BYTES: Final = 256 * 1024 * 1024
_FILE_MAGIC: Final = b"nc-wal-1"
_FILE_HEADER: Final = 24
_MAGIC: Final = b"\xc5rec"
_HEADER: Final = 40
_END: Final = b"\xa5"
"""Last byte of a record. It is not zero, so a file that ends in zeros was never written to its end."""


class WalContents(msgspec.Struct, frozen=True):
    """What a log holds: the payloads in order, the sequence of the next one, and where the good bytes end."""

    payloads: tuple[bytes, ...]
    next_sequence: int
    end: int


class Wal:
    """The open log. One owner; after a failed write it refuses everything (`StorageFailed`)."""

    def __init__(self, path: Path, disk: Disk, file: OpenFile, contents: WalContents) -> None:
        self._path = path
        self._disk = disk
        self._file = file
        self._end = contents.end
        self._failure: StorageFailed | None = None
        self.next_sequence = contents.next_sequence

    @classmethod
    def create(cls, path: Path, *, first_sequence: int = 0, disk: Disk = OS_DISK) -> Wal:
        """An empty log; replaces what is there. Raises `StorageFailed`."""
        disk.replace(path, _file_header(first_sequence))
        return cls.open(path, disk)[0]

    @classmethod
    def open(cls, path: Path, disk: Disk = OS_DISK) -> tuple[Wal, tuple[bytes, ...]]:
        """The log and its payloads in order; a torn tail is cut.

        Raises `JournalMissing`, `DataDamaged` (the file is left as it is) or `StorageFailed`.
        """
        file = _open_file(path, disk)
        try:
            contents = _load(path, file)
        except BaseException:
            file.close()
            raise
        return cls(path, disk, file, contents), contents.payloads

    @classmethod
    def look(cls, path: Path, disk: Disk = OS_DISK) -> WalContents:
        """What `open` would find, changing nothing. Raises the same."""
        file = _open_file(path, disk)
        try:
            return _read(path, file)[0]
        finally:
            file.close()

    @property
    def size(self) -> int:
        """Bytes in use; the owner calls `restart` when it gets large."""
        return self._end

    def payloads(self) -> tuple[bytes, ...]:
        """All records, read again. Raises `DataDamaged` or `StorageFailed`."""
        if self._failure is not None:
            raise self._failure
        return _read(self._path, self._file)[0].payloads

    def append(self, payloads: Sequence[bytes]) -> None:
        """Write all records with one sync; they are on the disk when this returns.

        Raises `StorageFailed`: some or none may be on the disk, and the log refuses further writes.
        """
        if self._failure is not None:
            raise self._failure
        data = b"".join(_record(self.next_sequence + place, payload) for place, payload in enumerate(payloads))
        require(self._end + len(data) <= MAX_WAL_BYTES, f"{self._path} outgrew its limit; nothing restarted it")
        try:
            self._file.write(data, self._end)
            self._file.sync()
        except OSError as error:
            self._failure = storage_failed(f"writing {self._path}", error)
            raise self._failure from error
        self._end += len(data)
        self.next_sequence += len(payloads)

    def restart(self, payloads: Sequence[bytes] = ()) -> None:
        """Forget all records but `payloads` (what the running height still needs), whole or not at all.

        Raises `StorageFailed`.
        """
        if self._failure is not None:
            raise self._failure
        records = b"".join(_record(self.next_sequence + place, payload) for place, payload in enumerate(payloads))
        try:
            self._disk.replace(self._path, _file_header(self.next_sequence) + records)
            file = self._disk.open(self._path)
        except StorageFailed as failure:
            self._failure = failure
            raise
        except OSError as error:
            self._failure = storage_failed(f"opening {self._path}", error)
            raise self._failure from error
        self._file.close()
        self._file = file
        self._end = _FILE_HEADER + len(records)
        self.next_sequence += len(payloads)

    def close(self) -> None:
        """Close the file; a second call does nothing."""
        self._file.close()
        self._failure = StorageFailed(f"{self._path} is closed")


def parse(data: bytes, name: str) -> WalContents:
    """Read a log's bytes; pure. Raises `DataDamaged` unless all is well up to a torn tail."""
    contents, damage = _scan(data)
    if damage:
        raise DataDamaged(f"{name}: {damage}")
    return contents


def sound_part(data: bytes) -> tuple[bytes, ...]:
    """The records before the first one that is damaged; pure. For what each record proves by itself."""
    return _scan(data)[0].payloads


def _scan(data: bytes) -> tuple[WalContents, str]:
    """What can be read up to the first damage, and what is damaged; empty if nothing is."""
    header = data[:_FILE_HEADER]
    first = int.from_bytes(header[8:16], "big")
    if header != _file_header(first):
        return WalContents((), 0, 0), "the file's header is damaged"
    payloads: list[bytes] = []
    damage = ""
    offset, sequence = _FILE_HEADER, first
    while offset < len(data):
        payload = _read_record(data, offset, sequence)
        if payload is None:
            if not _is_torn(data, offset, sequence):
                damage = f"record {sequence} at byte {offset} is damaged"
            break
        payloads.append(payload)
        offset += _HEADER + len(payload) + 1
        sequence += 1
    return WalContents(tuple(payloads), sequence, offset), damage


def _open_file(path: Path, disk: Disk) -> OpenFile:
    try:
        return disk.open(path)
    except FileNotFoundError:
        raise JournalMissing(f"{path} does not exist") from None
    except OSError as error:
        raise storage_failed(f"opening {path}", error) from error


def _load(path: Path, file: OpenFile) -> WalContents:
    """Read, and cut a torn tail."""
    contents, size = _read(path, file)
    if contents.end < size:
        try:
            file.truncate(contents.end)
            file.sync()
        except OSError as error:
            raise storage_failed(f"writing {path}", error) from error
    return contents


def _read(path: Path, file: OpenFile) -> tuple[WalContents, int]:
    """What the file holds, and its size with a torn tail."""
    try:
        size = file.size()
        if size > MAX_WAL_BYTES:
            raise DataDamaged(f"{path} has {size} bytes, at most {MAX_WAL_BYTES} are possible")
        data = bytearray()
        while len(data) < size:
            piece = file.read(size - len(data), len(data))
            if not piece:
                raise DataDamaged(f"{path} shrank while it was read")
            data += piece
    except OSError as error:
        raise storage_failed(f"reading {path}", error) from error
    return parse(bytes(data), str(path)), size


def _digest(data: bytes, size: int) -> bytes:
    return hashlib.blake2b(data, digest_size=size).digest()


def _file_header(first_sequence: int) -> bytes:
    start = _FILE_MAGIC + first_sequence.to_bytes(8, "big")
    return start + _digest(start, 8)


def _record_start(sequence: int, length: int) -> bytes:
    start = _MAGIC + length.to_bytes(4, "big") + sequence.to_bytes(8, "big")
    return start + _digest(start, 8)


def _record(sequence: int, payload: bytes) -> bytes:
    require(len(payload) <= MAX_RECORD_BYTES, f"a log record of {len(payload)} bytes is too large")
    start = _record_start(sequence, len(payload))
    return start + _digest(start + payload, 16) + payload + _END


def _read_record(data: bytes, offset: int, sequence: int) -> bytes | None:
    length = int.from_bytes(data[offset + 4 : offset + 8], "big")
    payload = data[offset + _HEADER : offset + _HEADER + length]
    whole = data[offset : offset + _HEADER + length + 1]
    return payload if length <= MAX_RECORD_BYTES and whole == _record(sequence, payload) else None


def _is_torn(data: bytes, offset: int, sequence: int) -> bool:
    """Whether an append of this record could have been cut short by a crash: all that is there ends within it."""
    end = len(data.rstrip(b"\0"))
    if end < offset + _HEADER:
        return True
    length = int.from_bytes(data[offset + 4 : offset + 8], "big")
    sound = length <= MAX_RECORD_BYTES and data[offset : offset + 24] == _record_start(sequence, length)
    return sound and end < offset + _HEADER + length + 1
