"""Equivocation is proven by its two signatures and costs the place in the set, once (rules V7-V10)."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from harness.chain import ChainFixture, address, make_genesis, secret
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.genesis import GenesisBalance
from ledger.bank.payloads import BankTypeNumber, Transfer
from ledger.chain.blocks import propose_block
from ledger.chain.context import Context
from ledger.chain.envelope import Signature, Transaction, assemble, sign_message, unsigned
from ledger.chain.genesis import ConsensusMode, GenesisValidator
from ledger.chain.header import Receipt
from ledger.chain.sender import sender_rule
from ledger.chain.validator_set import validator_address
from ledger.chain.votes import VoteKind, vote_message
from ledger.errors import InclusionError
from ledger.governance.admission import MEMBER
from ledger.governance.events import VoteClosed
from ledger.keys.crypto import Ed25519SecretKey
from ledger.state.overlay import State
from ledger.validators import evidence as evidence_rules
from ledger.validators import rules
from ledger.validators.events import ValidatorPunished
from ledger.validators.evidence import EVIDENCE, is_validator_key
from ledger.validators.payloads import AddValidator, Evidence, RemoveValidator, ValidatorsTypeNumber, possession_message
from ledger.validators.schema import FORMER_VALIDATORS, LIVENESS, OFFENCES

SET = ("V", "W", "X", "Y")


def key_of(name: str) -> bytes:
    return secret(name).public_key[1:]


def started(*names: str, mode: ConsensusMode = ConsensusMode.PBFT, minimum_fee: int = 0) -> ChainFixture:
    validators = tuple(GenesisValidator(key_of(name), address(name), name.lower()) for name in names or SET)
    return ChainFixture(
        make_genesis(
            validators=validators,
            max_validators=8,
            mode=int(mode),
            minimum_fee=minimum_fee,
            balances=(GenesisBalance(address("A"), CURRENCY_ASSET, 1_000),),
        )
    )


def against(
    chain: ChainFixture,
    name: str = "W",
    *,
    kind: VoteKind = VoteKind.PREPARE,
    height: int = 1,
    round_: int = 0,
    values: tuple[bytes, bytes] = (bytes(32), bytes([9]) * 32),
) -> Evidence:
    key = secret(name)
    first, second = (key.sign(vote_message(kind, chain.genesis.hash, height, round_, value)) for value in values)
    return Evidence(key_of(name), int(kind), height, round_, values[0], first, values[1], second)


def punished(receipt: Receipt) -> list[ValidatorPunished]:
    return [event for event in receipt.events if isinstance(event, ValidatorPunished)]


def validates(chain: ChainFixture, name: str) -> bool:
    return chain.parent.validators.by_address(validator_address(key_of(name))) is not None


def left_out(chain: ChainFixture, payload: Evidence) -> str:
    """The reason for which evidence cannot stand in a block; nothing may be left of the attempt."""
    before = chain.reader.entries()
    with pytest.raises(InclusionError) as refusal:
        chain.do("A", payload)
    assert chain.reader.entries() == before
    return refusal.value.code


@pytest.mark.parametrize("kind", VoteKind)
def test_two_votes_in_one_place_cost_the_place_in_the_set(kind: VoteKind) -> None:
    chain = started()
    (event,) = punished(chain.do("A", against(chain, kind=kind, round_=3)))
    assert event == ValidatorPunished(validator_address(key_of("W")), int(kind), 1, 3, True)
    assert not validates(chain, "W")
    assert chain.blocks[-1].header.next_validators_hash == chain.parent.validators.hash


def test_one_offence_is_punished_once_whatever_was_signed() -> None:
    chain = started()
    chain.do("A", against(chain))
    assert left_out(chain, against(chain)) == "already_punished"
    assert left_out(chain, against(chain, values=(bytes([1]) * 32, bytes([2]) * 32))) == "already_punished"


def test_another_offence_of_who_is_out_is_noted_only() -> None:
    chain = started()
    chain.do("A", against(chain))
    (event,) = punished(chain.do("A", against(chain, kind=VoteKind.COMMIT)))
    assert not event.removed


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"values": (bytes(32), bytes(32))}, "bad_evidence"),
        ({"values": (bytes([9]) * 32, bytes(32))}, "bad_evidence"),
        ({"height": 0}, "bad_evidence"),
        ({"height": 3}, "bad_evidence"),
        ({"name": "Z"}, "bad_evidence"),
    ],
)
def test_what_proves_nothing_stands_in_no_block(changes: dict[str, Any], code: str) -> None:
    chain = started()
    assert left_out(chain, against(chain, **changes)) == code


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("first_signature", bytes(64)),
        ("second_signature", bytes(64)),
        ("kind", int(VoteKind.COMMIT)),
        ("round", 1),
        ("second_value", bytes([8]) * 32),
        ("key", key_of("X")),
    ],
)
def test_both_signatures_must_cover_what_is_claimed(field: str, value: object) -> None:
    chain = started()
    assert left_out(chain, msgspec.structs.replace(against(chain), **{field: value})) == "bad_evidence"


def test_votes_of_another_chain_prove_nothing() -> None:
    assert left_out(started(), against(ChainFixture())) == "bad_evidence"


@pytest.mark.parametrize(("height", "code"), [(1, "evidence_too_old"), (2, "")])
def test_evidence_grows_old(monkeypatch: pytest.MonkeyPatch, height: int, code: str) -> None:
    monkeypatch.setattr(evidence_rules, "MAX_EVIDENCE_AGE", 4)
    chain = started()
    for _ in range(5):
        chain.block()
    if code:
        assert left_out(chain, against(chain, height=height)) == code
    else:
        assert punished(chain.do("A", against(chain, height=height)))


def test_only_the_heights_of_a_term_count() -> None:
    """W is voted out by block 1: it validated at height 1, and at no later one."""
    chain = started()
    chain.vote(RemoveValidator(validator_address(key_of("W"))))
    chain.block()
    assert left_out(chain, against(chain, height=2)) == "bad_evidence"
    (event,) = punished(chain.do("A", against(chain, height=1)))
    assert not event.removed


def test_a_newcomer_answers_for_no_height_before_its_term(monkeypatch: pytest.MonkeyPatch) -> None:
    chain = started("V", "W", "X")
    addition = _addition(chain, "Y", monkeypatch)
    chain.vote(addition)
    assert validates(chain, "Y")
    first = chain.blocks[-1].header.height + 1
    chain.block()
    assert left_out(chain, against(chain, "Y", height=first - 1)) == "bad_evidence"
    (event,) = punished(chain.do("A", against(chain, "Y", height=first)))
    assert event.removed


def _addition(chain: ChainFixture, name: str, monkeypatch: pytest.MonkeyPatch) -> AddValidator:
    message = possession_message(chain.genesis.hash, key_of(name), address("A"), 0)
    monkeypatch.setattr(rules, "_is_seen", lambda context, key: True)
    return AddValidator(key_of(name), address("A"), name.lower(), secret(name).sign(message))


def test_the_last_validator_stays() -> None:
    chain = started("V")
    (event,) = punished(chain.do("A", against(chain, "V")))
    assert not event.removed
    assert validates(chain, "V")
    assert left_out(chain, against(chain, "V")) == "already_punished"


@pytest.fixture
def short_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has not proposed within 3 blocks was not seen lately; in these chains only V ever proposes."""
    monkeypatch.setattr(rules, "LIVENESS_BLOCKS", 3)
    monkeypatch.setattr(rules, "SEEN_AGAIN_BLOCKS", 1)


@pytest.mark.usefixtures("short_memory")
@pytest.mark.parametrize("mode", ConsensusMode)
@pytest.mark.parametrize("names", [("V", "W", "X"), SET])
def test_no_change_may_stop_the_chain(mode: ConsensusMode, names: tuple[str, ...]) -> None:
    chain = started(*names, mode=mode)
    for _ in range(4):
        chain.block()
    assert left_out(chain, against(chain, height=2)) == "evidence_waits"
    receipt = chain.vote(RemoveValidator(validator_address(key_of("X"))))
    assert [event.code for event in receipt.events if isinstance(event, VoteClosed)] == ["would_stop_chain"]
    assert len(chain.parent.validators.members) == len(names)


@pytest.mark.usefixtures("short_memory")
def test_evidence_that_waited_counts_later() -> None:
    chain = started()
    for _ in range(4):
        chain.block()
    assert left_out(chain, against(chain, height=2)) == "evidence_waits"
    state = State(chain.reader)
    for name in ("X", "Y"):
        entry = state.get(LIVENESS, key_of(name))
        assert entry is not None
        chain.reader.apply({LIVENESS.full_key(key_of(name)): _seen(chain.blocks[-1].header.height)})
    payload = against(chain, height=2)
    block, refused = propose_block(
        chain.chain,
        chain.parent,
        [chain.tx("A", payload, nonce=1)],
        time_ms=chain.time_ms + 1,
        proposer=validator_address(key_of("V")),
        verified=frozenset(),
    )
    assert not refused
    assert punished(block.executed.receipts[1])[0].removed


def _seen(height: int) -> bytes:
    return msgspec.msgpack.encode([height])


def test_a_validators_own_key_brings_evidence_for_nothing() -> None:
    chain = started(minimum_fee=5)
    key = secret("V")
    (event,) = punished(
        chain.block([own(chain, key, against(chain), ValidatorsTypeNumber.EVIDENCE)]).executed.receipts[1]
    )
    assert event.removed


@pytest.mark.parametrize(
    ("name", "payload", "number", "code"),
    [
        ("V", Transfer(2, address("A"), 1), BankTypeNumber.TRANSFER, "fee_too_low"),
        ("Z", None, ValidatorsTypeNumber.EVIDENCE, "fee_too_low"),
    ],
)
def test_nothing_else_and_nobody_else_goes_free(name: str, payload: Transfer | None, number: int, code: str) -> None:
    chain = started(minimum_fee=5)
    with pytest.raises(InclusionError) as refusal:
        chain.block([own(chain, secret(name), payload or against(chain), number)])
    assert refusal.value.code == code


def own(chain: ChainFixture, key: Ed25519SecretKey, payload: Evidence | Transfer, number: int) -> Transaction:
    envelope = unsigned(chain.genesis.chain_id, number, key.public_key, 1, payload)
    return chain.registry.decode(
        assemble(envelope, (Signature(0, key.sign(sign_message(envelope, chain.genesis.hash))),))
    )


def test_evidence_of_a_validators_own_key_is_free() -> None:
    chain = started()
    context = _context(chain)
    evidence = own(chain, secret("V"), against(chain), ValidatorsTypeNumber.EVIDENCE)
    transfer = own(chain, secret("V"), Transfer(2, address("A"), 1), BankTypeNumber.TRANSFER)
    assert is_validator_key(context, evidence.envelope)
    assert not is_validator_key(context, chain.tx("A", against(chain)).envelope)
    assert sender_rule(context, evidence.envelope.type) is EVIDENCE
    assert sender_rule(context, transfer.envelope.type) is MEMBER


def _context(chain: ChainFixture) -> Context:
    return Context(State(chain.reader), chain.genesis, chain.registry.hooks, 1, chain.time_ms, b"")


def test_old_terms_and_offences_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (evidence_rules, rules):
        monkeypatch.setattr(module, "MAX_EVIDENCE_AGE", 3)
    chain = started("V", "W", "X", "Y", "Z")
    chain.do("A", against(chain, "W"))
    for _ in range(6):
        chain.block()
    chain.do("A", against(chain, "X", height=6))
    assert len(list(State(chain.reader).scan(OFFENCES))) == 1
    assert [place[8:] for place in State(chain.reader).scan(FORMER_VALIDATORS)] == [validator_address(key_of("X"))]


def test_proposers_are_noted_as_seen_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "SEEN_AGAIN_BLOCKS", 3)
    chain = started("V")
    noted = []
    for _ in range(7):
        chain.block()
        entry = chain.state.get(LIVENESS, key_of("V"))
        assert entry is not None
        noted.append(entry.height)
    assert noted == [0, 0, 3, 3, 3, 6, 6]
