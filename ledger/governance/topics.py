"""The topics of votes: a vote's number, and that a vote closed."""

from __future__ import annotations

from typing import Final

from ledger.chain.topics import Topics
from ledger.governance.events import VoteCast, VoteClosed, VoteOpened

CLOSED_VOTES: Final = b"closed votes"


def vote_topic(number: int) -> bytes:
    """All that was said in a vote, from its opening to its end."""
    return b"vote" + number.to_bytes(8, "big")


GOVERNANCE_TOPICS: Final[Topics] = {
    VoteOpened: lambda event: (vote_topic(event.number),),
    VoteCast: lambda event: (vote_topic(event.number),),
    VoteClosed: lambda event: (vote_topic(event.number), CLOSED_VOTES),
}
