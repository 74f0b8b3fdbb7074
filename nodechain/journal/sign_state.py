"""The sign-state: the last thing that this validator's key has signed, durable before it is sent.

A `SlotFile`; the messages themselves are in the log beside it. It is
created once, by `nodechain init`; afterwards a missing file means that signatures may be forgotten, so `open` never
creates one (`JournalMissing`), and neither does it guess when the file is damaged (`DataDamaged`): the caller then
enters safe mode. `create` again only for an operator's `--unsafe-resume` or when safe mode ends.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from nodechain.files.disk import OS_DISK, Disk
from nodechain.files.slot_file import SlotFile

SLOT_BYTES: Final = 64 * 1024


class SignState:
    """Load at start, `store` before every send. One owner: the home's lock keeps a second process away."""

    def __init__(self, slots: SlotFile) -> None:
        self._slots = slots

    @classmethod
    def create(cls, path: Path, payload: bytes, disk: Disk = OS_DISK) -> SignState:
        """A new sign-state with `payload` (nothing signed yet); replaces what is there. Raises `StorageFailed`."""
        return cls(SlotFile.create(path, payload, SLOT_BYTES, disk))

    @classmethod
    def open(cls, path: Path, disk: Disk = OS_DISK) -> SignState:
        """Raises `JournalMissing` or `DataDamaged`; either means safe mode."""
        return cls(SlotFile.open(path, SLOT_BYTES, disk))

    @property
    def payload(self) -> bytes:
        """The newest payload that was stored."""
        return self._slots.value

    @property
    def counter(self) -> int:
        """Rises by one with every `store`, for ever: an older copy of the file shows in it."""
        return self._slots.counter

    @property
    def spoiled_copies(self) -> int:
        """How many of the four copies were unreadable at open: the disk decays, or power went during a write."""
        return self._slots.spoiled_copies

    def store(self, payload: bytes) -> None:
        """Durable when this returns; only then may the signature leave. Raises `StorageFailed` (stop the node)."""
        self._slots.write(payload)

    def close(self) -> None:
        """Close the file."""
        self._slots.close()
