"""Signatures of many transactions at once, off the event loop: they are nine tenths of a transaction's cost.

Few are verified in place. From `INLINE` on, chunks of raw bytes go to worker processes, and a bitmap comes back;
threads would starve beside a busy event loop. A lost worker costs a verification in place, never a wrong answer.
"""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import signal
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Final

from ledger.chain.envelope import Transaction
from ledger.errors import InvalidInput

log = logging.getLogger("nodechain.mempool.verify")

INLINE: Final = 50
"""Fewer are verified in place: sending them away would cost more."""

CHUNK: Final = 128
"""Transactions for a worker at once."""


def verify_chunk(genesis_hash: bytes, raws: list[bytes]) -> bytes:
    """One byte each: 1 where all signatures for that chain are right. Runs in a worker."""
    return bytes(_is_signed(genesis_hash, raw) for raw in raws)


def _is_signed(genesis_hash: bytes, raw: bytes) -> bool:
    try:
        return Transaction(raw).verify_signatures(genesis_hash)
    except InvalidInput:
        return False


def _ignore_interrupts() -> None:
    """Ctrl-C is for the node, which ends its workers in order."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


class Verifier:
    """`workers` processes, started when they are first needed; with 0 everything is verified in place.

    `genesis_hash`: of the chain that the signatures must be for.
    """

    def __init__(self, genesis_hash: bytes, workers: int) -> None:
        self._genesis_hash = genesis_hash
        self._workers = workers
        self._pool: ProcessPoolExecutor | None = None

    async def verify(self, transactions: Sequence[Transaction]) -> list[bool]:
        """Whether each one's signatures are right."""
        if not self._workers or len(transactions) < INLINE:
            return await self._in_place(transactions)
        try:
            return await self._in_workers(transactions)
        except (BrokenProcessPool, OSError) as error:
            log.warning("a verifying process was lost: %s", error)
            self.close()
            return await self._in_place(transactions)

    async def _in_place(self, transactions: Sequence[Transaction]) -> list[bool]:
        verdicts: list[bool] = []
        for start in range(0, len(transactions), INLINE):
            part = transactions[start : start + INLINE]
            verdicts += [transaction.verify_signatures(self._genesis_hash) for transaction in part]
            if start + INLINE < len(transactions):
                # Votes must not wait behind a large batch.
                await asyncio.sleep(0)
        return verdicts

    async def _in_workers(self, transactions: Sequence[Transaction]) -> list[bool]:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                self._workers, mp_context=multiprocessing.get_context("spawn"), initializer=_ignore_interrupts
            )
        loop, pool = asyncio.get_running_loop(), self._pool
        raws = [transaction.raw for transaction in transactions]
        chunks = [raws[start : start + CHUNK] for start in range(0, len(raws), CHUNK)]
        waiting = [loop.run_in_executor(pool, verify_chunk, self._genesis_hash, chunk) for chunk in chunks]
        bitmaps = await asyncio.gather(*waiting)
        return [bool(bit) for bitmap in bitmaps for bit in bitmap]

    def close(self) -> None:
        """End the workers."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None
