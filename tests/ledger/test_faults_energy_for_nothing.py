"""Energy that nobody pays, and energy that is not there: faults 5, 9, 12, 13 of the attacks on the ledger whole."""

from __future__ import annotations

import pytest

from harness.chain import ENT, ChainFixture, address, make_genesis
from harness.energy import OBIS, MeterFixture, events, household, produce
from ledger.chain.context import Context
from ledger.chain.parameters import DAY_MS, HOUR_MS, MINUTE_MS
from ledger.energy.events import EnergyDrawn, LossExplained, ReservationPaid, SuspensionLifted
from ledger.energy.genesis import GenesisUnit
from ledger.energy.limits import MAX_LEVEL_LOSSES
from ledger.energy.losses import recent_losses
from ledger.energy.payloads import CloseSession, OpenSession, ReleaseSession
from ledger.energy.schema import WAITING_SESSIONS, UnitStatus
from ledger.governance.payloads import AdmitMember, CastVote
from ledger.metering.events import ReadingQuarantined
from ledger.metering.limits import MAX_OPENING_AGE_MS
from ledger.metering.payloads import NO_SERIAL, SettleJump, UnbindMeter
from ledger.metering.registers import jump_of
from ledger.metering.schema import METER_REGISTERS, MeterKind
from ledger.state.overlay import State

QUARTER_MS = HOUR_MS // 4


def losses(chain: ChainFixture, unit: str = "U1") -> int:
    context = Context(State(chain.reader), chain.genesis, chain.registry.hooks, 1, chain.time_ms, b"")
    return recent_losses(context, address(unit))


# --- 5: a draw that is quarantined as a jump -------------------------------------------------------------------------


class Household5:
    """A opened a session of 12 ENT at U1, which holds 30 kWh, and drew for an hour at a little more than declared."""

    def __init__(self, power_w: int = 10_100) -> None:
        units = (GenesisUnit(address("U1"), address("C"), 60_000, 0), GenesisUnit(address("U2"), address("C"), 0, 0))
        self.chain = chain = ChainFixture(make_genesis(units=units, parameters=(("F", 0),)))
        production = MeterFixture(chain, "P", "U1", "A").bound(max_power_w=100_000)
        store = MeterFixture(chain, "S", "U1", "U1", MeterKind.STORAGE).bound(max_power_w=100_000)
        self.meter = MeterFixture(chain, "M", "U1", "A", MeterKind.CONSUMPTION).bound(max_power_w=10_000)
        production.measure(30_000)
        store.read((chain.time_ms, 30_000))
        chain.block(after_ms=6 * MINUTE_MS)
        self.meter.measure(0, MINUTE_MS)
        chain.do("A", OpenSession(address("U1"), 12 * ENT, 0))
        self.register = 0
        for _ in range(4):
            self.register += power_w // 4
            self.meter.measure(self.register, QUARTER_MS)
        production.read((chain.time_ms, 30_000), after_ms=MINUTE_MS)
        store.read((chain.time_ms, 30_000 - power_w))
        chain.block(after_ms=6 * MINUTE_MS)

    @property
    def paid(self) -> int:
        held = self.chain.balance("A")
        return 30 * ENT - held.available - held.session - held.waiting


def test_break_5_the_lock_waits_while_a_jump_of_its_time_does_and_voters_let_it_be_paid() -> None:
    found = Household5()
    chain, meter = found.chain, found.meter
    assert jump_of(meter.known) == 10_100
    chain.do("A", CloseSession(address("U1")))
    meter.measure(found.register, MINUTE_MS)
    meter.measure(found.register, MINUTE_MS)
    assert (found.paid, chain.balance("A").waiting) == (0, 12 * ENT)
    before = losses(chain)
    receipt = chain.vote(SettleJump(meter.key, 10_100, True))
    assert found.paid == 10_000 * 10**6
    assert (chain.balance("A").waiting, len(chain.entries(WAITING_SESSIONS))) == (0, 0)
    assert household(chain, "A").imported_wh == 100
    assert before > losses(chain) == 0
    assert events(receipt, LossExplained)


def test_break_5_a_jump_that_voters_drop_lets_the_lock_return() -> None:
    found = Household5()
    found.chain.do("A", CloseSession(address("U1")))
    found.meter.measure(found.register, MINUTE_MS)
    found.chain.vote(SettleJump(found.meter.key, 10_100, False))
    assert (found.paid, found.chain.balance("A").waiting) == (0, 0)


def test_break_5_a_reading_below_the_jump_lets_the_lock_return_and_is_paid() -> None:
    found = Household5()
    found.chain.do("A", CloseSession(address("U1")))
    assert found.chain.balance("A").waiting == 12 * ENT
    found.meter.measure(2_000, MINUTE_MS)
    drawn_wh = household(found.chain, "A").consumed_wh
    assert drawn_wh == 2_000
    assert (found.paid, found.chain.balance("A").waiting) == (drawn_wh * 10**6, 0)


def test_break_5_where_nobody_votes_what_the_declared_power_explains_is_paid() -> None:
    found = Household5()
    chain = found.chain
    chain.do("A", CloseSession(address("U1")))
    found.meter.measure(found.register, MINUTE_MS)
    receipt = chain.block(after_ms=31 * DAY_MS).executed.receipts[0]
    (drawn,) = events(receipt, EnergyDrawn)
    assert drawn.energy_wh == 10_000
    assert (found.paid, chain.balance("A").waiting) == (drawn.energy_wh * 10**6, 0)


def test_break_5_a_jump_of_another_time_holds_no_session() -> None:
    found = Household5()
    chain = found.chain
    chain.do("A", CloseSession(address("U1")))
    chain.block(after_ms=HOUR_MS)
    found.meter.measure(found.register, MINUTE_MS)
    chain.do("A", OpenSession(address("U1"), ENT, 0))
    receipt = found.meter.measure(found.register + 500, HOUR_MS)
    assert not events(receipt, ReadingQuarantined)
    assert [event.energy_wh for event in events(receipt, EnergyDrawn)] == [500]
    chain.do("A", CloseSession(address("U1")))
    found.meter.measure(found.register + 500, HOUR_MS)
    assert len(chain.entries(WAITING_SESSIONS)) == 1


# --- 9: a late draw explains an old loss; 8: a suspension that a late draw explains ----------------------------------


class Lossy:
    """U1 with meters of A (production, consumption) and a storage meter; its level is `level` Wh."""

    def __init__(self, capacity_wh: int = 100_000) -> None:
        units = (
            GenesisUnit(address("U1"), address("C"), capacity_wh, 0),
            GenesisUnit(address("U2"), address("C"), 10**6, 0),
        )
        self.chain = chain = ChainFixture(make_genesis(units=units, parameters=(("F", 0), ("level_band", 0))))
        big = {"max_power_w": 200_000}
        self.production = MeterFixture(chain, "PA", "U1", "A").bound(**big)
        self.consumption = MeterFixture(chain, "CA", "U1", "A", MeterKind.CONSUMPTION).bound(**big)
        self.store = MeterFixture(chain, "ST", "U1", "U1", MeterKind.STORAGE).bound(**big)
        self.production.measure(60_000)
        self.consumption.read((chain.time_ms, 0))
        self.level(60_000)

    def level(self, level_wh: int, time_ms: int = 0) -> None:
        self.store.read((time_ms or self.chain.time_ms, level_wh))
        self.chain.block(after_ms=6 * MINUTE_MS)

    def hour(self, level_wh: int, produced: int = 60_000) -> None:
        """An hour in which both meters of A report what they showed, and the level is read."""
        t = self.chain.time_ms + HOUR_MS
        self.production.read((t, produced), after_ms=HOUR_MS)
        self.consumption.read((t, 0))
        self.level(level_wh)

    @property
    def books_wh(self) -> int:
        unit = self.chain.unit("U1")
        return unit.available_wh + unit.locked_wh


def withheld(found: Lossy, level_wh: int) -> tuple[int, int]:
    """A session of A, an hour in which its meters are cut off, a level; returns when the hour began and ended."""
    found.chain.do("A", OpenSession(address("U1"), 20 * ENT, 0))
    start_ms = found.chain.time_ms
    found.chain.block(after_ms=HOUR_MS)
    end_ms = found.chain.time_ms
    found.level(level_wh)
    return start_ms, end_ms


def test_break_9_a_late_draw_explains_no_older_loss() -> None:
    found = Lossy()
    found.hour(48_000)
    start_ms, end_ms = withheld(found, 48_000)
    assert losses(found.chain) == 12_000
    receipt = found.consumption.read((start_ms, 0), (end_ms, 10_000))
    assert not events(receipt, LossExplained)
    found.production.read((start_ms, 60_000), (end_ms, 70_000))
    assert found.books_wh == 48_000
    assert losses(found.chain) == 12_000


@pytest.mark.parametrize("draw_first", [True, False])
def test_break_9_nor_the_loss_of_its_own_level_where_as_much_came_in(draw_first: bool) -> None:
    found = Lossy()
    start_ms, end_ms = withheld(found, 48_000)
    assert losses(found.chain) == 12_000
    late = [
        (found.consumption, (start_ms, 0), (end_ms, 10_000)),
        (found.production, (start_ms, 60_000), (end_ms, 70_000)),
    ]
    for meter, first, last in late if draw_first else late[::-1]:
        assert meter.read(first, last).applied
    if draw_first:  # it explains 10 kWh before anybody knows that as much came in: the next level finds them
        assert (found.books_wh, losses(found.chain)) == (58_000, 2_000)
        found.level(48_000)
    assert found.books_wh == 48_000
    assert losses(found.chain) == 12_000


def test_break_9_a_late_draw_explains_the_loss_of_the_level_after_it_alone() -> None:
    found = Lossy()
    start_ms, end_ms = withheld(found, 50_000)
    found.level(44_000)
    assert losses(found.chain) == 16_000
    receipt = found.consumption.read((start_ms, 0), (end_ms, 14_000))
    assert [event.energy_wh for event in events(receipt, LossExplained)] == [10_000]
    assert losses(found.chain) == 6_000
    found.level(44_000 - 4_000)
    assert found.books_wh == 40_000


def test_break_9_what_a_gain_has_undone_no_draw_explains_again() -> None:
    found = Lossy()
    start_ms, end_ms = withheld(found, 50_000)
    read_ms = found.chain.time_ms
    assert found.production.read((read_ms, 60_000)).applied
    found.level(60_000, read_ms)
    assert found.books_wh == 60_000
    receipt = found.consumption.read((start_ms, 0), (end_ms, 10_000))
    assert not events(receipt, LossExplained)
    assert found.books_wh == 50_000


def test_break_9_what_is_older_than_the_kept_levels_explains_nothing() -> None:
    found = Lossy()
    start_ms, end_ms = withheld(found, 50_000)
    level = 50_000
    for _ in range(MAX_LEVEL_LOSSES):
        level -= 1
        found.level(level)
    receipt = found.consumption.read((start_ms, 0), (end_ms, 10_000))
    assert not events(receipt, LossExplained)


def test_break_8_a_loss_that_is_explained_lifts_the_suspension_it_caused() -> None:
    found = Lossy(70_000)
    start_ms, end_ms = withheld(found, 45_000)
    assert found.chain.unit("U1").status == UnitStatus.SUSPENDED
    receipt = found.consumption.read((start_ms, 0), (end_ms, 15_000))
    assert events(receipt, SuspensionLifted) == [SuspensionLifted(address("U1"), 0)]
    assert found.chain.unit("U1").status == UnitStatus.ACTIVE


def test_break_8_one_that_other_losses_carry_stays() -> None:
    found = Lossy(70_000)
    start_ms, end_ms = withheld(found, 30_000)
    receipt = found.consumption.read((start_ms, 0), (end_ms, 10_000))
    assert events(receipt, LossExplained)
    assert found.chain.unit("U1").status == UnitStatus.SUSPENDED


# --- 13: one physical meter under two keys ---------------------------------------------------------------------------


def test_break_13_a_register_of_a_physical_meter_is_bound_once() -> None:
    chain = ChainFixture()
    one, two = MeterFixture(chain, "K1", "U1", "A").bound(), MeterFixture(chain, "K2", "U2", "A")
    same = {"serial": one.known.serial}
    assert two.bind(**same).code == "register_bound"
    assert two.bind(**same, obis=OBIS[:-1] + b"\x01").applied
    assert MeterFixture(chain, "K3", "U2", "B").bind().applied


def test_break_13_a_meter_that_moves_is_read_after_its_last_reading() -> None:
    chain = ChainFixture()
    one, two = MeterFixture(chain, "K1", "U1", "A").bound(), MeterFixture(chain, "K2", "U2", "A")
    same = {"serial": one.known.serial}
    one.measure(5_000)
    read_ms = chain.time_ms
    chain.do("U1", UnbindMeter(one.key))
    assert two.bind(**same, opening_ms=read_ms - MINUTE_MS, opening_register=0).code == "stale_opening"
    assert two.bind(**same, opening_ms=read_ms, opening_register=5_000).applied
    assert one.bind(opening_register=5_000).code == "register_bound"


def test_break_13_a_new_key_of_the_same_meter_replaces_the_old_one() -> None:
    chain = ChainFixture()
    one, two = MeterFixture(chain, "K1").bound(), MeterFixture(chain, "K2")
    one.measure(1_000)
    payload = one.replacement(two, serial=one.known.serial, opening_register=1_000)
    assert chain.try_("U1", payload).applied
    assert MeterFixture(chain, "K3", "U2").bind(serial=two.known.serial).code == "register_bound"


def test_break_13_meters_that_tell_no_number_are_not_compared() -> None:
    chain = ChainFixture()
    for name, unit in (("K1", "U1"), ("K2", "U2")):
        assert MeterFixture(chain, name, unit).bind(serial=NO_SERIAL).applied


# --- 22: what is remembered of registers that nobody is bound to -----------------------------------------------------


def test_break_22_a_register_is_forgotten_when_no_opening_can_lie_before_its_last_reading() -> None:
    chain = ChainFixture()
    one, two = MeterFixture(chain, "K1", "U1", "A").bound(), MeterFixture(chain, "K2", "U2", "A")
    assert one.measure(5_000).applied
    read_ms, same = chain.time_ms, {"serial": one.known.serial}
    chain.do("U1", UnbindMeter(one.key))
    last_ms = read_ms - 1 + MAX_OPENING_AGE_MS
    chain.block(after_ms=last_ms - 1_000 - chain.time_ms)
    assert two.bind(**same, opening_ms=read_ms - 1).code == "stale_opening"
    assert chain.time_ms == last_ms, "the last block in which the opening alone would not be too old"
    chain.block(after_ms=1)
    assert chain.entries(METER_REGISTERS)
    chain.block(after_ms=1)
    assert not chain.entries(METER_REGISTERS)
    assert two.bind(**same, opening_register=5_000).applied
    assert one.bind(opening_register=5_000).code == "register_bound"


def test_break_22_a_register_is_not_forgotten_while_a_silent_meter_is_bound_to_it() -> None:
    chain = ChainFixture()
    one, two = MeterFixture(chain, "K1", "U1", "A").bound(), MeterFixture(chain, "K2", "U2", "A")
    same = {"serial": one.known.serial}
    chain.do("U1", UnbindMeter(one.key))
    assert one.bind().applied
    chain.block(after_ms=3 * MAX_OPENING_AGE_MS)
    assert two.bind(**same).code == "register_bound"


def test_break_22_a_meter_that_was_silent_before_it_was_unbound_is_forgotten_at_once() -> None:
    chain = ChainFixture()
    one = MeterFixture(chain, "K1", "U1", "A").bound()
    chain.block(after_ms=3 * MAX_OPENING_AGE_MS)
    chain.do("U1", UnbindMeter(one.key))
    chain.block()
    assert not chain.entries(METER_REGISTERS)


def test_break_22_a_key_stays_a_meters_of_its_place_and_register_however_long_it_was_unbound() -> None:
    """Why entries of keys stay: rules M2 and M11 hold for ever, not for an hour."""
    chain = ChainFixture()
    one = MeterFixture(chain, "K1", "U1", "A").bound()
    assert one.measure(5_000).applied
    chain.do("U1", UnbindMeter(one.key))
    chain.block(after_ms=400 * DAY_MS)
    assert MeterFixture(chain, "K1", "U2", "B").bind(opening_register=5_000).code == "bound_elsewhere"
    assert one.bind(opening_register=4_999).code == "register_fell"
    assert chain.try_("A", CastVote(AdmitMember(address("K1")), True)).code == "is_a_meter"


# --- 12: a reservation that ends before the energy is free -----------------------------------------------------------


def reserving() -> tuple[ChainFixture, MeterFixture]:
    """A session of 10 kWh of B at U1 for 2 h, 0.1 ENT per kWh and hour, metered."""
    chain = ChainFixture(make_genesis(parameters=(("F", 0), ("reservation_rate", ENT // 10))))
    assert produce(chain, "U1", "B", 20_000).applied
    meter = MeterFixture(chain, "MB", "U1", "B", MeterKind.CONSUMPTION).bound()
    chain.do("B", OpenSession(address("U1"), 10 * ENT, 0))
    assert chain.balance("B").reservation == 2 * ENT
    return chain, meter


def test_break_12_a_closed_session_pays_as_long_as_it_holds_its_energy() -> None:
    chain, meter = reserving()
    opened_ms = chain.time_ms
    assert not events(chain.do("B", CloseSession(address("U1"))), ReservationPaid)
    assert chain.balance("B").reservation == 2 * ENT
    (paid,) = events(meter.measure(0, HOUR_MS), ReservationPaid)
    assert paid.paid == 2 * ENT * (chain.time_ms - opened_ms) // (2 * HOUR_MS)
    assert (paid.paid + paid.returned, chain.balance("B").reservation) == (2 * ENT, 0)


def test_break_12_it_pays_no_more_than_was_reserved() -> None:
    chain, meter = reserving()
    chain.do("B", CloseSession(address("U1")))
    (paid,) = events(meter.measure(0, 10 * HOUR_MS), ReservationPaid)
    assert (paid.paid, paid.returned) == (2 * ENT, 0)


def test_break_12_what_the_unit_ends_itself_is_paid_until_then() -> None:
    chain, meter = reserving()
    chain.do("U1", ReleaseSession(address("B"), 1))
    (paid,) = events(meter.measure(0, HOUR_MS), ReservationPaid)
    assert paid.paid == 2 * ENT * 1_000 // (2 * HOUR_MS)


# --- 20: a register bound as production that counts what a household draws -------------------------------------------


IMPORT, EXPORT = bytes((1, 0, 1, 8, 0, 255)), bytes((1, 0, 2, 8, 0, 255))


def wrongly_bound(obis: bytes, capacity_wh: int, hours: int) -> tuple[ChainFixture, list[int]]:
    """A household imports 1 kWh an hour; its register of that is bound as production. The unit's own meter is sealed.

    Returns the chain and D after each hour.
    """
    units = (GenesisUnit(address("U1"), address("C"), capacity_wh, 0), GenesisUnit(address("U2"), address("C"), 0, 0))
    chain = ChainFixture(make_genesis(units=units, parameters=(("F", 0),)))
    meter = MeterFixture(chain, "M", "U1", "B").bound(obis=obis)
    store = MeterFixture(chain, "S", "U1", "U1", MeterKind.STORAGE).bound(max_power_w=100_000)
    gaps = []
    for hour in range(1, hours + 1):
        end_ms = chain.time_ms + HOUR_MS
        meter.read((end_ms, 1_000 * hour), after_ms=HOUR_MS, obis=obis)
        store.read((end_ms, 0))
        chain.block(after_ms=6 * MINUTE_MS)
        gaps.append(chain.gap)
    return chain, gaps


@pytest.mark.parametrize("obis", [IMPORT, EXPORT], ids=["1.8.0", "2.8.0 of a meter that is wired the other way round"])
def test_break_20_what_a_wrongly_bound_register_mints_is_bounded_by_the_units_own_meter(obis: bytes) -> None:
    """The code tells nothing: refused as 1.8.0, the same register comes as 2.8.0 of a meter whose wires are swapped."""
    chain, gaps = wrongly_bound(obis, 10_000, 24)
    unit = chain.unit("U1")
    assert unit.status == UnitStatus.SUSPENDED
    assert unit.available_wh <= 200  # the level's band
    assert max(gaps) <= (10_000 + 2_000) * 10**6
    assert gaps[-1] == gaps[-8] == chain.balance("B").available - unit.available_wh * 10**6
    assert gaps[-1] <= (2_000 + 1_000) * 10**6  # the limit, and the interval that went past it


def test_break_20_solar_panels_whose_meter_is_wired_the_other_way_round_are_bound() -> None:
    chain = ChainFixture()
    meter = MeterFixture(chain, "M", "U1", "B").bound(obis=IMPORT)
    assert meter.read((chain.time_ms + HOUR_MS, 1_000), after_ms=HOUR_MS, obis=IMPORT).applied
    assert chain.gap == 0
