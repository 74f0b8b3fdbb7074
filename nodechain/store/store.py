"""The store of one node: one synchronous write batch per block, then the head file.

After a kill at any instant the store is at exactly one height, and the head file at the same or one below. One
writer commits; readers may be in any thread, and use `snapshot` where several reads must agree.

    DIRECTORY/chain/    LevelDB
    DIRECTORY/head      the head file
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from nodechain.errors import DataDamaged, NodeError, require, storage_failed
from nodechain.files.durable_file import make_directory
from nodechain.store import layout
from nodechain.store.audit import AuditReport, AuditRules, audit
from nodechain.store.batch import block_entries
from nodechain.store.current_state import BlockReader
from nodechain.store.database import Database
from nodechain.store.head_file import FiledHead, HeadFile, compare
from nodechain.store.inspection import StoreFound, inspect
from nodechain.store.layout import Head
from nodechain.store.records import BlockRecord, History
from nodechain.store.view import Snapshot, StoreView

_DEFAULT_HISTORY: Final = History()


class Store(StoreView):
    """The open store. Made by `Store.open`."""

    def __init__(self, database: Database, head_file: HeadFile, history: History, found: StoreFound) -> None:
        super().__init__(database)
        self._database = database
        self._head_file = head_file
        self._history = history
        self._sequence = found.sequence
        self._head = super().head()
        self._floor = self.state_floor()
        self.audit_report: AuditReport | None = None

    @classmethod
    def open(cls, directory: Path, *, history: History = _DEFAULT_HISTORY, rules: AuditRules | None = None) -> Store:
        """Open the store in `directory`, or make one in an empty directory.

        `rules` are for the audit; only tools that look at damage leave them out. Raises `DataDamaged` (nothing has
        been changed), `WrongChain`, `StorageFailed`.
        """
        make_directory(directory)
        path = directory / layout.DATABASE
        head_file = _open_head_file(directory)
        try:
            found = inspect(path, head_file.filed)
            database = Database(path, create=not found.exists)
        except BaseException:
            head_file.close()
            raise
        try:
            store = cls(database, head_file, history, found)
            store._check(rules)
        except BaseException:
            database.close()
            head_file.close()
            raise
        return store

    def head(self) -> Head | None:
        """The newest block; None in an empty store."""
        return self._head

    @property
    def failure(self) -> NodeError | None:
        """The write error after which nothing more is written; None while all is well."""
        return self._database.failure

    def block_reader(self) -> BlockReader:
        """The state on which the next block is executed; hand it to `commit`."""
        return BlockReader(self, self._head)

    def commit(
        self, record: BlockRecord, *, executed_on: BlockReader | None = None, keep_state_from: int | None = None
    ) -> None:
        """Store a block: on the disk, whole, when this returns. The genesis state is the block of height 0.

        `executed_on` saves reading again what the block's execution has read.
        `keep_state_from` keeps the states of more heights than `History` asks for (48 hours, what snapshots need).
        Raises `StorageFailed` (stop the node; whether the block is stored shows at the next start), `DataDamaged`
        (likewise), `BrokenInvariant` if the block does not follow the head.
        """
        record.require_sound()
        expected = 0 if self._head is None else self._head.height + 1
        require(record.height == expected, f"block {record.height} does not follow, {expected} is next")
        require(executed_on is None or executed_on.head == self._head, "the block was executed on another head")
        seen = {} if executed_on is None else executed_on.seen
        wanted = self._floor if self._history.archive else max(0, record.height - self._history.heights)
        if keep_state_from is not None:
            wanted = min(wanted, keep_state_from)
        try:
            entries = block_entries(record, self._database, seen, self._floor, wanted)
            self._sequence += self._database.write(entries)
            self._head_file.write(FiledHead(record.head, self._sequence))
        except NodeError as failure:
            self._database.fail(failure)
            raise
        self._head = record.head
        self._floor = self.state_floor()

    def snapshot(self) -> Snapshot:
        """All reads as of now; close it, or use it in a `with` statement."""
        return Snapshot(self._database.snapshot())

    def close(self) -> None:
        """Wait for LevelDB and close; a second call does nothing."""
        self._database.close()
        self._head_file.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _check(self, rules: AuditRules | None) -> None:
        """Head file, layout and audit; brings a head file that is one block behind up to date at the end."""
        entry = self._head_file.filed
        filed = None if entry is None else entry.head
        at_filed = None if filed is None or self._head is None else self._reads.get(layout.header_key(filed.height))
        compare(filed, self._head, None if at_filed is None else at_filed[: layout.HASH_BYTES])
        version = self._reads.get(layout.VERSION)
        if self._head is not None and version != layout.LAYOUT_VERSION:
            raise DataDamaged(f"the store has layout {version!r}, this program reads {layout.LAYOUT_VERSION!r}")
        if rules is not None:
            self.audit_report = audit(self, rules)
        if self._head is not None and self._head != filed:
            self._head_file.write(FiledHead(self._head, self._sequence))


def _open_head_file(directory: Path) -> HeadFile:
    """The head file; a new one only where nothing has been stored."""
    path = directory / layout.HEAD_FILE
    try:
        used = (directory / layout.DATABASE).is_dir() and any((directory / layout.DATABASE).iterdir())
    except OSError as error:
        raise storage_failed(f"reading {directory}", error) from error
    return HeadFile.open(path) if used or path.exists() else HeadFile.create(path)
