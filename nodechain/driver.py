"""Performs the engine's effects, in order: the one task that makes the chain grow.

Events in (timers, transactions, proposals), effects out: `Persist` reaches the disk before anything after it
happens; `Decide` commits the block in one batch, then the new head is made known. A failure to write ends the task,
and with it the node: fail-stop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol, assert_never

from consensus.engine import Engine
from consensus.events import (
    AskProposal,
    Decide,
    Effect,
    Event,
    Halt,
    HeightStarted,
    Persist,
    ProposalReady,
    SetTimer,
    Timer,
    TimerFired,
    TransactionsWaiting,
)
from ledger.blocks import Block
from ledger.codec import encode
from ledger.errors import InclusionError
from ledger.transactions.envelope import Transaction
from nodechain.app import Application
from nodechain.clock import Clock
from nodechain.errors import BrokenInvariant, require
from nodechain.mempool import Mempool

_PASSING = frozenset({"bad_nonce", "block_full", "too_many_of_sender"})
"""Reasons for which a transaction may still stand in a later block."""


class Journal(Protocol):
    """Where the sign-state goes; `nodechain.journal.sign_state.SignState`, or the tests' twin."""

    def store(self, payload: bytes) -> None:
        """Durable when it returns."""
        ...


class Driver:
    """Owns engine, head and pool; `run` is its only task.

    `proposer`: this validator's address. `decided` is called with every new head's block, after it is stored;
    `dropped` with a transaction that will never stand in a block, and why.
    """

    def __init__(
        self,
        app: Application,
        engine: Engine,
        mempool: Mempool,
        journal: Journal,
        clock: Clock,
        proposer: bytes,
        *,
        decided: Callable[[Block], None],
        dropped: Callable[[Transaction, str], None],
    ) -> None:
        self._app = app
        self._engine = engine
        self._mempool = mempool
        self._journal = journal
        self._clock = clock
        self._proposer = proposer
        self._decided = decided
        self._dropped = dropped
        self._events: asyncio.Queue[Event] = asyncio.Queue()
        self._timers: dict[Timer, asyncio.TimerHandle] = {}
        self._proposed: Block | None = None
        self.last_commit_ms = 0

    def transactions_wait(self) -> None:
        """The pool is no longer empty; cheap, may be called often."""
        if self._events.empty():
            self._events.put_nowait(TransactionsWaiting(self._clock.monotonic_ms()))

    async def run(self) -> None:
        """Make blocks until cancelled; raises `StorageFailed` or `BrokenInvariant` where it cannot go on."""
        try:
            await self._feed(self._height_started())
            while True:
                await self._feed(await self._events.get())
        finally:
            for timer in self._timers.values():
                timer.cancel()

    def _height_started(self) -> HeightStarted:
        parent = self._app.parent
        waiting = len(self._mempool) > 0
        return HeightStarted(parent.header.height + 1, parent.validators, waiting, self._clock.monotonic_ms())

    async def _feed(self, event: Event) -> None:
        pending: list[Event] = [event]
        while pending:
            for effect in self._engine.step(pending.pop(0)):
                following = await self._perform(effect)
                if following is not None:
                    pending.append(following)

    async def _perform(self, effect: Effect) -> Event | None:
        match effect:
            case SetTimer():
                self._set_timer(effect)
                return None
            case AskProposal():
                return self._propose(effect)
            case Persist():
                await asyncio.to_thread(self._journal.store, encode(effect.record))
                return None
            case Decide():
                return await self._decide(effect)
            case Halt():
                raise BrokenInvariant(effect.reason, code="consensus_halted", advice="See the log; the chain is safe.")
            case _:
                assert_never(effect)

    def _set_timer(self, effect: SetTimer) -> None:
        earlier = self._timers.pop(effect.timer, None)
        if earlier is not None:
            earlier.cancel()
        delay_s = max(effect.at_ms - self._clock.monotonic_ms(), 0) / 1000
        loop = asyncio.get_running_loop()
        self._timers[effect.timer] = loop.call_later(delay_s, self._fire, effect.timer)

    def _fire(self, timer: Timer) -> None:
        self._events.put_nowait(TimerFired(timer, self._clock.monotonic_ms()))

    def _propose(self, effect: AskProposal) -> ProposalReady:
        block, left_out = self._app.propose(
            self._mempool.pool.candidates(),
            time_ms=max(self._clock.wall_ms(), self._app.parent.header.time_ms + 1),
            proposer=self._proposer,
            verified=self._mempool.verified,
            weight_share=effect.weight_share,
        )
        for transaction, error in left_out:
            self._drop(transaction, error)
        self._proposed = block
        return ProposalReady(block.header, effect.round)

    def _drop(self, transaction: Transaction, error: InclusionError) -> None:
        if error.code not in _PASSING:
            self._mempool.pool.remove(transaction.id)
            self._dropped(transaction, error.code)

    async def _decide(self, effect: Decide) -> Event:
        block = self._proposed
        require(block is not None and block.header == effect.header, "the decided block is not at hand")
        assert block is not None
        started_ms = self._clock.monotonic_ms()
        await asyncio.to_thread(self._app.commit, block, effect.certificate)
        self.last_commit_ms = self._clock.monotonic_ms() - started_ms
        self._app.advance(block)
        self._mempool.settle(block.transactions)
        self._proposed = None
        self._decided(block)
        return self._height_started()
