"""What a header says of what falls due next (rule B7), and of the COMMITs for its parent (rule B8)."""

from __future__ import annotations

import msgspec
import pytest

from harness.chain import ENT, ChainFixture, address, make_genesis, secret
from harness.energy import produce
from ledger.chain.blocks import Block, Parent, check_block, propose_block
from ledger.chain.certificate import commit_message
from ledger.chain.commits import NO_COMMITS, CheckedDecision, commits_hash
from ledger.chain.genesis import ConsensusMode, GenesisValidator
from ledger.chain.header import Certificate, CommitSignature
from ledger.chain.parameters import HOUR_MS, MINUTE_MS
from ledger.energy.payloads import OpenSession
from ledger.errors import InvalidBlock
from ledger.governance.payloads import CastVote, SetParameter

NAMES = ("V", "W", "X", "Y")


def header_of(chain: ChainFixture) -> tuple[int, int]:
    """Time and next due time of the head."""
    header = chain.blocks[-1].header
    return header.time_ms, header.next_due_ms


def chain_with(**parameters: int) -> ChainFixture:
    values = {"F": 0, "H": MINUTE_MS, "reading_interval": 1_000, **parameters}
    return ChainFixture(make_genesis(voters=(address("A"), address("B")), parameters=tuple(values.items())))


def test_the_header_names_the_earliest_of_what_waits_and_0_if_nothing_does() -> None:
    chain = chain_with(vote_lifetime=HOUR_MS)
    assert chain.blocks[0].header.next_due_ms == 0
    chain.do("A", CastVote(SetParameter("M", 1), True))
    first, due = header_of(chain)
    assert due == first + HOUR_MS
    chain.block()
    assert header_of(chain)[1] == due
    chain.block(after_ms=HOUR_MS)
    assert header_of(chain)[1] == 0


def test_a_session_that_ends_before_a_vote_is_named_first() -> None:
    chain = chain_with(vote_lifetime=HOUR_MS)
    assert produce(chain, "U1", "D", 10_000).applied
    chain.do("A", CastVote(SetParameter("M", 1), True))
    chain.do("D", OpenSession(address("U1"), ENT, 0))
    opened, due = header_of(chain)
    assert due == opened + MINUTE_MS


def voted(*names: str) -> tuple[ChainFixture, Parent]:
    """A chain of four validators whose block 1 was decided by those named."""
    validators = tuple(GenesisValidator(secret(name).public_key[1:], address(name), name) for name in NAMES)
    chain = ChainFixture(make_genesis(validators=validators, max_validators=4))
    chain.block()
    return chain, decided(chain, *names)


def signed(chain: ChainFixture, *names: str, height: int = 1, round_: int = 0, block: bytes = b"") -> Certificate:
    block_hash = block or chain.blocks[-1].hash
    message = commit_message(chain.genesis.hash, height, round_, block_hash)
    members = chain.parent.validators.members
    entries = [
        CommitSignature(index, secret(member.name).sign(message))
        for index, member in enumerate(members)
        if member.name in names
    ]
    return Certificate(height, round_, block_hash, tuple(entries))


def decided(chain: ChainFixture, *names: str) -> Parent:
    parent = chain.parent
    decision = CheckedDecision(signed(chain, *names), parent.validators)
    return Parent(parent.header, parent.state, parent.tree, parent.storage, parent.validators, decision)


def proposed(chain: ChainFixture, parent: Parent, commits: Certificate | None) -> Block:
    proposer = parent.validators.members[0].address
    block, _left_out = propose_block(
        chain.chain, parent, (), time_ms=chain.time_ms + 1, proposer=proposer, verified=frozenset(), commits=commits
    )
    return block


def test_heights_whose_parent_nobody_voted_for_carry_no_commits() -> None:
    chain, _parent = voted("V", "W", "X")
    assert [block.header.commits_hash for block in chain.blocks] == [NO_COMMITS, NO_COMMITS]
    genesis, commits = ChainFixture(chain.genesis).parent, signed(chain, *NAMES)
    header = msgspec.structs.replace(chain.blocks[1].header, commits_hash=commits_hash(commits))
    with pytest.raises(InvalidBlock) as refused:
        check_block(chain.chain, genesis, header, (), frozenset(), commits)
    assert refused.value.code == "bad_commits"


def test_a_block_carries_all_commits_that_its_proposer_holds() -> None:
    chain, parent = voted("V", "W", "X")
    own = proposed(chain, parent, None)
    assert parent.decision is not None
    assert own.commits == parent.decision.certificate
    everybody = signed(chain, *NAMES)
    block = proposed(chain, parent, everybody)
    assert block.header.commits_hash == commits_hash(everybody) != own.header.commits_hash
    assert check_block(chain.chain, parent, block.header, (), frozenset(), everybody).hash == block.hash
    other_round = signed(chain, "W", "X", "Y", round_=3)
    block = proposed(chain, parent, other_round)
    assert check_block(chain.chain, parent, block.header, (), frozenset(), other_round).hash == block.hash


def wrong(chain: ChainFixture) -> dict[str, Certificate | None]:
    good = signed(chain, *NAMES)
    first, *others = good.signatures
    return {
        "none": None,
        "no quorum": signed(chain, "V", "W"),
        "another block": signed(chain, *NAMES, block=bytes(32)),
        "another height": signed(chain, *NAMES, height=2),
        "a signer twice": Certificate(1, 0, good.block_hash, (first, first, *others)),
        "a false signature": Certificate(1, 0, good.block_hash, (CommitSignature(0, bytes(64)), *others)),
        "a signature of another round": Certificate(1, 1, good.block_hash, good.signatures),
        "a stranger": Certificate(1, 0, good.block_hash, (*good.signatures, CommitSignature(4, bytes(64)))),
    }


@pytest.mark.parametrize("which", sorted(wrong(voted(*NAMES)[0])))
def test_commits_that_are_not_a_quorums_for_the_parent_make_a_block_invalid(which: str) -> None:
    chain, parent = voted("V", "W", "X")
    commits = wrong(chain)[which]
    block = proposed(chain, parent, signed(chain, *NAMES))
    header = msgspec.structs.replace(block.header, commits_hash=commits_hash(commits))
    with pytest.raises(InvalidBlock) as refused:
        check_block(chain.chain, parent, header, (), frozenset(), commits)
    assert refused.value.code == "bad_commits"


def test_commits_and_due_time_are_what_the_header_says() -> None:
    chain, parent = voted("V", "W", "X")
    block = proposed(chain, parent, signed(chain, *NAMES))
    with pytest.raises(InvalidBlock) as refused:
        check_block(chain.chain, parent, block.header, (), frozenset(), signed(chain, "V", "W", "X"))
    assert refused.value.code == "bad_commits"
    header = msgspec.structs.replace(block.header, next_due_ms=5)
    with pytest.raises(InvalidBlock) as refused:
        check_block(chain.chain, parent, header, (), frozenset(), block.commits)
    assert (refused.value.code, refused.value.detail.split()[0]) == ("header_mismatch", "next_due_ms")


def test_poa_counts_authorities() -> None:
    validators = tuple(GenesisValidator(secret(name).public_key[1:], address(name), name) for name in NAMES[:3])
    chain = ChainFixture(make_genesis(validators=validators, max_validators=4, mode=ConsensusMode.POA))
    chain.block()
    parent = decided(chain, "V", "W")
    block = proposed(chain, parent, None)
    assert check_block(chain.chain, parent, block.header, (), frozenset(), block.commits).hash == block.hash
