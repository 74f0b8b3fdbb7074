"""Schemes by the month: claims, their expiry, corrections, leaving, and what is refused (rules CR1 to CR9)."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from harness.chain import ENT, START_MS, address
from ledger.chain.parameters import PARTS
from ledger.debts.queries import claims_of_pool, debt_to
from ledger.grid.schema import LineKind
from ledger.sharing.allocation_rules import AllocationRule, Credit, Dynamic, PairShare
from ledger.sharing.credit import Claims
from ledger.sharing.credit_events import CreditBooked, MonthSettled
from ledger.sharing.credit_limits import MONTH_ROWS_KEPT
from ledger.sharing.credit_outcome import month_outcome
from ledger.sharing.credit_queries import credit_sums_of, settled_month
from ledger.sharing.credit_schema import CREDIT_MONTHS, CREDIT_SCHEMES, MONTH_ROWS, MONTH_SUMS, OPEN_CLAIMS
from ledger.sharing.credit_settlement import credit_step
from ledger.sharing.credit_terms import first_slot_of_month
from ledger.sharing.events import SlotSettled
from ledger.sharing.payloads import ChangeScheme
from ledger.sharing.payments import run_account
from ledger.sharing.price_rules import MidMarket
from ledger.sharing.queries import sums_of
from ledger.sharing.roots import by_chunk, root_of, verify_point
from ledger.sharing.scheme_terms import Settlement, SourceOrder
from ledger.sharing.versions import debt_pool
from ledger.slots.clock import clock_of
from ledger.slots.payloads import ClosePoint
from ledger.slots.schema import OffsetChange, ValueSource
from ledger.state.table import big_endian
from tests.support.credit_chain import STREET, CreditChain, monthly
from tests.support.grid_chain import GridChain
from tests.support.sharing_chain import HOUR_MS, KWH, SeedValues, participants, terms

MARKET = MidMarket(3 * ENT // 10, ENT // 10)
"""0.2 a kWh; what expires 0.1."""


def energies(b: int, c: int, d: int) -> dict[int, int]:
    return {1: b * KWH, 2: c * KWH, 3: d * KWH}


def of(events: list[Any], kind: type[Any]) -> list[Any]:
    return [event for event in events if isinstance(event, kind)]


def booked(events: list[Any]) -> dict[str, CreditBooked]:
    names = {address(name): name for name in "ABCD"}
    return {names[event.account]: event for event in of(events, CreditBooked)}


def lots(chain: CreditChain, point: int) -> dict[int, int]:
    """By month, counted from the first; in kWh."""
    return {lot.until - chain.first_month: lot.energy_mwh // KWH for lot in chain.claims(point).lots}


def test_cr4_a_worked_example_by_hand() -> None:
    """B has three quarters of the plant, C one; claims live for two months, oldest first; what expires costs 0.1."""
    chain = CreditChain()
    chain.begin(monthly(STREET, lifetime=2, prices=MARKET))
    # Parts 60 and 20; B takes 30, C takes 10.
    first = booked(chain.bring(0, energies(30, 10, 80)))
    assert (lots(chain, 1), lots(chain, 2)) == ({2: 30}, {2: 10})
    assert (first["B"].cost, first["C"].cost, first["D"].revenue) == (6 * ENT, 2 * ENT, 8 * ENT)
    # Parts 15 and 5; B takes 10 of its old claim; C takes its claim, its part, and 35 from the grid.
    second = booked(chain.bring(1, energies(10, 50, 20)))
    assert (lots(chain, 1), lots(chain, 2)) == ({2: 20, 3: 15}, {})
    assert (second["B"].bought_mwh, second["C"].bought_mwh) == (10 * KWH, 15 * KWH)
    # Nobody delivers and B takes 5 of its oldest claim; 15 of it expire, and D is paid for both.
    third = booked(chain.bring(2, energies(5, 0, 0)))
    assert (lots(chain, 1), third["B"].expired_mwh, third["B"].carried_mwh) == ({3: 15}, 15 * KWH, 35 * KWH)
    assert (third["B"].cost, third["B"].expired_cost, third["D"].due) == (ENT, 3 * ENT // 2, -5 * ENT // 2)
    chain.bring(3, energies(0, 0, 0))
    assert chain.claims(1) == Claims((), 0)
    scheme = chain.scheme()
    assert (scheme.parts_mwh, scheme.shared_mwh, scheme.expired_mwh) == (100 * KWH, 70 * KWH, 30 * KWH)
    assert chain.has("D") == 100 * ENT + 14 * ENT + 3 * ENT


def test_cr2_a_month_waits_for_its_values_until_the_last_days_cut_off_and_then_counts_substitutes() -> None:
    chain = CreditChain()
    chain.begin(monthly(STREET, cut_off_ms=24 * HOUR_MS))
    slots = chain.slots(0)
    chain.month_over(0)
    assert of(chain.values(slots.start, energies(4, 2, 8)), MonthSettled) == []
    assert chain.month(0) is None
    events = chain.month_over(0, after_ms=24 * HOUR_MS)
    (settled,) = of(events, MonthSettled)
    assert (settled.run, settled.missing, settled.shared_mwh) == (1, 0, 6 * KWH)
    assert settled.substituted == 3 * (len(slots) - 1)
    late = chain.values(slots.stop - 1, {1: 3 * KWH})
    assert [(event.run, event.taken_mwh) for event in of(late, MonthSettled)] == [(2, 9 * KWH)]
    assert {event.account for event in of(late, CreditBooked)} == {address("B"), address("D")}


def test_cr7_a_correction_of_an_older_month_changes_claims_as_they_stand_and_rewrites_nothing() -> None:
    chain = CreditChain()
    chain.begin(monthly(STREET, lifetime=2, prices=MARKET))
    chain.bring(0, energies(30, 10, 80))
    chain.bring(1, energies(40, 0, 20))
    assert (lots(chain, 1), lots(chain, 2)) == ({3: 5}, {2: 10, 3: 5})
    rows = chain.entries_of(1)
    last = chain.slots(0).stop - 1
    # 12 kWh more were injected: 9 and 3 more are claims of the first month.
    chain.values(last, {3: 12 * KWH})
    assert (lots(chain, 1), lots(chain, 2)) == ({2: 9, 3: 5}, {2: 13, 3: 5})
    # B took 20 kWh more: 9 of that claim, 5 of the newest one, and 6 that it has taken since are owed.
    events = chain.values(last, {1: 20 * KWH})
    assert booked(events)["B"].bought_mwh == 20 * KWH
    assert (lots(chain, 1), chain.claims(1).owed_mwh) == ({}, 6 * KWH)
    assert chain.entries_of(1) == rows
    # The next part makes that good first: of 15 kWh 9 are left.
    chain.bring(2, energies(1, 0, 20))
    assert (lots(chain, 1), lots(chain, 2)) == ({4: 8}, {3: 5, 4: 5})
    scheme = chain.scheme()
    left = sum(chain.claims(point).net_mwh for point in (1, 2))
    assert scheme.parts_mwh == scheme.shared_mwh + scheme.expired_mwh + left


def test_cr5_who_leaves_or_closes_its_point_takes_in_its_last_month_and_what_is_left_expires() -> None:
    chain = CreditChain()
    chain.begin(monthly(STREET, lifetime=12, prices=MARKET))
    chain.bring(0, energies(0, 0, 40))
    assert chain.open(monthly(participants(p1=(1,), p3=())), scheme=1, from_slot=chain.slots(2).start).code == ""
    events = booked(chain.bring(1, energies(0, 4, 0)))
    assert (events["C"].bought_mwh, events["C"].expired_mwh, events["C"].expired_cost) == (
        4 * KWH,
        6 * KWH,
        6 * ENT // 10,
    )
    assert (lots(chain, 1), lots(chain, 2)) == ({12: 30}, {})
    close = chain.slots(2).start + 40
    chain.month_over(1)
    chain.block(after_ms=chain.clock.start_ms(close - 2) - chain.time_ms)
    chain.do("B", ClosePoint(1, close))
    assert of(chain.bring(2, {3: 8 * KWH}), MonthSettled) == []
    # Of a point that is closed in the month only the slots before that are waited for.
    chain.block([chain.tx("B", SeedValues(1, ValueSource.OWN, chain.slots(2).start, (0,) * 40))])
    events = booked(chain.work_off())
    assert (events["B"].credited_mwh, events["B"].expired_mwh, lots(chain, 1)) == (8 * KWH, 38 * KWH, {})


def test_cr5_a_scheme_that_is_closed_lets_all_claims_expire_and_is_forgotten_in_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ledger.sharing.credit_following.MONTH_ROWS_KEPT", 2)
    chain = CreditChain()
    chain.begin(monthly(STREET, lifetime=12, prices=MARKET))
    chain.bring(0, energies(0, 0, 40))
    closed = monthly((), lifetime=12, prices=MARKET)
    assert chain.open(closed, scheme=1, from_slot=chain.slots(2).start).code == ""
    events = booked(chain.bring(1, energies(3, 0, 0)))
    assert [events[name].expired_mwh for name in "BC"] == [27 * KWH, 10 * KWH]
    assert list(chain.reader.scan(OPEN_CLAIMS.number, b"", None)) == []
    for month in range(2, 5):
        chain.month_over(month, after_ms=31 * 24 * HOUR_MS)
    assert list(chain.reader.scan(MONTH_ROWS.number, b"", None)) == []
    assert list(chain.reader.scan(MONTH_SUMS.number, b"", None)) == []
    assert len(list(chain.reader.scan(CREDIT_MONTHS.number, b"", None))) == 2


def test_cr9_rows_are_kept_for_thirteen_months(monkeypatch: pytest.MonkeyPatch) -> None:
    """By a shorter limit, which is where the last test of limits looks too."""
    assert MONTH_ROWS_KEPT == 13
    monkeypatch.setattr("ledger.sharing.credit_following.MONTH_ROWS_KEPT", 1)
    chain = CreditChain()
    chain.begin(monthly(STREET, lifetime=1, cut_off_ms=24 * HOUR_MS))
    for month in range(3):
        chain.month_over(month, after_ms=25 * HOUR_MS)
    kept = {int.from_bytes(key[8:16], "big") - chain.first_month for key, _ in chain.reader.scan(211, b"", None)}
    assert kept == {1, 2}
    found = settled_month(chain.context(), 1, chain.first_month)
    assert found is not None
    assert (found.entries, found.month.run) == ((), 1)


@pytest.mark.parametrize("offset", [60, 120])
def test_cr1_a_month_with_a_changed_clock_has_its_own_slots(offset: int) -> None:
    """In December the clock changes by an hour: the month has one slot more or fewer."""
    changed = 1_702_000_800_000
    chain = CreditChain(offsets=(OffsetChange(0, 180 - offset), OffsetChange(changed, offset)))
    chain.begin(monthly(STREET))
    assert len(chain.slots(0)) == 31 * 24 + (1 if offset == 60 else -1)
    (settled,) = of(chain.bring(0, energies(3, 1, 4)), MonthSettled)
    assert (settled.shared_mwh, settled.missing, settled.substituted) == (4 * KWH, 0, 0)


def test_cr3_rows_say_who_may_take_how_much_of_which_producer_and_a_factor_counts_a_part() -> None:
    chain = CreditChain()
    rows = (PairShare(3, 1, PARTS // 2), PairShare(3, 2, PARTS // 4))
    half = tuple(replace(one, factor=PARTS // 2) if one.point == 3 else one for one in STREET)
    chain.begin(monthly(half, rows=rows))
    chain.bring(0, energies(1, 1, 16))
    assert (lots(chain, 1), lots(chain, 2)) == ({2: 3}, {2: 1})


def test_cr6_who_cannot_pay_owes_and_by_period_nothing_moves() -> None:
    chain = CreditChain(money=0)
    chain.begin(monthly(STREET))
    chain.bring(0, energies(3, 0, 8))
    assert debt_to(chain.state, address("B"), debt_pool(1)) == 3 * ENT // 10
    assert claims_of_pool(chain.state, debt_pool(1)) == 3 * ENT // 10
    assert debt_to(chain.state, run_account(1), debt_pool(1)) == 0
    other = CreditChain()
    other.begin(monthly(STREET, settlement=Settlement.PERIOD, fee=ENT // 100, fee_account=address("A")))
    other.bring(0, energies(3, 0, 8))
    assert other.has("B") == 100 * ENT
    month = other.first_month
    ((_scheme, _month, sums),) = sums_of(other.context(), address("B"), month, month + 1)
    assert (sums.bought_mwh, sums.cost, sums.fee) == (3 * KWH, 3 * ENT // 10, 3 * ENT // 100)
    ((_scheme, _month, credit),) = credit_sums_of(other.context(), address("B"), month, month + 1)
    assert (credit.credited_mwh, credit.claims_mwh) == (6 * KWH, 3 * KWH)


def test_cr8_rows_and_inputs_lead_to_the_roots_and_anyone_computes_them_anew() -> None:
    chain = CreditChain()
    chain.begin(monthly(STREET, prices=MARKET))
    chain.bring(0, energies(3, 1, 8))
    chain.values(chain.slots(0).stop - 1, {3: 4 * KWH})
    found = settled_month(chain.context(), 1, chain.first_month)
    assert found is not None
    assert found.month.run == 2
    points = [member.point for member in found.members]
    inputs = [entry.input for entry in found.entries]
    again = month_outcome(found.version.terms, found.members, chain.first_month, 2, inputs)
    assert again == list(found.entries)
    assert root_of(by_chunk(points, inputs)) == found.month.inputs_root
    prover = found.prover()
    for place in range(3):
        verify_point(
            found.month.rows_root, by_chunk(points, [one.row for one in again])[0][place], prover.of_row(place)
        )


def test_sc4_the_operators_values_take_the_place_of_ours() -> None:
    chain = CreditChain()
    chain.begin(monthly(STREET, sources=SourceOrder.OWN_THEN_OPERATOR))
    chain.bring(0, energies(3, 1, 8))
    events = chain.values(chain.slots(0).start, {1: 5 * KWH}, source=ValueSource.OPERATOR)
    assert [(event.run, event.taken_mwh) for event in of(events, MonthSettled)] == [(2, 9 * KWH)]
    assert of(chain.values(chain.slots(0).start, {1: 4 * KWH}), MonthSettled) == []


def test_cr7_after_35_days_a_value_is_refused_and_nothing_changes() -> None:
    chain = CreditChain()
    chain.begin(monthly(STREET))
    chain.bring(0, energies(3, 1, 8))
    chain.month_over(1, after_ms=8 * 24 * HOUR_MS)
    before = chain.entries_of(0)
    receipt = chain.try_("B", SeedValues(1, ValueSource.OWN, chain.slots(0).stop - 1, (KWH,)))
    assert receipt.code == "slot_not_kept"
    assert chain.entries_of(0) == before


def test_cr10_the_grid_charges_a_slots_energy_as_if_nothing_were_shared() -> None:
    """Half of B's energy counts by the month; of another half, by the slot, a run says what was not shared."""
    chain = GridChain(slot_ms=HOUR_MS)
    clock = clock_of(chain.context())
    first = first_slot_of_month(clock, clock.local_month(START_MS // HOUR_MS) + 1)
    half = tuple(replace(one, factor=PARTS // 2) if one.point == 1 else one for one in STREET)
    chain.open(monthly(half), from_slot=first)
    chain.open(terms((replace(half[0], keys=(1,)),), rule=AllocationRule(Dynamic())), from_slot=first + 1)
    chain.block(after_ms=(first + 2) * HOUR_MS - chain.time_ms)
    chain.work_off()
    chain.values(first, {1: 2 * KWH, 3: 4 * KWH})
    assert chain.lines("B")[LineKind.RETAIL, ""][0] == 2 * KWH
    assert chain.lines("D")[LineKind.FEED_IN, ""][0] == 4 * KWH
    # In the next slot another scheme counts half of it; that run tells the whole half, since nobody injects there.
    events = chain.values(first + 1, {1: 2 * KWH})
    assert [(event.scheme, event.slot) for event in of(events, SlotSettled)] == [(2, first + 1)]
    assert chain.lines("B")[LineKind.RETAIL, ""][0] == 4 * KWH


BAD: list[tuple[str, dict[str, Any], int]] = [
    ("in the middle of a month", {}, 24),
    ("by the hour too", {"rule": AllocationRule(Credit((), 2), hourly=True)}, 0),
    ("without a producer", {"participants": participants(p1=(1,))}, 0),
    ("without a consumer", {"participants": participants(p3=())}, 0),
]


@pytest.mark.parametrize(("why", "changes", "later"), BAD, ids=[why for why, *_ in BAD])
def test_cr1_what_cannot_be_a_scheme_by_the_month_is_refused(why: str, changes: dict[str, Any], later: int) -> None:
    chain = CreditChain()
    assert why
    change = ChangeScheme(0, chain.slots(0).start + later, replace(monthly(STREET), **changes))
    assert chain.try_("D", change).code == "bad_scheme"


def test_cr1_a_month_in_whose_first_slot_nothing_holds_is_passed_over() -> None:
    """As where votes let the clock change between: the scheme's first slot lies in the month, and is not its first."""
    chain = CreditChain()
    chain.open(monthly(STREET), from_slot=chain.slots(1).start)
    context, month = chain.context(), chain.first_month
    found = replace(chain.scheme(), next_month=month, waiting=(month,))
    context.state.put(CREDIT_SCHEMES, big_endian(1), found)
    assert not credit_step(context, big_endian(1))
    assert context.get(CREDIT_SCHEMES, big_endian(1)) == replace(found, next_month=month + 1, waiting=())


def test_cr1_a_scheme_settles_by_the_month_for_good_or_never() -> None:
    chain = CreditChain()
    chain.begin(monthly(STREET))
    other = monthly(STREET, rule=AllocationRule(Dynamic()))
    assert chain.try_("D", ChangeScheme(1, chain.slots(1).start, other)).code == "bad_scheme"
    chain.open(monthly((), lifetime=2), scheme=1, from_slot=chain.slots(1).start)
    chain.open(other, from_slot=chain.slots(1).start)
    assert chain.try_("D", ChangeScheme(2, chain.slots(2).start, monthly(STREET))).code == "bad_scheme"
