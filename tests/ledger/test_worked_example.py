"""The worked example of the thesis, sections 6.3 to 6.4, to the last digit; 6.5 stands with the market's tests."""

from __future__ import annotations

from harness.chain import ENT, ChainFixture, address, make_genesis
from ledger.bank.assets import ENERGY_ASSET
from ledger.bank.payloads import Transfer
from ledger.energy.payloads import EnergyConsumed, EnergyProduced, OpenSession, RegisterUnit
from ledger.governance.payloads import AddVoter, RemoveVoter


def test_sections_6_3_and_6_4() -> None:
    chain = ChainFixture(make_genesis(units=()))
    chain.vote(AddVoter(address("B")), "A")
    chain.vote(AddVoter(address("C")), "A", "B")
    chain.vote(RemoveVoter(address("C")), "A", "B")
    for unit in ("U1", "U2"):
        chain.vote(RegisterUnit(address(unit), address("C"), 0, 0), "A", "B")

    chain.do("U1", EnergyProduced(1, address("A"), 10_000))
    assert chain.balance("A").available == 8 * ENT
    assert chain.balance("C").available == 2 * ENT

    chain.do("C", OpenSession(address("U1"), 2 * ENT, 0))
    chain.do("U1", EnergyConsumed(2, address("C"), 1_000))
    assert chain.balance("C").session == ENT
    assert (chain.unit("U1").available_wh, chain.unit("U1").locked_wh) == (8_000, 1_000)

    chain.do("U1", EnergyConsumed(3, address("C"), 2_000))
    assert chain.session("C", "U1") is None
    assert chain.gap == ENT
    assert chain.rate == ENT // 20
    assert chain.unit("U1").available_wh == 7_000

    chain.do("U2", EnergyProduced(1, address("B"), 10_000))
    assert chain.balance("B").available == 7_600_000_000
    assert chain.balance("C").available == 1_900_000_000
    assert chain.gap == ENT // 2

    chain.do("B", Transfer(ENERGY_ASSET, address("A"), 7_600_000_000))
    assert chain.balance("A").available == 15_600_000_000
    chain.do("A", OpenSession(address("U1"), 7_350_000_000, 0))
    chain.do("A", OpenSession(address("U2"), 8_250_000_000, 0))
    first, second = chain.session("A", "U1"), chain.session("A", "U2")
    assert first is not None
    assert first.energy_wh == 7_000
    assert second is not None
    assert second.energy_wh == 7_857

    chain.do("U1", EnergyConsumed(4, address("A"), 7_000))
    assert chain.gap == 150_000_000
    chain.do("U2", EnergyConsumed(2, address("A"), 7_857))
    assert chain.gap == 0
    assert chain.rate == 0
    assert chain.balance("A").available == 243_000_000
    assert chain.balance("A").session == 0
