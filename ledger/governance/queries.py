"""What people ask of votes, voters and members. Reads only; no rule stands here."""

from __future__ import annotations

from ledger.chain.context import Context
from ledger.governance.limits import MAX_ALL_OPEN_VOTES
from ledger.governance.schema import MEMBERS, VOTERS, VOTES, Member, MemberStatus, Vote, Voter
from ledger.governance.voting import VOTER_COUNT
from ledger.state.overlay import Reader, State
from ledger.state.paging import Page, page_of


def open_votes(reader: Reader) -> tuple[Vote, ...]:
    """All of them in order of opening: at most `ledger.limits.MAX_ALL_OPEN_VOTES`."""
    return tuple(vote for _key, vote in page_of(reader, VOTES, b"", None, MAX_ALL_OPEN_VOTES).entries)


def count_of_voters(context: Context) -> int:
    """How many accounts vote."""
    return context.count(VOTER_COUNT)


def yes_needed(context: Context) -> int:
    """How many voters pass a vote: more than half of all."""
    return count_of_voters(context) // 2 + 1


def voters(reader: Reader, cursor: bytes | None, limit: int) -> Page[Voter]:
    """A page of the voters by address."""
    return page_of(reader, VOTERS, b"", cursor, limit)


def members(reader: Reader, cursor: bytes | None, limit: int) -> Page[Member]:
    """A page of those who were admitted or expelled, by address."""
    return page_of(reader, MEMBERS, b"", cursor, limit)


def standing_of(state: State, address: bytes) -> MemberStatus | None:
    """Whether an account was admitted or expelled; None for one that is a member by role or not at all."""
    member = state.get(MEMBERS, address)
    return None if member is None else MemberStatus(member.status)
