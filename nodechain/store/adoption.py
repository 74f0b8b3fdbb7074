"""A store that begins with somebody's snapshot: chunks come in any order, and all of it becomes a chain at the end.

Until then it is no chain: nothing opens it but this. A kill at any moment leaves the chunks that were taken; the next
try goes on with the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec.structs import replace

from nodechain.errors import DataDamaged
from nodechain.files.durable_file import make_directory
from nodechain.store import layout
from nodechain.store.batch import Entry, block_entries
from nodechain.store.database import Database
from nodechain.store.head_file import FiledHead, HeadFile
from nodechain.store.inspection import inspect
from nodechain.store.records import BlockRecord


class Adoption:
    """The store in the making in `directory`; `owner` says which snapshot: another one's chunks are dropped."""

    def __init__(self, directory: Path, owner: bytes) -> None:
        make_directory(directory)
        self._directory = directory
        self._database = Database(directory / layout.DATABASE, create=True)
        found = self._database.get(layout.TAKEN)
        if found is not None and found != owner:
            self._database.close()
            raise DataDamaged(
                f"{directory} holds a part of another snapshot", code="other_snapshot", advice=f"Remove {directory}."
            )
        if found is None:
            self._database.write([(layout.TAKEN, owner)])

    def taken(self) -> set[int]:
        """The chunks that are here."""
        entries = self._database.iterate(layout.TAKEN + bytes(4), layout.after(layout.TAKEN))
        return {int.from_bytes(key[1:], "big") for key, _value in entries}

    def take(self, number: int, entries: tuple[tuple[bytes, bytes], ...], buckets: Mapping[int, bytes]) -> None:
        """A checked chunk; durable when this returns."""
        self._database.write(_chunk_entries(number, entries, buckets))

    def finish(self, genesis: BlockRecord, block: BlockRecord, members: bytes) -> None:
        """Make it a chain: the genesis block, then the snapshot's block as the head. `members` decided the latter."""
        first = replace(genesis, state_changes={}, tree_buckets={})
        start = [entry for entry in block_entries(first, self._database, {}, 0, 0) if entry[0] != layout.HEAD]
        done = [(layout.TAKEN + number.to_bytes(4, "big"), None) for number in sorted(self.taken())]
        self._database.write([*start, *done])
        # LevelDB begins a new log when it opens: the head's batch must be all that the store's inspection finds there.
        self._database.close()
        self._database = Database(self._directory / layout.DATABASE, create=False)
        self._database.write(_head_entries(block, self._database, members))
        self._database.close()
        sequence = inspect(self._directory / layout.DATABASE, None).sequence
        head_file = HeadFile.create(self._directory / layout.HEAD_FILE)
        head_file.write(FiledHead(block.head, sequence))
        head_file.close()

    def close(self) -> None:
        """Release the files; a second call does nothing."""
        self._database.close()


def _chunk_entries(
    number: int, entries: tuple[tuple[bytes, bytes], ...], buckets: Mapping[int, bytes]
) -> Iterator[Entry]:
    for full_key, value in entries:
        yield layout.STATE + full_key, value
    for index, blob in buckets.items():
        yield layout.bucket_key(index), blob
    yield layout.TAKEN + number.to_bytes(4, "big"), b""


def _head_entries(block: BlockRecord, database: Database, members: bytes) -> Iterator[Entry]:
    *entries, head = block_entries(replace(block, state_changes={}, tree_buckets={}), database, {}, 0, 0)
    yield layout.TAKEN, None
    yield layout.BASE, layout.number(block.height)
    yield layout.STATE_FLOOR, layout.number(block.height)
    yield layout.validators_key(block.height), members
    yield from entries
    yield head
