"""An open outbox file and what people and drivers ask of it; writing readings and batches is `devices.outbox`."""

from __future__ import annotations

from pathlib import Path

import msgspec

from devices.durable_database import DurableDatabase
from devices.errors import OutboxMisuse
from devices.outbox_schema import OUTBOX, SUMMARY
from devices.readings import HEADER, Reading, ReadingHeader


class Batch(msgspec.Struct, frozen=True):
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
    quarantined: int


class MeterSummary(msgspec.Struct, frozen=True):
    """How far a meter is: numbers of readings by state, and its last reading (`last_time_ms` 0: none yet).

    `decided`: accepted by the ledger; `refused`: in batches that it refused whole; `quarantined`: billed
    nothing.
    """

    meter: bytes
    last_sequence: int
    last_time_ms: int
    last_register: int
    pending: int
    on_the_way: int
    decided: int
    refused: int
    quarantined: int
    thinned: int


class OutboxFile(DurableDatabase):
    """An open file; what `DurableDatabase` raises."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, OUTBOX)

    def meters(self) -> tuple[bytes, ...]:
        """The keys of all meters, in the order they were added."""
        with self._reading() as database:
            return tuple(row[0] for row in database.execute("SELECT public_key FROM meters ORDER BY number"))

    def last_reading(self, meter: bytes) -> tuple[Reading, ReadingHeader] | None:
        """The reading that the next one is judged by; None for a meter without one.

        The newest that was stored, or after a quarantine or a lost file the last that the ledger accepted.
        """
        with self._reading() as database:
            row = database.execute(
                "SELECT last_sequence, last_time_ms, last_register, headers.body FROM meters"
                " JOIN headers ON headers.number = last_header WHERE public_key = ?",
                (meter,),
            ).fetchone()
        return None if row is None else (Reading(*row[:3]), HEADER.decode_trusted(row[3]))

    def identity(self, meter: bytes) -> str:
        """How the meter called itself when it was first read; empty: it never did."""
        with self._reading() as database:
            row = database.execute("SELECT identity FROM meters WHERE public_key = ?", (meter,)).fetchone()
        return "" if row is None else str(row[0])

    def boot(self, meter: bytes) -> int:
        """The boot counter that the present start signs for a meter: above all that the chain has seen of its key."""
        with self._reading() as database:
            row = database.execute(
                "SELECT boot_base + value FROM meters, facts WHERE public_key = ? AND name = 'boot'", (meter,)
            ).fetchone()
        return 0 if row is None else int(row[0])

    def summaries(self) -> tuple[MeterSummary, ...]:
        """How far each meter is."""
        with self._reading() as database:
            return tuple(MeterSummary(*row) for row in database.execute(SUMMARY))

    def batches(self, meter: bytes, *, most: int = 20) -> tuple[Batch, ...]:
        """The newest batches of a meter, newest first."""
        with self._reading():
            return self._batches("meters.public_key = ?", (meter,), most)

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
            " valid_until_height, state, outcome, attempts, quarantined FROM batches"
            " JOIN meters ON meters.number = meter"
            f" WHERE {where} ORDER BY batches.number DESC LIMIT ?",
            (*values, most),
        )
        return tuple(Batch(*row) for row in rows)
