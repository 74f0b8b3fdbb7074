"""The rules of one height, by their numbers in docs/protocol/consensus.md: 1 to 7, and 9.

An event changes the tables of a `HeightState`, `advance` draws what follows from the tables alone. Whoever edits a
rule: a vote is signed by `OwnVotes.sign` only, a lock is taken in `_commit` only, and nothing may depend on the order
in which messages came, but for which of two contradicting ones counts.
"""

from __future__ import annotations

from typing import assert_never

from consensus.events import AskProposal, BlockChecked, Decide, Halt, Misbehaved, Now, Send
from consensus.limits import CONFLICT_REPLIES, PAST_ROUNDS
from consensus.messages import Commit, Decided, Prepare, Prepared, Proposal, ProvenRoundChange, RoundChange
from consensus.recovery import Resumed
from consensus.signing import LoggedLock, OwnMessage, VoteSigner
from consensus.state import HeightState
from ledger.chain.genesis import ConsensusMode
from ledger.chain.header import Certificate, CommitSignature, Header
from ledger.chain.votes import NOTHING_PREPARED, VoteKind, prepared_value


def upon_message(
    state: HeightState,
    peer: bytes,
    message: Proposal | Prepare | Commit | ProvenRoundChange | Decided,
    now: Now,
) -> None:
    """A message for the height in work, by its kind."""
    match message:
        case Proposal():
            upon_proposal(state, message, peer, now)
        case Prepare():
            upon_vote(state, VoteKind.PREPARE, message, peer)
            start_timer(state, now)
        case Commit():
            upon_vote(state, VoteKind.COMMIT, message, peer)
            start_timer(state, now)
        case ProvenRoundChange():
            upon_round_change(state, message, peer, now)
        case Decided():
            upon_decided(state, message, peer)
        case _:
            assert_never(message)


# Rule 1: the start of a height, also in the middle of it after a crash.


def start_voting(state: HeightState, vote_signer: VoteSigner, resumed: Resumed | None, now: Now) -> None:
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
        _enter(state, max(round_, state.round))
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


def recheck_clock(state: HeightState, now: Now) -> None:
    """Rule 1: a due time is one of the wall clock, which may be set while the height waits."""
    waits = state.round == 0 and 0 not in state.accepted and state.asked_round < 0
    if waits and state.own_votes.vote_signer is not None and not state.done and not state.pacing.is_waiting:
        state.pacing.look_at_clock(now)


def upon_proposal_due(state: HeightState, now: Now) -> None:
    """Rule 1: the proposer of round 0 makes a block."""
    if not state.done and state.pacing.proposal_due(now) and state.round == 0 and state.is_proposer(0):
        _ask_proposal(state, 0)


# Rule 2: which proposals are accepted.


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
    if not known and not _is_justified(state, message):
        state.effects.add(Misbehaved(peer, "unjustified_proposal"))
        return
    state.candidates.setdefault(round_, message)
    _try_accept(state, state.candidates[round_], now)


def _is_justified(state: HeightState, message: Proposal) -> bool:
    """Rule 2: above round 0, a quorum of round changes, and the block that they bind to."""
    return state.rules.justified(message, state.tally.round_changes.proven)


def upon_checked(state: HeightState, verdict: BlockChecked, now: Now) -> None:
    """Rule 2: a verdict is kept across rounds; what waited for it is looked at again."""
    if not state.blocks.add_verdict(verdict):
        return
    for round_ in sorted(state.candidates):
        if round_ >= state.round and round_ in state.candidates:
            _try_accept(state, state.candidates[round_], now)


def _try_accept(state: HeightState, message: Proposal, now: Now) -> None:
    """Rule 2: a block that was prepared before is accepted as such; a new one only if it is valid."""
    own = state.own_votes.sent.get((message.round, VoteKind.PREPARE))
    if isinstance(own, Prepare) and own.block_hash != message.header.hash():
        return
    if message.proof is not None:
        _try_prepared(state, message, now)
    else:
        _try_new(state, message, now)


def _try_prepared(state: HeightState, message: Proposal, now: Now) -> None:
    """No clock test, no execution before the PREPARE: a quorum has done both."""
    verdict = state.blocks.verdict(message.header.hash())
    if verdict is not None and not verdict.valid:
        # In PoA the proof is one authority's word: no reason to doubt ourselves.
        if state.settings.mode is ConsensusMode.PBFT:
            _halt_on_difference(state, message.header)
        return
    state.blocks.check(message.header)
    _accept(state, message, now)


def _try_new(state: HeightState, message: Proposal, now: Now) -> None:
    header = message.header
    if header.proposer != state.validators.members[message.validator].address or not _is_timely(state, header, now):
        return
    verdict = state.blocks.verdict(header.hash())
    if verdict is None:
        state.blocks.check(header)
    elif verdict.valid and _is_light_enough(state, verdict.weight, message.round):
        _accept(state, message, now)


def _is_timely(state: HeightState, header: Header, now: Now) -> bool:
    """Rule 2: at most `drift` ahead of our clock; the parent's time and 1 ms is always good."""
    return header.time_ms <= max(now.wall_ms + state.settings.drift_ms, state.head.time_ms + 1)


def _is_light_enough(state: HeightState, weight: int, round_: int) -> bool:
    """A new block of round r holds at most 1/2^r of the weight limit."""
    return weight <= state.settings.block_weight >> round_


def _accept(state: HeightState, message: Proposal, now: Now) -> None:
    """Rule 2: r := R, accept, arm R's timer; the PREPARE follows in `advance`."""
    state.candidates.pop(message.round, None)
    _enter(state, message.round)
    state.pacing.enter(message.round, now)
    state.accepted[message.round] = message
    state.blocks.remember(message.header)


# Rules 3, 4 and 9: a lock, a decision.


def upon_vote(state: HeightState, kind: VoteKind, message: Prepare | Commit, peer: bytes) -> None:
    """Rules 3 and 4: count it; who voted for another block is shown the proposal that we have accepted."""
    if not state.tally.add_vote(kind, message, state.round):
        state.effects.add(Misbehaved(peer, "bad_vote"))
        return
    accepted = state.accepted.get(message.round)
    if accepted is not None and accepted.header.hash() != message.block_hash:
        _answer_conflict(state, accepted, peer)


def _answer_conflict(state: HeightState, accepted: Proposal, peer: bytes) -> None:
    """Two blocks in one round: whoever holds both proposals can prove it."""
    if (accepted.round, peer) not in state.conflict_replies and len(state.conflict_replies) < CONFLICT_REPLIES:
        state.conflict_replies.add((accepted.round, peer))
        state.effects.add(Send(peer, accepted))


def upon_decided(state: HeightState, message: Decided, peer: bytes) -> None:
    """Rule 9: a certificate decides, whoever brings it."""
    if state.certificate is None:
        if not state.rules.decided(message.header, message.certificate):
            state.effects.add(Misbehaved(peer, "bad_certificate"))
            return
        state.certificate = message.certificate
    if message.header.hash() == state.certificate.block_hash:
        state.blocks.remember(message.header)


# Rules 5 and 6: when a round is over, when to follow others.


def upon_round_timeout(state: HeightState, now: Now) -> None:
    """Rule 5: the round has taken too long."""
    if state.own_votes.vote_signer is not None and not state.done and state.pacing.round_over(now):
        _change_round(state, state.round + 1, now)


def upon_round_change(state: HeightState, message: ProvenRoundChange, peer: bytes, now: Now) -> None:
    """Rule 6: follow to the highest round that 'one honest' power has reached."""
    if not state.tally.add_round_change(message):
        state.effects.add(Misbehaved(peer, "bad_round_change"))
        return
    join = state.tally.round_changes.round_to_join(state.round)
    if join is not None and state.own_votes.vote_signer is not None and not state.done:
        _change_round(state, join, now)
    start_timer(state, now)


def _change_round(state: HeightState, round_: int, now: Now) -> None:
    """Rules 5 and 6: enter the round, and say so with what was prepared last."""
    _enter(state, round_)
    claim = None if state.prepared is None else state.prepared.claim
    value = NOTHING_PREPARED if claim is None else prepared_value(claim.round, claim.block_hash)
    signature = state.own_votes.sign(VoteKind.ROUND_CHANGE, round_, value)
    if signature is not None:
        request = RoundChange(state.number, round_, state.own_votes.me, claim, signature)
        message = ProvenRoundChange(request, state.prepared)
        state.tally.add_round_change(message)
        state.own_votes.cast(VoteKind.ROUND_CHANGE, round_, message)
    start_timer(state, now)


def _enter(state: HeightState, round_: int) -> None:
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


# Rules 1 and 7: what a round proposes.


def _ask_proposal(state: HeightState, round_: int) -> None:
    """Have a block made, once a round; later rounds make lighter ones, so that some block passes in time."""
    if state.asked_round < round_ and not state.own_votes.has_signed(VoteKind.PROPOSAL, round_):
        state.asked_round = round_
        state.effects.add(AskProposal(state.number, round_, 1 << min(round_, 62)))


def upon_proposal_ready(state: HeightState, header: Header, round_: int) -> None:
    """Rules 1 and 7: the new block is made; too late if the round is over."""
    if not state.done and round_ == state.round and header.height == state.number and state.is_proposer(round_):
        state.blocks.add_own(header)
        _propose(state, header, round_)


def _propose(state: HeightState, header: Header, round_: int) -> None:
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


# What follows from the tables alone, after every event.


def advance(state: HeightState) -> None:
    """Propose, prepare, commit, decide: each at most once a round, in the order in which one enables the next."""
    if state.done:
        return
    if state.own_votes.vote_signer is not None:
        _propose_again(state)
        _prepare(state)
        _commit(state)
    _decide(state)


def _propose_again(state: HeightState) -> None:
    """Rule 7: with a quorum of round changes, the highest prepared block, else a new one, at once."""
    round_ = state.round
    if round_ == 0 or not state.is_proposer(round_) or state.own_votes.has_signed(VoteKind.PROPOSAL, round_):
        return
    justification = state.tally.round_changes.justification(round_)
    if justification is None:
        return
    _, proof = justification
    if proof is None:
        _ask_proposal(state, round_)
    else:
        _propose(state, proof.header, round_)


def _prepare(state: HeightState) -> None:
    """Rule 2: PREPARE for the block that was accepted in the running round; PoA goes without."""
    accepted = state.accepted.get(state.round)
    if accepted is None or state.settings.mode is ConsensusMode.POA:
        return
    if state.own_votes.has_signed(VoteKind.PREPARE, state.round):
        return
    block_hash = accepted.header.hash()
    signature = state.own_votes.sign(VoteKind.PREPARE, state.round, block_hash)
    if signature is not None:
        message = Prepare(state.number, state.round, state.own_votes.me, block_hash, signature)
        state.tally.add_vote(VoteKind.PREPARE, message, state.round)
        state.own_votes.cast(VoteKind.PREPARE, state.round, message)


def _commit(state: HeightState) -> None:
    """Rule 3: a quorum of PREPAREs of this round, the block executed and at hand: lock it, and COMMIT."""
    accepted = state.accepted.get(state.round)
    if accepted is None or state.own_votes.has_signed(VoteKind.COMMIT, state.round):
        return
    block_hash = accepted.header.hash()
    verdict = state.blocks.verdict(block_hash)
    proof = _proof_of_lock(state, accepted, block_hash)
    if proof is None or verdict is None or not verdict.valid:
        return
    signature = state.own_votes.sign(VoteKind.COMMIT, state.round, block_hash)
    vote_signer = state.own_votes.vote_signer
    if signature is None or vote_signer is None:
        return
    state.prepared = Prepared(state.round, accepted.header, proof)
    state.effects.keep_body(block_hash)
    state.effects.log(LoggedLock(state.number, state.prepared), vote_signer.last)
    message = Commit(state.number, state.round, state.own_votes.me, block_hash, signature)
    state.tally.add_vote(VoteKind.COMMIT, message, state.round)
    state.own_votes.cast(VoteKind.COMMIT, state.round, message)


def _proof_of_lock(state: HeightState, accepted: Proposal, block_hash: bytes) -> tuple[CommitSignature, ...] | None:
    """PBFT: the quorum of PREPAREs; PoA: the proposal itself is enough to acknowledge it."""
    if state.settings.mode is ConsensusMode.POA:
        return (CommitSignature(accepted.validator, accepted.signature),)
    if state.tally.prepares.has_quorum(state.round, block_hash):
        return state.tally.prepares.signatures(state.round, block_hash)
    return None


def _decide(state: HeightState) -> None:
    """Rules 4 and 9: a quorum of COMMITs of one round, whichever it is, and the block checked and at hand."""
    certificate = state.certificate
    if certificate is None:
        found = state.tally.commits.decided()
        if found is None:
            return
        round_, block_hash = found
        signatures = state.tally.commits.signatures(round_, block_hash)
        certificate = state.certificate = Certificate(state.number, round_, block_hash, signatures)
    header = state.blocks.header(certificate.block_hash)
    if header is None:
        return
    verdict = state.blocks.verdict(certificate.block_hash)
    if verdict is None:
        state.blocks.check(header)
    elif not verdict.valid:
        _halt_on_difference(state, header)
    else:
        state.done = True
        state.effects.add(Decide(header, certificate))


def _halt_on_difference(state: HeightState, header: Header) -> None:
    """A quorum executed what this node finds invalid: one of them is broken, and it may be this one."""
    state.done, state.certificate = True, None
    state.effects.add(
        Halt("execution_differs", f"a quorum accepts the block at height {header.height}, here it is invalid")
    )
