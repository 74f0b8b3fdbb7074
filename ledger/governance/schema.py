"""Tables of members, voters and votes."""

from __future__ import annotations

from enum import IntEnum
from typing import Any, Final

from ledger.chain.schema import Link
from ledger.encoding.codec import Bytes20, Uint, Value
from ledger.state.table import Table


class MemberStatus(IntEnum):
    """Members may use the ledger; an expelled one may only transfer and withdraw."""

    ADMITTED = 1
    EXPELLED = 2


class Voter(Value, frozen=True):
    """A voter since a height."""

    since: Uint


class Member(Value, frozen=True):
    """An admitted or expelled member."""

    status: int
    since: Uint


class Vote(Value, frozen=True):
    """An open vote. `action` is its canonical bytes; `yes` the voters for it, sorted."""

    number: Uint
    action: bytes
    opened_by: Bytes20
    expires_ms: Uint
    yes: tuple[Bytes20, ...]


VOTERS: Final = Table(12, "voters", "address", Voter, group=0)
MEMBERS: Final = Table(13, "members", "address", Member, group=0)
VOTES: Final = Table(14, "votes", "number", Vote, group=0)
VOTE_ACTIONS: Final = Table(15, "vote_actions", "action_hash", Link)

GOVERNANCE_TABLES: Final[tuple[Table[Any], ...]] = (
    VOTERS,
    MEMBERS,
    VOTES,
    VOTE_ACTIONS,
)
