"""The way into the pool, one batch after the other: cheap checks, signatures together, then the pool (node.md).

One task owns it. What arrives while a batch is verified makes up the next one, so a burst costs few turns of the loop
and few trips to the verifying processes. Bounded: what does not fit is refused at once, and nothing is half done.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final

import msgspec

from ledger.chain.context import Context
from ledger.chain.envelope import Transaction
from ledger.errors import InclusionError, InvalidInput
from nodechain.errors import NodeError
from nodechain.mempool.mempool import Mempool
from nodechain.mempool.verify import Verifier

MAX_WAITING: Final = 20_000
BATCH: Final = 1_024

Refusal = InvalidInput | InclusionError


class Busy(NodeError):
    """Too many transactions wait to be looked at."""

    code = "busy"
    advice = "Send them again in a moment, or more slowly."


class _Waiting(msgspec.Struct, frozen=True):
    raw: bytes
    done: Callable[[Transaction | Refusal], None]


class Admission:
    """`view` gives the head as the next block sees it; `admitted` is told of every transaction that waits now."""

    def __init__(
        self,
        mempool: Mempool,
        verifier: Verifier,
        view: Callable[[], Context],
        admitted: Callable[[Transaction], None],
    ) -> None:
        self._mempool = mempool
        self._verifier = verifier
        self._view = view
        self._admitted = admitted
        self._waiting: deque[_Waiting] = deque()
        self._wake = asyncio.Event()

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def is_full(self) -> bool:
        """Whether nothing more is taken."""
        return len(self._waiting) >= MAX_WAITING

    def offer(self, raw: bytes, done: Callable[[Transaction | Refusal], None]) -> None:
        """Have a transaction looked at; `done` gets it or why not. Raises `Busy`."""
        if self.is_full:
            raise Busy(f"{MAX_WAITING} transactions wait to be looked at")
        self._waiting.append(_Waiting(raw, done))
        self._wake.set()

    async def submit(self, raw: bytes, waits: Callable[[Transaction], None]) -> Transaction:
        """Take a transaction in; `waits` gets it at once. Raises `InvalidInput`, `InclusionError` or `Busy`."""
        verdict: asyncio.Future[Transaction] = asyncio.get_running_loop().create_future()

        def done(outcome: Transaction | Refusal) -> None:
            if isinstance(outcome, Transaction):
                waits(outcome)
            if verdict.done():
                return
            if isinstance(outcome, Transaction):
                verdict.set_result(outcome)
            else:
                verdict.set_exception(outcome)

        self.offer(raw, done)
        return await verdict

    async def run(self) -> None:
        """Look at what waits, for ever; one task owns this."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._waiting:
                batch = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
                await self._look_at(batch)

    async def _look_at(self, batch: list[_Waiting]) -> None:
        examined: list[tuple[_Waiting, Transaction]] = []
        view = self._view()
        for entry in batch:
            try:
                examined.append((entry, self._mempool.examine(entry.raw, view)))
            except (InvalidInput, InclusionError) as refusal:
                entry.done(refusal)
        unknown = [
            transaction for _entry, transaction in examined if transaction.full_hash not in self._mempool.verified
        ]
        verdicts = await self._verifier.verify(unknown)
        false = {transaction.full_hash for transaction, good in zip(unknown, verdicts, strict=True) if not good}
        view = self._view()
        for entry, transaction in examined:
            if transaction.full_hash in false:
                entry.done(InclusionError("a signature is missing or wrong", code="bad_signature"))
                continue
            try:
                self._mempool.take_in(transaction, view)
            except InclusionError as refusal:
                entry.done(refusal)
                continue
            self._admitted(transaction)
            entry.done(transaction)

    def close(self) -> None:
        """End the verifying processes."""
        self._verifier.close()
