"""What a unit measured, for people: gauges, counters, relays and alarms in a local file, bounded in size.

Nothing that is billed comes from here; a lost archive costs curves, not energy. When the file is full, the oldest
twentieth of the values goes, and of the alarms that are older than all values.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Final

import msgspec

from devices.durable_database import DurableDatabase, Form
from devices.unit.alarms import Alarm

ARCHIVE: Final = Form("archive of a unit", 0x6E63_7561, 1, """\
CREATE TABLE observed (time_ms INTEGER NOT NULL, channel TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL);
CREATE INDEX by_time ON observed (time_ms);
CREATE TABLE alarms (
    time_ms INTEGER NOT NULL,
    channel TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    raised INTEGER NOT NULL,
    detail TEXT NOT NULL
)""")  # fmt: skip
DEFAULT_QUOTA_BYTES: Final = 256 * 1024 * 1024
MIN_QUOTA_BYTES: Final = 256 * 1024


class ArchivedValue(msgspec.Struct, frozen=True):
    """One value of one channel at a time."""

    time_ms: int
    channel: str
    name: str
    value: Decimal


class Archive(DurableDatabase):
    """The file of one unit; `quota_bytes` bounds it."""

    def __init__(self, path: Path, *, quota_bytes: int = DEFAULT_QUOTA_BYTES) -> None:
        super().__init__(path, ARCHIVE)
        self._quota_bytes = max(quota_bytes, MIN_QUOTA_BYTES)

    def store(self, values: Sequence[ArchivedValue], alarms: Sequence[Alarm]) -> None:
        """Keep what was seen in one round."""
        with self._transaction() as database:
            database.executemany(
                "INSERT INTO observed VALUES (?, ?, ?, ?)",
                [(value.time_ms, value.channel, value.name, f"{value.value:f}") for value in values],
            )
            database.executemany(
                "INSERT INTO alarms VALUES (?, ?, ?, ?, ?, ?)",
                [(alarm.time_ms, alarm.channel, alarm.kind.value, alarm.subject, alarm.raised, alarm.detail)
                 for alarm in alarms],
            )  # fmt: skip
        self._enforce_quota()

    def values(self, from_ms: int, to_ms: int) -> Iterator[ArchivedValue]:
        """All values of a span, both ends included, oldest first."""
        with self._reading() as database:
            rows = database.execute(
                "SELECT time_ms, channel, name, value FROM observed WHERE time_ms BETWEEN ? AND ?"
                " ORDER BY time_ms, channel, name",
                (from_ms, to_ms),
            ).fetchall()
        for time_ms, channel, name, value in rows:
            yield ArchivedValue(time_ms, channel, name, Decimal(value))

    def alarms(self, from_ms: int, to_ms: int) -> list[tuple[int, str, str, str, bool, str]]:
        """Time, channel, kind, subject, whether it began, and detail, oldest first."""
        with self._reading() as database:
            rows = database.execute(
                "SELECT time_ms, channel, kind, subject, raised, detail FROM alarms WHERE time_ms BETWEEN ? AND ?"
                " ORDER BY time_ms, rowid",
                (from_ms, to_ms),
            ).fetchall()
        return [(time_ms, channel, kind, subject, bool(raised), detail)
                for time_ms, channel, kind, subject, raised, detail in rows]  # fmt: skip

    def _enforce_quota(self) -> None:
        while self.used_bytes() > self._quota_bytes:
            with self._transaction() as database:
                gone = database.execute(
                    "DELETE FROM observed WHERE rowid IN (SELECT rowid FROM observed ORDER BY time_ms"
                    " LIMIT (SELECT count(*) / 20 + 1 FROM observed))"
                ).rowcount
                oldest = database.execute("SELECT min(time_ms) FROM observed").fetchone()[0]
                gone += database.execute("DELETE FROM alarms WHERE time_ms < coalesce(?, 0)", (oldest,)).rowcount
            if gone <= 0:
                return
