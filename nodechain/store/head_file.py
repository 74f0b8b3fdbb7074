"""The head file: the newest block and how far LevelDB's sequence numbers had come with it; synced, outside LevelDB.

A damaged log can open with its tail silently gone; a store behind this file shows it. The order is: LevelDB batch,
then this file. So a file one block behind the store is what a crash in between leaves; everything else is damage.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from nodechain.errors import DataDamaged, JournalMissing
from nodechain.files.slot_file import SlotFile
from nodechain.store.layout import Head, decode_head, encode_head


class FiledHead(msgspec.Struct, frozen=True):
    """What the file holds. LevelDB numbers every put and delete; `sequence` is the last number of the block's batch."""

    head: Head
    sequence: int


class HeadFile:
    """The open file."""

    def __init__(self, slots: SlotFile) -> None:
        self._slots = slots

    @classmethod
    def create(cls, path: Path) -> HeadFile:
        """A new file without a head. Raises `StorageFailed`."""
        return cls(SlotFile.create(path, b""))

    @classmethod
    def open(cls, path: Path) -> HeadFile:
        """Raises `DataDamaged` if it is missing or cannot be trusted."""
        try:
            slots = SlotFile.open(path)
        except JournalMissing:
            raise DataDamaged(f"{path} is missing beside a store that has been used") from None
        if slots.value and _decode(slots.value) is None:
            slots.close()
            raise DataDamaged(f"{path} holds {len(slots.value)} bytes that are no head")
        return cls(slots)

    @property
    def filed(self) -> FiledHead | None:
        """What was written last; None before the genesis block."""
        return _decode(self._slots.value)

    def write(self, filed: FiledHead) -> None:
        """Durable when it returns. Raises `StorageFailed`."""
        self._slots.write(encode_head(filed.head) + filed.sequence.to_bytes(8, "big"))

    def close(self) -> None:
        """Close the file."""
        self._slots.close()


def compare(file: Head | None, store: Head | None, hash_at: bytes | None) -> None:
    """Hold the file's head against the store's; `hash_at` is the store's block hash at the file's height.

    Raises `DataDamaged` for everything but equality and a file one block behind.
    """
    stored = -1 if store is None else store.height
    filed = -1 if file is None else file.height
    if stored < filed:
        raise DataDamaged(
            f"the store ends at {_name(stored)}, behind its head file at height {filed}: its tail is gone"
        )
    if stored > filed + 1:
        raise DataDamaged(f"the head file is at {_name(filed)}, far behind the store at height {stored}")
    if file is not None and hash_at != file.block_hash:
        raise DataDamaged(f"store and head file name different blocks at height {filed}")
    if stored == filed and file != store:
        raise DataDamaged(f"store and head file name different state roots at height {filed}")


def _decode(data: bytes) -> FiledHead | None:
    head = decode_head(data[:-8])
    return None if head is None else FiledHead(head, int.from_bytes(data[-8:], "big"))


def _name(height: int) -> str:
    return "nothing" if height < 0 else f"height {height}"
