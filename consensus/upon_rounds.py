"""Round changes: when a round is over, when to follow others, and what a later round proposes (rules 5 to 7)."""

from __future__ import annotations

from consensus.events import AskProposal, Misbehaved, Now
from consensus.limits import PAST_ROUNDS
from consensus.messages import Proposal, ProvenRoundChange, RoundChange
from consensus.state import HeightState
from ledger.chain.header import Header
from ledger.chain.votes import NOTHING_PREPARED, VoteKind, prepared_value


def upon_round_timeout(state: HeightState, now: Now) -> None:
    """Rule 5: the round has taken too long."""
    if state.own_votes.vote_signer is not None and not state.done and state.pacing.round_over(now):
        change_round(state, state.round + 1, now)


def upon_round_change(state: HeightState, message: ProvenRoundChange, peer: bytes, now: Now) -> None:
    """Rule 6: follow to the highest round that 'one honest' power has reached."""
    if not state.tally.add_round_change(message):
        state.effects.add(Misbehaved(peer, "bad_round_change"))
        return
    join = state.tally.round_changes.round_to_join(state.round)
    if join is not None and state.own_votes.vote_signer is not None and not state.done:
        change_round(state, join, now)
    start_timer(state, now)


def change_round(state: HeightState, round_: int, now: Now) -> None:
    """Rules 5 and 6: enter the round, and say so with what was prepared last."""
    enter(state, round_)
    claim = None if state.prepared is None else state.prepared.claim
    value = NOTHING_PREPARED if claim is None else prepared_value(claim.round, claim.block_hash)
    signature = state.own_votes.sign(VoteKind.ROUND_CHANGE, round_, value)
    if signature is not None:
        request = RoundChange(state.number, round_, state.own_votes.me, claim, signature)
        message = ProvenRoundChange(request, state.prepared)
        state.tally.add_round_change(message)
        state.own_votes.cast(VoteKind.ROUND_CHANGE, round_, message)
    start_timer(state, now)


def enter(state: HeightState, round_: int) -> None:
    """Begin a round, and forget what is too old for it; its timer waits for `start_timer`."""
    state.round = round_
    state.pacing.wait()
    state.tally.forget_before(round_)
    state.own_votes.forget_before(round_ - 1)
    _forget_blocks(state)


def _forget_blocks(state: HeightState) -> None:
    """Free the blocks of rounds that are long over, but not the prepared one."""
    rounds = (state.candidates, state.accepted)
    old = [each.pop(number) for each in rounds for number in sorted(each) if number < state.round - PAST_ROUNDS]
    if not old:
        return
    needed = {message.header.hash() for each in rounds for message in each.values()}
    if state.prepared is not None:
        needed.add(state.prepared.header.hash())
    if state.certificate is not None:
        needed.add(state.certificate.block_hash)
    for message in old:
        if message.header.hash() not in needed:
            state.blocks.forget(message.header.hash())


def start_timer(state: HeightState, now: Now) -> None:
    """A round lasts from when a quorum is in it: who is ahead alone waits for the others.

    PBFT's rule (Castro and Liskov 1999, 4.5.2). With timeouts that are capped, validators that run ahead alone would
    never meet the others in one round.
    """
    if state.pacing.is_waiting and state.tally.has_reached(state.round):
        state.pacing.enter(state.round, now)


def propose_again(state: HeightState) -> None:
    """Rule 7: with a quorum of round changes, the highest prepared block, else a new one, at once."""
    round_ = state.round
    if round_ == 0 or not state.is_proposer(round_) or state.own_votes.has_signed(VoteKind.PROPOSAL, round_):
        return
    justification = state.tally.round_changes.justification(round_)
    if justification is None:
        return
    _wishes, proof = justification
    if proof is None:
        ask_proposal(state, round_)
    else:
        propose(state, proof.header, round_)


def ask_proposal(state: HeightState, round_: int) -> None:
    """Have a block made, once a round; later rounds make lighter ones, so that some block passes in time."""
    if state.asked_round < round_ and not state.own_votes.has_signed(VoteKind.PROPOSAL, round_):
        state.asked_round = round_
        state.effects.add(AskProposal(state.number, round_, 1 << min(round_, 62)))


def upon_proposal_ready(state: HeightState, header: Header, round_: int) -> None:
    """Rules 1 and 7: the new block is made; too late if the round is over."""
    if not state.done and round_ == state.round and header.height == state.number and state.is_proposer(round_):
        state.blocks.made(header)
        propose(state, header, round_)


def propose(state: HeightState, header: Header, round_: int) -> None:
    """Send the PROPOSAL, with what justifies it in this round."""
    requests: tuple[RoundChange, ...] = ()
    proof = None
    if round_ > 0:
        justification = state.tally.round_changes.justification(round_)
        if justification is None or (justification[1] is not None and justification[1].header != header):
            return
        requests, proof = justification
    signature = state.own_votes.sign(VoteKind.PROPOSAL, round_, header.hash())
    if signature is None:
        return
    message = Proposal(round_, state.own_votes.me, header, signature, requests, proof)
    state.tally.add_proposal(message, state.round)
    state.own_votes.cast(VoteKind.PROPOSAL, round_, message)
    state.accepted[round_] = message
    if proof is not None:
        state.blocks.check(header)
