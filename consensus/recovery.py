"""What a validator takes up again after a crash, from its sign-state and its log (consensus.md, 'Durable state').

The log is written before the sign-state. So a log that is one write ahead of the sign-state is what a crash leaves;
a sign-state ahead of the log, or behind the chain, is what a lost write or an older copy leaves: then this validator
no longer knows what it has signed, and must not sign until the others have left those heights behind.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from consensus.doubt import Doubt
from consensus.messages import CONSENSUS_MESSAGE, Prepared
from consensus.records import (
    LOG_RECORD,
    LoggedBody,
    LoggedLock,
    LoggedVote,
    SignRecord,
    Step,
)
from consensus.sign_once import OwnMessage
from ledger.errors import InvalidInput
from ledger.types import Header


@dataclass(frozen=True, slots=True)
class Resumed:
    """What was under way at one height: the round reached, the lock, and the messages to send again."""

    height: int
    round: int
    prepared: Prepared | None
    messages: tuple[OwnMessage, ...]


@dataclass(frozen=True, slots=True)
class Memory:
    """What is left after a restart. `doubt` is None where it can be trusted. `bodies`: encoded transaction lists.

    `overruled`: an operator has resumed this validator unsafely; what others have heard of it is added to it.
    """

    last: SignRecord
    resumed: Resumed | None
    bodies: tuple[tuple[Header, bytes], ...]
    doubt: Doubt | None
    overruled: bool = False


def recover(log: Iterable[bytes], last: SignRecord, head_height: int) -> Memory:
    """Read the log of a validator whose store ends at `head_height`; pure."""
    try:
        records = [LOG_RECORD.decode(data) for data in log]
        votes = [record for record in records if isinstance(record, LoggedVote)]
        height = head_height + 1
        messages = tuple(_own(record.message) for record in votes if record.record.height == height)
    except InvalidInput:
        return Memory(last, None, (), Doubt.DAMAGED)
    newest = max([record.record for record in votes], key=lambda record: record.place, default=last)
    if last.height < head_height:
        return Memory(last, None, (), Doubt.ROLLED_BACK)
    if last.step not in (Step.NONE, Step.APPLIED) and newest.place < last.place:
        return Memory(last, None, (), Doubt.DAMAGED)
    locks = [record.prepared for record in records if isinstance(record, LoggedLock) and record.height == height]
    newest = max(newest, last, key=lambda record: record.place)
    reached = newest.round if newest.height == height else 0
    resumed = Resumed(height, reached, max(locks, key=lambda lock: lock.round, default=None), messages)
    return Memory(newest, resumed, tuple(_bodies(records, height)), None)


def _own(data: bytes) -> OwnMessage:
    message = CONSENSUS_MESSAGE.decode(data)
    if not isinstance(message, OwnMessage):
        raise InvalidInput("the log holds a message that is no vote")
    return message


def _bodies(records: Iterable[LoggedVote | LoggedLock | LoggedBody], height: int) -> Iterable[tuple[Header, bytes]]:
    pieces: dict[bytes, dict[int, bytes]] = {}
    for record in records:
        if isinstance(record, LoggedBody) and record.header.height == height:
            found = pieces.setdefault(record.header.hash(), {})
            found[record.piece] = record.data
            if len(found) == record.pieces:
                yield record.header, b"".join(found[place] for place in sorted(found))
