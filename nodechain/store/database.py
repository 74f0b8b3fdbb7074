"""LevelDB: every read checks its checksum, every error is one of ours.

By default LevelDB checks neither the log when it opens nor a table when it is read; here nothing can ask for that.
The binding's errors become `DataDamaged` (corruption, on reads and on writes, where a background compaction reports
what it found) and `StorageFailed` (everything the operating system refuses). The first failed write closes the door
for writing: LevelDB would go on after a partly written record, and a later success would bury the hole.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from nodechain.errors import DISK_FULL, FORBIDDEN, DataDamaged, NodeError, StorageFailed, storage_failed
from nodechain.store import leveldb

_WRITE_BUFFER: Final = 8 * 1024 * 1024
_BLOCK_CACHE: Final = 16 * 1024 * 1024
_TABLE_FILE: Final = 8 * 1024 * 1024
_BLOOM_BITS: Final = 10
_OPEN_FILES: Final = 256


class ReadView:
    """Checked reads of a database or of a snapshot."""

    def __init__(self, source: Any, path: Path) -> None:
        self._source = source
        self._path = path

    def get(self, key: bytes) -> bytes | None:
        """The value of a key. Raises `DataDamaged`, `StorageFailed`."""
        try:
            value: bytes | None = self._source.get(key, verify_checksums=True)
        except (leveldb.Error, RuntimeError) as error:
            raise self._translate("reading", error) from error
        return value

    def iterate(
        self, start: bytes, stop: bytes | None, *, reverse: bool = False, fill_cache: bool = True
    ) -> Iterator[tuple[bytes, bytes]]:
        """Entries with start <= key < stop (to the end if None), as they were when the first one was asked for.

        Raises `DataDamaged`, `StorageFailed`.
        """
        try:
            # Going backwards, plyvel leaves out the entry at `start` where nothing else lies between the two bounds.
            with self._source.iterator(
                start=None if reverse else start,
                stop=stop,
                reverse=reverse,
                verify_checksums=True,
                fill_cache=fill_cache,
            ) as entries:
                for entry in entries:
                    if reverse and entry[0] < start:
                        return
                    yield entry
        except (leveldb.Error, RuntimeError) as error:
            raise self._translate("reading", error) from error

    def close(self) -> None:
        """Release what the view holds; reads fail afterwards."""
        self._source.close()

    def _translate(self, doing: str, error: Exception) -> NodeError:
        reason = error.args[0] if error.args else ""
        text = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
        if isinstance(error, leveldb.CorruptionError):
            return DataDamaged(f"{doing} {self._path}: {text}")
        if isinstance(error, leveldb.Error):
            # LevelDB gives the operating system's error as text only.
            known = next((number for number in (*DISK_FULL, *FORBIDDEN) if os.strerror(number) in text), None)
            return storage_failed(f"{doing} {self._path}: {text}", OSError(known, text) if known else OSError(text))
        # The binding raises RuntimeError only for what is closed: a reader that outlived the store.
        return StorageFailed(f"{self._path} is closed", code="store_closed", advice="The node is stopping.")


class Database(ReadView):
    """An open database. One writer; readers in any thread."""

    def __init__(self, path: Path, *, create: bool) -> None:
        """Open it; `create` makes a new one if none is there. Raises `DataDamaged`, `StorageFailed`."""
        super().__init__(None, path)
        self._failure: NodeError | None = None
        try:
            self._source = leveldb.DB(
                str(path),
                create_if_missing=create,
                paranoid_checks=True,
                write_buffer_size=_WRITE_BUFFER,
                lru_cache_size=_BLOCK_CACHE,
                max_file_size=_TABLE_FILE,
                max_open_files=_OPEN_FILES,
                bloom_filter_bits=_BLOOM_BITS,
            )
        except leveldb.Error as error:
            raise self._translate("opening", error) from error

    @property
    def failure(self) -> NodeError | None:
        """The write error that closed the door; None while all is well."""
        return self._failure

    def fail(self, failure: NodeError) -> None:
        """Refuse all further writes with this error."""
        self._failure = self._failure or failure

    def write(self, entries: Iterable[tuple[bytes, bytes | None]]) -> int:
        """All entries (None deletes) in this order, as one synchronous batch: whole or not at all. Their number.

        Raises `StorageFailed` or `DataDamaged`; then, and ever after, nothing more is written by this object.
        """
        if self._failure is not None:
            raise self._failure
        batch = self._source.write_batch(sync=True)
        put, delete = batch.put, batch.delete
        count = 0
        for key, value in entries:
            count += 1
            if value is None:
                delete(key)
            else:
                put(key, value)
        try:
            batch.write()
        except (leveldb.Error, RuntimeError) as error:
            self._failure = self._translate("writing", error)
            raise self._failure from error
        return count

    def snapshot(self) -> ReadView:
        """The database as it is now, for as long as the view is open."""
        try:
            return ReadView(self._source.snapshot(), self._path)
        except (leveldb.Error, RuntimeError) as error:
            raise self._translate("reading", error) from error

    def close(self) -> None:
        """Wait for compactions and close; a second call does nothing."""
        self.fail(StorageFailed(f"{self._path} is closed"))
        super().close()
