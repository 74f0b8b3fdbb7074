"""Who waits for what: blocks and transactions, told once they are stored."""

from __future__ import annotations

import asyncio

import msgspec

from ledger.chain.blocks import Block
from ledger.chain.header import Receipt


class TransactionOutcome(msgspec.Struct, frozen=True):
    """What became of a transaction: decided at a height with a receipt, or dropped for a reason before that."""

    height: int
    index: int
    receipt: Receipt | None
    dropped: str = ""


class Decisions:
    """Waiters for transactions by id, and for the next block."""

    def __init__(self) -> None:
        self._waiters: dict[bytes, list[asyncio.Future[TransactionOutcome]]] = {}
        self._next_block = asyncio.Event()

    def block_stored(self, block: Block) -> None:
        """Tell everybody who waits for this block or a transaction in it."""
        for index, transaction in enumerate(block.transactions, 1):
            if transaction.id in self._waiters:
                receipt = block.executed.receipts[index]
                self._tell(transaction.id, TransactionOutcome(block.header.height, index, receipt))
        self._next_block.set()
        self._next_block = asyncio.Event()

    def dropped(self, transaction_id: bytes, code: str) -> None:
        """Tell those who wait that the transaction will not be decided."""
        self._tell(transaction_id, TransactionOutcome(0, 0, None, code))

    def _tell(self, transaction_id: bytes, decision: TransactionOutcome) -> None:
        for waiter in self._waiters.pop(transaction_id, ()):
            if not waiter.done():
                waiter.set_result(decision)

    def expect(self, transaction_id: bytes) -> asyncio.Future[TransactionOutcome]:
        """A future that is told of the transaction; make it before the transaction enters the pool."""
        waiter: asyncio.Future[TransactionOutcome] = asyncio.get_running_loop().create_future()
        self._waiters.setdefault(transaction_id, []).append(waiter)
        return waiter

    def forget(self, transaction_id: bytes, waiter: asyncio.Future[TransactionOutcome]) -> None:
        """Nobody waits on this future any more."""
        waiters = self._waiters.get(transaction_id)
        if waiters is not None and waiter in waiters:
            waiters.remove(waiter)
            if not waiters:
                del self._waiters[transaction_id]

    async def next_block(self) -> None:
        """Return when another block is stored."""
        await self._next_block.wait()
