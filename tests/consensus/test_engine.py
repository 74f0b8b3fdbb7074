"""The lone validator's engine: when it proposes, what it persists before what, and what it never signs."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from consensus.engine import Engine, Settings
from consensus.events import (
    NOTHING_SIGNED,
    AskProposal,
    Decide,
    Effect,
    Halt,
    HeightStarted,
    Persist,
    ProposalReady,
    SetTimer,
    SignRecord,
    Step,
    Timer,
    TimerFired,
    TransactionsWaiting,
)
from consensus.sign_once import first_round, may_sign
from ledger.certificate import check_certificate
from ledger.errors import CertificateError
from ledger.genesis import ConsensusMode
from ledger.types import Header
from ledger.validators import ValidatorInfo, ValidatorSet, validator_address
from nodechain.validator_key import ValidatorKey
from tests.support.chain import secret

CHAIN = "test-00000000"
ME = ValidatorKey(secret("V"))
SETTINGS = Settings(CHAIN, ConsensusMode.PBFT, min_interval_ms=100, idle_interval_ms=5_000)


def info(name: str, power: int = 1) -> ValidatorInfo:
    key = secret(name).public_key[1:]
    return ValidatorInfo(validator_address(key), key, power, bytes(20), name)


ALONE = ValidatorSet((info("V"),))


def header(height: int, time_ms: int = 1) -> Header:
    zero = bytes(32)
    return Header(1, CHAIN, height, zero, time_ms, ME.address, zero, zero, zero, zero, zero, zero)


def started(
    engine: Engine, height: int = 1, *, waiting: bool = False, validators: ValidatorSet = ALONE
) -> tuple[Effect, ...]:
    return engine.step(HeightStarted(height, validators, waiting, now_ms=1_000))


def test_an_idle_chain_waits_for_the_idle_interval() -> None:
    assert started(Engine(SETTINGS, ME)) == (SetTimer(Timer.PROPOSE, 6_000),)


def test_waiting_transactions_are_proposed_after_the_shortest_interval() -> None:
    assert started(Engine(SETTINGS, ME), waiting=True) == (SetTimer(Timer.PROPOSE, 1_100),)


def test_the_first_transaction_brings_the_proposal_forward_but_not_below_the_shortest_interval() -> None:
    engine = Engine(SETTINGS, ME)
    started(engine)
    assert engine.step(TransactionsWaiting(1_020)) == (SetTimer(Timer.PROPOSE, 1_100),)
    assert engine.step(TransactionsWaiting(3_000)) == (SetTimer(Timer.PROPOSE, 3_000),)


def test_a_height_is_proposed_once() -> None:
    engine = Engine(SETTINGS, ME)
    started(engine)
    assert engine.step(TimerFired(Timer.PROPOSE, 6_000)) == (AskProposal(1, 0, 1),)
    assert engine.step(TimerFired(Timer.PROPOSE, 6_001)) == ()
    assert engine.step(TransactionsWaiting(6_002)) == ()


def test_the_signature_is_persisted_before_the_block_is_decided_and_the_certificate_holds() -> None:
    engine = Engine(SETTINGS, ME)
    started(engine)
    engine.step(TimerFired(Timer.PROPOSE, 6_000))
    persist, decide = engine.step(ProposalReady(header(1), 0))
    assert persist == Persist(SignRecord(1, 0, Step.COMMIT, header(1).hash()))
    assert isinstance(decide, Decide)
    certificate = decide.certificate
    check_certificate(certificate, CHAIN, ConsensusMode.PBFT, ALONE, 1, header(1).hash())
    with pytest.raises(CertificateError):
        check_certificate(certificate, "other-00000000", ConsensusMode.PBFT, ALONE, 1, header(1).hash())
    other = msgspec.structs.replace(certificate, round=1)
    with pytest.raises(CertificateError):
        check_certificate(other, CHAIN, ConsensusMode.PBFT, ALONE, 1, header(1).hash())


def test_a_proposal_for_another_height_or_round_changes_nothing() -> None:
    engine = Engine(SETTINGS, ME)
    started(engine)
    engine.step(TimerFired(Timer.PROPOSE, 6_000))
    assert engine.step(ProposalReady(header(2), 0)) == ()
    assert engine.step(ProposalReady(header(1), 1)) == ()
    assert engine.last_signed == NOTHING_SIGNED


def test_after_a_crash_between_signature_and_commit_the_height_goes_on_in_the_next_round() -> None:
    engine = Engine(SETTINGS, ME, SignRecord(1, 0, Step.COMMIT, header(1).hash()))
    started(engine)
    assert engine.step(TimerFired(Timer.PROPOSE, 6_000)) == (AskProposal(1, 1, 2),)
    persist, decide = engine.step(ProposalReady(header(1, time_ms=2), 1))
    assert persist == Persist(SignRecord(1, 1, Step.COMMIT, header(1, time_ms=2).hash()))
    assert isinstance(decide, Decide)
    assert decide.certificate.round == 1


@pytest.mark.parametrize(
    "members", [(info("W"),), tuple(sorted((info("V"), info("W")), key=lambda member: member.address))]
)
def test_it_halts_where_it_cannot_decide_alone(members: tuple[ValidatorInfo, ...]) -> None:
    (halt,) = started(Engine(SETTINGS, ME), validators=ValidatorSet(members))
    assert isinstance(halt, Halt)


def test_a_sign_state_from_the_future_forbids_signing() -> None:
    engine = Engine(SETTINGS, ME, SignRecord(7, 0, Step.COMMIT, bytes(32)))
    started(engine)
    engine.step(TimerFired(Timer.PROPOSE, 6_000))
    (halt,) = engine.step(ProposalReady(header(1), 0))
    assert isinstance(halt, Halt)


places = st.tuples(
    st.integers(0, 3), st.integers(0, 3), st.sampled_from(list(Step)), st.binary(min_size=32, max_size=32)
)


@given(st.lists(places, max_size=12))
def test_no_two_hashes_are_ever_signed_in_one_place(asked: list[tuple[int, int, Step, bytes]]) -> None:
    last = NOTHING_SIGNED
    signed: dict[tuple[int, int, int], bytes] = {}
    for height, round_, step, block_hash in asked:
        if may_sign(last, height, round_, step, block_hash):
            assert signed.setdefault((height, round_, step), block_hash) == block_hash
            assert (height, round_, step) >= (last.height, last.round, last.step)
            last = SignRecord(height, round_, step, block_hash)


def test_first_round() -> None:
    assert first_round(SignRecord(4, 2, Step.COMMIT, bytes(32)), 4) == 3
    assert first_round(SignRecord(4, 2, Step.COMMIT, bytes(32)), 5) == 0
