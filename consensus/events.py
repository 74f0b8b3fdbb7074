"""All inputs and effects of the engine on one page.

The node hands in events and performs the effects in the order in which they stand: a `Persist` is on the disk before
anything after it happens. The engine has no clock: every step is told what time it is.
"""

from __future__ import annotations

from enum import IntEnum

import msgspec

from consensus.messages import ConsensusMessage, Message
from consensus.signing import DoubleSignRisk, LoggedLock, LoggedVote, SignRecord
from ledger.chain.header import Certificate, Header
from ledger.chain.validator_set import ValidatorSet
from ledger.validators.payloads import Evidence


class Now(msgspec.Struct, frozen=True):
    """`monotonic_ms` never goes back and runs the timers; `wall_ms` is what people call the time."""

    monotonic_ms: int
    wall_ms: int


class Timer(IntEnum):
    """Setting one replaces its earlier setting. FETCH belongs to who joins the engine with bodies and sync."""

    PROPOSE = 1
    ROUND = 2
    RESEND = 3
    FETCH = 4


class HeightStarted(msgspec.Struct, frozen=True):
    """The head is decided and applied: work on the next height. `waiting`: the pool holds transactions.

    `certificate` is None for the genesis block. The first event of an engine, and then one after every `Decide`.
    """

    head: Header
    certificate: Certificate | None
    validators: ValidatorSet
    waiting: bool


class TransactionsWaiting(msgspec.Struct, frozen=True):
    """The pool went from empty to not empty."""


class TimerFired(msgspec.Struct, frozen=True):
    """A timer that the engine set has come."""

    timer: Timer


class MessageReceived(msgspec.Struct, frozen=True):
    """`peer` names who handed it over, who need not be who signed it; answers go there."""

    peer: bytes
    message: ConsensusMessage


class PeerJoined(msgspec.Struct, frozen=True):
    """A peer is connected that was not before: it may have missed what was said."""

    peer: bytes


class ProposalReady(msgspec.Struct, frozen=True):
    """The block that `AskProposal` asked for: executed, so its roots are right."""

    header: Header
    round: int


class BlockChecked(msgspec.Struct, frozen=True):
    """What became of a `CheckBlock`. `weight`: that of the block's transactions."""

    block_hash: bytes
    valid: bool
    weight: int


WithinHeight = TransactionsWaiting | TimerFired | MessageReceived | PeerJoined | ProposalReady | BlockChecked
Event = HeightStarted | WithinHeight


class Persist(msgspec.Struct, frozen=True):
    """Put all of this on the disk before performing what follows.

    `bodies`: hashes of checked blocks whose transactions go to the log, before `records`; `signed` goes to the
    sign-state, after both, with `risk`: why this validator may have forgotten a signature, if it may, and
    `resumed_unsafely`: whether an operator has answered for what it may still learn of itself.
    """

    bodies: tuple[bytes, ...]
    records: tuple[LoggedVote | LoggedLock, ...]
    signed: SignRecord
    risk: DoubleSignRisk | None
    resumed_unsafely: bool


class Broadcast(msgspec.Struct, frozen=True):
    """Send to every other validator."""

    message: ConsensusMessage


class Send(msgspec.Struct, frozen=True):
    """Send to one peer."""

    peer: bytes
    message: Message


class AnswerDecided(msgspec.Struct, frozen=True):
    """A peer works on a height that is decided: send it that block's DECIDED."""

    peer: bytes
    height: int


class PeerAhead(msgspec.Struct, frozen=True):
    """A peer says that it works on a later height than we do; it may lie, so it is only a hint whom to ask."""

    peer: bytes
    height: int


class SetTimer(msgspec.Struct, frozen=True):
    """Fire `TimerFired` at a monotonic time."""

    timer: Timer
    at_ms: int


class AskProposal(msgspec.Struct, frozen=True):
    """Make a block on the head; only 1/`weight_share` of the weight limit may be used."""

    height: int
    round: int
    weight_share: int


class CheckBlock(msgspec.Struct, frozen=True):
    """Get the transactions of a block, from anybody, and execute it on the head; answered by `BlockChecked`.

    Stays open until answered or until the height ends; asked once for a block.
    """

    header: Header


class ForgetBlock(msgspec.Struct, frozen=True):
    """A block that was checked, or is being fetched, and cannot be decided any more: free what it holds."""

    block_hash: bytes


class Decide(msgspec.Struct, frozen=True):
    """The block is final, checked and at hand: apply it, store it with its certificate, then `HeightStarted`."""

    header: Header
    certificate: Certificate


class ReportEvidence(msgspec.Struct, frozen=True):
    """A validator signed two things where it may sign one: bring the proof into a block."""

    evidence: Evidence


class Misbehaved(msgspec.Struct, frozen=True):
    """A peer handed over what no honest node hands over; `code` says what."""

    peer: bytes
    code: str


class Halt(msgspec.Struct, frozen=True):
    """The engine cannot go on; say why and stop."""

    code: str
    reason: str


Effect = (
    Persist
    | Broadcast
    | Send
    | AnswerDecided
    | PeerAhead
    | SetTimer
    | AskProposal
    | CheckBlock
    | ForgetBlock
    | Decide
    | ReportEvidence
    | Misbehaved
    | Halt
)


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

    def take(self, risk: DoubleSignRisk | None, *, resumed_unsafely: bool) -> tuple[Effect, ...]:
        """All of it, what must be durable first; `risk` and `resumed_unsafely` are written down with it."""
        first: tuple[Effect, ...] = ()
        if self._signed is not None:
            first = (Persist(tuple(self._bodies), tuple(self._records), self._signed, risk, resumed_unsafely),)
        effects = (*first, *self._others)
        self._bodies, self._records, self._signed, self._others = [], [], None, []
        return effects
