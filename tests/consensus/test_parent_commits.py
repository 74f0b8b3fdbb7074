"""What a node holds of the COMMITs for its head: the certificate, and who came later (rule B8)."""

from __future__ import annotations

import pytest

from consensus.messages import Commit
from consensus.parent_commits import ParentCommits
from consensus.validation import Rules
from ledger.chain.genesis import ConsensusMode
from ledger.chain.header import Certificate, CommitSignature
from ledger.chain.votes import VoteKind, vote_message
from tests.consensus.script import GENESIS_HASH, keys_of, set_of

KEYS = keys_of(4)
BLOCK = bytes(range(32))
RULES = Rules(GENESIS_HASH, ConsensusMode.PBFT, set_of(KEYS), 5)


def commit(signer: int, *, height: int = 5, round_: int = 1, block: bytes = BLOCK, index: int | None = None) -> Commit:
    signature = KEYS[signer].sign(vote_message(VoteKind.COMMIT, GENESIS_HASH, height, round_, block))
    return Commit(height, round_, signer if index is None else index, block, signature)


def certificate(*signers: int) -> Certificate:
    return Certificate(5, 1, BLOCK, tuple(CommitSignature(signer, commit(signer).signature) for signer in signers))


def test_who_comes_later_is_added_once_in_its_place() -> None:
    held = ParentCommits(certificate(0, 2, 3), RULES)
    assert held.add(commit(1))
    assert held.add(commit(1))
    assert held.all == certificate(0, 1, 2, 3)


@pytest.mark.parametrize("other", [commit(1, height=4), commit(1, round_=0), commit(1, block=bytes(32))])
def test_commits_of_another_round_block_or_height_are_left_out(other: Commit) -> None:
    held = ParentCommits(certificate(0, 2, 3), RULES)
    assert held.add(other)
    assert held.all == certificate(0, 2, 3)


def test_a_wrong_signature_is_a_lie() -> None:
    held = ParentCommits(certificate(0, 2, 3), RULES)
    assert not held.add(commit(0, index=1))
    assert not held.add(commit(0, index=9))
    assert held.all == certificate(0, 2, 3)


def test_after_a_start_nothing_is_added_and_nobody_voted_for_genesis() -> None:
    held = ParentCommits(certificate(0, 2, 3), None)
    assert held.add(commit(1))
    assert held.all == certificate(0, 2, 3)
    nothing = ParentCommits(None, RULES)
    assert nothing.add(commit(1))
    assert nothing.all is None
