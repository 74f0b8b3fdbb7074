"""Transactions that a node promised to keep: over damage of their log too."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from pathlib import Path

import pytest

from nodechain.mempool import pending
from nodechain.mempool.pending import PendingLog


async def _keep(log: PendingLog, raws: Sequence[bytes]) -> None:
    writer = asyncio.create_task(log.run())
    try:
        for raw in raws:
            await log.keep(raw)
    finally:
        writer.cancel()
        await asyncio.gather(writer, return_exceptions=True)


def keep(log: PendingLog, *raws: bytes) -> None:
    """Hand them over one after the other, each when the one before is on the disk."""
    asyncio.run(_keep(log, raws))


def test_n8d_a_damaged_log_is_kept_by_name_and_what_stands_before_the_damage_is_taken_over(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    path = tmp_path / "pending"
    log, nothing = PendingLog.open(path, list)
    assert nothing == ()
    keep(log, b"first" * 20, b"second" * 20, b"third" * 20)
    whole = path.read_bytes()
    for number, place in enumerate((len(whole) - 50, 3), 1):
        damaged = bytearray(whole)
        damaged[place] ^= 1
        path.write_bytes(damaged)
        again, found = PendingLog.open(path, list)
        assert found == ((b"first" * 20, b"second" * 20) if place > 100 else ())
        assert (tmp_path / f"pending.damaged-{number}").read_bytes() == damaged
        keep(again, b"new")
        assert PendingLog.open(path, list)[1] == (*found, b"new")
        assert "damaged" in caplog.text
        path.unlink()


def test_what_waits_long_is_not_written_again_with_each_batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pool larger than the limit of the log doubled every write; now the log has to double first."""
    monkeypatch.setattr(pending, "REWRITE_BYTES", 1_000)
    waiting = [bytes(100) for _ in range(50)]
    rewrites = []

    def still_waiting() -> list[bytes]:
        rewrites.append(len(waiting))
        return waiting

    log, _ = PendingLog.open(tmp_path / "pending", still_waiting)
    keep(log, *(number.to_bytes(4, "big") * 25 for number in range(100)))
    assert 1 <= len(rewrites) <= 5
