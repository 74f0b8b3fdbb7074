"""Fault 8 of the attacks on the ledger whole: draws that are withheld look like a loss, and others pay for it (I9)."""

from __future__ import annotations

import pytest

from harness.chain import ENT, ChainFixture, address, make_genesis
from harness.energy import MeterFixture, actual, events, produce
from ledger.bank.assets import ENERGY_ASSET
from ledger.bank.payloads import Transfer
from ledger.chain.parameters import DAY_MS, HOUR_MS, MINUTE_MS
from ledger.energy.events import EnergyDrawn, EnergyStored, LossExplained
from ledger.energy.genesis import GenesisUnit
from ledger.energy.imbalance import imbalance, open_gap
from ledger.energy.payloads import CloseSession, OpenSession, ReinstateUnit, ReleaseSession, RemoveUnit
from ledger.energy.schema import PRESUMED, UnitStatus
from ledger.governance.payloads import ExpelMember
from ledger.metering.payloads import SettleJump, UnbindMeter
from ledger.metering.schema import MeterKind

CAPACITY_WH = 100_000


class Street:
    """U1 of 100 kWh with sealed meters, filled with 80 kWh of A, who pays B and C half; B produces at U2."""

    def __init__(self, **parameters: int) -> None:
        units = (
            GenesisUnit(address("U1"), address("C"), CAPACITY_WH, 0),
            GenesisUnit(address("U2"), address("C"), 10**9, 0),
        )
        changed = {"F": 0, "level_band": 0, **parameters}
        self.chain = chain = ChainFixture(make_genesis(units=units, parameters=tuple(changed.items())))
        big = {"max_power_w": 200_000}
        self.production = {
            name: MeterFixture(chain, f"P{name}", unit, name).bound(**big) for name, unit in (("A", "U1"), ("B", "U2"))
        }
        self.consumption = {
            name: MeterFixture(chain, f"C{name}", "U1", name, MeterKind.CONSUMPTION).bound(**big) for name in "AD"
        }
        self.store = MeterFixture(chain, "ST", "U1", "U1", MeterKind.STORAGE).bound(**big)
        self.produced = {"A": 0, "B": 0}
        self.shown = {"A": 0, "D": 0}
        self.outbox: dict[str, list[tuple[int, int]]] = {"A": [], "D": []}
        self.held = 0
        self.hour(produced=80_000)

    def hour(self, *, produced: int = 0, drawn: dict[str, int] | None = None, others: int = 0, silent: str = "") -> int:
        """An hour in which A fills U1, B fills U2, households draw from U1, and all but the silent ones report."""
        chain, end_ms = self.chain, self.chain.time_ms + HOUR_MS
        chain.block(after_ms=HOUR_MS)
        before = self.chain.balance("B").available
        for name, energy_wh in (("A", produced), ("B", others)):
            self.produced[name] += energy_wh
            self.production[name].read((end_ms, self.produced[name]))
        for name in self.shown:
            self.shown[name] += (drawn or {}).get(name, 0)
            self.outbox[name].append((end_ms, self.shown[name]))
            if name not in silent:
                self.speak(name)
        self.held += produced - sum((drawn or {}).values())
        self.level(self.held, end_ms)
        return self.chain.balance("B").available - before

    def level(self, level_wh: int, time_ms: int = 0) -> None:
        """What the storage meter shows, compared when it has waited long enough."""
        self.store.read((time_ms or self.chain.time_ms, level_wh))
        self.chain.block(after_ms=6 * MINUTE_MS)

    def speak(self, name: str) -> None:
        """A household's meter sends all that it has kept."""
        assert self.consumption[name].read(*self.outbox[name]).applied
        self.outbox[name].clear()

    def open(self, name: str, kwh: int) -> None:
        """A session at par, where nothing is out of balance."""
        self.chain.do(name, OpenSession(address("U1"), kwh * ENT, 0))

    @property
    def open_gap(self) -> int:
        return open_gap(self.chain.state)

    @property
    def presumed_wh(self) -> int:
        return imbalance(self.chain.state).presumed_wh

    @property
    def books_wh(self) -> int:
        unit = self.chain.unit("U1")
        return unit.available_wh + unit.locked_wh


def played(*, withheld: bool) -> tuple[dict[str, int], int]:
    """The attack: A draws 10 kWh and keeps its readings back for four hours; then it draws where a relief is paid."""
    street = Street()
    street.open("A", 10)
    street.hour(drawn={"A": 10_000}, silent="A" if withheld else "")
    others = sum(street.hour(others=10_000, silent="A" if withheld else "") for _ in range(3))
    if withheld:
        street.speak("A")
    street.hour()
    for _ in range(3):
        street.open("A", 10)
        street.hour(drawn={"A": 10_000})
    street.hour()
    street.hour()
    return {name: sum(street.chain.balance(name)) for name in "ABC"}, others


def test_break_8_who_withholds_what_it_drew_gains_nothing_and_others_lose_nothing() -> None:
    prompt, withheld = played(withheld=False), played(withheld=True)
    assert prompt == withheld
    assert prompt[1] == 30 * ENT


def test_break_8_what_a_silent_session_may_have_drawn_is_recorded_and_no_gap() -> None:
    street = Street()
    street.open("A", 10)
    street.hour(drawn={"A": 10_000}, silent="A")
    assert (street.books_wh, street.chain.unit("U1").shortfall_wh) == (70_000, 10_000)
    assert (street.chain.gap, street.presumed_wh, street.open_gap) == (10 * ENT, 10_000, 0)
    assert street.chain.rate == 0
    street.speak("A")
    assert (street.books_wh, street.chain.unit("U1").shortfall_wh) == (70_000, 0)
    assert (street.chain.gap, street.presumed_wh) == (0, 0)


def test_break_8_no_more_than_its_sessions_grant() -> None:
    street = Street()
    street.open("A", 10)
    street.held -= 5_000
    street.hour(drawn={"A": 10_000}, silent="A")
    assert (street.presumed_wh, street.open_gap) == (10_000, 5 * ENT)
    street.speak("A")
    assert (street.presumed_wh, street.open_gap) == (0, 5 * ENT)


def test_break_8_what_the_meter_says_was_not_drawn_is_a_gap_from_then_on() -> None:
    street = Street()
    street.open("A", 10)
    street.held -= 8_000
    street.hour(drawn={"A": 2_000}, silent="A")
    assert (street.presumed_wh, street.open_gap) == (10_000, 0)
    street.speak("A")
    assert (street.presumed_wh, street.open_gap) == (0, 8 * ENT)
    assert street.chain.rate == 8 * ENT // 20
    assert street.chain.unit("U1").shortfall_wh == 8_000


def test_break_8_a_session_opened_after_the_level_or_without_a_silent_meter_explains_nothing() -> None:
    street = Street()
    street.open("A", 10)
    street.held -= 8_000
    street.hour()
    assert (street.presumed_wh, street.open_gap) == (0, 8 * ENT)
    street = Street()
    level_ms = street.chain.time_ms + HOUR_MS
    street.chain.block(after_ms=HOUR_MS)
    street.open("A", 10)
    street.level(72_000, level_ms)
    assert (street.presumed_wh, street.open_gap) == (0, 8 * ENT)


@pytest.mark.parametrize("first", ["A", "D"])
def test_break_8_of_two_who_are_silent_both_may_have_drawn(first: str) -> None:
    street = Street()
    street.chain.do("A", Transfer(ENERGY_ASSET, address("D"), 20 * ENT))
    street.open("A", 10)
    street.open("D", 10)
    street.hour(drawn={"A": 2_000, "D": 10_000}, silent="AD")
    assert (street.presumed_wh, street.open_gap) == (12_000, 0)
    street.speak(first)
    assert street.open_gap == 0
    assert street.presumed_wh == (10_000 if first == "A" else 2_000)
    street.speak("D" if first == "A" else "A")
    assert (street.presumed_wh, street.open_gap, street.chain.gap) == (0, 0, 0)


def test_break_8_an_interval_across_the_level_is_explained_as_it_was_presumed() -> None:
    """One long reading, so that by time only a part of the draw lies before the level: else the rest is a gap."""
    street = Street()
    street.open("A", 10)
    street.hour(drawn={"A": 6_000}, silent="A")
    street.hour(drawn={"A": 3_000}, silent="A")
    street.outbox["A"].clear()
    street.chain.block(after_ms=HOUR_MS // 2)
    street.outbox["A"].append((street.chain.time_ms, 9_000))
    receipt = street.consumption["A"].read(*street.outbox["A"])
    assert [event.energy_wh for event in events(receipt, LossExplained)] == [9_000]
    assert (street.presumed_wh, street.open_gap, street.books_wh) == (0, 0, 71_000)


def test_break_8_a_gain_takes_back_what_was_presumed() -> None:
    street = Street()
    street.open("A", 10)
    street.held -= 6_000
    street.hour(silent="A")
    street.held += 6_000
    street.hour(silent="A")
    assert (street.presumed_wh, street.open_gap, street.chain.gap, street.books_wh) == (0, 0, 0, 80_000)
    street.speak("A")
    assert street.open_gap == 0


def test_break_8_where_nobody_speaks_the_gap_comes_when_the_lock_returns() -> None:
    street = Street()
    street.open("A", 10)
    street.hour(drawn={"A": 10_000}, silent="A")
    street.chain.do("A", CloseSession(address("U1")))
    assert street.open_gap == 0
    street.chain.block(after_ms=29 * DAY_MS)
    assert (street.open_gap, street.chain.balance("A").waiting) == (0, 10 * ENT)
    street.chain.block(after_ms=2 * DAY_MS)
    assert (street.presumed_wh, street.open_gap, street.chain.balance("A").waiting) == (0, 10 * ENT, 0)
    assert street.chain.rate == 10 * ENT // 20


def test_break_8_what_the_books_lost_of_a_session_is_no_gap_while_it_waits() -> None:
    """A unit that says that it is empty: sessions whose meters report later keep their locks (C8)."""
    street = Street(H=DAY_MS)
    chain = street.chain
    chain.do("U1", UnbindMeter(street.store.key))
    street.open("A", 30)
    chain.block(after_ms=HOUR_MS)
    assert actual(chain, "U1", 0).applied
    assert (chain.gap, street.presumed_wh, street.open_gap) == (80 * ENT, 30_000, 50 * ENT)
    receipt = street.consumption["A"].read((chain.time_ms, 12_000))
    (drawn,) = events(receipt, EnergyDrawn)
    assert (drawn.energy_wh, drawn.lost_wh, drawn.cost) == (12_000, 12_000, 0)
    assert (chain.gap, street.presumed_wh, street.open_gap) == (68 * ENT, 0, 68 * ENT)


@pytest.mark.parametrize("how", ["unbound", "released", "removed", "reinstated"])
def test_break_8_what_can_not_be_drawn_any_more_is_a_gap_at_once(how: str) -> None:
    street = Street(loss_limit=0)
    chain = street.chain
    street.open("A", 10)
    street.hour(drawn={"A": 10_000}, silent="A")
    assert (street.presumed_wh, chain.unit("U1").status) == (10_000, UnitStatus.SUSPENDED)
    number = chain.session("A", "U1")
    assert number is not None
    match how:
        case "unbound":
            chain.do("U1", UnbindMeter(street.consumption["A"].key))
        case "released":
            chain.do("U1", ReleaseSession(address("A"), number.number))
            assert street.presumed_wh == 10_000
            chain.do("U1", ReleaseSession(address("A"), number.number))
        case "removed":
            chain.vote(RemoveUnit(address("U1")))
        case "reinstated":
            chain.vote(ReinstateUnit(address("U1"), 0))
    assert chain.entries(PRESUMED) == {}
    assert street.open_gap == chain.gap > 0


def test_break_8_an_expelled_consumer_is_waited_for() -> None:
    street = Street()
    chain = street.chain
    chain.do("A", Transfer(ENERGY_ASSET, address("D"), 20 * ENT))
    street.open("D", 10)
    street.hour(drawn={"D": 10_000}, silent="D")
    chain.vote(ExpelMember(address("D")))
    assert (street.presumed_wh, street.open_gap) == (10_000, 0)
    street.speak("D")
    assert (street.presumed_wh, street.open_gap, chain.gap) == (0, 0, 0)


def test_break_8_a_jump_that_waits_for_a_vote_is_silence() -> None:
    street = Street(H=DAY_MS)
    chain, meter = street.chain, street.consumption["A"]
    street.open("A", 10)
    meter.measure(0, MINUTE_MS)
    meter.measure(60_000, 10 * MINUTE_MS)
    street.held -= 10_000
    street.shown["A"] = 60_000
    street.hour()
    assert (street.presumed_wh, street.open_gap) == (10_000, 0)
    chain.vote(SettleJump(meter.key, 60_000, True))
    assert (street.presumed_wh, street.open_gap, chain.gap) == (0, 0, 0)


def test_break_8_no_surplus_is_shared_that_was_not_there_before_the_loss() -> None:
    street = Street()
    chain = street.chain
    street.open("A", 10)
    street.hour(drawn={"A": 10_000}, silent="A")
    assert produce(chain, "U2", "C", 10_000).applied
    chain.do("C", OpenSession(address("U2"), 5 * ENT, 0))
    assert [event.cost for event in events(street.production["B"].measure(5_000), EnergyStored)] == [0]
    assert (street.open_gap, chain.rate) == (0, 0)


def test_break_8_a_session_that_a_late_level_ends_at_once_is_presumed_no_more() -> None:
    """A block comes long after a level, a deadline and what the lock waited for: the level is compared first."""
    street = Street(silent_lock=HOUR_MS)
    street.open("A", 10)
    street.hour(drawn={"A": 4_000}, silent="A")
    assert (street.presumed_wh, street.open_gap) == (4_000, 0)
    street.store.read((street.chain.time_ms, 0))
    street.chain.block(after_ms=5 * HOUR_MS)
    assert (street.presumed_wh, street.chain.balance("A").waiting) == (0, 0)
    assert street.open_gap == street.chain.gap == 80 * ENT


def test_break_8_nor_is_one_that_makes_room_for_the_next() -> None:
    street = Street(silent_lock=HOUR_MS)
    street.open("A", 10)
    street.hour(drawn={"A": 4_000}, silent="A")
    chain = street.chain
    opening = chain.tx("A", OpenSession(address("U1"), 5 * ENT, 0))
    chain.block([opening], after_ms=5 * HOUR_MS)
    assert (street.presumed_wh, street.open_gap) == (0, 4 * ENT)
