"""The durable outbox: what was accepted is never lost, and no number is ever signed over two bodies.

Readings get their sequence and are on disk before anything else knows of them; a batch of them is signed and on disk,
byte for byte, before it is sent, and the same bytes are sent until they are decided. So a kill at any instant loses
nothing and repeats nothing: the sequence has no hole, and a nonce has one body.

    reading   pending ──(batch signed)──> batched ──(decided)──> kept as archive until the quota needs its room
    batch     signed ──> sent ──> decided        a batch that provably never can be decided: dead, its readings
                     └──────────> dead           return to pending and are signed again

One batch a meter is on its way at a time: the ledger refuses a lower nonce after a higher one. One file holds any
number of meters (a gateway signs for a whole street). SQLite with a write-ahead log and synchronous=FULL: what
`append` returned has reached the disk.

The quota is on the file. When it is reached, decided batches go first, oldest first; then every second of the older
half of the pending readings of the meter that has most: registers are cumulative, so that costs detail in time, never
energy. Signed batches and the newest reading are never touched.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import msgspec

from devices.errors import OutboxMisuse
from devices.outbox_file import Batch, OutboxFile
from devices.outbox_schema import (
    DROP_OLDEST_DECIDED,
    DROP_READINGS_OF_OLDEST_DECIDED,
    METER_WITH_MOST_PENDING,
    THIN_PENDING,
)
from devices.readings import HEADER, Reading, ReadingHeader, SignedBatch
from ledger.encoding.codec import encode
from ledger.limits import MAX_INTEGER
from ledger.metering.limits import MAX_READINGS

DEFAULT_QUOTA_BYTES: Final = 64 * 1024 * 1024
MIN_QUOTA_BYTES: Final = 256 * 1024

Build = Callable[[ReadingHeader, tuple[Reading, ...]], SignedBatch]
"""Signs the first of these readings, as many as fit; called inside the database's transaction, so it must be quick."""


class NewReading(msgspec.Struct, frozen=True):
    """A reading before it has a number: which meter, when, what the register showed, and what is signed beside it.

    `anew`: the owner declared that the account goes on from here, whatever stands before it, its time included.
    """

    meter: bytes
    time_ms: int
    register: int
    header: ReadingHeader
    anew: bool = False


class KnownMeter(msgspec.Struct, frozen=True):
    """What is proven that the chain knows of a meter's key: its last number, boot counter, and accepted reading.

    `register`, `time_ms`: of the last accepted one, in raw steps of 10^`scale` Wh; `time_ms` 0: there is none.
    """

    sequence: int
    boot: int
    time_ms: int
    register: int
    scale: int
    profile: bytes
    obis: bytes


UNKNOWN: Final = KnownMeter(0, 0, 0, 0, 0, b"", b"")
"""What the chain knows of a key that it never saw."""


class Outbox(OutboxFile):
    """An outbox that is written to; `quota_bytes` bounds its file."""

    def __init__(self, path: Path, *, quota_bytes: int = DEFAULT_QUOTA_BYTES) -> None:
        if quota_bytes < MIN_QUOTA_BYTES:
            raise OutboxMisuse(f"the quota is at least {MIN_QUOTA_BYTES} bytes")
        super().__init__(path)
        self._quota_bytes = quota_bytes
        self._reconciled: set[bytes] = set()

    def start_session(self) -> int:
        """Count and return the start of the device that signs from this outbox: its boot counter."""
        with self._transaction() as database:
            database.execute("UPDATE facts SET value = value + 1 WHERE name = 'boot'")
            return int(database.execute("SELECT value FROM facts WHERE name = 'boot'").fetchone()[0])

    def add_meter(self, meter: bytes, opening_sequence: int = 0) -> None:
        """Make a meter known; its first reading gets `opening_sequence` + 1. Known meters stay as they are.

        One without an opening sequence gets its place among the chain's numbers when it is compared with it.
        """
        with self._transaction() as database:
            database.execute(
                "INSERT INTO meters (public_key, last_sequence, confirmed) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                (meter, opening_sequence, opening_sequence > 0),
            )

    def is_reconciled(self, meter: bytes) -> bool:
        """Whether this meter was compared with the chain since the file was opened."""
        return meter in self._reconciled

    def reconcile(self, meter: bytes, known: KnownMeter) -> None:
        """Go on from what the chain is proven to know of a meter's key: sequence, boot counter, accepted reading.

        A lost file begins above them (nothing in it is signed before that). Where nothing of the meter is on its way,
        the next reading is judged by the ledger's last accepted one, whatever became of what this file has sent. An
        answer from before the last decision that is known here changes nothing of that.
        """
        self.add_meter(meter)
        with self._transaction() as database:
            number, confirmed, base, boot = database.execute(
                "SELECT number, confirmed, boot_base, value FROM meters, facts WHERE public_key = ? AND name = 'boot'",
                (meter,),
            ).fetchone()
            if not confirmed:
                self._renumber(database, number, known.sequence)
                base = known.boot
            # After an older copy of this file: its next start counts above all that the chain has seen.
            base = max(base, known.boot - boot)
            database.execute("UPDATE meters SET confirmed = 1, boot_base = ? WHERE number = ?", (base, number))
            self._go_on_from(database, number, known)
        self._reconciled.add(meter)

    @staticmethod
    def _renumber(database: sqlite3.Connection, number: int, above: int) -> None:
        """Give what was never signed numbers above `above`."""
        for sign in (-1, 1):
            # By way of negative numbers: no two may be the same while they move.
            database.execute(
                "UPDATE readings SET sequence = ? * (abs(sequence) + ?) WHERE meter = ?",
                (sign, above if sign < 0 else 0, number),
            )
        database.execute("UPDATE meters SET last_sequence = last_sequence + ? WHERE number = ?", (above, number))

    @staticmethod
    def _go_on_from(database: sqlite3.Connection, number: int, known: KnownMeter) -> None:
        undecided, decided = database.execute(
            "SELECT (SELECT count(*) FROM readings LEFT JOIN batches ON batches.number = batch"
            " WHERE readings.meter = ?1 AND (batch IS NULL OR state IN ('signed', 'sent'))),"
            " (SELECT coalesce(max(nonce), 0) FROM batches WHERE meter = ?1 AND state = 'decided')",
            (number,),
        ).fetchone()
        if undecided or known.sequence < decided:
            return
        database.execute(
            "UPDATE meters SET last_sequence = max(last_sequence, ?) WHERE number = ?", (known.sequence, number)
        )
        if known.time_ms == 0:
            return
        header = encode(ReadingHeader(known.profile, known.boot, 0, 0, known.obis, known.scale))
        database.execute("INSERT INTO headers (body) VALUES (?) ON CONFLICT DO NOTHING", (header,))
        database.execute(
            "UPDATE meters SET last_time_ms = ?, last_register = ?,"
            " last_header = (SELECT number FROM headers WHERE body = ?) WHERE number = ?",
            (known.time_ms, known.register, header, number),
        )

    def remember_identity(self, meter: bytes, identity: str) -> None:
        """Keep how the meter calls itself."""
        with self._transaction() as database:
            database.execute("UPDATE meters SET identity = ? WHERE public_key = ?", (identity, meter))

    def append(self, readings: Sequence[NewReading]) -> tuple[int, ...]:
        """Store readings and return their sequences; all of them or none, and on disk when this returns.

        Raises `OutboxMisuse` for an unknown meter or a time that is not after the meter's last.
        """
        with self._transaction() as database:
            sequences = tuple(self._append_one(database, reading) for reading in readings)
        self._enforce_quota()
        return sequences

    def _append_one(self, database: sqlite3.Connection, reading: NewReading) -> int:
        number, last_sequence, last_time_ms = self._meter(reading.meter)
        if reading.anew:
            last_time_ms = -1
        if not 0 <= reading.register <= MAX_INTEGER or not last_time_ms < reading.time_ms <= MAX_INTEGER:
            raise OutboxMisuse(f"a reading of {reading.time_ms} ms after one of {last_time_ms} ms")
        header = encode(reading.header)
        database.execute("INSERT INTO headers (body) VALUES (?) ON CONFLICT DO NOTHING", (header,))
        (header_number,) = database.execute("SELECT number FROM headers WHERE body = ?", (header,)).fetchone()
        sequence = last_sequence + 1
        database.execute(
            "INSERT INTO readings (meter, sequence, time_ms, register, header) VALUES (?, ?, ?, ?, ?)",
            (number, sequence, reading.time_ms, reading.register, header_number),
        )
        database.execute(
            "UPDATE meters SET last_sequence = ?, last_time_ms = ?, last_register = ?, last_header = ?"
            " WHERE number = ?",
            (sequence, reading.time_ms, reading.register, header_number, number),
        )
        return sequence

    def on_the_way(self, meter: bytes) -> Batch | None:
        """The batch that is signed and not decided."""
        with self._reading():
            found = self._batches("meters.public_key = ? AND state IN ('signed', 'sent')", (meter,))
        return found[0] if found else None

    def newest_pending_ms(self, meter: bytes) -> int | None:
        """The latest time of a reading that is not signed yet; None: there is none."""
        with self._reading() as database:
            row = database.execute(
                "SELECT max(time_ms) FROM readings JOIN meters ON meters.number = meter"
                " WHERE public_key = ? AND batch IS NULL",
                (meter,),
            ).fetchone()
        return None if row[0] is None else int(row[0])

    def next_batch(
        self, meter: bytes, build: Build, *, most: int = MAX_READINGS, latest_ms: int = MAX_INTEGER
    ) -> Batch | None:
        """The batch that is on its way, the same bytes as ever; else a new one of what is pending; else None.

        Nothing later than `latest_ms` is signed.
        """
        number, _, _ = self._meter(meter)
        with self._transaction() as database:
            on_the_way = self._batches("meters.number = ? AND state IN ('signed', 'sent')", (number,))
            if on_the_way:
                return on_the_way[0]
            header, readings = self._pending(database, number, most, latest_ms)
            if header is None:
                return None
            signed = build(header, readings)
            database.execute(
                "INSERT INTO batches (meter, nonce, first_sequence, count, transaction_id, body, valid_until_height)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    number,
                    signed.nonce,
                    readings[0].sequence,
                    signed.count,
                    signed.transaction_id,
                    signed.body,
                    signed.valid_until_height,
                ),
            )
            database.execute(
                "UPDATE readings SET batch = last_insert_rowid() WHERE meter = ? AND batch IS NULL AND sequence <= ?",
                (number, signed.nonce),
            )
            return self._batches("meters.number = ? AND state = 'signed'", (number,))[0]

    @staticmethod
    def _pending(
        database: sqlite3.Connection, meter: int, most: int, latest_ms: int
    ) -> tuple[ReadingHeader | None, tuple[Reading, ...]]:
        """The oldest pending readings that share one header, up to the first that is too late."""
        rows = database.execute(
            "SELECT sequence, time_ms, register, header FROM readings WHERE meter = ? AND batch IS NULL"
            " ORDER BY sequence LIMIT ?",
            (meter, most),
        ).fetchall()
        if not rows or rows[0][1] > latest_ms:
            return None, ()
        shared = rows[0][3]
        body, base = database.execute(
            "SELECT body, boot_base FROM headers, meters WHERE headers.number = ? AND meters.number = ?",
            (shared, meter),
        ).fetchone()
        readings = []
        for sequence, time_ms, register, header in rows:
            if header != shared or time_ms > latest_ms:
                break
            readings.append(Reading(sequence, time_ms, register))
        stored = HEADER.decode_trusted(body)
        return msgspec.structs.replace(stored, boot=stored.boot + base), tuple(readings)

    def drop_pending(self, meter: bytes, after_ms: int) -> int:
        """Drop what is not signed and bears a later time, and how many these were.

        They are from a clock that was wrong; registers are cumulative, so the next reading carries their energy. It is
        judged by the newest that is left, or after `reconcile` by the ledger's last.
        """
        number, _, _ = self._meter(meter)
        with self._transaction() as database:
            dropped = database.execute(
                "DELETE FROM readings WHERE meter = ? AND batch IS NULL AND time_ms > ?", (number, after_ms)
            ).rowcount
            left = database.execute(
                "SELECT time_ms, register, header FROM readings WHERE meter = ? ORDER BY sequence DESC LIMIT 1",
                (number,),
            ).fetchone()
            if dropped:
                database.execute(
                    "UPDATE meters SET last_time_ms = ?, last_register = ?, last_header = ?, thinned = thinned + ?"
                    " WHERE number = ?",
                    (*(left or (0, 0, None)), dropped, number),
                )
        self._reconciled.discard(meter)
        return dropped

    def mark_sent(self, batch: Batch) -> None:
        """Note that a batch was handed to a node once more."""
        with self._transaction() as database:
            database.execute(
                "UPDATE batches SET state = 'sent', attempts = attempts + 1"
                " WHERE number = ? AND state IN ('signed', 'sent')",
                (batch.number,),
            )

    def settle(self, batch: Batch, outcome: str, quarantined: int = 0) -> None:
        """A block decided the batch.

        `outcome`: the receipt's code, empty when it was applied; `quarantined`: how many of its readings bill nothing.
        After either the meter is to be compared with the chain again.
        """
        with self._transaction() as database:
            database.execute(
                "UPDATE batches SET state = 'decided', outcome = ?, quarantined = ?"
                " WHERE number = ? AND state IN ('signed', 'sent')",
                (outcome, quarantined, batch.number),
            )
        if outcome or quarantined:
            self._reconciled.discard(batch.meter)

    def give_up(self, batch: Batch, reason: str) -> None:
        """The batch can never be decided any more (the caller has proof): its readings are pending again."""
        with self._transaction() as database:
            changed = database.execute(
                "UPDATE batches SET state = 'dead', outcome = ? WHERE number = ? AND state IN ('signed', 'sent')",
                (reason, batch.number),
            ).rowcount
            if changed:
                database.execute("UPDATE readings SET batch = NULL WHERE batch = ?", (batch.number,))

    def resume_after(self, meter: bytes, sequence: int) -> bool:
        """Go on above `sequence`, the meter's last on the chain, which is not from here; True if something had to go.

        Somebody else used these numbers: an old copy of this file is in use, or two devices have one key, and a person
        must know. Undecided readings with used numbers are dropped, later readings carry their energy; a batch with
        one of them is dead. The caller has asked the chain whether the batch was decided after all.
        """
        number, last_sequence, _ = self._meter(meter)
        with self._transaction() as database:
            database.execute(
                "UPDATE readings SET batch = NULL WHERE batch IN"
                " (SELECT number FROM batches WHERE meter = ? AND first_sequence <= ? AND state IN ('signed', 'sent'))",
                (number, sequence),
            )
            dead = database.execute(
                "UPDATE batches SET state = 'dead', outcome = 'number_taken'"
                " WHERE meter = ? AND first_sequence <= ? AND state IN ('signed', 'sent')",
                (number, sequence),
            ).rowcount
            dropped = database.execute(
                "DELETE FROM readings WHERE meter = ? AND batch IS NULL AND sequence <= ?", (number, sequence)
            ).rowcount
            database.execute(
                "UPDATE meters SET last_sequence = max(last_sequence, ?), thinned = thinned + ? WHERE number = ?",
                (sequence, dropped, number),
            )
        return sequence > last_sequence or dead + dropped > 0

    def _enforce_quota(self) -> None:
        while self.used_bytes() > self._quota_bytes:
            with self._transaction() as database:
                database.execute(DROP_READINGS_OF_OLDEST_DECIDED)
                if database.execute(DROP_OLDEST_DECIDED).rowcount > 0:
                    continue
                row = database.execute(METER_WITH_MOST_PENDING).fetchone()
                thinned = database.execute(THIN_PENDING, {"meter": row[0]}).rowcount if row else 0
                if thinned <= 0:
                    return
                database.execute("UPDATE meters SET thinned = thinned + ? WHERE number = ?", (thinned, row[0]))
