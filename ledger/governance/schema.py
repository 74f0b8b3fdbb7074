"""Tables of members, voters and votes."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated, Any, Final

from ledger.chain.schema import DueKind, Link, SweepKind
from ledger.encoding.codec import Value
from ledger.encoding.quantities import Action, Address, Height, Number, TimeMs
from ledger.state.table import Table


class MemberStatus(IntEnum):
    """Members may use the ledger; an expelled one may only transfer and withdraw."""

    ADMITTED = 1
    EXPELLED = 2


class VoteOutcome(IntEnum):
    """How a vote ended."""

    PASSED = 1
    FAILED = 2
    EXPIRED = 3
    WITHDRAWN = 4


class Voter(Value, frozen=True):
    """A voter since a height."""

    since: Height


class Member(Value, frozen=True):
    """An admitted or expelled member."""

    status: Annotated[int, MemberStatus]
    since: Height


class Vote(Value, frozen=True):
    """An open vote. `action` is its canonical bytes; `yes` the voters for it, sorted."""

    number: Number
    action: Action
    opened_by: Address
    expires_ms: TimeMs
    yes: tuple[Address, ...]


VOTERS: Final = Table(24, "voters", "address", Voter, group=0)
MEMBERS: Final = Table(25, "members", "address", Member, group=0)
VOTES: Final = Table(26, "votes", "number", Vote, group=0)
VOTE_ACTIONS: Final = Table(27, "vote_actions", "action_hash", Link)

GOVERNANCE_TABLES: Final[tuple[Table[Any], ...]] = (
    VOTERS,
    MEMBERS,
    VOTES,
    VOTE_ACTIONS,
)

VOTE_DUE: Final = DueKind(24, "vote")
JUDGING_SWEEP: Final = SweepKind(24, "judging")
