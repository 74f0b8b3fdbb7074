"""What a validator takes up again after a crash, from its sign-state and its log (consensus.md, 'Durable state').

The log is written before the sign-state. So a log that is one write ahead of the sign-state is what a crash leaves;
a sign-state ahead of the log, or behind the chain, is what a lost write or an older copy leaves: then this validator
no longer knows what it has signed, and must not sign until the others have left those heights behind.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from consensus.messages import CONSENSUS_MESSAGE, Prepared
from consensus.signing import (
    LOG_RECORD,
    NOTHING_SIGNED,
    DoubleSignRisk,
    LoggedBody,
    LoggedLock,
    LoggedVote,
    OwnMessage,
    SignRecord,
    Step,
)
from ledger.chain.header import Header
from ledger.errors import InvalidInput


class Resumed(msgspec.Struct, frozen=True):
    """What was under way at one height: the round reached, the lock, and the messages to send again."""

    height: int
    round: int
    prepared: Prepared | None
    messages: tuple[OwnMessage, ...]


class Recovered(msgspec.Struct, frozen=True):
    """What is left after a restart. `risk` is None where it can be trusted. `bodies`: encoded transaction lists.

    `resumed_unsafely`: an operator has resumed this validator unsafely; what is learned of it meanwhile is added to it.
    """

    last: SignRecord
    resumed: Resumed | None
    bodies: tuple[tuple[Header, bytes], ...]
    risk: DoubleSignRisk | None
    resumed_unsafely: bool = False


NOTHING_RECOVERED: Final = Recovered(NOTHING_SIGNED, None, (), None)


def recover(log: Iterable[bytes], last: SignRecord, head_height: int) -> Recovered:
    """Read the log of a validator whose store ends at `head_height`; pure."""
    try:
        records = [LOG_RECORD.decode(data) for data in log]
        votes = [record for record in records if isinstance(record, LoggedVote)]
        height = head_height + 1
        messages = tuple(_own(record.message) for record in votes if record.record.height == height)
    except InvalidInput:
        return Recovered(last, None, (), DoubleSignRisk.DAMAGED)
    newest = max([record.record for record in votes], key=lambda record: record.place, default=last)
    if last.height < head_height:
        return Recovered(last, None, (), DoubleSignRisk.ROLLED_BACK)
    if last.step not in (Step.NONE, Step.APPLIED) and newest.place < last.place:
        return Recovered(last, None, (), DoubleSignRisk.DAMAGED)
    locks = [record.prepared for record in records if isinstance(record, LoggedLock) and record.height == height]
    newest = max(newest, last, key=lambda record: record.place)
    reached = newest.round if newest.height == height else 0
    resumed = Resumed(height, reached, max(locks, key=lambda lock: lock.round, default=None), messages)
    return Recovered(newest, resumed, tuple(_bodies(records, height)), None)


def still_needed(log: Iterable[bytes], height: int) -> tuple[bytes, ...]:
    """What `recover` and rule 8 need of the log of a height that does not end: the rest is superseded.

    The newest lock with its block's transactions; this validator's messages of the last two rounds, which are sent
    again, and of the lock's round; the transactions of blocks that these name. Raises `InvalidInput`.
    """
    records = [(data, LOG_RECORD.decode(data)) for data in log]
    votes = [record.record for _, record in records if isinstance(record, LoggedVote)]
    locks = [record.prepared for _, record in records if isinstance(record, LoggedLock) and record.height == height]
    reached = max((vote.round for vote in votes if vote.height == height), default=0)
    lock = max(locks, key=lambda prepared: prepared.round, default=None)
    lock_round = -1 if lock is None else lock.round
    kept_votes = {
        vote for vote in votes if vote.height > height or vote.round >= reached - 1 or vote.round == lock_round
    }
    blocks = {vote.value for vote in kept_votes if vote.step in (Step.PROPOSAL, Step.PREPARE, Step.COMMIT)}
    if lock is not None:
        blocks.add(lock.header.hash())

    def is_needed(record: LoggedVote | LoggedLock | LoggedBody) -> bool:
        match record:
            case LoggedVote():
                return record.record.height >= height and record.record in kept_votes
            case LoggedLock():
                return record.height > height or record.prepared == lock
            case LoggedBody():
                return record.header.height > height or record.header.hash() in blocks

    return tuple(data for data, record in records if is_needed(record))


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
