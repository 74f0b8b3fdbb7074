"""Transactions that this node promised to keep: on the disk before it says so, back in the pool after a restart.

One log with group commit: what arrives while a write is under way goes into the next one, so that a burst costs few
synchronous writes. Not the chain's record: what is decided is in the store, and the log is rewritten without it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final

from nodechain.errors import NodeError
from nodechain.journal.wal import Wal

REWRITE_BYTES: Final = 16 * 1024 * 1024


class PendingLog:
    """`keep` returns when the transaction is on the disk."""

    def __init__(self, wal: Wal, still_waiting: Callable[[], list[bytes]]) -> None:
        self._wal = wal
        self._still_waiting = still_waiting
        self._queue: list[tuple[bytes, asyncio.Future[None]]] = []
        self._wake = asyncio.Event()

    @classmethod
    def open(cls, path: Path, still_waiting: Callable[[], list[bytes]]) -> tuple[PendingLog, tuple[bytes, ...]]:
        """The log and what it holds; a new one where none is. `still_waiting` is asked at each rewrite."""
        if not path.exists():
            return cls(Wal.create(path), still_waiting), ()
        wal, kept = Wal.open(path)
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
                await asyncio.to_thread(self._write, [raw for raw, _done in batch])
            except NodeError as error:
                for _raw, done in batch:
                    if not done.done():
                        done.set_exception(error)
                raise
            for _raw, done in batch:
                if not done.done():
                    done.set_result(None)

    def _write(self, batch: list[bytes]) -> None:
        if self._wal.size > REWRITE_BYTES:
            self._wal.restart(self._still_waiting() + batch)
        else:
            self._wal.append(batch)

    def close(self) -> None:
        """Rewrite with what still waits, and close."""
        self._wal.restart(self._still_waiting())
        self._wal.close()
