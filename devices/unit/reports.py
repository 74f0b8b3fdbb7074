"""What a unit measured and the chain does not have yet: one durable file, exactly once.

    item     waiting ──(report signed)──> on the way ──(decided)──> decided, with its height
                 ^                             └──(refused, alone)──> refused: a person must know
                 └──(refused, among others)────┘   then each goes alone, so that one does not hold up the rest
    report   signed ──> sent ──> decided
               └─────────┴─────> taken apart   too large or malformed for the ledger: what it held waits again
                           └───> stuck     its number is used and no node shows by whom: nothing is signed any more

A channel's register moves in the same write that stores what it means, and a report is on the disk, byte for byte,
before it is sent; one report is on its way at a time. So a kill at any instant loses no watt-hour and reports none
twice. What the chain used a number for that is not proven to be ours is never guessed: reports, other than registers,
are not cumulative.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from enum import Enum
from pathlib import Path
from typing import Final

import msgspec

from devices.durable_database import DurableDatabase, Form
from devices.sample import Quality, Sample
from ledger.energy.limits import MAX_BATCH_ITEMS

REPORTS: Final = Form("file of a unit's reports", 0x6E63_7570, 1, """\
CREATE TABLE channels (
    name TEXT PRIMARY KEY,
    obis BLOB NOT NULL,
    raw INTEGER NOT NULL,
    scale INTEGER NOT NULL,
    time_ms INTEGER NOT NULL,
    counted_wh INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE reports (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    nonce INTEGER NOT NULL,
    transaction_id BLOB NOT NULL,
    body BLOB NOT NULL,
    state TEXT NOT NULL DEFAULT 'signed' CHECK (state IN ('signed', 'sent', 'decided', 'stuck')),
    outcome TEXT NOT NULL DEFAULT '',
    height INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX one_on_the_way ON reports ((1)) WHERE state IN ('signed', 'sent', 'stuck');
CREATE TABLE items (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    channel TEXT NOT NULL,
    kind TEXT NOT NULL,
    account BLOB NOT NULL,
    energy_wh INTEGER NOT NULL,
    time_ms INTEGER NOT NULL,
    alone INTEGER NOT NULL DEFAULT 0,
    report INTEGER REFERENCES reports,
    refused TEXT NOT NULL DEFAULT ''
);
CREATE INDEX waiting ON items (number) WHERE report IS NULL""")  # fmt: skip
MALFORMED: Final = "malformed_input"
"""The outcome of a report that the ledger takes in no block, whoever is asked: its number is free again."""

RETRIED: Final = frozenset({"unit_sequence", "above_maximum_power"})
"""Refusals that are about a report's number or its moment, not about what it says: the same goes again."""


class ItemKind(Enum):
    """What a channel measures for the unit."""

    PRODUCTION = "production"
    CONSUMPTION = "consumption"
    STORAGE = "storage"


class Item(msgspec.Struct, frozen=True):
    """One part of a report: `energy_wh` fed in or drawn by `account`, or what the unit holds (account empty)."""

    channel: str
    kind: ItemKind
    account: bytes
    energy_wh: int
    time_ms: int


class Report(msgspec.Struct, frozen=True):
    """A signed transaction of the unit on its way."""

    number: int
    nonce: int
    transaction_id: bytes
    body: bytes
    state: str
    attempts: int


class Summary(msgspec.Struct, frozen=True):
    """How many items there are by what became of them."""

    waiting: int
    on_the_way: int
    decided: int
    refused: int
    stuck: bool


Sign = Callable[[tuple[Item, ...]], tuple[int, bytes, bytes]]
"""Items to (nonce, transaction id, body); called inside the database's transaction, so it must be quick."""


class Reports(DurableDatabase):
    """The file of one unit."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, REPORTS)

    def last(self, channel: str) -> tuple[Sample, int] | None:
        """The sample up to which a channel is counted, and all that it counted; None for a new channel."""
        with self._reading() as database:
            row = database.execute(
                "SELECT obis, raw, scale, time_ms, counted_wh FROM channels WHERE name = ?", (channel,)
            ).fetchone()
        if row is None:
            return None
        return Sample(row[0], row[1], row[2], "Wh", Quality.CONFIRMED, row[3]), int(row[4])

    def count(self, counted: Sequence[tuple[str, Sample, int, Item | None]]) -> None:
        """Move channels to their samples, each by so many Wh, and store what that means; all of it or nothing."""
        with self._transaction() as database:
            for channel, sample, step_wh, item in counted:
                database.execute(
                    "INSERT INTO channels VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET"
                    " obis = excluded.obis, raw = excluded.raw, scale = excluded.scale, time_ms = excluded.time_ms,"
                    " counted_wh = counted_wh + excluded.counted_wh",
                    (channel, sample.obis, sample.raw, sample.scale_exponent, sample.time_ms, step_wh),
                )
                if item is not None:
                    database.execute(
                        "INSERT INTO items (channel, kind, account, energy_wh, time_ms) VALUES (?, ?, ?, ?, ?)",
                        (item.channel, item.kind.value, item.account, item.energy_wh, item.time_ms),
                    )

    def on_the_way(self) -> Report | None:
        """The report that is not decided, if there is one."""
        with self._reading() as database:
            row = database.execute(
                "SELECT number, nonce, transaction_id, body, state, attempts FROM reports"
                " WHERE state IN ('signed', 'sent', 'stuck')"
            ).fetchone()
        return None if row is None else Report(*row)

    def waiting(self) -> tuple[Item, ...]:
        """What the next report will hold: all that waits, or one item alone."""
        with self._reading() as database:
            return tuple(item for _, item in self._waiting(database))

    @staticmethod
    def _waiting(database: sqlite3.Connection) -> list[tuple[int, Item]]:
        rows = database.execute(
            "SELECT number, channel, kind, account, energy_wh, time_ms, alone FROM items"
            " WHERE report IS NULL AND refused = '' ORDER BY number LIMIT ?",
            (MAX_BATCH_ITEMS,),
        ).fetchall()
        found: list[tuple[int, Item]] = []
        for number, channel, kind, account, energy_wh, time_ms, alone in rows:
            if alone and found:
                break
            found.append((number, Item(channel, ItemKind(kind), account, energy_wh, time_ms)))
            if alone:
                break
        return found

    def sign_next(self, sign: Sign) -> Report | None:
        """Make the next report of what waits; None if nothing does."""
        with self._transaction() as database:
            chosen = self._waiting(database)
            if not chosen:
                return None
            nonce, identity, body = sign(tuple(item for _, item in chosen))
            number = database.execute(
                "INSERT INTO reports (nonce, transaction_id, body) VALUES (?, ?, ?)", (nonce, identity, body)
            ).lastrowid
            database.executemany("UPDATE items SET report = ? WHERE number = ?", [(number, item) for item, _ in chosen])
        return self.on_the_way()

    def mark_sent(self, report: Report) -> None:
        """Note that it was handed to a node once more."""
        with self._transaction() as database:
            database.execute(
                "UPDATE reports SET state = 'sent', attempts = attempts + 1 WHERE number = ?", (report.number,)
            )

    def settle(self, report: Report, height: int, code: str) -> None:
        """A block decided it; a `code` says why the ledger refused it."""
        with self._transaction() as database:
            database.execute(
                "UPDATE reports SET state = 'decided', outcome = ?, height = ? WHERE number = ?",
                (code, height, report.number),
            )
            if code in RETRIED:
                database.execute("UPDATE items SET report = NULL WHERE report = ?", (report.number,))
            elif code:
                (count,) = database.execute("SELECT count(*) FROM items WHERE report = ?", (report.number,)).fetchone()
                if count == 1:
                    database.execute("UPDATE items SET refused = ? WHERE report = ?", (code, report.number))
                else:
                    database.execute("UPDATE items SET report = NULL, alone = 1 WHERE report = ?", (report.number,))

    def take_apart(self, report: Report) -> None:
        """Its bytes are no transaction for the ledger: what it held waits again, each item alone if all fit in one."""
        with self._transaction() as database:
            (count,) = database.execute("SELECT count(*) FROM items WHERE report = ?", (report.number,)).fetchone()
            database.execute(
                "UPDATE reports SET state = 'decided', outcome = ? WHERE number = ?", (MALFORMED, report.number)
            )
            if count == 1:
                database.execute("UPDATE items SET refused = ? WHERE report = ?", (MALFORMED, report.number))
            else:
                database.execute(
                    "UPDATE items SET report = NULL, alone = ? WHERE report = ?",
                    (count <= MAX_BATCH_ITEMS, report.number),
                )

    def give_up_number(self, report: Report) -> None:
        """Its number was used by something that is not proven to be it: nothing goes on until a person decides."""
        with self._transaction() as database:
            database.execute("UPDATE reports SET state = 'stuck' WHERE number = ?", (report.number,))

    def release(self, *, again: bool) -> bool:
        """A person decided about a stuck report: send what it holds `again`, or count it as decided. False: none."""
        with self._transaction() as database:
            row = database.execute("SELECT number FROM reports WHERE state = 'stuck'").fetchone()
            if row is None:
                return False
            database.execute("UPDATE reports SET state = 'decided', outcome = ? WHERE number = ?",
                             ("number_taken" if again else "", row[0]))  # fmt: skip
            if again:
                database.execute("UPDATE items SET report = NULL WHERE report = ?", (row[0],))
        return True

    def reported_wh(self, account: bytes, height: int) -> int:
        """What was reported as drawn by an account and decided up to a height."""
        with self._reading() as database:
            row = database.execute(
                "SELECT coalesce(sum(energy_wh), 0) FROM items JOIN reports ON reports.number = report"
                " WHERE account = ? AND kind = 'consumption' AND refused = '' AND state = 'decided' AND height <= ?",
                (account, height),
            ).fetchone()
        return int(row[0])

    def decided_height(self) -> int:
        """The height of the newest report that was decided; 0 before the first."""
        with self._reading() as database:
            return int(database.execute("SELECT coalesce(max(height), 0) FROM reports").fetchone()[0])

    def summary(self) -> Summary:
        """What became of all items."""
        with self._reading() as database:
            waiting, way, decided, refused = database.execute(
                "SELECT coalesce(sum(report IS NULL AND refused = ''), 0),"
                " coalesce(sum(state IN ('signed', 'sent', 'stuck')), 0),"
                " coalesce(sum(state = 'decided' AND refused = ''), 0), coalesce(sum(refused <> ''), 0)"
                " FROM items LEFT JOIN reports ON reports.number = report"
            ).fetchone()
            stuck = database.execute("SELECT count(*) FROM reports WHERE state = 'stuck'").fetchone()[0]
        return Summary(waiting, way, decided, refused, bool(stuck))
