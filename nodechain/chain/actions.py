"""A replica's inputs, and the actions that it asks for: the common language of driver and simulator.

The shell performs actions in the order in which they stand; `WriteJournal` and `StoreBlock` are durable before the
next one.
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


class ReplicaTimer(IntEnum):
    """The replica's timers; setting one replaces its earlier setting. The first three are the engine's."""

    PROPOSE = 1
    ROUND = 2
    RESEND = 3
    FETCH = 4


@dataclass(frozen=True, slots=True)
class NodeStarted:
    """The node runs; its store is open. The first input."""


@dataclass(frozen=True, slots=True)
class TimerExpired:
    """A timer that the replica set has expired."""

    alarm: ReplicaTimer


@dataclass(frozen=True, slots=True)
class PeerMessage:
    """A message of a connected peer; `relayed`: it handed on what another one said.

    What a peer asks for is no input: `nodechain.chain.serving` answers it.
    """

    peer: bytes
    message: ConsensusMessage | TransferAnswer
    relayed: bool = False


@dataclass(frozen=True, slots=True)
class PeersChanged:
    """The peers that are connected now."""

    peers: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class TransactionAdmitted:
    """The pool took in a transaction; `demanded`: a block is wanted though nothing waits (dev and demo)."""

    demanded: bool = False


@dataclass(frozen=True, slots=True)
class BlockStored:
    """The block of the last `StoreBlock` is on the disk."""


Input = NodeStarted | TimerExpired | PeerMessage | PeersChanged | TransactionAdmitted | BlockStored


@dataclass(frozen=True, slots=True)
class WriteJournal:
    """To the journal, before anything that follows; see `Journal.persist`."""

    bodies: tuple[tuple[Header, bytes], ...]
    records: tuple[LoggedVote | LoggedLock, ...]
    signed: SignRecord
    doubt: Doubt | None
    overruled: bool


@dataclass(frozen=True, slots=True)
class StoreBlock:
    """Commit a decided block to the store, then `BlockStored`."""

    block: Block
    certificate: Certificate


@dataclass(frozen=True, slots=True)
class SendMessage:
    """Send to one peer."""

    peer: bytes
    message: Message


@dataclass(frozen=True, slots=True)
class SendDecided:
    """Send a peer the DECIDED of a height that is in the store."""

    peer: bytes
    height: int


@dataclass(frozen=True, slots=True)
class BroadcastMessage:
    """Send to every other validator."""

    message: ConsensusMessage


@dataclass(frozen=True, slots=True)
class SetReplicaTimer:
    """Put a `TimerExpired` in at a monotonic time, in ms."""

    alarm: ReplicaTimer
    at_ms: int


@dataclass(frozen=True, slots=True)
class PenalizePeer:
    """A peer sent what no honest node sends."""

    peer: bytes
    code: str


@dataclass(frozen=True, slots=True)
class TransactionDropped:
    """A transaction that will never stand in a block, and why."""

    transaction: Transaction
    code: str


@dataclass(frozen=True, slots=True)
class StopNode:
    """The node cannot go on."""

    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class StopForUpgrade:
    """The next height's rules are not known here: say nothing of it, stop, and tell people what to install."""

    height: int
    version: int
    release: str


Action = (
    WriteJournal
    | StoreBlock
    | SendMessage
    | SendDecided
    | BroadcastMessage
    | SetReplicaTimer
    | PenalizePeer
    | TransactionDropped
    | StopNode
    | StopForUpgrade
)
