"""A small SQLite file whose writes are on the disk when they return: what the outbox and a unit's reports stand on.

Used from several threads: whoever writes holds the file until its transaction is on the disk.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, Self

import msgspec

from devices.errors import OutboxFault, OutboxMisuse
from ledger.chain.identity import ChainIdentity

BUSY_TIMEOUT_S: Final = 10.0
FACTS: Final = "CREATE TABLE facts (name TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID"


class Form(msgspec.Struct, frozen=True):
    """What kind of file it is: `what` for people, the id in its header, its version, and its tables.

    `changes`: statements that make the tables of the next version, for each version before this one, the first of all
    at the first place. A file of an older version is brought up to date when it is opened.
    """

    what: str
    application_id: int
    version: int
    tables: str
    changes: tuple[str, ...] = ()


class DurableDatabase:
    """An open file. Raises `OutboxFault` where disk or database fail, `OutboxMisuse` for a foreign file."""

    def __init__(self, path: Path, form: Form) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._held: int | None = None
        self._database = _open(path, form)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; nothing is lost without it."""
        self._database.close()
        if self._held is not None:
            os.close(self._held)
            self._held = None

    def hold(self) -> None:
        """Be the only process that works with this file until it is closed; others may still look into it.

        The lock is on a file beside it, because closing any handle of a database loses SQLite's own locks on it. The
        system lets go of it when the process ends, however that happens. Raises `OutboxFault` (file_in_use).
        """
        if self._held is not None:
            return
        path = self.path.with_name(f"{self.path.name}.lock")
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise OutboxFault(f"{path}: {error.strerror}") from None
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.ftruncate(handle, 0)
            os.write(handle, str(os.getpid()).encode())
        except OSError:
            holder = os.pread(handle, 20, 0).decode("ascii", "replace")
            os.close(handle)
            raise OutboxFault(f"{self.path} is in use by process {holder or '?'}", code="file_in_use") from None
        self._held = handle

    def fact(self, name: str) -> bytes | None:
        """What was remembered under a name."""
        with self._reading() as database:
            row = database.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return None if row is None else bytes(row[0])

    def remember(self, facts: Mapping[str, bytes]) -> None:
        """Keep these facts, all or none; on the disk when this returns."""
        with self._transaction() as database:
            for name, value in facts.items():
                database.execute(
                    "INSERT INTO facts VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                    (name, value),
                )

    def pin_chain(self, chain: ChainIdentity) -> None:
        """Tie this file to a chain, once and for all; raises `OutboxMisuse` if it belongs to another one."""
        facts = {"chain": chain.id, "genesis": chain.genesis_hash.hex()}
        with self._transaction() as database:
            for name, value in facts.items():
                database.execute("INSERT INTO facts VALUES (?, ?) ON CONFLICT DO NOTHING", (name, value))
            found = database.execute("SELECT name, value FROM facts WHERE name IN ('chain', 'genesis')").fetchall()
        pinned = dict(found)
        if pinned != facts:
            raise OutboxMisuse(
                f"{self.path.name} belongs to chain {pinned['chain']} with the genesis {pinned['genesis']},"
                f" the node is on {chain.id} with the genesis {chain.genesis_hash.hex()}",
                code="wrong_chain",
            )

    def used_bytes(self) -> int:
        """What the file takes, without what was freed inside it and without the write-ahead log (at most 1 MiB)."""
        with self._reading() as database:
            pages, free, size = (
                database.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("page_count", "freelist_count", "page_size")
            )
        return int((pages - free) * size)

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """One write, whole or not at all."""
        with self._reading() as database:
            database.execute("BEGIN IMMEDIATE")
            try:
                yield database
                database.execute("COMMIT")
            finally:
                if database.in_transaction:
                    database.execute("ROLLBACK")

    @contextlib.contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                yield self._database
            except sqlite3.Error as error:
                raise OutboxFault(f"{self.path}: {error}") from error


def _open(path: Path, form: Form) -> sqlite3.Connection:
    database = None
    try:
        database = sqlite3.connect(path, isolation_level=None, timeout=BUSY_TIMEOUT_S, check_same_thread=False)
        _prepare(path, database, form)
    except sqlite3.Error as error:
        if database is not None:
            database.close()
        raise OutboxFault(f"{path}: {error}") from error
    except OutboxMisuse:
        if database is not None:
            database.close()
        raise
    return database


def _prepare(path: Path, database: sqlite3.Connection, form: Form) -> None:
    application, version = (
        database.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")
    )
    tables = database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    older = application == form.application_id and form.version - len(form.changes) <= version < form.version
    if (application, version) != (form.application_id, form.version) and (tables or application) and not older:
        raise OutboxMisuse(
            f"{path} is no {form.what} of version {form.version}; name another file", code="not_an_outbox"
        )
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    database.execute("PRAGMA foreign_keys = ON")
    # In KiB: SQLite's own default of 2 MiB is a twentieth of what a meter's client may have.
    database.execute("PRAGMA cache_size = -256")
    # Keeps the write-ahead log at about 1 MiB, so that the quota on the file is one on the disk.
    database.execute("PRAGMA wal_autocheckpoint = 128")
    database.execute("PRAGMA journal_size_limit = 1048576")
    if tables == 0:
        database.execute("BEGIN IMMEDIATE")
        # Another process may have made the tables since they were counted.
        if database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0:
            for statement in f"{FACTS};\n{form.tables}".split(";\n"):
                database.execute(statement)
            database.execute(f"PRAGMA application_id = {form.application_id}")
            database.execute(f"PRAGMA user_version = {form.version}")
        database.execute("COMMIT")
    elif older:
        _bring_up_to_date(database, form)
    damage = database.execute("PRAGMA quick_check(1)").fetchone()[0]
    if damage != "ok":
        raise OutboxFault(f"{path} is damaged: {damage}", code="outbox_damaged")


def _bring_up_to_date(database: sqlite3.Connection, form: Form) -> None:
    database.execute("BEGIN IMMEDIATE")
    # Another process may have done it since the version was read.
    version = database.execute("PRAGMA user_version").fetchone()[0]
    for change in form.changes[len(form.changes) - (form.version - version) :] if version < form.version else ():
        for statement in change.split(";\n"):
            database.execute(statement)
    database.execute(f"PRAGMA user_version = {form.version}")
    database.execute("COMMIT")
