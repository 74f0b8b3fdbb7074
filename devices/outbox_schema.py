"""The tables of an outbox file, how one is opened, and the longer statements of `devices.outbox`."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Final

from devices.errors import OutboxFault, OutboxMisuse

APPLICATION_ID: Final = 0x6E63_6F62
"""'ncob' in the file's header: an outbox and no other database."""

SCHEMA_VERSION: Final = 1
BUSY_TIMEOUT_S: Final = 10.0

_TABLES: Final = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;
INSERT INTO facts VALUES ('boot', 0);
CREATE TABLE headers (number INTEGER PRIMARY KEY, body BLOB NOT NULL UNIQUE);
CREATE TABLE meters (
    number INTEGER PRIMARY KEY,
    public_key BLOB NOT NULL UNIQUE,
    last_sequence INTEGER NOT NULL,
    last_time_ms INTEGER NOT NULL DEFAULT 0,
    last_register INTEGER NOT NULL DEFAULT 0,
    last_header INTEGER,
    thinned INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE batches (
    number INTEGER PRIMARY KEY AUTOINCREMENT, -- the number of a dropped batch is never given again
    meter INTEGER NOT NULL REFERENCES meters,
    nonce INTEGER NOT NULL,
    first_sequence INTEGER NOT NULL,
    count INTEGER NOT NULL,
    transaction_id BLOB NOT NULL,
    body BLOB NOT NULL,
    valid_until_height INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'signed' CHECK (state IN ('signed', 'sent', 'decided', 'dead')),
    outcome TEXT NOT NULL DEFAULT '',
    attempts INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX one_body_a_nonce ON batches (meter, nonce) WHERE state <> 'dead';
CREATE UNIQUE INDEX one_on_the_way ON batches (meter) WHERE state IN ('signed', 'sent');
CREATE TABLE readings (
    meter INTEGER NOT NULL REFERENCES meters,
    sequence INTEGER NOT NULL,
    time_ms INTEGER NOT NULL,
    register INTEGER NOT NULL,
    header INTEGER NOT NULL REFERENCES headers,
    batch INTEGER REFERENCES batches,
    PRIMARY KEY (meter, sequence)
) WITHOUT ROWID;
CREATE INDEX pending ON readings (meter, sequence) WHERE batch IS NULL;
CREATE INDEX batched ON readings (batch) WHERE batch IS NOT NULL;
"""

_COUNTED: Final = "(SELECT coalesce(sum(count), 0) FROM batches WHERE meter = meters.number AND state"
SUMMARY: Final = (
    "SELECT public_key, last_sequence, last_time_ms, last_register,"
    " (SELECT count(*) FROM readings WHERE meter = meters.number AND batch IS NULL),"
    f" {_COUNTED} IN ('signed', 'sent')),"
    f" {_COUNTED} = 'decided' AND outcome = ''),"
    f" {_COUNTED} = 'decided' AND outcome <> ''),"
    " thinned FROM meters ORDER BY number"
)

OLDEST_DECIDED: Final = "SELECT number FROM batches WHERE state IN ('decided', 'dead') ORDER BY number LIMIT 32"
DROP_READINGS_OF_OLDEST_DECIDED: Final = f"DELETE FROM readings WHERE batch IN ({OLDEST_DECIDED})"
DROP_OLDEST_DECIDED: Final = f"DELETE FROM batches WHERE number IN ({OLDEST_DECIDED})"

METER_WITH_MOST_PENDING: Final = (
    "SELECT meter FROM readings WHERE batch IS NULL GROUP BY meter ORDER BY count(*) DESC, meter LIMIT 1"
)

THIN_PENDING: Final = (
    "DELETE FROM readings WHERE meter = :meter AND sequence IN (SELECT sequence FROM (SELECT sequence,"
    " row_number() OVER (ORDER BY sequence) AS place, count(*) OVER () AS pending FROM readings"
    " WHERE meter = :meter AND batch IS NULL) WHERE place * 2 <= pending AND place % 2 = 0)"
)
"""Every second one of the older half; the oldest and the newest always stay."""


def open_database(path: Path) -> sqlite3.Connection:
    """Open or make an outbox file, durable to the disk. Raises `OutboxFault`, or `OutboxMisuse` for a foreign file."""
    database = None
    try:
        database = sqlite3.connect(path, isolation_level=None, timeout=BUSY_TIMEOUT_S, check_same_thread=False)
        _prepare(path, database)
    except sqlite3.Error as error:
        if database is not None:
            database.close()
        raise OutboxFault(f"{path}: {error}") from error
    except OutboxMisuse:
        if database is not None:
            database.close()
        raise
    return database


def _prepare(path: Path, database: sqlite3.Connection) -> None:
    application, version = (
        database.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")
    )
    tables = database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if (application, version) != (APPLICATION_ID, SCHEMA_VERSION) and (tables or application):
        raise OutboxMisuse(f"{path} is no outbox of version {SCHEMA_VERSION}; name another file", code="not_an_outbox")
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    database.execute("PRAGMA foreign_keys = ON")
    # Keeps the write-ahead log at about 1 MiB, so that the quota on the file is one on the disk.
    database.execute("PRAGMA wal_autocheckpoint = 128")
    database.execute("PRAGMA journal_size_limit = 1048576")
    if tables == 0:
        database.execute("BEGIN IMMEDIATE")
        # Another process may have made the tables since they were counted.
        if database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0:
            for statement in _TABLES.split(";\n"):
                database.execute(statement)
            database.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            database.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        database.execute("COMMIT")
    damage = database.execute("PRAGMA quick_check(1)").fetchone()[0]
    if damage != "ok":
        raise OutboxFault(f"{path} is damaged: {damage}", code="outbox_damaged")
