"""What a validator writes down before it speaks: the place of its last signature, and the log's records.

The sign-state holds a `SignRecord`; the write-ahead log a row of `LogRecord`s. `consensus.recovery` reads both.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated, Final

import msgspec

from consensus.limits import MAX_MESSAGE_BYTES
from consensus.messages import Prepared
from ledger.chain.header import Header
from ledger.encoding.codec import Bytes32, Codec, Uint, Value

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
