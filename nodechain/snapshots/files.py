"""The files of one snapshot: `about`, and a file for each chunk.

FOLDER/HEIGHT/about     the block of that height, whole, and how many chunks its state has
FOLDER/HEIGHT/00000000  a chunk, as it is sent
"""

from __future__ import annotations

import re
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from ledger.chain.header import Certificate
from ledger.encoding.codec import Codec, Uint, Value
from ledger.errors import InvalidInput
from ledger.light.headers import LightBlock
from nodechain.errors import NotFound, storage_failed

ABOUT: Final = "about"
KEPT: Final = 2
"""Snapshots of one node: while the newest is taken over, the one before still is."""
MAX_ABOUT_BYTES: Final = 64 * 1024 * 1024
_FOLDER: Final = re.compile(r"0|[1-9]\d{0,18}")


class SnapshotAbout(Value, frozen=True):
    """The block whose state this is, with its body and receipts; `size` of all chunks in bytes."""

    block: LightBlock
    transactions: tuple[bytes, ...]
    receipts: tuple[bytes, ...]
    chunks: Uint
    entries: Uint
    size: Uint
    commits: Certificate | None


SNAPSHOT_ABOUT: Final[Codec[SnapshotAbout]] = Codec(SnapshotAbout, MAX_ABOUT_BYTES)


class SnapshotFolder(msgspec.Struct, frozen=True):
    """All snapshots of a node."""

    path: Path

    def heights(self) -> list[int]:
        """Of the newest that are complete, rising; one that `prune` has still to remove is no longer offered."""
        if not self.path.is_dir():
            return []
        found = [entry for entry in self.path.iterdir() if _FOLDER.fullmatch(entry.name) and (entry / ABOUT).is_file()]
        return sorted(int(entry.name) for entry in found)[-KEPT:]

    def all(self) -> list[SnapshotAbout]:
        """All that are complete, the newest first; one that is replaced meanwhile is left out."""
        found = []
        for height in reversed(self.heights()):
            with suppress(NotFound):
                found.append(self.about(height))
        return found

    def about_bytes(self, height: int) -> bytes:
        """The `about` of a height; raises `NotFound`."""
        return self._read(height, ABOUT)

    def about(self, height: int) -> SnapshotAbout:
        """The same, decoded; a damaged one is as good as none."""
        try:
            return SNAPSHOT_ABOUT.decode(self.about_bytes(height))
        except InvalidInput as error:
            raise NotFound(f"the snapshot of height {height} is damaged: {error.detail}") from error

    def chunk(self, height: int, number: int) -> bytes:
        """A chunk; raises `NotFound`."""
        return self._read(height, f"{number:08d}")

    def _read(self, height: int, name: str) -> bytes:
        try:
            return (self.path / str(height) / name).read_bytes()
        except FileNotFoundError:
            raise NotFound(f"there is no such part of a snapshot of height {height}") from None
        except OSError as error:
            raise storage_failed(f"reading {self.path}", error) from error

    def prune(self) -> None:
        """Remove all but the newest, and what was left half made."""
        keep = {str(height) for height in self.heights()}
        for entry in self.path.iterdir():
            if entry.is_dir() and entry.name not in keep:
                shutil.rmtree(entry, ignore_errors=True)
