"""Which proposals are accepted (rule 2)."""

from __future__ import annotations

from consensus.events import BlockChecked, Halt, Misbehaved, Now
from consensus.limits import PAST_ROUNDS
from consensus.messages import Prepare, Proposal
from consensus.state import HeightState
from consensus.upon_rounds import enter
from ledger.chain.genesis import ConsensusMode
from ledger.chain.header import Header
from ledger.chain.votes import VoteKind


def upon_proposal(state: HeightState, message: Proposal, peer: bytes, now: Now) -> None:
    """Rule 2: of the right proposer, for a round that is not over, with its justification."""
    round_ = message.round
    if round_ < state.round - PAST_ROUNDS:
        return
    known = round_ in state.candidates or round_ in state.accepted
    if not state.tally.add_proposal(message, state.round):
        if state.tally.proposals.value_of(round_, message.validator) is None:
            state.effects.add(Misbehaved(peer, "bad_proposal"))
        return
    if round_ < state.round or round_ in state.accepted or state.done:
        return
    if not known and not is_justified(state, message):
        state.effects.add(Misbehaved(peer, "unjustified_proposal"))
        return
    state.candidates.setdefault(round_, message)
    consider(state, state.candidates[round_], now)


def is_justified(state: HeightState, message: Proposal) -> bool:
    """Rule 2: above round 0, a quorum of round changes, and the block that they bind to."""
    return state.rules.justified(message, state.tally.round_changes.proven)


def upon_checked(state: HeightState, verdict: BlockChecked, now: Now) -> None:
    """Rule 2: a verdict is kept across rounds; what waited for it is looked at again."""
    if not state.blocks.judged(verdict):
        return
    for round_ in sorted(state.candidates):
        if round_ >= state.round and round_ in state.candidates:
            consider(state, state.candidates[round_], now)


def consider(state: HeightState, message: Proposal, now: Now) -> None:
    """Rule 2: a block that was prepared before is accepted as such; a new one only if it is valid."""
    own = state.own_votes.sent.get((message.round, VoteKind.PREPARE))
    if isinstance(own, Prepare) and own.block_hash != message.header.hash():
        return
    if message.proof is not None:
        _consider_prepared(state, message, now)
    else:
        _consider_new(state, message, now)


def _consider_prepared(state: HeightState, message: Proposal, now: Now) -> None:
    """No clock test, no execution before the PREPARE: a quorum has done both."""
    verdict = state.blocks.verdict(message.header.hash())
    if verdict is not None and not verdict.valid:
        # In PoA the proof is one authority's word: no reason to doubt ourselves.
        if state.settings.mode is ConsensusMode.PBFT:
            differ(state, message.header)
        return
    state.blocks.check(message.header)
    accept(state, message, now)


def _consider_new(state: HeightState, message: Proposal, now: Now) -> None:
    header = message.header
    if header.proposer != state.validators.members[message.validator].address or not is_timely(state, header, now):
        return
    verdict = state.blocks.verdict(header.hash())
    if verdict is None:
        state.blocks.check(header)
    elif verdict.valid and is_light_enough(state, verdict.weight, message.round):
        accept(state, message, now)


def is_timely(state: HeightState, header: Header, now: Now) -> bool:
    """Rule 2: at most `drift` ahead of our clock; the parent's time and 1 ms is always good."""
    return header.time_ms <= max(now.wall_ms + state.settings.drift_ms, state.head.time_ms + 1)


def is_light_enough(state: HeightState, weight: int, round_: int) -> bool:
    """A new block of round r holds at most 1/2^r of the weight limit."""
    return weight <= state.settings.block_weight >> round_


def accept(state: HeightState, message: Proposal, now: Now) -> None:
    """Rule 2: r := R, accept, arm R's timer; the PREPARE follows in `advance`."""
    state.candidates.pop(message.round, None)
    enter(state, message.round)
    state.pacing.enter(message.round, now)
    state.accepted[message.round] = message
    state.blocks.remember(message.header)


def differ(state: HeightState, header: Header) -> None:
    """A quorum executed what this node finds invalid: one of them is broken, and it may be this one."""
    state.done, state.certificate = True, None
    state.effects.add(
        Halt("execution_differs", f"a quorum accepts the block at height {header.height}, here it is invalid")
    )
