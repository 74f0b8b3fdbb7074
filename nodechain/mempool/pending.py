"""Transactions that this node promised to keep: on the disk before it says so, back in the pool after a restart.

One log with group commit: what arrives while a write is under way goes into the next one, so that a burst costs few
synchronous writes. Not the chain's record: what is decided is in the store, and the log is rewritten without it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Final

from nodechain.errors import DataDamaged, JournalMissing, NodeError, storage_failed
from nodechain.files.disk import OS_DISK
from nodechain.journal.wal import Wal, sound_part
from nodechain.process.worker import Worker

log = logging.getLogger("nodechain.mempool.pending")

REWRITE_BYTES: Final = 16 * 1024 * 1024
"""A log larger than this is rewritten with what still waits; if that is much, not before it has doubled."""


class PendingLog:
    """`keep` returns when the transaction is on the disk."""

    def __init__(self, wal: Wal, still_waiting: Callable[[], list[bytes]]) -> None:
        self._wal = wal
        self._still_waiting = still_waiting
        self._queue: list[tuple[bytes, asyncio.Future[None]]] = []
        self._wake = asyncio.Event()
        self._rewrite_above = REWRITE_BYTES
        self._worker = Worker("pending")

    @classmethod
    def open(cls, path: Path, still_waiting: Callable[[], list[bytes]]) -> tuple[PendingLog, tuple[bytes, ...]]:
        """The log and what it holds; a new one where none is. `still_waiting` is asked at each rewrite.

        A damaged log is kept under another name; what stands before the damage is taken over: a transaction proves
        itself, and nothing else depends on this file. Raises `StorageFailed`.
        """
        try:
            wal, kept = Wal.open(path)
        except JournalMissing:
            return cls(Wal.create(path), still_waiting), ()
        except DataDamaged as error:
            wal, kept, aside = _begin_anew(path)
            told = {"why": error.detail, "path": str(aside), "kept": len(kept)}
            log.warning("the log of waiting transactions is damaged: it is kept under another name", extra=told)
        return cls(wal, still_waiting), kept

    async def keep(self, raw: bytes) -> None:
        """Return when `raw` will survive a kill; raises `StorageFailed`."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.append((raw, done))
        self._wake.set()
        await done

    async def run(self) -> None:
        """Write what is queued, for ever; one task owns this."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            batch, self._queue = self._queue, []
            if not batch:
                continue
            try:
                await self._worker.run(self._write, [raw for raw, _done in batch])
            except NodeError as error:
                for _raw, done in batch:
                    if not done.done():
                        done.set_exception(error)
                raise
            for _raw, done in batch:
                if not done.done():
                    done.set_result(None)

    def _write(self, batch: list[bytes]) -> None:
        if self._wal.size > self._rewrite_above:
            self._wal.restart(self._still_waiting() + batch)
            self._rewrite_above = max(REWRITE_BYTES, 2 * self._wal.size)
        else:
            self._wal.append(batch)

    def close(self) -> None:
        """Rewrite with what still waits, and close."""
        self._worker.close()
        self._wal.restart(self._still_waiting())
        self._wal.close()


def _begin_anew(path: Path) -> tuple[Wal, tuple[bytes, ...], Path | None]:
    try:
        kept = sound_part(path.read_bytes())
    except OSError as error:
        raise storage_failed(f"reading {path}", error) from error
    aside = OS_DISK.set_aside(path, "damaged")
    wal = Wal.create(path)
    wal.append(kept)
    return wal, kept, aside
