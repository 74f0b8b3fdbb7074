"""Byzantine strategies: a validator whose messages are bent on their way out, for each receiver on its own.

A liar runs the real replica, so that it knows everything that an honest validator knows, and has its own key, so that
it can sign what it likes; it cannot forge others' signatures. Each strategy is a function from a message that the
replica wants to send to the messages that are sent instead. Liars of one world share their lies (`twin`).
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import msgspec

from consensus.messages import (
    BlocksResponse,
    BlockTransactions,
    Claim,
    Commit,
    Decided,
    HashesPart,
    Message,
    Prepare,
    Prepared,
    Proposal,
    ProvenRoundChange,
    RoundChange,
    Status,
)
from ledger.chain.genesis import ConsensusMode
from ledger.chain.header import Certificate, CommitSignature, Header
from ledger.chain.votes import NOTHING_PREPARED, VoteKind, prepared_value, vote_message
from ledger.light.freshness import status_message

if TYPE_CHECKING:
    from tests.simulation.node import Node

replace = msgspec.structs.replace
Lies = list[Message]


class Liar:
    """One Byzantine validator with its strategies."""

    def __init__(self, node: Node, strategies: tuple[str, ...], rng: random.Random) -> None:
        self.node = node
        self.strategies = strategies
        self.rng = rng
        self.past: list[Message] = []

    def says(self, peer: bytes, message: Message) -> Lies:
        """What is sent to this peer instead of the message."""
        lies: Lies = [message]
        for name in self.strategies:
            lies = [told for lie in lies for told in STRATEGIES[name](self, peer, lie)]
        return lies

    def other_half(self, peer: bytes) -> bool:
        """Whether a peer belongs to those who are told the second story; the same for all liars."""
        peers = sorted(self.node.world.by_peer)
        return peers.index(peer) % 2 == 1

    @property
    def index(self) -> int:
        """My place in the set."""
        return self.node.app.parent.validators.index_of(self.node.key.address) or 0

    def sign(self, kind: VoteKind, height: int, round_: int, value: bytes) -> bytes:
        """My signature of any vote."""
        return self.node.key.sign(vote_message(kind, self.node.world.genesis.hash, height, round_, value))

    def proposal(self, message: Proposal, header: Header) -> Proposal:
        """The same proposal of another block."""
        signature = self.sign(VoteKind.PROPOSAL, header.height, message.round, header.hash())
        return replace(message, header=header, signature=signature)

    def vote(self, kind: VoteKind, height: int, round_: int, block_hash: bytes) -> Prepare | Commit:
        """A vote for any block."""
        form = Prepare if kind is VoteKind.PREPARE else Commit
        return form(height, round_, self.index, block_hash, self.sign(kind, height, round_, block_hash))

    def votes_for(self, message: Prepare | Commit, other: Callable[[Header], Header]) -> Lies:
        """Both votes, at once, for another block than the one that was voted for."""
        state = self.node.replica.engine._state
        header = None if state is None else state.blocks.header(message.block_hash)
        if header is None:
            return [message]
        block_hash = other(header).hash()
        return [
            self.vote(kind, message.height, message.round, block_hash) for kind in (VoteKind.PREPARE, VoteKind.COMMIT)
        ]

    def fresh(self, header: Header) -> Header:
        """An empty block of my own in the place of another one, a millisecond later; as valid as that."""
        app, replica = self.node.app, self.node.replica
        if app.parent.header.hash() != header.parent:
            return twin(header)
        made, _left_out = app.propose(
            (),
            time_ms=header.time_ms + 1,
            proposer=self.node.key.address,
            verified=frozenset(),
            commits=replica.engine.parent_commits.all,
        )
        replica._executed[made.hash] = made
        return made.header

    def round_change(self, height: int, round_: int, proof: Prepared | None) -> ProvenRoundChange:
        """A round change with any claim."""
        claim = None if proof is None else proof.claim
        value = NOTHING_PREPARED if claim is None else prepared_value(claim.round, claim.block_hash)
        signature = self.sign(VoteKind.ROUND_CHANGE, height, round_, value)
        return ProvenRoundChange(RoundChange(height, round_, self.index, claim, signature), proof)


def twin(header: Header) -> Header:
    """Another block that is as valid as this one: a millisecond later. What all liars vote for as well."""
    return replace(header, time_ms=header.time_ms + 1)


# Proposals.


def equivocating_proposer(liar: Liar, peer: bytes, message: Message) -> Lies:
    """One block for one half, its twin for the other."""
    if isinstance(message, Proposal) and message.proof is None and liar.other_half(peer):
        return [liar.proposal(message, twin(message.header))]
    return [message]


def two_proposals_to_all(liar: Liar, peer: bytes, message: Message) -> Lies:
    """Both blocks for everybody."""
    if isinstance(message, Proposal) and message.proof is None:
        return [message, liar.proposal(message, twin(message.header))]
    return [message]


def mute_proposer(_liar: Liar, _peer: bytes, message: Message) -> Lies:
    """Votes like everybody, and never proposes anything."""
    return [] if isinstance(message, Proposal) else [message]


def invalid_state_root(liar: Liar, peer: bytes, message: Message) -> Lies:
    """A block that claims another result."""
    if isinstance(message, Proposal):
        return [liar.proposal(message, replace(message.header, state_root=bytes(32)))]
    return [message]


def invalid_transactions(liar: Liar, peer: bytes, message: Message) -> Lies:
    """A block of transactions that nobody has."""
    if isinstance(message, Proposal):
        return [liar.proposal(message, replace(message.header, transactions_root=bytes(32)))]
    return [message]


def clock_ahead(liar: Liar, peer: bytes, message: Message) -> Lies:
    """A block from an hour ahead."""
    if isinstance(message, Proposal) and message.proof is None:
        return [liar.proposal(message, replace(message.header, time_ms=message.header.time_ms + 3_600_000))]
    return [message]


def wrong_parent(liar: Liar, peer: bytes, message: Message) -> Lies:
    """A block on another chain."""
    if isinstance(message, Proposal):
        return [liar.proposal(message, replace(message.header, parent=bytes(32)))]
    return [message]


def no_justification(liar: Liar, peer: bytes, message: Message) -> Lies:
    """A fresh block in a later round, whatever others have prepared, and one's votes for it."""
    if isinstance(message, Proposal) and message.round > 0:
        return [replace(liar.proposal(message, liar.fresh(message.header)), proof=None)]
    if isinstance(message, Prepare | Commit) and message.round > 0:
        return liar.votes_for(message, liar.fresh)
    return [message]


def lower_claim(liar: Liar, peer: bytes, message: Message) -> Lies:
    """Of the prepared blocks not the highest one, and one's votes for it."""
    state = liar.node.replica.engine._state
    if state is None or not isinstance(message, Proposal | Prepare | Commit) or message.round == 0:
        return [message]
    proofs = [entry.proof for entry in state.tally.round_changes._latest.values() if entry.proof is not None]
    lowest = min(proofs, key=lambda proof: proof.round, default=None)
    if lowest is None:
        return [message]
    if isinstance(message, Proposal):
        return [replace(liar.proposal(message, lowest.header), proof=lowest)]
    return liar.votes_for(message, lambda _header: lowest.header)


def half_a_justification(liar: Liar, peer: bytes, message: Message) -> Lies:
    """Round changes that are too few, or one of them several times."""
    if isinstance(message, Proposal) and message.round_changes:
        one = message.round_changes[0]
        requests = liar.rng.choice([message.round_changes[:1], (one,) * len(message.round_changes)])
        return [replace(message, round_changes=requests)]
    return [message]


def proposes_out_of_turn(liar: Liar, peer: bytes, message: Message) -> Lies:
    """A valid block in round 0, whoever's turn it is."""
    is_validator = liar.node.app.parent.validators.by_address(liar.node.key.address) is not None
    if not is_validator or not isinstance(message, Status) or message.nonce:
        return [message]
    time_ms = liar.node.app.parent.header.time_ms + 1
    block, _ = liar.node.app.propose((), time_ms=time_ms, proposer=liar.node.key.address, verified=frozenset())
    signature = liar.sign(VoteKind.PROPOSAL, block.header.height, 0, block.hash)
    return [message, Proposal(0, liar.index, block.header, signature, (), None)]


# Votes.


def double_vote(liar: Liar, peer: bytes, message: Message) -> Lies:
    """PREPAREs and COMMITs for any block that is heard of."""
    state = liar.node.replica.engine._state
    if isinstance(message, Prepare | Commit) and state is not None:
        kind = VoteKind.PREPARE if isinstance(message, Prepare) else VoteKind.COMMIT
        header = state.blocks.header(message.block_hash)
        other = bytes(32) if header is None else twin(header).hash()
        return [message, liar.vote(kind, message.height, message.round, other)]
    return [message]


def votes_both_ways(liar: Liar, peer: bytes, message: Message) -> Lies:
    """For one half the block, for the other its twin, in PREPARE and COMMIT alike."""
    state = liar.node.replica.engine._state
    poa = liar.node.world.genesis.mode == ConsensusMode.POA
    if isinstance(message, Commit) and poa and state is not None:
        header = state.blocks.header(message.block_hash)
        value = message.block_hash if header is None or not liar.other_half(peer) else twin(header).hash()
        return [liar.vote(VoteKind.COMMIT, message.height, message.round, value)]
    if isinstance(message, Prepare) and state is not None:
        header = state.blocks.header(message.block_hash)
        value = message.block_hash if header is None or not liar.other_half(peer) else twin(header).hash()
        return [
            liar.vote(VoteKind.PREPARE, message.height, message.round, value),
            liar.vote(VoteKind.COMMIT, message.height, message.round, value),
        ]
    return [message]


def hasty_commit(liar: Liar, peer: bytes, message: Message) -> Lies:
    """A COMMIT as soon as there is a PREPARE."""
    if isinstance(message, Prepare):
        return [message, liar.vote(VoteKind.COMMIT, message.height, message.round, message.block_hash)]
    return [message]


def commits_in_all_rounds(liar: Liar, peer: bytes, message: Message) -> Lies:
    """One's COMMIT in every round around the running one."""
    if isinstance(message, Commit):
        rounds = range(max(message.round - 2, 0), message.round + 3)
        return [liar.vote(VoteKind.COMMIT, message.height, round_, message.block_hash) for round_ in rounds]
    return [message]


def withheld_votes(liar: Liar, peer: bytes, message: Message) -> Lies:
    """Half of the votes are never sent."""
    return [] if isinstance(message, Prepare | Commit) and liar.rng.random() < 0.5 else [message]


def silent(liar: Liar, peer: bytes, message: Message) -> Lies:
    """Nothing is ever sent."""
    return []


def speaks_to_some(liar: Liar, peer: bytes, message: Message) -> Lies:
    """One half hears nothing."""
    return [] if liar.other_half(peer) else [message]


# Round changes.


def forgets_its_lock(liar: Liar, peer: bytes, message: Message) -> Lies:
    """A round change that denies what was prepared."""
    if isinstance(message, ProvenRoundChange):
        return [liar.round_change(message.height, message.request.round, None)]
    return [message]


def forged_claim(liar: Liar, peer: bytes, message: Message) -> Lies:
    """A claim whose proof is one's own signature, many times."""
    if isinstance(message, ProvenRoundChange):
        head = liar.node.app.parent.header
        header = replace(head, height=head.height + 1, parent=head.hash(), time_ms=head.time_ms + 7)
        round_ = message.request.round - 1
        mine = CommitSignature(liar.index, liar.sign(VoteKind.PREPARE, header.height, round_, header.hash()))
        count = len(liar.node.world.nodes)
        signatures = liar.rng.choice(
            [(mine,) * count, tuple(CommitSignature(index, mine.signature) for index in range(count))]
        )
        return [liar.round_change(message.height, message.request.round, Prepared(round_, header, signatures))]
    return [message]


def two_round_changes(liar: Liar, peer: bytes, message: Message) -> Lies:
    """Prepared for one half, not prepared for the other."""
    if isinstance(message, ProvenRoundChange) and message.proof is not None:
        return [message, liar.round_change(message.height, message.request.round, None)]
    return [message]


def rounds_far_ahead(liar: Liar, peer: bytes, message: Message) -> Lies:
    """Round changes for rounds that nobody else has reached."""
    if isinstance(message, ProvenRoundChange | Status):
        round_ = liar.rng.randrange(1, 2**40)
        return [message, liar.round_change(message.height, round_, None)]
    return [message]


def stale_round_change(liar: Liar, peer: bytes, message: Message) -> Lies:
    """The requests of earlier rounds and heights, again."""
    if isinstance(message, ProvenRoundChange):
        liar.past = [*liar.past[-20:], message]
        return [liar.rng.choice(liar.past)]
    return [message]


# Certificates, sync, bodies, status.


def duplicated_signer(liar: Liar, peer: bytes, message: Message) -> Lies:
    """A certificate in which one signer stands for a quorum, of a block that nobody decided."""
    if isinstance(message, Commit | Status):
        head = liar.node.app.parent.header
        header = replace(head, height=head.height + 1, parent=head.hash(), time_ms=head.time_ms + 3)
        signature = liar.sign(VoteKind.COMMIT, header.height, 0, header.hash())
        count = len(liar.node.world.nodes)
        same = tuple(CommitSignature(liar.index, signature) for _ in range(count))
        each = tuple(CommitSignature(index, signature) for index in range(count))
        certificate = Certificate(header.height, 0, header.hash(), liar.rng.choice([same, each]))
        return [message, Decided(header, certificate)]
    return [message]


def lying_sync(liar: Liar, peer: bytes, message: Message) -> Lies:
    """Sync answers with other blocks, fewer blocks, or none."""
    if isinstance(message, BlocksResponse) and message.blocks:
        first = message.blocks[0]
        bent = replace(first, header=twin(first.header))
        return [replace(message, blocks=liar.rng.choice([(), (bent, *message.blocks[1:]), message.blocks[1:]]))]
    return [message]


def lying_body(liar: Liar, peer: bytes, message: Message) -> Lies:
    """Other transactions than those of the block, or others' hashes, or fewer."""
    if isinstance(message, HashesPart):
        bent = (bytes(32), *message.hashes[1:])
        return [replace(message, hashes=liar.rng.choice([bent, message.hashes[1:], ()]), parts=liar.rng.choice([1, 3]))]
    if isinstance(message, BlockTransactions):
        return [replace(message, transactions=liar.rng.choice([(b"x",), message.transactions[1:], ()]))]
    return [message]


def boasting_status(liar: Liar, peer: bytes, message: Message) -> Lies:
    """A head far above everybody's, without a certificate that holds."""
    if isinstance(message, Status):
        head = replace(message.head, height=message.head.height + liar.rng.randrange(1, 10_000))
        text = status_message(liar.node.world.genesis.hash, message.nonce, message.round, head.hash(), message.time_ms)
        return [replace(message, head=head, signature=liar.node.key.sign(text))]
    return [message]


def modest_status(liar: Liar, peer: bytes, message: Message) -> Lies:
    """Always at the beginning: whoever believes it forgets what it may have signed."""
    if isinstance(message, Status):
        head = replace(message.head, height=0)
        text = status_message(liar.node.world.genesis.hash, message.nonce, message.round, head.hash(), message.time_ms)
        return [replace(message, head=head, certificate=None, signature=liar.node.key.sign(text))]
    return [message]


# Noise.


def replays(liar: Liar, peer: bytes, message: Message) -> Lies:
    """What was said before, at any time."""
    liar.past = [*liar.past[-50:], message]
    return [message, liar.rng.choice(liar.past)]


def nonsense(liar: Liar, peer: bytes, message: Message) -> Lies:
    """Indexes, rounds, heights and signatures out of range."""
    bent = message
    if isinstance(message, Prepare | Commit | Proposal):
        bent = replace(message, validator=liar.rng.randrange(64), round=liar.rng.choice([0, 1, 2**40]))
    elif isinstance(message, ProvenRoundChange):
        claim = liar.rng.choice([None, Claim(message.request.round, bytes(32)), Claim(2**40, bytes(32))])
        bent = replace(message, request=replace(message.request, claim=claim, validator=liar.rng.randrange(64)))
    elif isinstance(message, Status):
        bent = replace(message, key=bytes(32))
    return [message, bent] if liar.rng.random() < 0.5 else [bent]


STRATEGIES: Final[dict[str, Callable[[Liar, bytes, Message], Lies]]] = {
    function.__name__: function
    for function in (
        equivocating_proposer, two_proposals_to_all, mute_proposer, invalid_state_root, invalid_transactions,
        clock_ahead, wrong_parent, no_justification, lower_claim, half_a_justification, proposes_out_of_turn,
        double_vote, votes_both_ways, hasty_commit, commits_in_all_rounds, withheld_votes, silent, speaks_to_some,
        forgets_its_lock, forged_claim, two_round_changes, rounds_far_ahead, stale_round_change, duplicated_signer,
        lying_sync, lying_body, boasting_status, modest_status, replays, nonsense,
    )
}  # fmt: skip
