"""The start of a height (rule 1), also in the middle of it after a crash."""

from __future__ import annotations

from consensus.advance import advance
from consensus.events import Now
from consensus.messages import Commit, Prepare, Proposal, ProvenRoundChange
from consensus.recovery import Resumed
from consensus.sign_once import OwnMessage, VoteSigner
from consensus.state import HeightState
from consensus.upon_rounds import ask_proposal, enter, start_timer
from ledger.chain.votes import VoteKind


def take_part(state: HeightState, vote_signer: VoteSigner, resumed: Resumed | None, now: Now) -> None:
    """Vote from now on, where a crash left off if it did; starts the timers."""
    index = state.validators.index_of(vote_signer.signer.address)
    if index is None or state.done:
        return
    state.own_votes.vote_signer, state.own_votes.me = vote_signer, index
    round_ = 0
    if resumed is not None and resumed.height == state.number:
        round_ = resumed.round
        state.prepared = resumed.prepared
        if resumed.prepared is not None:
            state.blocks.remember(resumed.prepared.header)
        for message in resumed.messages:
            _restore(state, message)
    if max(round_, state.round) > 0 or state.own_votes.sent or state.accepted:
        enter(state, max(round_, state.round))
        if state.round == 0 or state.round in state.accepted:
            state.pacing.enter(state.round, now)
        start_timer(state, now)
        for message in state.own_votes.sent.values():
            state.effects.broadcast(message)
    else:
        state.pacing.first_round(now, waiting=state.waiting, mine=state.is_proposer(0))
    advance(state)


def _restore(state: HeightState, message: OwnMessage) -> None:
    """A message from before the crash: it counts, and is sent again."""
    match message:
        case Proposal():
            state.tally.add_proposal(message, state.round)
            state.accepted.setdefault(message.round, message)
            state.blocks.check(message.header)
            state.own_votes.sent[message.round, VoteKind.PROPOSAL] = message
        case Prepare():
            state.tally.add_vote(VoteKind.PREPARE, message, state.round)
            state.own_votes.sent[message.round, VoteKind.PREPARE] = message
        case Commit():
            state.tally.add_vote(VoteKind.COMMIT, message, state.round)
            state.own_votes.sent[message.round, VoteKind.COMMIT] = message
        case ProvenRoundChange():
            state.tally.add_round_change(message)
            state.own_votes.sent[message.request.round, VoteKind.ROUND_CHANGE] = message


def upon_transactions(state: HeightState, now: Now) -> None:
    """Rule 1: the first transaction brings round 0's proposal forward."""
    state.waiting = True
    if state.own_votes.vote_signer is not None and not state.done and state.round == 0 and 0 not in state.accepted:
        state.pacing.transactions_wait(now, mine=state.is_proposer(0) and state.asked_round < 0)


def look_at_clock(state: HeightState, now: Now) -> None:
    """Rule 1: a due time is one of the wall clock, which may be set while the height waits."""
    waits = state.round == 0 and 0 not in state.accepted and state.asked_round < 0
    if waits and state.own_votes.vote_signer is not None and not state.done and not state.pacing.is_waiting:
        state.pacing.look_at_clock(now)


def upon_proposal_due(state: HeightState, now: Now) -> None:
    """Rule 1: the proposer of round 0 makes a block."""
    if not state.done and state.pacing.proposal_due(now) and state.round == 0 and state.is_proposer(0):
        ask_proposal(state, 0)
