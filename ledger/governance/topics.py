"""Under what receipts are found again besides the accounts that they name: a vote's number, and that a vote closed.

A topic is a key of the same index. It is shorter than an address, so that it is never taken for one.
"""

from __future__ import annotations

from typing import Final

from ledger.chain.header import Event
from ledger.governance.events import VoteCast, VoteClosed, VoteOpened

CLOSED_VOTES: Final = b"closed votes"


def vote_topic(number: int) -> bytes:
    """All that was said in a vote, from its opening to its end."""
    return b"vote" + number.to_bytes(8, "big")


def topics_of(event: Event) -> tuple[bytes, ...]:
    """The topics of an event."""
    match event:
        case VoteOpened() | VoteCast():
            return (vote_topic(event.number),)
        case VoteClosed():
            return (vote_topic(event.number), CLOSED_VOTES)
        case _:
            return ()
