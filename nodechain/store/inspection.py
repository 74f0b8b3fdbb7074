"""A look at a LevelDB directory before LevelDB touches it; reads only, changes nothing.

Opening a database rewrites it: logs are turned into tables and deleted, a new manifest is begun, what the manifest
does not name is removed. With damage that LevelDB takes for a crash, that destroys what could have been rescued; and
some damage it does not see at all:

- a log whose length field decayed near its end opens with the blocks after it silently gone (the head file would
  show it, but by then LevelDB has deleted the log);
- a manifest with its last records gone names an older log; if that one is deleted LevelDB opens with a hole in the
  middle of the chain, and head file and head agree;
- a missing CURRENT beside tables means "make a new database".

So: CURRENT names a manifest that can be read; every table it names is there in its size, and so is the log; each
batch in the logs follows the one before it, in LevelDB's sequence numbers and in height, and the last number, which
is the manifest's if the logs are empty, is not behind the head file. Checksums of records are left to LevelDB, which
refuses to open (`paranoid_checks`) before it deletes anything.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import msgspec

from nodechain.errors import DataDamaged, storage_failed
from nodechain.store.head_file import FiledHead
from nodechain.store.layout import HEAD, HEAD_BYTES, Head, decode_head
from nodechain.store.log_format import Fields, LogRecords, read_records

_DATA_FILE: Final = re.compile(r"(\d+)\.(log|ldb|sst)")
_CURRENT: Final = re.compile(rb"MANIFEST-\d{6,20}\n")
_BATCH_HEADER: Final = 12
_HEAD_PUT: Final = bytes((1, len(HEAD))) + HEAD + bytes((HEAD_BYTES,))
"""How a batch ends: LevelDB's put of the head. The store writes the head last in every batch."""

_COMPARATOR, _LOG_NUMBER, _NEXT_FILE, _LAST_SEQUENCE, _COMPACT, _DELETED, _NEW_FILE, _PREVIOUS_LOG = (
    1, 2, 3, 4, 5, 6, 7, 9
)  # fmt: skip


class Version(msgspec.Struct):
    """What a manifest adds up to."""

    log_number: int = 0
    last_sequence: int = 0
    tables: dict[int, int] = msgspec.field(default_factory=dict)
    """File number -> size in bytes."""

    def apply(self, edit: bytes) -> None:
        """Take one manifest record. Raises ValueError if it cannot be read."""
        fields = Fields(edit)
        while fields.more:
            tag = fields.varint()
            if tag == _COMPARATOR:
                fields.string()
            elif tag == _LOG_NUMBER:
                self.log_number = fields.varint()
            elif tag == _LAST_SEQUENCE:
                self.last_sequence = fields.varint()
            elif tag in (_NEXT_FILE, _PREVIOUS_LOG):
                fields.varint()
            elif tag == _COMPACT:
                fields.varint()
                fields.string()
            elif tag == _DELETED:
                fields.varint()
                self.tables.pop(fields.varint(), None)
            elif tag == _NEW_FILE:
                fields.varint()
                table = fields.varint()
                self.tables[table] = fields.varint()
                fields.string()
                fields.string()
            else:
                raise ValueError(f"unknown field {tag}")


class StoreFound(msgspec.Struct, frozen=True):
    """What is there: a database or nothing yet, and the last sequence number that it has given out."""

    exists: bool
    sequence: int


def inspect(directory: Path, filed: FiledHead | None) -> StoreFound:
    """Look at a database directory and hold it against the head file's entry.

    Raises `DataDamaged` naming the file, or `StorageFailed` if it cannot be read.
    """
    try:
        return _inspect(directory, filed)
    except OSError as error:
        raise storage_failed(f"reading {directory}", error) from error


def _inspect(directory: Path, filed: FiledHead | None) -> StoreFound:
    names = sorted(entry.name for entry in directory.iterdir()) if directory.is_dir() else []
    logs, tables = _data_files(names)
    if "CURRENT" not in names:
        if logs or tables or filed is not None:
            raise DataDamaged(f"{directory / 'CURRENT'} is missing; a chain was stored here")
        return StoreFound(False, 0)
    version = _read_manifest(directory)
    for table, size in sorted(version.tables.items()):
        if table not in tables:
            raise DataDamaged(f"table {table:06d} of {directory} is missing")
        actual = (directory / tables[table]).stat().st_size
        if actual != size:
            raise DataDamaged(f"{directory / tables[table]} has {actual} bytes instead of {size}")
    if version.log_number and version.log_number not in logs:
        raise DataDamaged(f"log {version.log_number:06d} of {directory} is missing")
    sequence = _read_logs(directory, [name for log, name in sorted(logs.items()) if log >= version.log_number], version)
    if filed is not None and sequence < filed.sequence:
        raise DataDamaged(
            f"the tail of {directory} is gone: it ends behind its head file at height {filed.head.height}"
        )
    return StoreFound(True, sequence)


def _data_files(names: list[str]) -> tuple[dict[int, str], dict[int, str]]:
    logs: dict[int, str] = {}
    tables: dict[int, str] = {}
    for name in names:
        match = _DATA_FILE.fullmatch(name)
        if match is not None:
            (logs if match[2] == "log" else tables)[int(match[1])] = name
    return logs, tables


def _read_manifest(directory: Path) -> Version:
    current = (directory / "CURRENT").read_bytes()
    if _CURRENT.fullmatch(current) is None:
        raise DataDamaged(f"{directory / 'CURRENT'} does not name a manifest")
    path = directory / current[:-1].decode("ascii")
    if not path.is_file():
        raise DataDamaged(f"{path}, which CURRENT names, is missing")
    found = read_records(path.read_bytes())
    if found.damage is not None:
        raise DataDamaged(f"{path}: {found.damage}")
    if not found.records:
        raise DataDamaged(f"{path} holds no record")
    version = Version()
    try:
        for record in found.records:
            version.apply(record)
    except ValueError as error:
        raise DataDamaged(f"{path}: {error}") from error
    return version


def _read_logs(directory: Path, names: list[str], version: Version) -> int:
    """The last sequence number of the logs, the manifest's if they are empty."""
    last: Head | None = None
    sequence: int | None = None
    torn: str | None = None
    for name in names:
        path = directory / name
        found: LogRecords = read_records(path.read_bytes())
        if found.damage is not None:
            raise DataDamaged(f"{path}: {found.damage}")
        if torn is not None and (found.records or found.torn):
            raise DataDamaged(f"{directory / torn} ends inside a record, and {name} goes on after it")
        if found.torn:
            torn = name
        for record in found.records:
            head = _head_of(record)
            first = int.from_bytes(record[:8], "little")
            if head is None:
                raise DataDamaged(f"{path}: a batch does not end with a head")
            follows = first == sequence if sequence is not None else first <= version.last_sequence + 1
            if not follows or (last is not None and head.height != last.height + 1):
                raise DataDamaged(f"{path}: the batch of height {head.height} does not follow the one before it")
            last, sequence = head, first + int.from_bytes(record[8:_BATCH_HEADER], "little")
    return max(version.last_sequence, sequence - 1) if sequence is not None else version.last_sequence


def _head_of(batch: bytes) -> Head | None:
    tail = batch[-(len(_HEAD_PUT) + HEAD_BYTES) :]
    if len(batch) < _BATCH_HEADER + len(tail) or not tail.startswith(_HEAD_PUT):
        return None
    return decode_head(tail[len(_HEAD_PUT) :])
