"""The form of each kind of message between nodes; canonical bytes. What consensus says is in `consensus.messages`."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from consensus.messages import (
    CONSENSUS_MESSAGE,
    MESSAGE,
    BlocksResponse,
    BlockTransactions,
    Commit,
    ConsensusMessage,
    HashesPart,
    Message,
    Prepare,
    Proposal,
    ProvenRoundChange,
    TransferMessage,
)
from ledger.encoding.codec import Bytes32, Codec, Uint, Value
from ledger.errors import MalformedInput
from ledger.limits import MAX_TRANSACTION_BYTES
from nodechain.network import limits
from nodechain.network.frames import MAX_BYTES, FrameKind

__all__ = ["CONSENSUS_MESSAGE"]


class Hello(Value, frozen=True):
    """The first message of each side, over authenticated TLS. `genesis`: the chain's identity (G1)."""

    version: Uint
    genesis: Bytes32
    height: Uint


class Goodbye(Value, frozen=True):
    """Why a side closes; for the other side's log."""

    code: Annotated[str, msgspec.Meta(max_length=64, pattern="^[a-z0-9_]*\\Z")]


class Relayed(Value, frozen=True):
    """What a validator said to somebody who has no connection to it; `message` is its canonical bytes."""

    message: Annotated[bytes, msgspec.Meta(max_length=limits.MAX_CONSENSUS_BYTES)]


Hashes = Annotated[tuple[Bytes32, ...], msgspec.Meta(min_length=1, max_length=limits.MAX_HASHES)]
Links = Annotated[tuple[Bytes32, ...], msgspec.Meta(max_length=limits.MAX_LINKS)]
Raw = Annotated[bytes, msgspec.Meta(max_length=MAX_TRANSACTION_BYTES)]
Raws = Annotated[tuple[Raw, ...], msgspec.Meta(min_length=1, max_length=limits.MAX_HASHES)]

HELLO: Final[Codec[Hello]] = Codec(Hello, MAX_BYTES[FrameKind.HELLO])
GOODBYE: Final[Codec[Goodbye]] = Codec(Goodbye, MAX_BYTES[FrameKind.GOODBYE])
RELAYED: Final[Codec[Relayed]] = Codec(Relayed, MAX_BYTES[FrameKind.RELAYED])
LINKS: Final[Codec[tuple[bytes, ...]]] = Codec(Links, MAX_BYTES[FrameKind.LINKS])
HASHES: Final[Codec[tuple[bytes, ...]]] = Codec(Hashes, MAX_BYTES[FrameKind.ANNOUNCE])
RAWS: Final[Codec[tuple[bytes, ...]]] = Codec(Raws, MAX_BYTES[FrameKind.TRANSACTIONS])

_ANSWERS: Final = frozenset(kind.__struct_config__.tag for kind in (HashesPart, BlockTransactions, BlocksResponse))

RELAYABLE: Final = (Proposal, Prepare, Commit, ProvenRoundChange)
"""What is handed on to validators that have no connection to who said it."""


def is_answer(payload: bytes) -> bool:
    """Whether a TRANSFER brings something, seen by its tag alone (the second byte: the first is the array's length)."""
    return len(payload) > 1 and payload[1] in _ANSWERS


def transfer_message(payload: bytes) -> TransferMessage:
    """The message of a TRANSFER; raises an `InvalidInput`."""
    message: Message = MESSAGE.decode(payload)
    if isinstance(message, ConsensusMessage):
        raise MalformedInput("a vote in the slow lane")
    return message
