"""What validators say to each other; canonical bytes, indexes checked against the height's set where they are read.

No body travels in these: a block's transactions are asked for by its hash (`consensus.bodies`), whole decided blocks by
height (`consensus.sync`). `validator` is the index in the height's set, sorted by address. Every vote has one shape
(`ledger.chain.votes`), so that two of them prove an equivocation.
"""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from consensus.limits import (
    HASHES_PER_PART,
    MAX_HASH_PARTS,
    MAX_MESSAGE_BYTES,
    MAX_ROUND,
    MAX_SYNC_BLOCKS,
    MAX_SYNC_BYTES,
    MAX_TRANSFER_BYTES,
    PLACES_PER_REQUEST,
)
from ledger.chain.header import Certificate, CommitSignature, Header
from ledger.chain.votes import NOTHING_PREPARED, prepared_value
from ledger.encoding.codec import Bytes32, Bytes64, Codec, Uint, Value
from ledger.light.freshness import FreshHead
from ledger.limits import MAX_BLOCK_TRANSACTIONS, MAX_VALIDATORS

Round = Annotated[int, msgspec.Meta(ge=0, le=MAX_ROUND)]
Index = Annotated[int, msgspec.Meta(ge=0, lt=MAX_VALIDATORS)]
Signatures = Annotated[tuple[CommitSignature, ...], msgspec.Meta(max_length=MAX_VALIDATORS)]
Place = Annotated[int, msgspec.Meta(ge=0, lt=MAX_BLOCK_TRANSACTIONS)]
Nonce = Annotated[bytes, msgspec.Meta(max_length=32)]


class Claim(Value, frozen=True):
    """The block that a validator prepared last at this height, and in which round."""

    round: Round
    block_hash: Bytes32


class Prepared(Value, frozen=True):
    """The proof of a claim: in PBFT a quorum of PREPAREs of that round, in PoA its proposer's PROPOSAL."""

    round: Round
    header: Header
    signatures: Signatures

    @property
    def claim(self) -> Claim:
        """What it proves."""
        return Claim(self.round, self.header.hash())


class RoundChange(Value, frozen=True):
    """A validator's signed request for a round, with its claim."""

    height: Uint
    round: Round
    validator: Index
    claim: Claim | None
    signature: Bytes64

    @property
    def value(self) -> bytes:
        """What is signed (V7)."""
        return NOTHING_PREPARED if self.claim is None else prepared_value(self.claim.round, self.claim.block_hash)


class Proposal(Value, frozen=True, tag=1):
    """PROPOSAL: a block for a round; above round 0 with a quorum of round changes and the highest claim's proof."""

    round: Round
    validator: Index
    header: Header
    signature: Bytes64
    round_changes: Annotated[tuple[RoundChange, ...], msgspec.Meta(max_length=MAX_VALIDATORS)]
    proof: Prepared | None

    @property
    def height(self) -> int:
        """The header's."""
        return self.header.height


class Prepare(Value, frozen=True, tag=2):
    """PREPARE: the validator has accepted the block in this round."""

    height: Uint
    round: Round
    validator: Index
    block_hash: Bytes32
    signature: Bytes64


class Commit(Value, frozen=True, tag=3):
    """COMMIT: the block is prepared, executed and kept; a quorum of one round decides."""

    height: Uint
    round: Round
    validator: Index
    block_hash: Bytes32
    signature: Bytes64


class ProvenRoundChange(Value, frozen=True, tag=4):
    """ROUND-CHANGE: the request and the proof of its claim."""

    request: RoundChange
    proof: Prepared | None

    @property
    def height(self) -> int:
        """The request's."""
        return self.request.height


class Decided(Value, frozen=True, tag=5):
    """DECIDED: a block with the certificate that makes it final."""

    header: Header
    certificate: Certificate

    @property
    def height(self) -> int:
        """The header's."""
        return self.header.height


class HeardVote(Value, frozen=True):
    """A vote that somebody has heard of the validator that asks, at the height in work (V7)."""

    kind: Annotated[int, msgspec.Meta(ge=1, le=4)]
    round: Round
    value: Bytes32
    signature: Bytes64


class Status(Value, frozen=True, tag=6):
    """STATUS: the head of a node and the round in which it works on the next height.

    `nonce` repeats that of the `StatusRequest` that it answers, or is empty. `key` and `signature` belong to the
    validator that says it; both are empty where no validator speaks. `certificate` is None for the genesis block.
    `heard`: the latest vote of each kind that was heard from who asks; they prove themselves. `time_ms`: the sender's
    clock, so that who has a wrong one notices; no rule depends on it.
    """

    round: Round
    nonce: Nonce
    head: Header
    certificate: Certificate | None
    key: Annotated[bytes, msgspec.Meta(max_length=32)]
    signature: Annotated[bytes, msgspec.Meta(max_length=64)]
    heard: Annotated[tuple[HeardVote, ...], msgspec.Meta(max_length=4)]
    time_ms: Uint

    @property
    def height(self) -> int:
        """The height in work."""
        return self.head.height + 1


class StatusRequest(Value, frozen=True, tag=7):
    """A starting validator asks everybody for a STATUS that cannot be an old one, and for its own latest votes."""

    key: Bytes32
    nonce: Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]


class HeadNews(Value, frozen=True, tag=14):
    """HEAD-NEWS: what the sender has gathered of validators' STATUS about its head, to be handed on."""

    fresh: FreshHead


class HashesRequest(Value, frozen=True, tag=8):
    """Asks which transactions a block has: one part of the list of their full hashes."""

    block_hash: Bytes32
    part: Uint


class HashesPart(Value, frozen=True, tag=9):
    """One part of the full hashes of a block's transactions; `parts` 0: the block is not there.

    `commits`: with part 0, the COMMITs for its parent that the block carries (B8).
    """

    block_hash: Bytes32
    part: Uint
    parts: Annotated[int, msgspec.Meta(ge=0, le=MAX_HASH_PARTS)]
    hashes: Annotated[tuple[Bytes32, ...], msgspec.Meta(max_length=HASHES_PER_PART)]
    commits: Certificate | None


class TransactionsRequest(Value, frozen=True, tag=12):
    """Asks for some of a block's transactions, by their places, rising."""

    block_hash: Bytes32
    places: Annotated[tuple[Place, ...], msgspec.Meta(min_length=1, max_length=PLACES_PER_REQUEST)]


class BlockTransactions(Value, frozen=True, tag=13):
    """The first of the transactions asked for, as many as fit; none: the block is not there."""

    block_hash: Bytes32
    first: Place
    transactions: Annotated[tuple[bytes, ...], msgspec.Meta(max_length=PLACES_PER_REQUEST)]


class BlocksRequest(Value, frozen=True, tag=10):
    """Asks for decided blocks in a row."""

    first: Uint
    count: Annotated[int, msgspec.Meta(ge=1, le=MAX_SYNC_BLOCKS)]


class DecidedBlock(Value, frozen=True):
    """A decided block whole, but for its parent's COMMITs: they are the certificate of the block before it."""

    header: Header
    certificate: Certificate
    transactions: Annotated[tuple[bytes, ...], msgspec.Meta(max_length=MAX_BLOCK_TRANSACTIONS)]


class BlocksResponse(Value, frozen=True, tag=11):
    """As many of the blocks asked for as there are and fit; `commits`: the COMMITs that the first of them carries."""

    first: Uint
    commits: Certificate | None
    blocks: Annotated[tuple[DecidedBlock, ...], msgspec.Meta(max_length=MAX_SYNC_BLOCKS)]


Vote = Prepare | Commit
ConsensusMessage = Proposal | Prepare | Commit | ProvenRoundChange | Decided | Status | StatusRequest | HeadNews
TransferRequest = HashesRequest | TransactionsRequest | BlocksRequest
TransferAnswer = HashesPart | BlockTransactions | BlocksResponse
TransferMessage = TransferRequest | TransferAnswer
Message = ConsensusMessage | TransferMessage

CONSENSUS_MESSAGE: Final[Codec[ConsensusMessage]] = Codec(ConsensusMessage, MAX_MESSAGE_BYTES)
MESSAGE: Final[Codec[Message]] = Codec(Message, MAX_SYNC_BYTES + MAX_TRANSFER_BYTES)
