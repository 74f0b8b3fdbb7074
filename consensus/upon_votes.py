"""What quorums of votes bring about: a lock, a decision (rules 3, 4 and 9)."""

from __future__ import annotations

from consensus.events import Decide, Misbehaved, Send
from consensus.messages import Commit, Decided, Prepare, Prepared, Proposal
from consensus.records import LoggedLock
from consensus.state import HeightState
from consensus.upon_proposal import differ
from ledger.chain.genesis import ConsensusMode
from ledger.chain.header import Certificate, CommitSignature
from ledger.chain.votes import VoteKind

_MOST_SHOWN = 1_024


def upon_vote(state: HeightState, kind: VoteKind, message: Prepare | Commit, peer: bytes) -> None:
    """Rules 3 and 4: count it; who voted for another block is shown the proposal that we have accepted."""
    if not state.tally.add_vote(kind, message, state.round):
        state.effects.add(Misbehaved(peer, "bad_vote"))
        return
    accepted = state.accepted.get(message.round)
    if accepted is not None and accepted.header.hash() != message.block_hash:
        _show(state, accepted, peer)


def _show(state: HeightState, accepted: Proposal, peer: bytes) -> None:
    """Two blocks in one round: whoever holds both proposals can prove it."""
    if (accepted.round, peer) not in state.shown and len(state.shown) < _MOST_SHOWN:
        state.shown.add((accepted.round, peer))
        state.effects.add(Send(peer, accepted))


def prepare(state: HeightState) -> None:
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


def commit(state: HeightState) -> None:
    """Rule 3: a quorum of PREPAREs of this round, the block executed and at hand: lock it, and COMMIT."""
    accepted = state.accepted.get(state.round)
    if accepted is None or state.own_votes.has_signed(VoteKind.COMMIT, state.round):
        return
    block_hash = accepted.header.hash()
    verdict = state.blocks.verdict(block_hash)
    proof = _proof(state, accepted, block_hash)
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


def _proof(state: HeightState, accepted: Proposal, block_hash: bytes) -> tuple[CommitSignature, ...] | None:
    """PBFT: the quorum of PREPAREs; PoA: the proposal itself is enough to acknowledge it."""
    if state.settings.mode is ConsensusMode.POA:
        return (CommitSignature(accepted.validator, accepted.signature),)
    if state.tally.prepares.has_quorum(state.round, block_hash):
        return state.tally.prepares.signatures(state.round, block_hash)
    return None


def upon_decided(state: HeightState, message: Decided, peer: bytes) -> None:
    """Rule 9: a certificate decides, whoever brings it."""
    if state.certificate is None:
        if not state.rules.decided(message.header, message.certificate):
            state.effects.add(Misbehaved(peer, "bad_certificate"))
            return
        state.certificate = message.certificate
    if message.header.hash() == state.certificate.block_hash:
        state.blocks.remember(message.header)


def decide(state: HeightState) -> None:
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
        differ(state, header)
    else:
        state.done = True
        state.effects.add(Decide(header, certificate))
