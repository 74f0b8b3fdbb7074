"""Performs the replica's actions on the real world, in order: the one task that makes the chain grow.

Inputs (messages, timers, transactions) come in through one queue with lanes (`nodechain.chain.lanes`). `WriteJournal`
and `StoreBlock` are on the disk before anything after them happens. A failure to write ends the task, and with it
the node: fail-stop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol, assert_never

from consensus.events import AnswerDecided, Broadcast, Halt, Misbehaved, Now, Send, SetTimer, Timer, TimerFired
from consensus.messages import Commit, ConsensusMessage, Message, Prepare, Proposal, ProvenRoundChange
from consensus.signing import DoubleSignRisk, LoggedLock, LoggedVote, SignRecord
from ledger.chain.blocks import Block
from ledger.chain.envelope import Transaction
from ledger.chain.header import Certificate, Header
from nodechain.chain.actions import (
    Action,
    BlockStored,
    Input,
    NodeStarted,
    PeerMessage,
    StopForUpgrade,
    StoreBlock,
    TransactionAdmitted,
    TransactionDropped,
    WriteJournal,
)
from nodechain.chain.block_answers import DecidedRequest, Request
from nodechain.chain.lanes import NO_SOURCE, Lane, Lanes
from nodechain.chain.replica import Replica
from nodechain.chain.safe_mode import SafeModeLog
from nodechain.clock import Clock
from nodechain.errors import NodeInvariantBroken, UpgradeRequired, require_present
from nodechain.process.worker import Worker


class JournalWriter(Protocol):
    """Where signatures are written down; `nodechain.journal.journal.Journal`, or the tests' twin."""

    def persist(
        self,
        bodies: tuple[tuple[Header, bytes], ...],
        records: tuple[LoggedVote | LoggedLock, ...],
        signed: SignRecord,
        risk: DoubleSignRisk | None,
        *,
        resumed_unsafely: bool,
    ) -> None:
        """Durable when it returns."""
        ...


class PeerLinks(Protocol):
    """Where messages go; `nodechain.network.network.Network`."""

    def send_message(self, peer: bytes, message: Message) -> None:
        """Send to one peer."""
        ...

    def broadcast_message(self, message: ConsensusMessage) -> None:
        """Send to every peer."""
        ...

    def penalize(self, peer: bytes, code: str) -> None:
        """A peer did what no honest node does."""
        ...

    def handled(self, peer: bytes, message: Message, *, hand_on: bool) -> None:
        """A message that came from there was taken; others may need it too."""
        ...


class ServesBlocks(Protocol):
    """Who reads the store for peers; `nodechain.chain.serving.Serving`."""

    def asked(self, peer: bytes, request: Request) -> None:
        """A peer is to get something."""
        ...


class Driver:
    """Owns the replica; `run` is its only task.

    `decided` is called with every new head's block, after it is stored; `dropped` with a transaction that will never
    stand in a block, and why. The queue of inputs is bounded by who fills it: the network hands over so many messages
    of each peer, and timers and transactions wait there once.
    """

    def __init__(
        self,
        replica: Replica,
        journal: JournalWriter | None,
        clock: Clock,
        peers: PeerLinks,
        serving: ServesBlocks,
        *,
        decided: Callable[[Block], None],
        dropped: Callable[[Transaction, str], None],
    ) -> None:
        self._replica = replica
        self._journal = journal
        self._clock = clock
        self._peers = peers
        self._serving = serving
        self._decided = decided
        self._dropped = dropped
        self._inputs = Lanes()
        self._storage = Worker("storage")
        self._alarms: dict[Timer, asyncio.TimerHandle] = {}
        self._storing: Block | None = None
        self._told = False
        self._safe_mode = SafeModeLog()
        self.last_commit_ms = 0

    def transactions_wait(self) -> None:
        """The pool is no longer empty; cheap, may be called often."""
        if not self._told:
            self._told = True
            self._inputs.put(TransactionAdmitted())

    def make_block(self) -> None:
        """Make a block though nothing is due."""
        self._inputs.put(TransactionAdmitted(demanded=True))

    def repeat(self) -> None:
        """Say at once what is said again and again: where this node is, and at what time."""
        self._inputs.put(TimerFired(Timer.RESEND))

    def put(self, event: Input, lane: Lane = Lane.OWN, source: bytes = NO_SOURCE) -> None:
        """Something happened; `source`: the peer that caused it."""
        self._inputs.put(event, lane, source)

    async def run(self) -> None:
        """Make blocks until cancelled; raises `StorageFailed` or `NodeInvariantBroken` where it cannot go on."""
        try:
            await self._step(NodeStarted())
            while True:
                await self._step(await self._inputs.get())
        finally:
            for alarm in self._alarms.values():
                alarm.cancel()
            self._storage.close()

    async def _step(self, event: Input) -> None:
        waiting: list[Input] = [event]
        while waiting:
            if isinstance(waiting[0], TransactionAdmitted):
                self._told = False
            now = Now(self._clock.monotonic_ms(), self._clock.wall_ms())
            following = waiting.pop(0)
            actions = self._replica.step(following, now)
            self._safe_mode.is_now(self._replica.engine.risk, self._replica.app.height)
            if isinstance(following, BlockStored) and self._storing is not None:
                self._decided(self._storing)
            for action in actions:
                after = await self._perform(action)
                if after is not None:
                    waiting.append(after)
            if isinstance(following, PeerMessage):
                self._handled(following, actions)

    def _handled(self, heard: PeerMessage, actions: list[Action]) -> None:
        """Hand on what was the peer's own and is good: what is for another height was not looked at closely."""
        is_good = not any(isinstance(action, Misbehaved) and action.peer == heard.peer for action in actions)
        height = self._replica.engine.place[0]
        hand_on = is_good and not heard.relayed and _height_of(heard.message) in (height - 1, height)
        self._peers.handled(heard.peer, heard.message, hand_on=hand_on)

    async def _perform(self, action: Action) -> Input | None:
        match action:
            case WriteJournal():
                journal = require_present(self._journal, "who follows signs nothing")
                await self._storage.run(
                    journal.persist,
                    action.bodies,
                    action.records,
                    action.signed,
                    action.risk,
                    resumed_unsafely=action.resumed_unsafely,
                )
            case StoreBlock():
                return await self._store(action.block, action.certificate)
            case SetTimer():
                self._set_alarm(action)
            case TransactionDropped():
                self._dropped(action.transaction, action.code)
            case Halt():
                raise NodeInvariantBroken(
                    action.reason, code="consensus_halted", advice="See the log; the chain is safe."
                )
            case StopForUpgrade():
                known = self._replica.app.chain.registry.newest
                raise UpgradeRequired(action.height, action.version, known, action.release)
            case Send():
                self._peers.send_message(action.peer, action.message)
            case AnswerDecided():
                self._serving.asked(action.peer, DecidedRequest(action.height))
            case Broadcast():
                self._peers.broadcast_message(action.message)
            case Misbehaved():
                self._peers.penalize(action.peer, action.code)
            case _:
                assert_never(action)
        return None

    async def _store(self, block: Block, certificate: Certificate) -> BlockStored:
        self._storing = block
        started_ms = self._clock.monotonic_ms()
        await self._storage.run(self._replica.app.commit, block, certificate)
        self.last_commit_ms = self._clock.monotonic_ms() - started_ms
        return BlockStored()

    def _set_alarm(self, action: SetTimer) -> None:
        earlier = self._alarms.pop(action.timer, None)
        if earlier is not None:
            earlier.cancel()
        delay_s = max(action.at_ms - self._clock.monotonic_ms(), 0) / 1000
        loop = asyncio.get_running_loop()
        self._alarms[action.timer] = loop.call_later(delay_s, self._timer_expired, action.timer)

    def _timer_expired(self, alarm: Timer) -> None:
        self._inputs.put(TimerFired(alarm))


def _height_of(message: Message) -> int:
    """The height that a vote is for; -1 for what is none."""
    return message.height if isinstance(message, Proposal | Prepare | Commit | ProvenRoundChange) else -1
