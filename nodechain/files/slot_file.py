"""One small value that changes often and survives a crash at any instant, with a single fdatasync per change.

The file holds two slots, each in two copies far apart: A B A' B'. Value number n goes into slot n mod 2, so a write
never touches the slot of the value before it. What a reader finds:

- a torn write (power gone in the middle) may spoil both copies of the slot being written; the write had not returned,
  so nobody relied on it, and the other slot holds the value before it;
- a decayed bit or sector spoils one copy; the other copy serves, and no older value is taken for the newest one.
  With single copies these two cases look alike, and a decayed sign-state would fall back to a state before a
  signature that was sent: the reason for the second copy.

A slot: magic 8, counter 8, length 4, BLAKE2b-256 over all of it 32, payload. Who uses it: the store's head file and
the validator's sign-state. It does not know what the payload means.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

from nodechain.errors import DataDamaged, JournalMissing, StorageFailed, require, storage_failed
from nodechain.files.disk import OS_DISK, Disk, OpenFile

_MAGIC: Final = b"nc-slot1"
_PREFIX: Final = 20
_OVERHEAD: Final = _PREFIX + 32
_COPIES: Final = 2


class SlotFile:
    """The open file. One writer; after a failed write it refuses everything (`StorageFailed`)."""

    def __init__(self, path: Path, slot_bytes: int, file: OpenFile) -> None:
        self._path = path
        self._slot_bytes = slot_bytes
        self._file = file
        self._failure: StorageFailed | None = None
        self.counter = 0
        self.value = b""
        self.spoiled_copies = 0
        """Copies that could not be read at open; more than 0 is worth a warning about the disk."""

    @classmethod
    def create(cls, path: Path, value: bytes, slot_bytes: int = 4096, disk: Disk = OS_DISK) -> SlotFile:
        """A new file that holds `value`; replaces an existing one. Raises `StorageFailed`."""
        older, newer = _slot(0, value, slot_bytes), _slot(1, value, slot_bytes)
        disk.replace(path, (older + newer) * _COPIES)
        return cls.open(path, slot_bytes, disk)

    @classmethod
    def open(cls, path: Path, slot_bytes: int = 4096, disk: Disk = OS_DISK) -> SlotFile:
        """Read the newest value. Raises `JournalMissing` without a file, `DataDamaged` if nothing can be trusted."""
        try:
            file = disk.open(path)
        except FileNotFoundError:
            raise JournalMissing(f"{path} does not exist") from None
        except OSError as error:
            raise storage_failed(f"opening {path}", error) from error
        slots = cls(path, slot_bytes, file)
        try:
            slots._load()
        except BaseException:
            file.close()
            raise
        return slots

    @property
    def capacity(self) -> int:
        """Largest value in bytes."""
        return self._slot_bytes - _OVERHEAD

    def write(self, value: bytes) -> None:
        """Replace the value; it is on the disk when this returns.

        Raises `StorageFailed`: then the disk holds the old or the new value, and the object refuses further writes,
        because after a failed sync the kernel may report success for bytes that it has dropped.
        """
        if self._failure is not None:
            raise self._failure
        counter = self.counter + 1
        data = _slot(counter, value, self._slot_bytes)[: _OVERHEAD + len(value)]
        first = (counter % 2) * self._slot_bytes
        try:
            for copy in range(_COPIES):
                self._file.write(data, first + copy * 2 * self._slot_bytes)
            self._file.sync()
        except OSError as error:
            self._failure = storage_failed(f"writing {self._path}", error)
            raise self._failure from error
        self.counter, self.value = counter, value

    def close(self) -> None:
        """Close the file; a second call does nothing."""
        self._file.close()
        self._failure = StorageFailed(f"{self._path} is closed")

    def _load(self) -> None:
        try:
            size = self._file.size()
        except OSError as error:
            raise storage_failed(f"reading {self._path}", error) from error
        if size != 2 * _COPIES * self._slot_bytes:
            raise DataDamaged(f"{self._path} has {size} bytes instead of {2 * _COPIES * self._slot_bytes}")
        found: list[tuple[int, bytes]] = []
        for place in range(2 * _COPIES):
            slot = _read_slot(self._read(place), place % 2)
            if slot is None:
                self.spoiled_copies += 1
            else:
                found.append(slot)
        if not found:
            raise DataDamaged(f"{self._path}: no slot of it has a valid checksum")
        self.counter, self.value = max(found)

    def _read(self, place: int) -> bytes:
        try:
            return self._file.read(self._slot_bytes, place * self._slot_bytes)
        except OSError:
            return b""  # an unreadable sector is a spoiled copy


def _slot(counter: int, value: bytes, slot_bytes: int) -> bytes:
    require(len(value) <= slot_bytes - _OVERHEAD, f"a value of {len(value)} bytes does not fit its slot")
    prefix = _MAGIC + counter.to_bytes(8, "big") + len(value).to_bytes(4, "big")
    checksum = hashlib.blake2b(prefix + value, digest_size=32).digest()
    return (prefix + checksum + value).ljust(slot_bytes, b"\0")


def _read_slot(data: bytes, place: int) -> tuple[int, bytes] | None:
    if not data.startswith(_MAGIC):
        return None
    counter, length = int.from_bytes(data[8:16], "big"), int.from_bytes(data[16:20], "big")
    value = data[_OVERHEAD : _OVERHEAD + length]
    if hashlib.blake2b(data[:_PREFIX] + value, digest_size=32).digest() != data[_PREFIX:_OVERHEAD]:
        return None
    # A counter of the other parity is a copy written to the wrong place.
    return (counter, value) if counter % 2 == place else None
