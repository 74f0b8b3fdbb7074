"""What a replica is told and what it asks of the shell around it: the driver's and the simulator's common language.

The shell performs actions in the order in which they stand; `Write` and `Store` are durable before the next one.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from consensus.doubt import Doubt
from consensus.messages import ConsensusMessage, Message, TransferAnswer
from consensus.records import LoggedLock, LoggedVote, SignRecord
from ledger.chain.blocks import Block
from ledger.chain.envelope import Transaction
from ledger.chain.header import Certificate, Header


class Alarm(IntEnum):
    """The replica's timers; setting one replaces its earlier setting. The first three are the engine's."""

    PROPOSE = 1
    ROUND = 2
    RESEND = 3
    FETCH = 4


@dataclass(frozen=True, slots=True)
class Started:
    """The node runs; its store is open. The first input."""


@dataclass(frozen=True, slots=True)
class Rang:
    """A timer that the replica set has come."""

    alarm: Alarm


@dataclass(frozen=True, slots=True)
class Heard:
    """A message of a connected peer; `relayed`: it handed on what another one said.

    What a peer asks for is no input: `nodechain.chain.serving` answers it.
    """

    peer: bytes
    message: ConsensusMessage | TransferAnswer
    relayed: bool = False


@dataclass(frozen=True, slots=True)
class PeersAre:
    """The peers that are connected now."""

    peers: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """The pool took in a transaction; `demanded`: a block is wanted though nothing waits (dev and demo)."""

    demanded: bool = False


@dataclass(frozen=True, slots=True)
class Stored:
    """The block of the last `Store` is on the disk."""


Input = Started | Rang | Heard | PeersAre | Waiting | Stored


@dataclass(frozen=True, slots=True)
class Write:
    """To the journal, before anything that follows; see `Journal.persist`."""

    bodies: tuple[tuple[Header, bytes], ...]
    records: tuple[LoggedVote | LoggedLock, ...]
    signed: SignRecord
    doubt: Doubt | None
    overruled: bool


@dataclass(frozen=True, slots=True)
class Store:
    """Commit a decided block to the store, then `Stored`."""

    block: Block
    certificate: Certificate


@dataclass(frozen=True, slots=True)
class Tell:
    """Send to one peer."""

    peer: bytes
    message: Message


@dataclass(frozen=True, slots=True)
class TellDecided:
    """Send a peer the DECIDED of a height that is in the store."""

    peer: bytes
    height: int


@dataclass(frozen=True, slots=True)
class TellAll:
    """Send to every other validator."""

    message: ConsensusMessage


@dataclass(frozen=True, slots=True)
class SetAlarm:
    """Ring at a monotonic time."""

    alarm: Alarm
    at_ms: int


@dataclass(frozen=True, slots=True)
class Blame:
    """A peer sent what no honest node sends."""

    peer: bytes
    code: str


@dataclass(frozen=True, slots=True)
class Dropped:
    """A transaction that will never stand in a block, and why."""

    transaction: Transaction
    code: str


@dataclass(frozen=True, slots=True)
class Stop:
    """The node cannot go on."""

    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class StopForUpgrade:
    """The next height's rules are not known here: say nothing of it, stop, and tell people what to install."""

    height: int
    version: int
    release: str


Action = Write | Store | Tell | TellDecided | TellAll | SetAlarm | Blame | Dropped | Stop | StopForUpgrade
