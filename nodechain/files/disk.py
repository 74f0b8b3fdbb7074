"""The few things that a journal asks of a disk; the simulator has a twin that tears and loses writes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final, Protocol

from nodechain.files.durable_file import replace_file, set_aside, write_all


class OpenFile(Protocol):
    """A file open for reading and writing; every call may raise OSError."""

    def size(self) -> int:
        """Bytes in the file."""
        ...

    def read(self, length: int, offset: int) -> bytes:
        """Bytes at a place; fewer at the end of the file."""
        ...

    def write(self, data: bytes, offset: int) -> None:
        """Write all of it; durable only after `sync`."""
        ...

    def sync(self) -> None:
        """Everything written so far is on the disk when this returns."""
        ...

    def truncate(self, size: int) -> None:
        """Cut the file."""
        ...

    def close(self) -> None:
        """Close it; a second call does nothing."""
        ...


class Disk(Protocol):
    """Where files live."""

    def open(self, path: Path) -> OpenFile:
        """An existing file; raises FileNotFoundError or another OSError."""
        ...

    def replace(self, path: Path, data: bytes) -> None:
        """Give a path this content, whole or not at all, durably. Raises `StorageFailed`."""
        ...

    def set_aside(self, path: Path, why: str) -> Path | None:
        """Rename a file to the first free `NAME.WHY-N`, durably; the new name, None if there is no such file.

        Raises `StorageFailed`.
        """
        ...


class _File:
    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW)

    def size(self) -> int:
        return os.fstat(self._descriptor).st_size

    def read(self, length: int, offset: int) -> bytes:
        return os.pread(self._descriptor, length, offset)

    def write(self, data: bytes, offset: int) -> None:
        write_all(self._descriptor, data, offset)

    def sync(self) -> None:
        os.fdatasync(self._descriptor)

    def truncate(self, size: int) -> None:
        os.ftruncate(self._descriptor, size)

    def close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


class OsDisk:
    """The operating system's files."""

    def open(self, path: Path) -> OpenFile:
        """See `Disk`."""
        return _File(path)

    def replace(self, path: Path, data: bytes) -> None:
        """See `Disk`."""
        replace_file(path, data)

    def set_aside(self, path: Path, why: str) -> Path | None:
        """See `Disk`."""
        return set_aside(path, why)


OS_DISK: Final = OsDisk()
