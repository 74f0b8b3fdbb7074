"""Faults 6 and 7 of the attack on the ledger: what readings pay that come after a deficit (rule I8)."""

from __future__ import annotations

from typing import Any

import pytest

from harness.chain import ENT, ChainFixture, address, make_genesis
from harness.energy import MeterFixture, actual, events, produce
from ledger.chain.invariants import entries
from ledger.chain.parameters import DAY_MS, HOUR_MS, MINUTE_MS
from ledger.energy.events import EnergyDrawn, EnergyStored
from ledger.energy.genesis import GenesisUnit, SurplusRule
from ledger.energy.limits import COST_DAYS, COST_HOURS
from ledger.energy.payloads import EnergyActual, EnergyConsumed, OpenSession
from ledger.energy.schema import DEFICITS
from ledger.metering.schema import MeterKind

HOUSEHOLDS = [f"H{number}" for number in range(10)]
MIDNIGHT_MS = 1_700_006_400_000


class Street:
    """U1 with 50 kWh, and ten households that produce into U2 a quarter-hourly 0.75 kWh, cut off from the network."""

    def __init__(self, **genesis: Any) -> None:
        units = (GenesisUnit(address("U1"), address("C"), 100_000, 0), GenesisUnit(address("U2"), address("D"), 0, 0))
        members = tuple(sorted(address(name) for name in (*HOUSEHOLDS, "A", "B", "C", "D")))
        self.chain = ChainFixture(make_genesis(time_ms=MIDNIGHT_MS, members=members, units=units, **genesis))
        assert produce(self.chain, "U1", "A", 50_000).applied
        self.meters = [MeterFixture(self.chain, name="meter of " + who, unit="U2", account=who) for who in HOUSEHOLDS]
        self.opened = [meter.bound().known.time_ms for meter in self.meters]

    def lose_and_regain(self, after_ms: int, lost_wh: int = 10_000) -> None:
        """U1 loses some, and has it again after a time; 0: in the same block."""
        number, held = self.chain.unit("U1").sequence, self.chain.unit("U1").available_wh
        reports = EnergyActual(number + 1, held - lost_wh), EnergyActual(number + 2, held)
        if after_ms:
            self.chain.do("U1", reports[0])
            self.chain.block(after_ms=after_ms - 1_000)
            self.chain.do("U1", reports[1])
        else:
            nonce = self.chain.tx("U1", reports[0]).envelope.nonce
            both = [self.chain.tx("U1", report, nonce=nonce + at) for at, report in enumerate(reports)]
            assert all(receipt.applied for receipt in self.chain.block(both).executed.receipts)
        assert self.chain.gap == 0

    def wait_until(self, after_ms: int) -> None:
        """The block that is so long after midnight."""
        self.chain.block(after_ms=MIDNIGHT_MS + after_ms - self.chain.time_ms)

    def outboxes(self) -> list[int]:
        """All households send ten hours of readings; what each paid of imbalance costs."""
        costs = []
        for meter, opened_ms in zip(self.meters, self.opened, strict=True):
            quarters = ((opened_ms + number * HOUR_MS // 4, number * 750) for number in range(1, 41))
            costs.append(sum(event.cost for event in events(meter.read(*quarters), EnergyStored)))
        return costs


# --- 6: a loss that is undone ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("after_days", [1, 3])
def test_break_6_a_loss_undone_in_its_own_block_costs_late_households_nothing(after_days: int) -> None:
    street = Street()
    street.wait_until(8 * HOUR_MS)
    street.lose_and_regain(0)
    street.wait_until(after_days * DAY_MS)
    assert street.outboxes() == [0] * 10
    assert street.chain.gap == 0


@pytest.mark.parametrize("after_days", [1, 3])
def test_break_6_one_that_stood_costs_all_late_households_together_no_more_than_it_was(after_days: int) -> None:
    street = Street()
    street.wait_until(2 * HOUR_MS)
    street.lose_and_regain(6 * HOUR_MS)
    street.wait_until(after_days * DAY_MS)
    costs = street.outboxes()
    assert sum(costs) == 10 * ENT
    assert street.chain.gap == -10 * ENT


def test_break_6_nor_do_readings_by_the_hour_pay_for_one() -> None:
    street = Street()
    meter, opened_ms = street.meters[0], street.opened[0]
    for hour in range(1, 13):
        if hour == 6:
            street.lose_and_regain(0)
        receipt = meter.read(
            (opened_ms + hour * HOUR_MS, hour * 5_000),
            after_ms=opened_ms + hour * HOUR_MS + 2_000 - street.chain.time_ms,
        )
        assert [event.cost for event in events(receipt, EnergyStored)] == [0]


def test_break_6_what_was_paid_by_the_hour_is_not_paid_again_by_the_day() -> None:
    street = Street()
    street.wait_until(2 * HOUR_MS)
    street.lose_and_regain(HOUR_MS)
    street.wait_until(DAY_MS)
    first, *others = street.meters
    paid = events(first.read((street.opened[0] + 4 * HOUR_MS, 12_000)), EnergyStored)[0].cost
    assert paid == 6 * ENT
    street.wait_until(4 * DAY_MS)
    for meter, opened_ms in zip(others, street.opened[1:], strict=True):
        paid += events(meter.read((opened_ms + 4 * HOUR_MS, 12_000)), EnergyStored)[0].cost
    assert paid == 10 * ENT


def test_break_6_losses_of_one_hour_that_stood_add_up() -> None:
    """Who withholds its readings through several pays for all of them."""
    street = Street()
    street.wait_until(2 * HOUR_MS)
    for _ in range(2):
        street.lose_and_regain(10 * MINUTE_MS)
    street.wait_until(4 * HOUR_MS)
    receipt = street.meters[0].read((street.opened[0] + 3 * HOUR_MS, 30_000))
    assert [event.cost for event in events(receipt, EnergyStored)] == [15 * ENT]


def test_break_6_late_readings_pay_an_open_deficit_once_and_above_it_once() -> None:
    """Neighbours whose readings lie exactly an hour back do not spare those who withhold theirs."""
    street = Street()
    street.wait_until(2 * HOUR_MS)
    assert actual(street.chain, "U1", 40_000).applied
    street.wait_until(DAY_MS)
    costs = street.outboxes()
    assert sum(costs) == 20 * ENT
    assert street.chain.gap == -10 * ENT


def test_break_6_who_comes_last_pays_nothing_where_the_late_ones_have_paid_it_all_again() -> None:
    """Two meters that produced as much as their neighbour: together they pay what the deficit came to."""
    chain = ChainFixture()
    assert produce(chain, "U1", "A", 20_000).applied
    meters = [
        MeterFixture(chain, name="meter of " + who, unit="U2", account=who).bound(max_power_w=100_000) for who in "ABC"
    ]
    assert actual(chain, "U1", 16_000).applied
    assert (chain.gap, chain.rate) == (4 * ENT, ENT // 5)
    at = chain.time_ms + HOUR_MS // 2
    costs = [event.cost for event in events(meters[0].read((at, 20_000), after_ms=HOUR_MS // 2), EnergyStored)]
    assert chain.gap == 0
    chain.block(after_ms=DAY_MS)
    for meter in meters[1:]:
        costs += [event.cost for event in events(meter.read((at, 20_000)), EnergyStored)]
    assert costs == [4 * ENT, 4 * ENT, 0]


def test_break_6_a_charged_surplus_knows_no_bound() -> None:
    """The thesis' literal formula drives the two further apart; late readings pay as prompt ones."""
    street = Street(surplus=int(SurplusRule.CHARGE))
    assert actual(street.chain, "U1", 60_000).applied
    assert (street.chain.gap, street.chain.rate) == (-2 * ENT, ENT // 10)
    street.wait_until(DAY_MS)
    assert sum(street.outboxes()) == 300 * ENT // 10


def test_break_6_what_is_kept_of_deficits_is_bounded_and_a_long_one_is_kept() -> None:
    street = Street()
    street.lose_and_regain(MINUTE_MS, lost_wh=1)
    for _hour in range(60):
        street.lose_and_regain(HOUR_MS, lost_wh=1)
        street.chain.block(after_ms=HOUR_MS)
    for _day in range(COST_DAYS // 2):
        street.lose_and_regain(DAY_MS, lost_wh=1)
        street.chain.block(after_ms=DAY_MS)
    hours, days = (list(street.chain.state.scan(DEFICITS, group)) for group in (b"\x01", b"\x02"))
    assert len(hours) <= COST_HOURS
    assert COST_DAYS // 2 - 5 < len(days) <= COST_DAYS
    assert actual(street.chain, "U1", 49_000).applied
    street.chain.block(after_ms=(COST_DAYS + 10) * DAY_MS)
    assert actual(street.chain, "U1", 50_000).applied
    street.chain.block(after_ms=DAY_MS)
    street.lose_and_regain(MINUTE_MS, lost_wh=1)
    assert [entry.size for _key, entry in entries(street.chain.reader, DEFICITS)] == [10**6, ENT] * 2


# --- 7: a draw that is withheld --------------------------------------------------------------------------------------


class TwoDraws:
    """U1 with 60 kWh and a deficit of 20 ENT; A and B have consumption meters there, and sessions of 10 kWh."""

    def __init__(self) -> None:
        self.chain = ChainFixture()
        for who in "AB":
            assert produce(self.chain, "U1", who, 40_000).applied
        self.a, self.b = (
            MeterFixture(self.chain, name="meter of " + who, account=who, kind=MeterKind.CONSUMPTION).bound(
                max_power_w=20_000
            )
            for who in "AB"
        )
        assert actual(self.chain, "U1", 60_000).applied
        for who in "AB":
            self.chain.do(who, OpenSession(address("U1"), 15 * ENT, 0))
        self.opened_ms = self.chain.time_ms

    def close_the_gap(self) -> None:
        """Producers at U2 pay it off."""
        while self.chain.gap > 0:
            assert produce(self.chain, "U2", "D", 10_000).applied

    def paid(self, who: str) -> int:
        """What an account has burned of its 32 ENT."""
        held = self.chain.balance(who)
        return 32 * ENT - held.available - held.session - held.waiting


def test_break_7_a_withheld_draw_pays_what_a_prompt_one_paid() -> None:
    found = TwoDraws()
    at = found.opened_ms + HOUR_MS
    found.a.read((at, 10_000), after_ms=HOUR_MS)
    found.close_the_gap()
    found.chain.block(after_ms=5 * HOUR_MS)
    receipt = found.b.read((at, 10_000), after_ms=HOUR_MS)
    assert [event.cost for event in events(receipt, EnergyDrawn)] == [5 * ENT]
    assert found.paid("A") == found.paid("B") == 15 * ENT
    assert found.chain.gap < -4 * ENT  # what is paid above D becomes a surplus


def test_break_7_a_draw_that_lies_after_the_deficit_pays_nothing_for_it_nor_for_the_one_of_today() -> None:
    found = TwoDraws()
    found.close_the_gap()
    found.chain.block(after_ms=HOUR_MS)
    assert found.b.read((found.chain.time_ms, 0)).applied
    start_ms = found.chain.time_ms
    found.chain.block(after_ms=5 * HOUR_MS)
    assert actual(found.chain, "U2", found.chain.unit("U2").available_wh - 20_000).applied
    receipt = found.b.read((start_ms + HOUR_MS // 2, 10_000))
    assert [event.cost for event in events(receipt, EnergyDrawn)] == [0]
    assert found.paid("B") == 10 * ENT


def test_break_7_late_draws_and_late_production_share_what_the_deficit_was() -> None:
    found = TwoDraws()
    at = found.opened_ms + HOUR_MS
    sun = MeterFixture(found.chain, name="sun", unit="U2", account="C").bound(max_power_w=100_000)
    found.chain.block(after_ms=HOUR_MS)
    found.close_the_gap()
    found.chain.block(after_ms=5 * HOUR_MS)
    costs = [event.cost for event in events(sun.read((at, 36_000)), EnergyStored)]
    for meter in (found.a, found.b):
        costs += [event.cost for event in events(meter.read((at, 10_000)), EnergyDrawn)]
    assert costs == [18 * ENT, 2 * ENT, 0]


def test_break_7_many_small_late_draws_burn_no_more_than_the_lock() -> None:
    found = TwoDraws()
    found.close_the_gap()
    found.chain.block(after_ms=5 * HOUR_MS)
    minutes = [(found.opened_ms + number * MINUTE_MS, number * 250) for number in range(1, 41)]
    costs = [event.cost for event in events(found.b.read(*minutes), EnergyDrawn)]
    assert sum(costs) == 5 * ENT
    assert found.paid("B") == 15 * ENT


def test_break_7_what_a_unit_reports_by_hand_is_about_now() -> None:
    chain = ChainFixture()
    assert produce(chain, "U1", "A", 60_000).applied
    assert actual(chain, "U1", 40_000).applied
    chain.do("A", OpenSession(address("U1"), 15 * ENT, 0))
    while chain.gap > 0:
        assert produce(chain, "U2", "D", 10_000).applied
    chain.block(after_ms=HOUR_MS + HOUR_MS // 2)
    receipt = chain.do("U1", EnergyConsumed(chain.unit("U1").sequence + 1, address("A"), 10_000))
    assert [event.cost for event in events(receipt, EnergyDrawn)] == [0]
