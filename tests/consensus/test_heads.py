"""What counts as a head of others: certificates of the known set, and what so many have signed that one is honest."""

from __future__ import annotations

import hashlib

import pytest
from msgspec.structs import replace

from consensus.heads import ProvenHeads
from consensus.messages import Status
from consensus.validation import Rules
from ledger.chain.certificate import commit_message
from ledger.chain.genesis import ConsensusMode
from ledger.chain.header import Certificate, CommitSignature, Header
from tests.consensus.script import GENESIS_HASH, keys_of, set_of
from tests.consensus.test_hostile_messages import header

KEYS = keys_of(4)
KNOWN = set_of(KEYS)
RULES = Rules(GENESIS_HASH, ConsensusMode.PBFT, KNOWN, 1)


def head(height: int, *, of_known_set: bool = True) -> Header:
    return replace(header(height), validators_hash=KNOWN.hash if of_known_set else hashlib.sha256(b"later").digest())


def certified(block: Header, *signers: int) -> Certificate:
    message = commit_message(GENESIS_HASH, block.height, 0, block.hash())
    signatures = tuple(CommitSignature(index, KEYS[index].sign(message)) for index in signers)
    return Certificate(block.height, 0, block.hash(), signatures)


def status(block: Header, certificate: Certificate | None, signer: int | None = None) -> Status:
    return Status(0, b"", block, certificate, b"" if signer is None else KEYS[signer].key, bytes(64), (), 0)


def test_n3_a_certificate_of_the_known_set_proves_a_head() -> None:
    heads, block = ProvenHeads(), head(700)
    assert heads.add_status(status(block, certified(block, 0, 1, 2)), RULES)
    assert heads.height == 700
    lower = head(600)
    assert heads.add_status(status(lower, certified(lower, 0, 1, 2)), RULES)
    assert heads.height == 700


@pytest.mark.parametrize("signers", [(), (0, 1), (0, 0, 0)])
def test_n3_a_false_certificate_proves_nothing_and_is_a_lie(signers: tuple[int, ...]) -> None:
    heads, block = ProvenHeads(), head(2**62)
    assert not heads.add_status(status(block, certified(block, *signers)), RULES)
    assert heads.height == 0


def test_n3_a_head_of_a_later_set_counts_when_somebody_honest_has_signed_it() -> None:
    heads = ProvenHeads()
    for signer, height in ((0, 2**62), (1, 900), (2, 800), (3, 850)):
        block = head(height, of_known_set=False)
        assert heads.add_status(status(block, certified(block), signer), RULES)
        assert heads.height == {0: 0, 1: 900, 2: 900, 3: 900}[signer]


def test_n3_who_is_no_validator_or_repeats_itself_proves_nothing() -> None:
    heads = ProvenHeads()
    block = head(2**62, of_known_set=False)
    for _ in range(10):
        assert heads.add_status(status(block, certified(block)), RULES)
        assert heads.add_status(status(block, certified(block), 0), RULES)
        assert heads.add_status(replace(status(block, certified(block)), key=bytes(32)), RULES)
        assert heads.add_status(status(block, None, 1), RULES)
    assert heads.height == 0
