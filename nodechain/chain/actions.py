"""A replica's inputs, and the actions that it asks for: the common language of driver and simulator.

The engine's effects and timers go through as they are; here stands what carries more than they do: a journal entry with
the bodies, the executed block, what the pool drops. The shell performs actions in the order in which they stand;
`WriteJournal` and `StoreBlock` are durable before the next one.
"""

from __future__ import annotations

import msgspec

from consensus.events import AnswerDecided, Broadcast, Halt, Misbehaved, Send, SetTimer, TimerFired
from consensus.messages import ConsensusMessage, TransferAnswer
from consensus.signing import DoubleSignRisk, LoggedLock, LoggedVote, SignRecord
from ledger.chain.blocks import Block
from ledger.chain.envelope import Transaction
from ledger.chain.header import Certificate, Header


class NodeStarted(msgspec.Struct, frozen=True):
    """The node runs; its store is open. The first input."""


class PeerMessage(msgspec.Struct, frozen=True):
    """A message of a connected peer; `relayed`: it handed on what another one said.

    What a peer asks for is no input: `nodechain.chain.serving` answers it.
    """

    peer: bytes
    message: ConsensusMessage | TransferAnswer
    relayed: bool = False


class PeersChanged(msgspec.Struct, frozen=True):
    """The peers that are connected now."""

    peers: tuple[bytes, ...]


class TransactionAdmitted(msgspec.Struct, frozen=True):
    """The pool took in a transaction; `demanded`: a block is wanted though nothing waits (dev and demo)."""

    demanded: bool = False


class BlockStored(msgspec.Struct, frozen=True):
    """The block of the last `StoreBlock` is on the disk."""


Input = NodeStarted | TimerFired | PeerMessage | PeersChanged | TransactionAdmitted | BlockStored


class WriteJournal(msgspec.Struct, frozen=True):
    """To the journal, before anything that follows; see `Journal.persist`."""

    bodies: tuple[tuple[Header, bytes], ...]
    records: tuple[LoggedVote | LoggedLock, ...]
    signed: SignRecord
    risk: DoubleSignRisk | None
    resumed_unsafely: bool


class StoreBlock(msgspec.Struct, frozen=True):
    """Commit a decided block to the store, then `BlockStored`."""

    block: Block
    certificate: Certificate


class TransactionDropped(msgspec.Struct, frozen=True):
    """A transaction that will never stand in a block, and why."""

    transaction: Transaction
    code: str


class StopForUpgrade(msgspec.Struct, frozen=True):
    """The next height's rules are not known here: say nothing of it, stop, and tell people what to install."""

    height: int
    version: int
    release: str


Action = (
    WriteJournal
    | StoreBlock
    | Send
    | AnswerDecided
    | Broadcast
    | SetTimer
    | Misbehaved
    | TransactionDropped
    | Halt
    | StopForUpgrade
)
