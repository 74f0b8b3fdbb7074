"""Tests of the limits of sessions, of what one transaction ends, and of sweeps; `test_limits.py` runs them."""

from __future__ import annotations

import pytest

from harness.chain import ENT, ChainFixture, address, make_genesis
from ledger import limits
from ledger.energy import limits as energy_limits
from ledger.energy import sessions
from ledger.energy.events import SessionClosed
from ledger.energy.genesis import GenesisUnit
from ledger.energy.payloads import CloseSession, EnergyActual, EnergyBatch, EnergyProduced, OpenSession, ProducedItem


def max_open_sessions() -> None:
    """So many sessions of an account may be open, each at another unit, and one more may not."""
    names = [f"unit {number}" for number in range(energy_limits.MAX_OPEN_SESSIONS + 1)]
    chain = ChainFixture(make_genesis(units=tuple(GenesisUnit(address(name), address("C"), 0, 0) for name in names)))
    chain.block([chain.tx(name, EnergyProduced(1, address("A"), 10_000)) for name in names])
    chain.block([chain.tx("A", OpenSession(address(name), ENT, 0)) for name in names[:-1]])
    assert chain.try_("A", OpenSession(address(names[-1]), ENT, 0)).code == "too_many_sessions"


def max_waiting_sessions() -> None:
    """So many sessions of a pair may wait, and one more may not be opened."""
    most = energy_limits.MAX_WAITING_SESSIONS
    chain = ChainFixture(make_genesis())
    chain.do("U1", EnergyProduced(1, address("A"), 100_000))
    for _ in range(most):
        chain.do("A", OpenSession(address("U1"), ENT, 0))
        chain.do("A", CloseSession(address("U1")))
    assert chain.try_("A", OpenSession(address("U1"), ENT, 0)).code == "too_many_waiting"


def max_endings_per_transaction() -> None:
    """Of 65 sessions that a report takes the energy of, 64 end at once and one in the next block."""
    most = limits.MAX_ENDINGS_PER_TRANSACTION
    names = [f"user {number}" for number in range(most + 1)]
    chain = ChainFixture(make_genesis(members=tuple(sorted(address(name) for name in names))))
    chain.do("U1", EnergyBatch(1, tuple(ProducedItem(address(name), 10_000) for name in names)))
    chain.block([chain.tx(name, OpenSession(address("U1"), ENT, 0)) for name in names])
    found = [chain.do("U1", EnergyActual(2, 0)), chain.block().executed.receipts[0]]
    assert [sum(isinstance(event, SessionClosed) for event in receipt.events) for receipt in found] == [most, 1]


def sweep_share() -> None:
    """Endings that weigh 102 each: an eighth of 20,000 has room for 25, the last may go beyond."""
    most = limits.MAX_ENDINGS_PER_TRANSACTION
    names = [f"user {number}" for number in range(most + 60)]
    chain = ChainFixture(make_genesis(members=tuple(sorted(address(name) for name in names)), block_weight=20_000))
    chain.do("U1", EnergyBatch(1, tuple(ProducedItem(address(name), 10_000) for name in names)))
    chain.block([chain.tx(name, OpenSession(address("U1"), ENT, 0)) for name in names])
    chain.do("U1", EnergyActual(2, 0))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sessions, "SESSION_END", 101)
        receipt = chain.block().executed.receipts[0]
    assert sum(isinstance(event, SessionClosed) for event in receipt.events) == 25
    assert receipt.weight == 25 * 102 >= 20_000 // limits.SWEEP_SHARE > 24 * 102
