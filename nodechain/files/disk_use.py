"""How full the disk is, and how much of it a folder takes; looked at now and then, since asking costs."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

LOOKED_AT_EVERY_MS: Final = 30_000


class DiskUse(msgspec.Struct, frozen=True):
    """In bytes; zeros where the system does not say."""

    free_bytes: int
    total_bytes: int
    store_bytes: int


class DiskWatch:
    """The disk of a folder with files, as it was at most `LOOKED_AT_EVERY_MS` ago."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: tuple[int, DiskUse] | None = None

    def look(self, now_ms: int) -> DiskUse:
        """What is known at a monotonic time."""
        if self._seen is None or now_ms - self._seen[0] >= LOOKED_AT_EVERY_MS:
            self._seen = now_ms, _use(self._folder)
        return self._seen[1]


def _use(folder: Path) -> DiskUse:
    try:
        disk = shutil.disk_usage(folder)
        entries = list(os.scandir(folder))
    except OSError:
        return DiskUse(0, 0, 0)
    size = 0
    for entry in entries:
        # A file of the store may be gone by now: LevelDB merges them.
        with suppress(OSError):
            size += entry.stat(follow_symlinks=False).st_size
    return DiskUse(disk.free, disk.total, size)
