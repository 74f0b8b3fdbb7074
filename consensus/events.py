"""All inputs and effects of the engine on one page.

The node hands in events and performs the effects in the order in which they stand: a `Persist` is on the disk before
anything after it happens. Times are milliseconds of a monotonic clock that the node reads; the engine has none.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from ledger.codec import Bytes32, Uint, Value
from ledger.types import Certificate, Header
from ledger.validators import ValidatorSet


class Step(IntEnum):
    """What a validator signs, in the order within a round."""

    NONE = 0
    PROPOSAL = 1
    PREPARE = 2
    COMMIT = 3


class SignRecord(Value, frozen=True):
    """The last thing that this validator signed; kept in the sign-state (consensus.md, 'Durable state')."""

    height: Uint
    round: Uint
    step: int
    block_hash: Bytes32


NOTHING_SIGNED = SignRecord(0, 0, Step.NONE, bytes(32))


class Timer(IntEnum):
    """The engine's timers; setting one replaces its earlier setting."""

    PROPOSE = 1


@dataclass(frozen=True, slots=True)
class HeightStarted:
    """The head is known and applied: decide `height` with `validators`. `waiting`: the pool holds transactions."""

    height: int
    validators: ValidatorSet
    waiting: bool
    now_ms: int


@dataclass(frozen=True, slots=True)
class TransactionsWaiting:
    """The pool went from empty to not empty."""

    now_ms: int


@dataclass(frozen=True, slots=True)
class TimerFired:
    """A timer that the engine set has come."""

    timer: Timer
    now_ms: int


@dataclass(frozen=True, slots=True)
class ProposalReady:
    """The block that `AskProposal` asked for: executed, so its roots are right."""

    header: Header
    round: int


Event = HeightStarted | TransactionsWaiting | TimerFired | ProposalReady


@dataclass(frozen=True, slots=True)
class SetTimer:
    """Fire `TimerFired` at a monotonic time."""

    timer: Timer
    at_ms: int


@dataclass(frozen=True, slots=True)
class AskProposal:
    """Make a block on the head; only 1/`weight_share` of the weight limit may be used."""

    height: int
    round: int
    weight_share: int


@dataclass(frozen=True, slots=True)
class Persist:
    """Put this on the disk before performing what follows."""

    record: SignRecord


@dataclass(frozen=True, slots=True)
class Decide:
    """The block is final: apply it, store it with its certificate, then start the next height."""

    header: Header
    certificate: Certificate


@dataclass(frozen=True, slots=True)
class Halt:
    """The engine cannot go on; say why and stop."""

    reason: str


Effect = SetTimer | AskProposal | Persist | Decide | Halt
