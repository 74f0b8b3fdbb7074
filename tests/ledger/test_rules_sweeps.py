"""What is too large for a block is done over blocks (rules D2, C10, U6): nothing is `block_full` for ever.

The weight of ending a session is set higher instead of opening ten thousand of them: all of the unit's sessions weigh
more than a block may, as 10,001 would at the real weight.
"""

from __future__ import annotations

import pytest

from harness.chain import ENT, ChainFixture, address, make_genesis
from harness.energy import MeterFixture, actual, consume, events, produce
from ledger.bank.payloads import Transfer
from ledger.chain.blocks import Block
from ledger.chain.schema import SWEEPS
from ledger.energy import sessions
from ledger.energy.events import EnergyUncovered, SessionClosed, SessionEnded
from ledger.energy.payloads import CloseSession, EnergyBatch, OpenSession, ProducedItem, RegisterUnit, RemoveUnit
from ledger.energy.schema import UNCOVERED, SessionEnd, UnitStatus
from ledger.errors import InclusionError
from ledger.governance.events import VoteClosed
from ledger.governance.payloads import CastVote, ExpelMember, RemoveVoter
from ledger.governance.schema import VOTES, VoteOutcome
from ledger.limits import MAX_ENDINGS_PER_TRANSACTION, SWEEP_SHARE
from ledger.metering import bindings as metering
from ledger.metering.events import MeterUnbound
from ledger.metering.schema import BINDINGS, MeterKind

BLOCK_WEIGHT = 20_000
ENDING = 140
COUNT = 150
"""COUNT x ENDING is above BLOCK_WEIGHT."""

NAMES = [f"household {number}" for number in range(COUNT)]


@pytest.fixture
def chain(monkeypatch: pytest.MonkeyPatch) -> ChainFixture:
    """A session of 1 kWh of each household at U1, and as much ENT again with each."""
    monkeypatch.setattr(sessions, "SESSION_END", ENDING)
    members = tuple(sorted(address(name) for name in ("A", *NAMES)))
    chain = ChainFixture(
        make_genesis(members=members, block_weight=BLOCK_WEIGHT, parameters=(("F", 0), ("close_notice", 0)))
    )
    chain.do("U1", EnergyBatch(1, tuple(ProducedItem(address(name), 2_000) for name in NAMES)))
    chain.block([chain.tx(name, OpenSession(address("U1"), ENT, 0)) for name in NAMES])
    assert chain.unit("U1").locked_wh == 1_000 * COUNT
    return chain


def own_events(block: Block) -> list[SessionClosed]:
    return events(block.executed.receipts[0], SessionClosed)


def uncovered(chain: ChainFixture) -> int | None:
    entry = chain.state.get(UNCOVERED, address("U1"))
    return None if entry is None else entry.value


def run_sweeps(chain: ChainFixture) -> list[SessionClosed]:
    """Empty blocks until no sweep is left; each does a share of a block's weight, and at least something."""
    found: list[SessionClosed] = []
    while chain.state.first(SWEEPS) is not None:
        block = chain.block()
        assert (block.header.next_due_ms == block.header.time_ms) == (chain.state.first(SWEEPS) is not None), "B7"
        receipt = block.executed.receipts[0]
        assert 0 < receipt.weight <= BLOCK_WEIGHT // SWEEP_SHARE + ENDING + 1
        found += own_events(block)
        assert len(chain.blocks) < 100
    return found


def test_l15a_a_unit_with_more_sessions_than_a_block_can_end_is_removed(chain: ChainFixture) -> None:
    receipt = chain.vote(RemoveUnit(address("U1")))
    assert len(events(receipt, SessionClosed)) == MAX_ENDINGS_PER_TRANSACTION
    unit = chain.unit("U1")
    assert (unit.status, unit.available_wh, unit.locked_wh) == (UnitStatus.REMOVED, 0, 0)
    assert chain.gap == 2 * COUNT * ENT, "all its energy left at once"
    assert uncovered(chain) == 1_000 * (COUNT - MAX_ENDINGS_PER_TRANSACTION)
    swept = run_sweeps(chain)
    assert len(swept) == COUNT - MAX_ENDINGS_PER_TRANSACTION
    assert {event.reason for event in swept} == {SessionEnd.UNIT_REMOVED}
    assert uncovered(chain) is None
    for name in NAMES:
        assert (chain.balance(name).available, chain.balance(name).session) == (2 * ENT, 0)


def test_l15a_an_actual_report_that_ends_more_sessions_than_fit_is_applied(chain: ChainFixture) -> None:
    receipt = actual(chain, "U1", 10_000)
    assert receipt.applied
    left = COUNT - MAX_ENDINGS_PER_TRANSACTION
    assert len(events(receipt, SessionClosed)) == MAX_ENDINGS_PER_TRANSACTION
    assert events(receipt, EnergyUncovered) == [EnergyUncovered(address("U1"), 1_000 * left - 10_000)]
    unit = chain.unit("U1")
    assert unit.available_wh + unit.locked_wh == 10_000, "the books equal the report at once"
    assert chain.gap == 2 * COUNT * ENT - 10 * ENT
    swept = run_sweeps(chain)
    assert len(swept) == left - 10, "as few as needed"
    assert [event.number for event in swept] == sorted((event.number for event in swept), reverse=True)
    assert chain.unit("U1").locked_wh == 10_000
    assert drawn_after(chain) == 500


def drawn_after(chain: ChainFixture) -> int:
    before = chain.unit("U1").locked_wh
    assert consume(chain, "U1", NAMES[0], 500).applied
    return before - chain.unit("U1").locked_wh


def test_l15a_meanwhile_the_unit_opens_and_draws_nothing(chain: ChainFixture) -> None:
    found = MeterFixture(chain, account=NAMES[0], kind=MeterKind.CONSUMPTION).bound()
    assert actual(chain, "U1", 10_000).applied
    assert chain.try_("A", OpenSession(address("U1"), ENT, 0)).code == "sessions_ending"
    assert consume(chain, "U1", NAMES[1], 500).code == "sessions_ending"
    with pytest.raises(InclusionError, match="unit_sweeping"):
        found.measure(500)
    assert chain.do(NAMES[1], CloseSession(address("U1"))).applied
    assert actual(chain, "U1", 5_000).applied
    assert produce(chain, "U1", NAMES[1], 100).applied
    run_sweeps(chain)
    assert found.measure(500).applied
    assert consume(chain, "U1", NAMES[2], 10).applied
    assert chain.unit("U1").locked_wh <= 5_000


def test_l15a_sessions_of_bound_meters_keep_what_they_may_draw(chain: ChainFixture) -> None:
    last = NAMES[-1]
    found = MeterFixture(chain, account=last, kind=MeterKind.CONSUMPTION).bound()
    receipt = actual(chain, "U1", 10_000)
    assert [event.consumer for event in events(receipt, SessionEnded)] == [address(last)]
    run_sweeps(chain)
    assert chain.balance(last).waiting == ENT
    gap = chain.gap
    assert found.measure(400).applied
    assert (chain.balance(last).waiting, chain.gap) == (0, gap - 4 * ENT // 10)


def test_l15a_a_unit_is_not_registered_anew_before_its_sweep_is_done(chain: ChainFixture) -> None:
    chain.vote(RemoveUnit(address("U1")))
    assert chain.try_("A", CastVote(RegisterUnit(address("U1"), address("C"), 0, 0), True)).code == "sessions_ending"
    run_sweeps(chain)
    chain.vote(RegisterUnit(address("U1"), address("C"), 0, 0))
    assert produce(chain, "U1", "A", 1_000).applied


def test_l15a_a_removal_overtakes_the_sweep_of_a_shortfall(chain: ChainFixture) -> None:
    assert actual(chain, "U1", 40_000).applied
    chain.vote(RemoveUnit(address("U1")))
    run_sweeps(chain)
    assert uncovered(chain) is None
    for name in NAMES:
        assert (chain.balance(name).available, chain.balance(name).session) == (2 * ENT, 0)


def test_l10_the_meters_of_a_removed_unit_are_unbound_over_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metering, "UNBINDING", ENDING)
    members = tuple(sorted(address(name) for name in NAMES))
    chain = ChainFixture(make_genesis(members=members, block_weight=BLOCK_WEIGHT))
    count = MAX_ENDINGS_PER_TRANSACTION + 20
    meters = [MeterFixture(chain, f"meter {number}", account=NAMES[number]).bound() for number in range(count)]
    receipt = chain.vote(RemoveUnit(address("U1")))
    assert receipt.weight >= MAX_ENDINGS_PER_TRANSACTION * ENDING, "the work is charged"
    unbound = len(events(receipt, MeterUnbound))
    assert unbound == MAX_ENDINGS_PER_TRANSACTION
    still = max(meters, key=lambda meter: address(meter.account))
    with pytest.raises(InclusionError, match="unit_sweeping"):
        still.measure(1)
    while chain.state.first(SWEEPS) is not None:
        more = len(events(chain.block().executed.receipts[0], MeterUnbound))
        unbound += more
        assert more <= BLOCK_WEIGHT // SWEEP_SHARE // ENDING + 1
    assert unbound == count
    assert chain.state.first(BINDINGS, address("U1")) is None
    with pytest.raises(InclusionError, match="meter_not_bound"):
        still.measure(1)


def test_l15a_the_block_has_room_for_others_while_it_sweeps(chain: ChainFixture) -> None:
    chain.vote(RemoveUnit(address("U1")))
    block = chain.block([chain.tx(name, Transfer(1, address("A"), 1)) for name in NAMES])
    assert len(own_events(block)) > 0
    assert all(receipt.applied for receipt in block.executed.receipts[1:])


def test_l15a_votes_that_pass_together_are_carried_out_over_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """32 expulsions wait for a majority; the removal of two voters of five gives it to all of them at once.

    Each ends a session. At a weight of 1,000 an ending they weigh more than a block may: as 80 members with 200 orders
    each would at the real weight.
    """
    voters, expelled = ("A", "B", "C", "D", "E"), NAMES[:32]
    members = tuple(sorted(address(name) for name in ("A", *NAMES)))
    chain = ChainFixture(
        make_genesis(
            members=members, voters=tuple(address(name) for name in voters), block_weight=BLOCK_WEIGHT,
            parameters=(("F", 0), ("close_notice", 0)),
        )
    )  # fmt: skip
    chain.do("U1", EnergyBatch(1, tuple(ProducedItem(address(name), 2_000) for name in expelled)))
    chain.block([chain.tx(name, OpenSession(address("U1"), ENT, 0)) for name in expelled])
    for opener, half in (("A", expelled[:16]), ("B", expelled[16:])):
        chain.block([chain.tx(opener, CastVote(ExpelMember(address(name)), True)) for name in half])
    for other, half in (("B", expelled[:16]), ("A", expelled[16:])):
        chain.block([chain.tx(other, CastVote(ExpelMember(address(name)), True)) for name in half])
    chain.vote(RemoveVoter(address("E")), "C", "A", "B")
    monkeypatch.setattr(sessions, "SESSION_END", 1_000)
    found = [chain.vote(RemoveVoter(address("D")), "C", "A", "B")]
    while chain.state.first(SWEEPS) is not None:
        found.append(chain.block().executed.receipts[0])
        assert len(chain.blocks) < 200
    passed = [
        event for receipt in found for event in events(receipt, VoteClosed) if event.outcome == VoteOutcome.PASSED
    ]
    assert len(passed) == 1 + len(expelled)
    assert [event.number for event in passed[1:]] == sorted(event.number for event in passed[1:]), "in order of opening"
    assert 1 < len(found) < 30
    assert all(len(events(receipt, SessionClosed)) <= 5 for receipt in found)
    for name in expelled:
        assert chain.balance(name).available == 2 * ENT
    assert chain.state.first(VOTES) is None
