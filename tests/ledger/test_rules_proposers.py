"""Who proposes last (rule V11): three own misses in a row, less than a third, back with a sign of life."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from harness.chain import ChainFixture, address, make_genesis, secret
from harness.energy import events
from ledger.chain.blocks import Block, Parent, check_block, propose_block
from ledger.chain.certificate import commit_message
from ledger.chain.commits import CheckedDecision
from ledger.chain.genesis import GenesisValidator
from ledger.chain.header import Certificate, CommitSignature
from ledger.chain.proposer import proposer
from ledger.chain.schema import PROPOSERS, VALIDATORS
from ledger.chain.validator_set import ValidatorSet, load_validators
from ledger.validators.events import ProposerMuted, ProposerRestored
from ledger.validators.proposers import (
    FIRST_PAUSE_MS,
    FORGIVEN_AFTER_MS,
    LONGEST_PAUSE_MS,
    MISSES_IN_A_ROW,
)
from ledger.validators.schema import LIVENESS

STEP_MS = 1_000


class Voted:
    """A chain of validators that vote: a block is proposed by the first in turn that is not silent."""

    def __init__(self, count: int = 4) -> None:
        self.names = [f"validator {number}" for number in range(count)]
        listed = tuple(GenesisValidator(secret(name).public_key[1:], address(name), name) for name in self.names)
        self.chain = ChainFixture(make_genesis(validators=listed, max_validators=16))
        self.silent: set[str] = set()
        self.deaf: set[str] = set()
        self.decision: CheckedDecision | None = None

    @property
    def validators(self) -> ValidatorSet:
        return self.chain.parent.validators

    @property
    def muted(self) -> set[str]:
        return {member.name for member in self.validators.members if member.address in self.validators.muted}

    def order(self) -> list[str]:
        height = self.chain.blocks[-1].header.height + 1
        members = self.validators.members
        return [members[proposer(self.validators, height, round_)].name for round_ in range(len(members))]

    def block(self, after_ms: int = STEP_MS) -> Block:
        chain, before = self.chain, self.chain.parent
        parent = Parent(before.header, before.state, before.tree, before.storage, before.validators, self.decision)
        by = next(name for name in self.order() if name not in self.silent)
        made_by = next(member for member in parent.validators.members if member.name == by)
        chain.time_ms += after_ms
        block, _left_out = propose_block(
            chain.chain, parent, (), time_ms=chain.time_ms, proposer=made_by.address, verified=frozenset()
        )
        assert check_block(chain.chain, parent, block.header, (), frozenset(), block.commits).hash == block.hash
        message = commit_message(chain.genesis.hash, block.header.height, 0, block.hash)
        entries = tuple(
            CommitSignature(index, secret(member.name).sign(message))
            for index, member in enumerate(parent.validators.members)
            if member.name not in self.deaf
        )
        self.decision = CheckedDecision(Certificate(block.header.height, 0, block.hash, entries), parent.validators)
        chain._apply(block)
        return block

    def until_muted(self, name: str) -> Block:
        """Blocks until somebody silent is put last; the block that did it."""
        for _ in range(200):
            block = self.block()
            if name in self.muted:
                return block
        raise AssertionError(f"{name} keeps its turns")

    def record(self, name: str) -> tuple[int, int] | None:
        member = next(member for member in self.validators.members if member.name == name)
        entry = self.chain.state.get(PROPOSERS, member.address)
        return None if entry is None else (entry.misses, entry.relapses)


def test_three_own_misses_in_a_row_put_a_validator_last() -> None:
    voted = Voted()
    voted.silent = {"validator 1"}
    turns = [voted.order()[0]]
    block = voted.block()
    while "validator 1" not in voted.muted:
        turns.append(voted.order()[0])
        block = voted.block()
    assert turns.count("validator 1") == MISSES_IN_A_ROW
    (event,) = events(block.executed.receipts[0], ProposerMuted)
    assert event.until_ms == block.header.time_ms + FIRST_PAUSE_MS
    for _ in range(8):
        assert voted.order()[-1] == "validator 1", "never out"
        voted.block()


def test_a_turn_that_is_used_ends_the_row() -> None:
    voted = Voted()
    for _ in range(5):
        missed = 0
        voted.silent = {"validator 1"}
        while missed < MISSES_IN_A_ROW - 1:
            missed += voted.order()[0] == "validator 1"
            voted.block()
        assert voted.record("validator 1") == (MISSES_IN_A_ROW - 1, 0)
        voted.silent = set()
        while voted.order()[0] != "validator 1":
            voted.block()
        voted.block()
        assert voted.record("validator 1") is None
    assert voted.muted == set()


@pytest.mark.parametrize(("count", "most"), [(1, 0), (2, 0), (3, 0), (4, 1), (6, 1), (7, 2)])
def test_less_than_a_third_together(count: int, most: int) -> None:
    voted = Voted(count)
    voted.silent = set(voted.names[:-1])
    for _ in range(12 * count):
        voted.block()
    assert len(voted.muted) == most
    for check in voted.chain.registry.invariants:
        check(voted.chain.reader)


def test_a_miss_beyond_the_third_waits_for_room() -> None:
    voted = Voted()
    voted.silent = {"validator 1", "validator 2"}
    for _ in range(40):
        voted.block()
    (first,) = voted.muted
    (second,) = voted.silent - voted.muted
    assert voted.record(second) == (MISSES_IN_A_ROW, 0)
    voted.silent = {second}
    voted.block(FIRST_PAUSE_MS)
    assert first not in voted.muted
    voted.until_muted(second)


def test_it_comes_back_with_a_sign_of_life_after_its_pause() -> None:
    voted = Voted()
    voted.silent = {"validator 1"}
    muted = voted.until_muted("validator 1")
    voted.deaf = {"validator 1"}
    voted.block()
    voted.block(FIRST_PAUSE_MS)
    voted.block()
    assert voted.muted == {"validator 1"}, "its pause is over, and nobody has heard of it"
    voted.deaf = set()
    voted.block()
    assert voted.muted == {"validator 1"}, "the block that carries its commit is the next one"
    block = voted.block()
    assert voted.muted == set()
    assert [event.address for event in events(block.executed.receipts[0], ProposerRestored)] == [
        event.address for event in events(muted.executed.receipts[0], ProposerMuted)
    ]


def test_a_sign_of_life_before_the_pause_is_over_changes_nothing() -> None:
    voted = Voted()
    voted.silent = {"validator 1"}
    voted.until_muted("validator 1")
    voted.block(FIRST_PAUSE_MS - STEP_MS)
    assert voted.muted == {"validator 1"}
    voted.block()
    assert voted.muted == set()


def test_each_pause_is_twice_the_one_before_up_to_the_longest() -> None:
    voted = Voted()
    voted.silent = {"validator 1"}
    pauses: list[int] = []
    while not pauses or pauses[-1] < LONGEST_PAUSE_MS:
        block = voted.until_muted("validator 1")
        (event,) = events(block.executed.receipts[0], ProposerMuted)
        pauses.append(event.until_ms - block.header.time_ms)
        voted.block(pauses[-1])
        assert voted.muted == set()
    assert pauses == [min(FIRST_PAUSE_MS << number, LONGEST_PAUSE_MS) for number in range(len(pauses))]
    voted.until_muted("validator 1")
    assert len(pauses) == 12


@pytest.mark.parametrize(("well_ms", "relapses"), [(FORGIVEN_AFTER_MS, 1), (FORGIVEN_AFTER_MS // 2, 2)])
def test_a_day_with_its_turns_is_forgiven(well_ms: int, relapses: int) -> None:
    voted = Voted()
    voted.silent = {"validator 1"}
    voted.until_muted("validator 1")
    voted.block(FIRST_PAUSE_MS)
    voted.silent = set()
    for _ in range(4):
        voted.block(well_ms // 4)
    voted.silent = {"validator 1"}
    voted.until_muted("validator 1")
    assert voted.record("validator 1") == (MISSES_IN_A_ROW, relapses)


def test_who_leaves_the_set_is_forgotten() -> None:
    voted = Voted(7)
    voted.silent = {"validator 1"}
    voted.until_muted("validator 1")
    (gone,) = voted.validators.muted
    entry = voted.chain.state.get(VALIDATORS, gone)
    assert entry is not None
    voted.chain.reader.apply({VALIDATORS.full_key(gone): None, LIVENESS.full_key(entry.key): None})
    assert voted.chain.state.get(PROPOSERS, gone) is not None
    voted.chain.blocks[-1] = replace(
        voted.chain.blocks[-1],
        executed=replace(voted.chain.blocks[-1].executed, validators=load_validators(voted.chain.state)),
    )
    assert gone not in {member.address for member in voted.validators.members}
    voted.block()
    assert voted.chain.state.get(PROPOSERS, gone) is None
