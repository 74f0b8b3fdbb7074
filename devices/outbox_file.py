"""An open outbox file and what people and drivers ask of it; writing readings and batches is `devices.outbox`.

It may be used from several threads: whoever writes holds the file until its transaction is on the disk.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from devices.errors import OutboxFault, OutboxMisuse
from devices.outbox_schema import SUMMARY, open_database
from devices.readings import HEADER, Reading, ReadingHeader


@dataclass(frozen=True, slots=True)
class Batch:
    """A signed transaction on its way; `attempts` counts how often it was handed to a node."""

    number: int
    meter: bytes
    nonce: int
    first_sequence: int
    count: int
    transaction_id: bytes
    body: bytes
    valid_until_height: int
    state: str
    outcome: str
    attempts: int


@dataclass(frozen=True, slots=True)
class MeterSummary:
    """How far a meter is: numbers of readings by state, and its last reading (`last_time_ms` 0: none yet)."""

    meter: bytes
    last_sequence: int
    last_time_ms: int
    last_register: int
    pending: int
    on_the_way: int
    decided: int
    refused: int
    thinned: int


class OutboxFile:
    """An open file. Raises `OutboxFault` where disk or database fail, `OutboxMisuse` for a foreign file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._database = open_database(path)

    def close(self) -> None:
        """Close the file; nothing is lost without it."""
        self._database.close()

    def meters(self) -> tuple[bytes, ...]:
        """The keys of all meters, in the order they were added."""
        with self._reading() as database:
            return tuple(row[0] for row in database.execute("SELECT public_key FROM meters ORDER BY number"))

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

    def last_reading(self, meter: bytes) -> tuple[Reading, ReadingHeader] | None:
        """The newest reading that was stored, whatever became of it; None for a meter without one."""
        with self._reading() as database:
            row = database.execute(
                "SELECT last_sequence, last_time_ms, last_register, headers.body FROM meters"
                " JOIN headers ON headers.number = last_header WHERE public_key = ?",
                (meter,),
            ).fetchone()
        return None if row is None else (Reading(*row[:3]), HEADER.decode_trusted(row[3]))

    def summaries(self) -> tuple[MeterSummary, ...]:
        """How far each meter is."""
        with self._reading() as database:
            return tuple(MeterSummary(*row) for row in database.execute(SUMMARY))

    def batches(self, meter: bytes, *, most: int = 20) -> tuple[Batch, ...]:
        """The newest batches of a meter, newest first."""
        with self._reading():
            return self._batches("meters.public_key = ?", (meter,), most)

    def used_bytes(self) -> int:
        """What the file takes, without what was freed inside it and without the write-ahead log (at most 1 MiB)."""
        with self._reading() as database:
            pages, free, size = (
                database.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("page_count", "freelist_count", "page_size")
            )
        return int((pages - free) * size)

    def _meter(self, meter: bytes) -> tuple[int, int, int]:
        with self._reading() as database:
            row = database.execute(
                "SELECT number, last_sequence, last_time_ms FROM meters WHERE public_key = ?", (meter,)
            ).fetchone()
        if row is None:
            raise OutboxMisuse(f"meter {meter.hex()} is not in {self.path.name}; add it first")
        return row[0], row[1], row[2]

    def _batches(self, where: str, values: tuple[object, ...], most: int = 1) -> tuple[Batch, ...]:
        rows = self._database.execute(
            "SELECT batches.number, public_key, nonce, first_sequence, count, transaction_id, body,"
            " valid_until_height, state, outcome, attempts FROM batches JOIN meters ON meters.number = meter"
            f" WHERE {where} ORDER BY batches.number DESC LIMIT ?",
            (*values, most),
        )
        return tuple(Batch(*row) for row in rows)

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
