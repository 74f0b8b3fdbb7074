"""Validators by vote (rules V1 to V6, Q2): possession, liveness, the next height's set."""

from __future__ import annotations

import pytest

from harness.chain import ChainFixture, address, make_genesis, secret
from harness.energy import events
from ledger.chain.genesis import GenesisValidator
from ledger.chain.header import Receipt
from ledger.chain.validator_set import validator_address
from ledger.governance.events import VoteClosed
from ledger.governance.payloads import CastVote, ExpelMember
from ledger.governance.schema import VoteOutcome
from ledger.limits import MAX_TRANSACTIONS_PER_SENDER
from ledger.validators import rules
from ledger.validators.events import ValidatorAdded, ValidatorRemoved
from ledger.validators.payloads import AddValidator, RemoveValidator, ValidatorAlive, possession_message
from ledger.validators.schema import LIVENESS


def key_of(name: str) -> bytes:
    return secret(name).public_key[1:]


def signed(chain: ChainFixture, name: str, account: str, height: int) -> bytes:
    return secret(name).sign(possession_message(chain.genesis.hash, key_of(name), address(account), height))


def addition(chain: ChainFixture, name: str = "W", account: str = "B") -> AddValidator:
    return AddValidator(key_of(name), address(account), name.lower(), signed(chain, name, account, 0))


def alive(chain: ChainFixture, name: str = "W", account: str = "B", height: int | None = None) -> Receipt:
    height = chain.blocks[-1].header.height if height is None else height
    return chain.try_(account, ValidatorAlive(key_of(name), height, signed(chain, name, account, height)))


def started() -> ChainFixture:
    chain = ChainFixture()
    chain.block()
    return chain


def members(chain: ChainFixture) -> list[bytes]:
    return [member.key for member in chain.parent.validators.members]


def refused(chain: ChainFixture, action: AddValidator | RemoveValidator) -> str:
    return chain.try_("A", CastVote(action, True)).code


def test_a_validator_is_added_with_possession_and_liveness_for_the_next_height() -> None:
    chain = started()
    assert alive(chain).applied
    before = chain.blocks[-1].header
    receipt = chain.vote(addition(chain))
    header = chain.blocks[-1].header
    assert events(receipt, ValidatorAdded) == [
        ValidatorAdded(validator_address(key_of("W")), key_of("W"), address("B"), "w")
    ]
    assert header.validators_hash == before.next_validators_hash
    assert header.next_validators_hash != header.validators_hash
    assert sorted(members(chain)) == sorted([key_of("V"), key_of("W")])
    assert [m.address for m in chain.parent.validators.members] == sorted(
        m.address for m in chain.parent.validators.members
    )
    assert chain.block().header.validators_hash == header.next_validators_hash


def test_without_a_sign_of_life_the_vote_fails() -> None:
    chain = started()
    (event,) = events(chain.vote(addition(chain)), VoteClosed)
    assert (event.outcome, event.code) == (VoteOutcome.FAILED, "validator_not_seen")
    assert members(chain) == [key_of("V")]


@pytest.mark.parametrize(("blocks", "code"), [(2, ""), (3, "validator_not_seen")])
def test_a_sign_of_life_grows_old(monkeypatch: pytest.MonkeyPatch, blocks: int, code: str) -> None:
    monkeypatch.setattr(rules, "LIVENESS_BLOCKS", 3)
    monkeypatch.setattr(rules, "SEEN_AGAIN_BLOCKS", 1)
    chain = started()
    assert alive(chain).applied
    for _ in range(blocks):
        chain.block()
    assert [event.code for event in events(chain.vote(addition(chain)), VoteClosed)] == [code]


@pytest.mark.parametrize(("height", "code"), [(0, "stale_liveness"), (99, "stale_liveness"), (1, ""), (2, "")])
def test_a_sign_of_life_names_a_recent_height(height: int, code: str) -> None:
    """Height 0 is what the proof of possession signs, and would say nothing about a running node."""
    chain = started()
    chain.block()
    assert alive(chain, height=height).code == code


def test_a_sign_of_life_is_signed_by_the_key_for_the_sender() -> None:
    chain = started()
    payload = ValidatorAlive(key_of("W"), 1, signed(chain, "W", "B", 1))
    assert chain.try_("D", payload).code == "bad_possession"
    assert chain.try_("B", ValidatorAlive(key_of("X"), 1, payload.signature)).code == "bad_possession"
    assert chain.try_("B", payload).applied


def remembered(chain: ChainFixture) -> set[bytes]:
    return set(chain.entries(LIVENESS))


def test_l15b_an_account_keeps_one_key_alive_and_the_state_does_not_grow() -> None:
    """64 entries a block of keys of one's own, at fee 0, stayed in the state for ever."""
    chain = started()
    signs = [
        chain.tx("B", ValidatorAlive(key_of(name), 1, signed(chain, name, "B", 1)))
        for name in (f"W{index}" for index in range(MAX_TRANSACTIONS_PER_SENDER))
    ]
    assert all(receipt.applied for receipt in chain.block(signs).executed.receipts[1:])
    assert remembered(chain) == {key_of("V"), key_of(f"W{MAX_TRANSACTIONS_PER_SENDER - 1}")}
    assert alive(chain).applied
    assert remembered(chain) == {key_of("V"), key_of("W")}


def test_l15b_what_validates_or_did_is_not_forgotten_for_a_new_key() -> None:
    chain = started()
    assert alive(chain).applied
    chain.vote(addition(chain))
    assert alive(chain, "X").applied
    assert remembered(chain) == {key_of("V"), key_of("W"), key_of("X")}
    chain.vote(RemoveValidator(validator_address(key_of("W"))))
    assert remembered(chain) == {key_of("V"), key_of("W")}
    assert alive(chain, "X").applied
    assert remembered(chain) == {key_of("V"), key_of("X")}


def test_l15b_an_expelled_members_key_is_forgotten() -> None:
    chain = started()
    assert alive(chain).applied
    chain.vote(ExpelMember(address("B")))
    assert remembered(chain) == {key_of("V")}


def test_what_is_refused_when_the_vote_is_opened() -> None:
    chain = started()
    assert refused(chain, addition(chain, "V", "V")) == "already_validator"
    other = addition(chain)
    assert refused(chain, AddValidator(other.key, address("D"), "w", other.possession)) == "bad_possession"
    assert refused(chain, RemoveValidator(validator_address(key_of("V")))) == "last_validator"
    assert refused(chain, RemoveValidator(validator_address(key_of("W")))) == "unknown_validator"


def test_the_set_stays_within_what_genesis_allows() -> None:
    chain = ChainFixture(make_genesis(max_validators=1))
    chain.block()
    assert refused(chain, addition(chain)) == "too_many_validators"


def test_a_validator_is_removed_for_the_next_height() -> None:
    validators = tuple(GenesisValidator(key_of(name), address(name), name.lower()) for name in ("V", "W"))
    chain = ChainFixture(make_genesis(validators=validators))
    assert len(members(chain)) == 2
    receipt = chain.vote(RemoveValidator(validator_address(key_of("W"))))
    assert events(receipt, ValidatorRemoved) == [ValidatorRemoved(validator_address(key_of("W")))]
    assert members(chain) == [key_of("V")]
    assert refused(chain, RemoveValidator(validator_address(key_of("V")))) == "last_validator"


def test_a_removed_validator_comes_back_only_with_a_new_vote() -> None:
    chain = started()
    assert alive(chain).applied
    chain.vote(addition(chain))
    chain.vote(RemoveValidator(validator_address(key_of("W"))))
    assert members(chain) == [key_of("V")]
    chain.vote(addition(chain))
    assert sorted(members(chain)) == sorted([key_of("V"), key_of("W")])


def test_the_role_makes_its_account_a_member() -> None:
    """As every role does; no admission is needed before."""
    chain = started()
    assert chain.try_("B", ValidatorAlive(key_of("W"), 1, signed(chain, "W", "B", 1))).applied
    chain.vote(addition(chain, "W", "outside"))
    assert sorted(members(chain)) == sorted([key_of("V"), key_of("W")])
    assert chain.try_("outside", ValidatorAlive(key_of("W"), 1, signed(chain, "W", "outside", 1))).applied
