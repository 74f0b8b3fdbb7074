"""What must hold of votes in every state (rule Z5)."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Callable
from typing import Final

from ledger.chain.invariants import check_account_counters, entries
from ledger.chain.schema import COUNTERS
from ledger.errors import require
from ledger.governance.schema import VOTERS, VOTES
from ledger.governance.voting import JUDGED, OPEN_VOTES, VOTER_COUNT
from ledger.state.overlay import Reader


def check_votes(state: Reader) -> None:
    """Open votes have supporters, all of them voters, and not enough to have passed; the counts are right (Z5).

    After a change of the voters that is judged over blocks, votes may stand that have passed or have no supporter (O4).
    """
    voters = {key for key, _value in entries(state, VOTERS)}
    counters = {key: value.value for key, value in entries(state, COUNTERS)}
    require(counters.get(VOTER_COUNT, 0) == len(voters), "the count of voters is wrong")
    opened: Tally[bytes] = Tally()
    for _key, vote in entries(state, VOTES):
        opened[vote.opened_by] += 1
        require(set(vote.yes) <= voters, "an open vote has a supporter that is no voter")
        if JUDGED not in counters:
            require(bool(vote.yes), "an open vote has no supporter")
            require(2 * len(vote.yes) <= len(voters), "an open vote has passed but was not carried out")
    check_account_counters(state, OPEN_VOTES, opened)


GOVERNANCE_INVARIANTS: Final[tuple[Callable[[Reader], None], ...]] = (check_votes,)
