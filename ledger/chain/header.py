"""Blocks: header, certificate, receipt (rules B1-B6)."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from ledger.encoding.codec import Bytes32, Bytes64, Codec, Value, encode
from ledger.encoding.quantities import Address, FeeAmount, FieldUnit, Height, Number, Plain, Quantity, TimeMs
from ledger.keys.crypto import tagged_hash
from ledger.limits import (
    MAX_CERTIFICATE_BYTES,
    MAX_CHAIN_ID_BYTES,
    MAX_HEADER_BYTES,
    MAX_VALIDATORS,
)

HEADER_FORMAT: Final = 1
"""The number of the form of headers, sets, certificates and proofs: no upgrade of the protocol changes it (B9)."""

ChainId = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9-]*\\Z", max_length=MAX_CHAIN_ID_BYTES)]


class Header(Value, frozen=True):
    """A block's header; its hash is the block's. The roots are those after the block was executed.

    `format` is `HEADER_FORMAT`; `version` the protocol version whose rules executed the block (O9). `proposer` is the
    validator address of the round in which the block was first proposed. `next_due_ms`: when the state has work next,
    0 if nothing waits (B7). `commits_hash`: that of the COMMITs for its parent (B8). `known_version`: the highest
    protocol version that the proposer's program knows (O10).
    """

    format: Plain
    version: Plain
    chain_id: ChainId
    height: Height
    parent: Bytes32
    time_ms: TimeMs
    proposer: Address
    transactions_root: Bytes32
    receipts_root: Bytes32
    state_root: Bytes32
    validators_hash: Bytes32
    next_validators_hash: Bytes32
    parameters_hash: Bytes32
    next_due_ms: TimeMs
    commits_hash: Bytes32
    known_version: Plain

    def hash(self) -> bytes:
        """The block hash (B1)."""
        return tagged_hash(b"nodechain/block", encode(self))


class CommitSignature(Value, frozen=True):
    """`validator` is the signer's index in the set of the certificate's height, sorted by address."""

    validator: Annotated[int, msgspec.Meta(ge=0, lt=MAX_VALIDATORS), FieldUnit(Quantity.NUMBER)]
    signature: Bytes64


class Certificate(Value, frozen=True):
    """The quorum of commit votes of one round that decided a block (B4)."""

    height: Height
    round: Number
    block_hash: Bytes32
    signatures: Annotated[tuple[CommitSignature, ...], msgspec.Meta(max_length=MAX_VALIDATORS)]


class Event(Value, frozen=True):
    """Base of all events; the tag of a subclass is its number, its snake_case class name its kind."""


class Receipt(Value, frozen=True):
    """What became of a transaction (R1). Receipt 0 of a block is the block's own, with an empty id.

    `code` is empty when the transaction was applied, else the ledger's reason. `fee` in base units of the fee asset.
    """

    transaction_id: bytes
    code: str
    fee: FeeAmount
    weight: Plain
    events: tuple[Event, ...]

    @property
    def applied(self) -> bool:
        """Whether the transaction did what it says."""
        return not self.code


HEADER: Final[Codec[Header]] = Codec(Header, MAX_HEADER_BYTES)
CERTIFICATE: Final[Codec[Certificate]] = Codec(Certificate, MAX_CERTIFICATE_BYTES)
