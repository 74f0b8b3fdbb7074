"""Collects the effects of one step, so that everything to be persisted comes before everything to be sent."""

from __future__ import annotations

from consensus.doubt import Doubt
from consensus.events import Broadcast, Effect, Persist
from consensus.messages import ConsensusMessage
from consensus.records import LoggedLock, LoggedVote, SignRecord


class Effects:
    """One step's effects; `take` hands them out in order and starts anew."""

    def __init__(self) -> None:
        self._bodies: list[bytes] = []
        self._records: list[LoggedVote | LoggedLock] = []
        self._signed: SignRecord | None = None
        self._others: list[Effect] = []

    def log(self, record: LoggedVote | LoggedLock, signed: SignRecord) -> None:
        """Write a record to the log, and the sign-state after it."""
        self._records.append(record)
        self._signed = signed

    def keep_body(self, block_hash: bytes) -> None:
        """Write a block's transactions to the log."""
        if block_hash not in self._bodies:
            self._bodies.append(block_hash)

    def signed(self, signed: SignRecord) -> None:
        """Write the sign-state."""
        self._signed = signed

    def broadcast(self, message: ConsensusMessage) -> None:
        """Send to every other validator."""
        self._others.append(Broadcast(message))

    def add(self, effect: Effect) -> None:
        """Any other effect, in order."""
        self._others.append(effect)

    def take(self, doubt: Doubt | None, *, overruled: bool) -> tuple[Effect, ...]:
        """All of it, what must be durable first; `doubt` and whether it is overruled are written down with it."""
        first: tuple[Effect, ...] = ()
        if self._signed is not None:
            first = (Persist(tuple(self._bodies), tuple(self._records), self._signed, doubt, overruled),)
        effects = (*first, *self._others)
        self._bodies, self._records, self._signed, self._others = [], [], None, []
        return effects
