"""What a validator signs its votes with, and what it writes down before it speaks.

"An honest validator signs at most one message of each kind per (h, r), and none for a round below one that it signed"
(consensus.md). Places rise by height, round and step; the very same thing may be signed again. The sign-state holds a
`SignRecord`, the write-ahead log a row of `LogRecord`s; `consensus.recovery` reads both.
"""

from __future__ import annotations

from enum import Enum, IntEnum
from typing import Annotated, Final, Protocol

import msgspec

from consensus.limits import MAX_MESSAGE_BYTES
from consensus.messages import Commit, HeardVote, Prepare, Prepared, Proposal, ProvenRoundChange
from ledger.chain.header import Header
from ledger.chain.votes import VoteKind, vote_message
from ledger.encoding.codec import Bytes32, Codec, Uint, Value, encode
from ledger.keys.crypto import verify_ed25519


class DoubleSignRisk(Enum):
    """Why a validator cannot trust its own memory."""

    MISSING = "the sign-state is missing"
    DAMAGED = "the sign-state or the log is damaged"
    ROLLED_BACK = "the sign-state is older than the chain"
    SEEN_AHEAD = "a certificate holds a signature of this validator that it does not remember"
    HEARD_AHEAD = "others have heard this validator say what it does not remember"
    FORGOTTEN = "the chain has blocks, and this validator remembers none"


BODY_PIECE_BYTES: Final = 2 * 1024 * 1024
MAX_LOG_RECORD_BYTES: Final = BODY_PIECE_BYTES + 64 * 1024


class Step(IntEnum):
    """What was signed, in the order within a round; APPLIED: the height is decided, nothing follows in it."""

    NONE = 0
    ROUND_CHANGE = 1
    PROPOSAL = 2
    PREPARE = 3
    COMMIT = 4
    APPLIED = 5


class SignRecord(Value, frozen=True):
    """The last thing that this validator signed. `value` is what a vote's signature covers (V7)."""

    height: Uint
    round: Uint
    step: int
    value: Bytes32

    @property
    def place(self) -> tuple[int, int, int]:
        """Rises with everything that is signed."""
        return self.height, self.round, self.step


NOTHING_SIGNED: Final = SignRecord(0, 0, Step.NONE, bytes(32))


class LoggedVote(Value, frozen=True, tag=1):
    """A signature and the whole message that carries it, to be sent again after a crash."""

    record: SignRecord
    message: bytes


class LoggedLock(Value, frozen=True, tag=2):
    """The block prepared last: a validator that forgot it could vote for another one."""

    height: Uint
    prepared: Prepared


class LoggedBody(Value, frozen=True, tag=3):
    """A piece of a prepared block's transactions: a block that all have locked must not be lost by all."""

    header: Header
    piece: Uint
    pieces: Annotated[int, msgspec.Meta(ge=1, le=64)]
    data: Annotated[bytes, msgspec.Meta(max_length=BODY_PIECE_BYTES)]


LogRecord = LoggedVote | LoggedLock | LoggedBody

SIGN_RECORD: Final[Codec[SignRecord]] = Codec(SignRecord, 256)
LOG_RECORD: Final[Codec[LogRecord]] = Codec(LogRecord, max(MAX_LOG_RECORD_BYTES, 2 * MAX_MESSAGE_BYTES))

STEP_OF: dict[VoteKind, Step] = {
    VoteKind.ROUND_CHANGE: Step.ROUND_CHANGE,
    VoteKind.PROPOSAL: Step.PROPOSAL,
    VoteKind.PREPARE: Step.PREPARE,
    VoteKind.COMMIT: Step.COMMIT,
}

OwnMessage = Proposal | Prepare | Commit | ProvenRoundChange


class Signer(Protocol):
    """A validator's key."""

    @property
    def address(self) -> bytes:
        """The validator address, 20 bytes."""
        ...

    @property
    def key(self) -> bytes:
        """The public key, 32 bytes."""
        ...

    def sign(self, message: bytes) -> bytes:
        """64 bytes over the message."""
        ...


def may_sign(last: SignRecord, wanted: SignRecord) -> bool:
    """Whether signing `wanted` after `last` is honest: a later place, or the very same thing again."""
    if wanted.place == last.place:
        return wanted.value == last.value
    return wanted.place > last.place


class VoteSigner:
    """Signs for one validator and remembers where it has been. `last` is what the sign-state holds."""

    def __init__(self, signer: Signer, genesis_hash: bytes, last: SignRecord) -> None:
        self.signer = signer
        self.last = last
        self._genesis_hash = genesis_hash

    def sign(self, kind: VoteKind, height: int, round_: int, value: bytes) -> bytes | None:
        """A signature of the vote, to be logged before it is sent; None where signing it would not be honest."""
        wanted = SignRecord(height, round_, int(STEP_OF[kind]), value)
        if not may_sign(self.last, wanted):
            return None
        self.last = wanted
        return self.signer.sign(vote_message(kind, self._genesis_hash, height, round_, value))

    def does_not_remember(self, height: int, vote: HeardVote) -> bool:
        """Whether this is a signature of mine that is later than all I remember, or contradicts the last one."""
        claimed = _record_of(height, vote)
        if claimed.place < self.last.place or claimed == self.last:
            return False
        message = vote_message(VoteKind(vote.kind), self._genesis_hash, height, vote.round, vote.value)
        return verify_ed25519(self.signer.key, message, vote.signature)

    def remember_heard(self, height: int, vote: HeardVote) -> None:
        """Remember a signature that others have heard."""
        self.last = max(self.last, _record_of(height, vote), key=lambda record: record.place)

    def logged(self, message: OwnMessage) -> LoggedVote:
        """The log's record of the message that carries the last signature."""
        return LoggedVote(self.last, encode(message))

    def applied(self, height: int, round_: int, block_hash: bytes) -> bool:
        """A height is decided; False where later things are remembered.

        Entered before the store commits it, so an older sign-state proves a rollback.
        """
        wanted = SignRecord(height, round_, int(Step.APPLIED), block_hash)
        if wanted.place <= self.last.place:
            return False
        self.last = wanted
        return True


def _record_of(height: int, vote: HeardVote) -> SignRecord:
    return SignRecord(height, vote.round, int(STEP_OF[VoteKind(vote.kind)]), vote.value)
