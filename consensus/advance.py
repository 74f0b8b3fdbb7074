"""What follows from the tables alone, after every event (rules 2 to 4, 7 and 9)."""

from __future__ import annotations

from consensus.state import HeightState
from consensus.upon_rounds import propose_again
from consensus.upon_votes import commit, decide, prepare


def advance(state: HeightState) -> None:
    """Propose, prepare, commit, decide: each at most once a round, in the order in which one enables the next."""
    if state.done:
        return
    if state.own_votes.vote_signer is not None:
        propose_again(state)
        prepare(state)
        commit(state)
    decide(state)
