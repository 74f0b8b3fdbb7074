"""What a session's end leaves to pay (rules C3 to C9, M8): last readings, notices, releases, reservations."""

from __future__ import annotations

from typing import Any

import pytest

from harness.chain import ENT, ChainFixture, address, make_genesis
from harness.energy import MeterFixture, actual, closed, consume, events, produce
from ledger.chain.header import Receipt
from ledger.chain.parameters import DAY_MS, HOUR_MS, MINUTE_MS, PARTS
from ledger.energy.events import EnergyDrawn, ExcessDrawn, GridImported, ReservationPaid, SessionEnded, SessionOpened
from ledger.energy.genesis import GenesisUnit
from ledger.energy.limits import MAX_WAITING_SESSIONS
from ledger.energy.payloads import CloseSession, OpenSession, ReleaseSession, RemoveUnit
from ledger.energy.schema import WAITING_SESSIONS, Session, SessionEnd, UnitStatus
from ledger.governance.payloads import ExpelMember
from ledger.metering.payloads import UnbindMeter
from ledger.metering.schema import MeterKind

CLOSED, EXPIRED, SHORTFALL = (int(end) for end in (SessionEnd.CLOSED, SessionEnd.EXPIRED, SessionEnd.SHORTFALL))


def chain_with(capacity_wh: int = 0, **parameters: int) -> ChainFixture:
    """B has 20 ENT, D 10, and U1 their energy; the provider gets no share."""
    units = tuple(GenesisUnit(address(name), address("C"), capacity_wh, 0) for name in ("U1", "U2"))
    chain = ChainFixture(
        make_genesis(units=units, parameters=tuple({"F": 0, "reading_interval": 1_000, **parameters}.items()))
    )
    assert produce(chain, "U1", "B", 20_000).applied
    assert produce(chain, "U1", "D", 10_000).applied
    return chain


def metered(capacity_wh: int = 0, amount: int = 5 * ENT, **parameters: int) -> MeterFixture:
    """B's consumption meter at U1 with a reading at the opening of B's session."""
    chain = chain_with(capacity_wh, **parameters)
    found = MeterFixture(chain, account="B", kind=MeterKind.CONSUMPTION).bound()
    chain.do("B", OpenSession(address("U1"), amount, 0))
    assert found.read((chain.time_ms, 0)).applied
    return found


def waiting(chain: ChainFixture, who: str = "B", unit: str = "U1") -> list[Session]:
    """The pair's sessions that have ended and wait."""
    found = [
        chain.state.get(WAITING_SESSIONS, k) for k in chain.state.scan(WAITING_SESSIONS, address(who) + address(unit))
    ]
    return [session for session in found if session is not None]


def drawn(receipt: Receipt) -> list[int]:
    return [event.energy_wh for event in events(receipt, EnergyDrawn)]


def imported(receipt: Receipt) -> list[int]:
    return [event.energy_wh for event in events(receipt, GridImported)]


# --- L2: with a meter ------------------------------------------------------------------------------------------------


def test_l2_a_close_one_second_before_the_reading_leaves_it_paid() -> None:
    """5 kWh cost 0 ENT, D was 5, and the honest unit carried the loss."""
    found = metered()
    chain = found.chain
    closing = chain.do("B", CloseSession(address("U1")), after_ms=HOUR_MS - 1_000)
    assert closed(closing) == []
    (ended,) = events(closing, SessionEnded)
    assert (ended.locked, ended.energy_wh, ended.reason) == (5 * ENT, 5_000, SessionEnd.CLOSED)
    assert (ended.ended_ms, ended.returns_ms) == (chain.time_ms, chain.time_ms + 30 * DAY_MS)
    assert (chain.balance("B").session, chain.balance("B").waiting) == (0, 5 * ENT)
    assert chain.session("B", "U1") is None
    receipt = found.measure(4_000, after_ms=1_000)
    assert drawn(receipt) == [4_000]
    assert closed(receipt) == [(1, CLOSED)]
    assert imported(receipt) == []
    assert (chain.balance("B").available, chain.balance("B").waiting) == (16 * ENT, 0)
    assert chain.gap == 0
    assert (chain.unit("U1").available_wh, chain.unit("U1").locked_wh) == (26_000, 0)


def test_l2_three_closes_do_not_suspend_the_honest_unit() -> None:
    """The unit's own meter says what left it; the consumer's readings say who took it."""
    found = metered(capacity_wh=40_000)
    chain, register = found.chain, 0
    for _ in range(3):
        chain.do("B", CloseSession(address("U1")), after_ms=HOUR_MS)
        register += 3_000
        assert drawn(found.measure(register, after_ms=1_000)) == [3_000]
        chain.do("B", OpenSession(address("U1"), 5 * ENT, 0))
        assert found.read((chain.time_ms, register)).applied
    assert actual(chain, "U1", 21_000).applied
    unit = chain.unit("U1")
    assert (unit.status, unit.shortfall_wh, chain.gap) == (UnitStatus.ACTIVE, 0, 0)


def test_l2_a_close_in_what_was_the_grace_is_no_way_out_either() -> None:
    found = metered(H=MINUTE_MS)
    chain = found.chain
    chain.block(after_ms=10 * MINUTE_MS)
    assert chain.try_("B", CloseSession(address("U1"))).code == "no_session"
    receipt = found.measure(1_000, after_ms=1_000)
    assert drawn(receipt) == [1_000]
    assert closed(receipt) == [(1, EXPIRED)]


def test_l2_a_network_cut_across_the_deadline_does_not_make_energy_free() -> None:
    """The readings of the whole cut come at once: up to the first one at or after the deadline they are drawn."""
    found = metered(H=HOUR_MS)
    chain = found.chain
    session = chain.session("B", "U1")
    assert session is not None
    chain.block(after_ms=DAY_MS)
    readings = [(session.opened_ms + minutes * MINUTE_MS, 10 * minutes) for minutes in (20, 40, 70, 90)]
    receipt = found.read(*readings)
    assert drawn(receipt) == [200, 200, 300]
    assert imported(receipt) == [200]
    assert closed(receipt) == [(1, EXPIRED)]


def test_l2_a_reading_that_is_known_already_lets_the_lock_return_at_once() -> None:
    """A meter's clock may run ahead of the block's time, within the drift: nothing is unknown any more."""
    found = metered()
    chain = found.chain
    assert found.read((chain.time_ms + HOUR_MS + 1_500, 700), after_ms=HOUR_MS).applied
    assert closed(chain.do("B", CloseSession(address("U1")))) == [(1, CLOSED)]
    assert chain.balance("B").available == 20 * ENT - 7 * ENT // 10


def test_l2_what_the_ended_session_does_not_cover_goes_to_the_next_one() -> None:
    """The interval is drawn whole from the first, the rest from the second as far as the declared power allows."""
    found = metered(amount=ENT)
    chain = found.chain
    start_ms = chain.time_ms
    chain.do("B", CloseSession(address("U1")), after_ms=30 * MINUTE_MS)
    chain.do("B", OpenSession(address("U1"), 10 * ENT, 0), after_ms=15 * MINUTE_MS)
    opened_ms = chain.time_ms
    receipt = found.measure(4_003, after_ms=HOUR_MS - (chain.time_ms - start_ms) - 1_000)
    share = -(-found.known.max_power_w * (chain.time_ms - opened_ms) // HOUR_MS)
    assert share < 3_003
    assert found.known.time_ms == chain.time_ms
    assert [(event.number, event.energy_wh, event.waiting) for event in events(receipt, EnergyDrawn)] == [
        (1, 1_000, True),
        (2, share, False),
    ]
    assert imported(receipt) == [4_003 - 1_000 - share]
    assert closed(receipt) == [(1, CLOSED)]


@pytest.mark.parametrize(("measured_wh", "drawn_wh"), [(1_000, 1_000), (3_000, 2_000)])
def test_break_19_of_an_interval_that_began_before_the_opening_counts_what_the_power_can_have_drawn(
    measured_wh: int, drawn_wh: int
) -> None:
    """A share by time gave 10 kWh for 0.83 ENT to a household whose meter had been silent for ten hours."""
    chain = chain_with()
    found = MeterFixture(chain, account="B", kind=MeterKind.CONSUMPTION).bound(max_power_w=6_000)
    assert found.read((chain.time_ms + 1_000, 0)).applied
    chain.do("B", OpenSession(address("U1"), 5 * ENT, 0), after_ms=40 * MINUTE_MS)
    receipt = found.measure(measured_wh, after_ms=20 * MINUTE_MS)
    assert drawn(receipt) == [drawn_wh]
    assert imported(receipt) == ([measured_wh - drawn_wh] if measured_wh > drawn_wh else [])


@pytest.mark.parametrize("silent", [HOUR_MS, 30 * DAY_MS])
def test_l2_the_lock_of_a_silent_meter_returns_after_the_parameter(silent: int) -> None:
    found = metered(silent_lock=silent)
    chain = found.chain
    chain.do("B", CloseSession(address("U1")), after_ms=MINUTE_MS)
    block = chain.block(after_ms=silent - 1)
    assert closed(block.executed.receipts[0]) == []
    block = chain.block(after_ms=1)
    assert closed(block.executed.receipts[0]) == [(1, CLOSED)]
    assert chain.balance("B").available == 20 * ENT
    assert imported(found.measure(100)) == [100]


def test_l2_an_unbound_meter_will_not_report_any_more() -> None:
    found = metered()
    chain = found.chain
    chain.do("B", CloseSession(address("U1")), after_ms=MINUTE_MS)
    assert closed(chain.do("U1", UnbindMeter(found.key))) == [(1, CLOSED)]
    assert (chain.balance("B").available, chain.balance("B").waiting) == (20 * ENT, 0)


def test_l11_a_unit_that_unbinds_a_meter_cannot_report_what_the_meter_did_not_measure() -> None:
    found = metered()
    chain = found.chain
    assert chain.session("B", "U1") is not None
    assert closed(chain.do("U1", UnbindMeter(found.key))) == [(1, SessionEnd.RELEASED)]
    before = chain.balance("B")
    consume(chain, "U1", "B", 1_000)
    assert chain.balance("B") == before
    assert (before.available, before.session, before.waiting) == (20 * ENT, 0, 0)


def test_l2_the_unit_releases_a_lock_and_nobody_else_does() -> None:
    found = metered()
    chain = found.chain
    chain.do("B", CloseSession(address("U1")), after_ms=MINUTE_MS)
    for who in ("B", "D", "C"):
        assert chain.try_(who, ReleaseSession(address("B"), 1)).code == "not_a_unit"
    assert chain.try_("U2", ReleaseSession(address("B"), 1)).code == "no_session"
    assert chain.try_("U1", ReleaseSession(address("D"), 1)).code == "no_session"
    assert chain.try_("U1", ReleaseSession(address("B"), 2)).code == "no_session"
    assert closed(chain.do("U1", ReleaseSession(address("B"), 1))) == [(1, CLOSED)]
    assert chain.try_("U1", ReleaseSession(address("B"), 1)).code == "no_session"
    assert imported(found.measure(100)) == [100]


# --- L2: the same for whoever ends it --------------------------------------------------------------------------------


def by_consumer(chain: ChainFixture) -> Receipt:
    return chain.do("B", CloseSession(address("U1")), after_ms=30 * MINUTE_MS)


def by_unit(chain: ChainFixture) -> Receipt:
    return chain.do("U1", ReleaseSession(address("B"), 1), after_ms=30 * MINUTE_MS)


def by_deadline(chain: ChainFixture) -> Receipt:
    return chain.block(after_ms=2 * HOUR_MS).executed.receipts[0]


def by_expulsion(chain: ChainFixture) -> Receipt:
    chain.block(after_ms=30 * MINUTE_MS)
    return chain.vote(ExpelMember(address("B")))


def by_shortfall(chain: ChainFixture) -> Receipt:
    chain.block(after_ms=30 * MINUTE_MS)
    receipt = actual(chain, "U1", 0)
    assert receipt.applied
    return receipt


ENDS = {
    by_consumer: SessionEnd.CLOSED,
    by_unit: SessionEnd.RELEASED,
    by_deadline: SessionEnd.EXPIRED,
    by_expulsion: SessionEnd.EXPELLED,
    by_shortfall: SessionEnd.SHORTFALL,
}


@pytest.mark.parametrize("end", list(ENDS), ids=lambda end: end.__name__)
def test_l2_whoever_ends_a_metered_session_its_last_reading_is_paid(end: Any) -> None:
    found = metered()
    chain = found.chain
    receipt = end(chain)
    assert [event.reason for event in events(receipt, SessionEnded)] == [ENDS[end]]
    assert chain.balance("B").waiting == 5 * ENT
    gap = chain.gap
    last = found.measure(2_000, after_ms=1_000)
    assert drawn(last) == [2_000]
    assert closed(last) == [(1, ENDS[end])]
    assert chain.balance("B").available == 18 * ENT
    assert chain.gap == gap - (2 * ENT if end is by_shortfall else 0)


def test_l2_a_removed_unit_returns_all_at_once() -> None:
    """Its meters are unbound with it: no reading will come."""
    found = metered()
    chain = found.chain
    chain.do("B", CloseSession(address("U1")), after_ms=MINUTE_MS)
    chain.do("B", OpenSession(address("U1"), ENT, 0))
    receipt = chain.vote(RemoveUnit(address("U1")))
    assert sorted(closed(receipt)) == [(1, CLOSED), (2, SessionEnd.UNIT_REMOVED)]
    assert (chain.balance("B").available, chain.unit("U1").locked_wh) == (20 * ENT, 0)


def test_l2_energy_that_the_books_lost_is_paid_out_of_the_recorded_loss() -> None:
    """A level said 7 kWh before the reading came that explains 9 of the 23 kWh that seemed lost.

    2 kWh that the session lacked leave the record; so does what came from the books: it was presumed (I9).
    """
    found = metered(capacity_wh=100_000, amount=10 * ENT)
    chain = found.chain
    chain.block(after_ms=HOUR_MS)
    assert actual(chain, "U1", 7_000).applied
    assert (chain.gap, chain.unit("U1").shortfall_wh) == (23 * ENT, 23_000)
    (session,) = waiting(chain)
    assert (session.energy_wh, session.lost_wh) == (10_000, 3_000)
    receipt = found.measure(9_000, after_ms=1_000)
    assert [(event.energy_wh, event.lost_wh) for event in events(receipt, EnergyDrawn)] == [(9_000, 2_000)]
    assert closed(receipt) == [(1, SHORTFALL)]
    assert chain.balance("B").available == 20 * ENT - 9 * ENT - sum(e.cost for e in events(receipt, EnergyDrawn))
    unit = chain.unit("U1")
    assert (unit.available_wh, unit.locked_wh, unit.shortfall_wh) == (7_000, 0, 14_000)
    assert chain.gap == 14_000 * 10**6 - sum(e.cost for e in events(receipt, EnergyDrawn))


# --- L2: without a meter ---------------------------------------------------------------------------------------------


def test_l2_a_unit_may_still_report_within_the_notice() -> None:
    chain = chain_with()
    chain.do("B", OpenSession(address("U1"), 5 * ENT, 0))
    closing = chain.do("B", CloseSession(address("U1")), after_ms=HOUR_MS)
    assert [event.returns_ms for event in events(closing, SessionEnded)] == [chain.time_ms + 10 * MINUTE_MS]
    assert drawn(consume(chain, "U1", "B", 1_500)) == [1_500]
    assert drawn(consume(chain, "U1", "B", 1_500)) == [1_500]
    assert chain.gap == 0
    block = chain.block(after_ms=10 * MINUTE_MS)
    assert closed(block.executed.receipts[0]) == [(1, CLOSED)]
    assert chain.balance("B").available == 17 * ENT
    assert events(consume(chain, "U1", "B", 1), ExcessDrawn)[0].without_session


def test_l2_more_than_the_waiting_session_holds_comes_from_the_next_then_the_overdraft() -> None:
    chain = chain_with()
    chain.do("B", OpenSession(address("U1"), ENT, 0))
    chain.do("B", CloseSession(address("U1")))
    chain.do("B", OpenSession(address("U1"), ENT, ENT))
    receipt = consume(chain, "U1", "B", 2_500)
    assert [(event.number, event.energy_wh) for event in events(receipt, EnergyDrawn)] == [(1, 1_000), (2, 1_000)]
    assert [(event.energy_wh, event.burned, event.unpaid_wh) for event in events(receipt, ExcessDrawn)] == [
        (500, ENT // 2, 0)
    ]
    assert closed(receipt) == [(1, CLOSED), (2, SessionEnd.EXCEEDED)]
    assert chain.gap == 0


def test_l2_a_notice_of_nothing_is_the_thesis_rule() -> None:
    chain = chain_with(close_notice=0)
    chain.do("B", OpenSession(address("U1"), 5 * ENT, 0))
    assert closed(chain.do("B", CloseSession(address("U1")))) == [(1, CLOSED)]


def test_l2_a_shortfall_refunds_at_once_where_no_meter_is_bound() -> None:
    chain = chain_with()
    chain.do("B", OpenSession(address("U1"), 5 * ENT, 0))
    chain.do("B", CloseSession(address("U1")))
    chain.do("B", OpenSession(address("U1"), ENT, 0))
    assert closed(actual(chain, "U1", 0)) == [(2, SHORTFALL), (1, CLOSED)]
    assert chain.balance("B").available == 20 * ENT


# --- L8: a session that waits blocks no new one ----------------------------------------------------------------------


def test_l8_a_session_that_waits_does_not_block_the_pairs_next_one() -> None:
    found = metered()
    chain = found.chain
    chain.do("B", CloseSession(address("U1")), after_ms=MINUTE_MS)
    chain.do("B", OpenSession(address("U1"), 2 * ENT, 0))
    session = chain.session("B", "U1")
    assert session is not None
    assert (session.number, [each.number for each in waiting(chain)]) == (2, [1])
    assert (chain.balance("B").session, chain.balance("B").waiting) == (2 * ENT, 5 * ENT)
    assert (chain.unit("U1").available_wh, chain.unit("U1").locked_wh) == (23_000, 7_000)


def test_l8_so_many_may_wait_and_the_oldest_is_drawn_first() -> None:
    found = metered(amount=ENT)
    chain = found.chain
    for _ in range(MAX_WAITING_SESSIONS - 1):
        chain.do("B", CloseSession(address("U1")))
        chain.do("B", OpenSession(address("U1"), ENT, 0))
    chain.do("B", CloseSession(address("U1")))
    assert [each.number for each in waiting(chain)] == list(range(1, MAX_WAITING_SESSIONS + 1))
    assert chain.try_("B", OpenSession(address("U1"), ENT, 0)).code == "too_many_waiting"
    chain.do("D", OpenSession(address("U1"), ENT, 0))
    receipt = found.measure(1_001, after_ms=HOUR_MS)
    assert [event.number for event in events(receipt, EnergyDrawn)] == [1, 2]
    assert [number for number, _reason in closed(receipt)] == list(range(1, MAX_WAITING_SESSIONS + 1))
    chain.do("B", OpenSession(address("U1"), ENT, 0))


# --- L14c: reservation and share -------------------------------------------------------------------------------------


def test_l14c_holding_energy_ready_costs_the_voted_rate() -> None:
    """0.01 ENT per kWh and hour: 5 kWh for 2 h are 0.1 ENT; after half an hour a quarter of it is the owner's."""
    chain = chain_with(reservation_rate=PARTS // 100, close_notice=0)
    opening = chain.do("B", OpenSession(address("U1"), 5 * ENT, 0))
    assert chain.balance("B").reservation == ENT // 10
    assert chain.balance("B").available == 15 * ENT - ENT // 10
    assert [event.reservation for event in events(opening, SessionOpened)] == [ENT // 10]
    closing = chain.do("B", CloseSession(address("U1")), after_ms=30 * MINUTE_MS)
    paid, back = ENT // 40, ENT // 10 - ENT // 40
    assert events(closing, ReservationPaid) == [
        ReservationPaid(address("U1"), address("B"), address("C"), 1, paid, back)
    ]
    assert (chain.balance("B").reservation, chain.balance("B").available) == (0, 20 * ENT - paid)
    assert chain.balance("C").available == paid


def test_l14c_a_reservation_rounds_up_and_is_needed_whole() -> None:
    chain = chain_with(reservation_rate=1)
    chain.do("B", OpenSession(address("U1"), 10**6, 0))
    assert chain.balance("B").reservation == 1
    assert chain.try_("D", OpenSession(address("U1"), 10 * ENT, 0)).code == "insufficient_balance"
    chain.do("D", OpenSession(address("U1"), 10 * ENT - 10**6, 0))


def test_l14c_a_session_at_its_deadline_pays_its_reservation_whole() -> None:
    chain = chain_with(reservation_rate=PARTS // 100)
    chain.do("B", OpenSession(address("U1"), 5 * ENT, 0))
    block = chain.block(after_ms=2 * HOUR_MS)
    assert [(event.paid, event.returned) for event in events(block.executed.receipts[0], ReservationPaid)] == [
        (ENT // 10, 0)
    ]


def test_l14c_one_account_holds_at_most_its_share_of_a_unit() -> None:
    """30 kWh in U1, a quarter of it: 7.5 kWh, what waits included."""
    chain = chain_with(max_session_share=PARTS // 4)
    assert chain.try_("B", OpenSession(address("U1"), 7_501 * 10**6, 0)).code == "above_session_share"
    chain.do("B", OpenSession(address("U1"), 7_500 * 10**6, 0))
    chain.do("B", CloseSession(address("U1")))
    assert chain.try_("B", OpenSession(address("U1"), 10**6, 0)).code == "above_session_share"
    chain.do("D", OpenSession(address("U1"), 7_500 * 10**6, 0))
