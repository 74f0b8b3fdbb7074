"""The grid account, rule by rule (GA1 to GA12)."""

from __future__ import annotations

from typing import Any, TypeVar

import pytest
from msgspec.structs import replace

from harness.chain import ENT, address
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.payloads import LockWithdrawal, MintCurrency, Transfer, UnlockCurrency
from ledger.chain.context import Context
from ledger.chain.header import Event
from ledger.chain.postings import AVAILABLE
from ledger.chain.protocol import context_at
from ledger.debts.queries import claim_on, debt_to
from ledger.encoding.codec import encode
from ledger.energy.payloads import OpenSession
from ledger.errors import GenesisError, Refused
from ledger.grid.booking import CHARGES, CREDITS
from ledger.grid.events import GridBooked, GridClaimPaid, GridDebtPaid, GridExcess, GridUnpaid
from ledger.grid.following import follow_rests
from ledger.grid.genesis import GRID_SECTION, GridMode
from ledger.grid.payloads import AssignTariff, SetGridTerms, SetPointTariff, SetTariff
from ledger.grid.postings import line_name
from ledger.grid.schema import GridLine, LineKind
from ledger.grid.tariffs import Levy, RateStep, TimeRate, ZoneFee, check_tariff, constant, day_place, unfolded
from ledger.grid.terms import check_set_tariff, is_grid_operator
from ledger.sharing.points import PointRest
from ledger.sharing.scheme_terms import SourceOrder
from ledger.slots.clock import SlotClock
from ledger.slots.payloads import AlterPoint, ChangePoint
from ledger.slots.schema import Direction, OffsetChange, ValueSource
from ledger.upgrades.payloads import PlanUpgrade
from market.module import MARKET_MODULES
from market.transactions import PlaceOrder
from market.types import OrderKind, Side
from tests.support.grid_chain import GridChain
from tests.support.grid_tariffs import FEE, FEED_IN, LEVY, RETAIL, tariff
from tests.support.sharing_chain import FIRST_SLOT, KWH, SeedValues, SharingChain, participants, terms

E = TypeVar("E", bound=Event)
MEMBERS = participants(p1=(1,), p2=(1,), p3=())
QUARTER_MS = 900_000


def of(events: Any, kind: type[E]) -> list[E]:
    return [event for event in events if isinstance(event, kind)]


def code(chain: GridChain, name: str, payload: Any) -> str:
    return chain.try_(name, payload).code


def after(slot: int = FIRST_SLOT, **section: Any) -> GridChain:
    """A chain in which this slot is over."""
    chain = GridChain(**section)
    chain.until(slot)
    return chain


# --- what is charged -------------------------------------------------------------------------------------------------


def test_ga5_what_is_drawn_costs_retail_fee_and_levy_and_what_is_fed_in_is_paid() -> None:
    chain = after()
    events = of(chain.values(FIRST_SLOT, {1: 2 * KWH, 3: KWH}), GridBooked)
    assert [(event.account, event.paid, event.received) for event in events] == [
        (address("B"), 2 * (RETAIL + FEE + LEVY), 0), (address("D"), 0, FEED_IN),
    ]  # fmt: skip
    assert events[0].lines == (
        GridLine(LineKind.RETAIL, "", 2 * KWH, 2 * RETAIL),
        GridLine(LineKind.GRID_FEE, "grid>", 2 * KWH, 2 * FEE),
        GridLine(LineKind.LEVY, "green", 2 * KWH, 2 * LEVY),
    )
    assert chain.has("B") == 100 * ENT - 2 * (RETAIL + FEE + LEVY)
    assert chain.has("O") == 100 * ENT + 2 * (RETAIL + FEE + LEVY) - FEED_IN
    assert chain.lines("D") == {(LineKind.FEED_IN, ""): (KWH, -FEED_IN)}


def test_ga5_shared_energy_pays_the_fee_of_its_pair_of_zones_and_the_levies_that_say_so() -> None:
    fees = (
        ZoneFee("grid", "*", constant(FEE)), ZoneFee("south", "", constant(5)), ZoneFee("*", "", constant(2_000_000)),
    )  # fmt: skip
    levies = (Levy("all", constant(1_000_000), True), Levy("rest", constant(3_000_000), False))
    chain = after(tariffs=(tariff(zone_fees=fees, levies=levies),))
    context = context_of(chain)
    rest = PointRest(
        1, address("B"), Direction.OFFTAKE, (0, KWH), (0, 2 * KWH), ("north", "south"),
        ((0, 0), (0, 0)), ((3 * KWH, 0), (400_000, KWH)),
    )  # fmt: skip
    follow_rests(context, 7, (FIRST_SLOT, FIRST_SLOT + 1), (rest,))
    (booked,) = of(context.events, GridBooked)
    assert {(line.kind, line.name): (line.energy_mwh, line.amount) for line in booked.lines} == {
        (LineKind.RETAIL, ""): (KWH, RETAIL),
        (LineKind.GRID_FEE, "grid>"): (KWH, FEE),
        (LineKind.GRID_FEE, "north>"): (3 * KWH, 6_000_000),
        (LineKind.GRID_FEE, "south>"): (1_400_000, 2 + 5),
        (LineKind.LEVY, "all"): (KWH, 1_000_000),
        (LineKind.SHARED_LEVY, "all"): (4_400_000, 4_400_000),
        (LineKind.LEVY, "rest"): (KWH, 3_000_000),
    }


def test_ga5_a_slot_keeps_the_zone_that_its_point_had() -> None:
    fees = (ZoneFee("grid", "", constant(FEE)), ZoneFee("grid", "far", constant(2 * FEE)))
    chain = GridChain(tariffs=(tariff(zone_fees=fees, levies=()),))
    chain.until(FIRST_SLOT)
    chain.values(FIRST_SLOT, {1: 2 * KWH})
    chain.vote(AlterPoint(ChangePoint(1, "far", 1)))
    chain.until(FIRST_SLOT + 2)
    receipt = chain.do("B", SeedValues(1, ValueSource.OWN, FIRST_SLOT, (KWH,) * 3))
    assert len(of(receipt.events, GridBooked)) == 1
    assert chain.lines("B") == {
        (LineKind.RETAIL, ""): (3 * KWH, 3 * RETAIL),
        (LineKind.GRID_FEE, "grid>"): (2 * KWH, 2 * FEE),
        (LineKind.GRID_FEE, "grid>far"): (KWH, 2 * FEE),
    }


def test_ga6_a_correction_books_the_difference_to_the_unit() -> None:
    chain = after()
    chain.values(FIRST_SLOT, {1: 1_000_001})
    events = of(chain.values(FIRST_SLOT, {1: 3}), GridBooked)
    assert events[0].lines == (
        GridLine(LineKind.RETAIL, "", -999_998, 3 * RETAIL // KWH - 1_000_001 * RETAIL // KWH),
        GridLine(LineKind.GRID_FEE, "grid>", -999_998, 3 * FEE // KWH - 1_000_001 * FEE // KWH),
        GridLine(LineKind.LEVY, "green", -999_998, 3 * LEVY // KWH - 1_000_001 * LEVY // KWH),
    )
    assert events[0].received == 100 * ENT - 3 * (RETAIL + FEE + LEVY) // KWH - (100 * ENT - 1_000_001 * 380)
    assert chain.has("B") == 100 * ENT - 3 * 380


def test_ga6_in_a_scheme_only_what_was_not_shared_is_charged() -> None:
    chain = GridChain()
    chain.open(terms(MEMBERS))
    chain.until(FIRST_SLOT)
    events = of(chain.values(FIRST_SLOT, {1: 2 * KWH, 2: KWH, 3: 2 * KWH}), GridBooked)
    drawn = {event.account: event.lines[0].energy_mwh for event in events}
    assert drawn == {address("B"): 2 * KWH // 3 + 1, address("C"): KWH // 3}
    assert {event.scheme for event in events} == {1}
    later = of(chain.values(FIRST_SLOT, {3: 3 * KWH}), GridBooked)
    assert sum(event.lines[0].energy_mwh for event in later) == -KWH
    assert chain.lines("B") == chain.lines("C") == {}


def test_ga6_what_no_factor_gives_to_a_scheme_is_charged_as_values_come() -> None:
    chain = GridChain()
    members = tuple(replace(member, factor=6 * 10**8) for member in MEMBERS)
    chain.open(terms(members))
    chain.until(FIRST_SLOT)
    events = of(chain.values(FIRST_SLOT, {1: KWH}), GridBooked)
    assert [(event.scheme, event.lines[0].energy_mwh) for event in events] == [(0, 4 * KWH // 10)]
    events = of(chain.values(FIRST_SLOT, {2: 0, 3: KWH}), GridBooked)
    assert [(event.scheme, event.account, event.lines[0].energy_mwh) for event in events] == [
        (0, address("D"), 4 * KWH // 10),
    ]  # fmt: skip


def test_ga6_the_operators_values_take_the_place_of_ours_where_they_are_there() -> None:
    chain = after(sources=SourceOrder.OWN_THEN_OPERATOR)
    chain.values(FIRST_SLOT, {1: 3 * KWH})
    chain.values(FIRST_SLOT, {1: 2 * KWH}, source=ValueSource.OPERATOR)
    assert chain.lines("B")[LineKind.RETAIL, ""] == (2 * KWH, 2 * RETAIL)
    assert not of(chain.values(FIRST_SLOT, {1: 5 * KWH}), GridBooked)
    only = after(sources=SourceOrder.OPERATOR)
    assert not of(only.values(FIRST_SLOT, {1: KWH}), GridBooked)
    assert of(only.values(FIRST_SLOT, {1: KWH}, source=ValueSource.OPERATOR), GridBooked)


def test_ga6_one_event_for_a_point_and_what_brought_its_values_not_one_a_slot() -> None:
    chain = after(FIRST_SLOT + 95)
    receipt = chain.do("B", SeedValues(1, ValueSource.OWN, FIRST_SLOT, (KWH,) * 96))
    booked = of(receipt.events, GridBooked)
    assert [(event.first_slot, event.count, event.lines[0].amount) for event in booked] == [
        (FIRST_SLOT, 96, 96 * RETAIL)
    ]


# --- tariffs ---------------------------------------------------------------------------------------------------------


def test_ga2_a_tariff_changes_at_the_boundary_of_a_slot_and_never_before() -> None:
    chain = GridChain()
    with pytest.raises(Refused, match="slot to come"):
        check_set_tariff(context_of(chain), SetTariff(1, chain.time_ms // QUARTER_MS, tariff()))
    chain.vote(SetTariff(1, FIRST_SLOT + 1, tariff(retail=constant(ENT))))
    chain.until(FIRST_SLOT + 2)
    for slot in range(3):
        chain.values(FIRST_SLOT + slot, {1: KWH})
    assert chain.lines("B")[LineKind.RETAIL, ""] == (3 * KWH, RETAIL + 2 * ENT)
    receipt = chain.do("B", SeedValues(1, ValueSource.OWN, FIRST_SLOT, (2 * KWH,) * 3))
    assert [event.lines[0].amount for event in of(receipt.events, GridBooked)] == [RETAIL + 2 * ENT]


def context_of(chain: GridChain) -> Context:
    return context_at(chain.registry, chain.state, chain.genesis, 99, chain.time_ms)


def test_ga3_rates_go_by_the_clock_on_the_wall_and_the_kind_of_day() -> None:
    night = (RateStep(0, 10), RateStep(24, 30), RateStep(88, 10))
    table = TimeRate(night, (RateStep(0, 20),), (RateStep(0, 5),))
    summer, winter = OffsetChange(1_774_746_000_000, 120), OffsetChange(1_792_890_000_000, 60)
    holiday = 20_454
    clock = SlotClock(QUARTER_MS, (OffsetChange(0, 60), summer, winter), (holiday,))
    first = clock.first_slot_of_day

    def day(number: int) -> list[int]:
        slots = range(first(number), first(number) + clock.slots_of_day(number))
        return [unfolded(table)[day_place(clock, slot)] for slot in slots]

    friday = holiday + 1
    assert day(friday) == [10] * 24 + [30] * 64 + [10] * 8
    assert day(holiday) == [5] * 96
    assert day(friday + 1) == [20] * 96
    assert day(friday + 2) == [5] * 96
    spring, autumn = 20_541, 20_751
    plain = TimeRate(tuple(RateStep(quarter, quarter) for quarter in range(96)), (), ())
    slots = {number: range(first(number), first(number + 1)) for number in (spring, autumn)}
    assert [unfolded(plain)[day_place(clock, slot)] for slot in slots[spring]] == [*range(8), *range(12, 96)]
    assert [unfolded(plain)[day_place(clock, slot)] for slot in slots[autumn]] == [*range(12), *range(8, 96)]


def test_ga2_tables_that_contradict_themselves_are_refused() -> None:
    bad = [
        tariff(retail=TimeRate((RateStep(1, 5),))),
        tariff(feed_in=TimeRate((RateStep(0, 5), RateStep(0, 6)))),
        tariff(levies=(Levy("a", constant(1), False), Levy("a", constant(1), True))),
        tariff(zone_fees=(ZoneFee("a", "b", constant(1)), ZoneFee("a", "b", constant(2)))),
    ]
    for made in bad:
        with pytest.raises(Refused) as refused:
            check_tariff(made, QUARTER_MS)
        assert refused.value.code == "bad_tariff"
    with pytest.raises(Refused, match="boundary of a slot"):
        check_tariff(tariff(retail=TimeRate((RateStep(0, 1), RateStep(2, 1)))), 4 * QUARTER_MS)
    check_tariff(tariff(retail=TimeRate((RateStep(0, 1), RateStep(2, 1)))), QUARTER_MS // 3)


def test_ga4_a_point_has_the_tariff_that_it_was_given_from_a_slot_on() -> None:
    chain = GridChain(tariffs=(tariff(), tariff(name="night", retail=constant(ENT))))
    assert code(chain, "B", AssignTariff(2, FIRST_SLOT + 1, (1,))) == "not_the_grid_operator"
    assert code(chain, "O", AssignTariff(9, FIRST_SLOT + 1, (1,))) == "unknown_tariff"
    assert code(chain, "O", AssignTariff(2, FIRST_SLOT + 1, (77,))) == "unknown_point"
    chain.do("O", AssignTariff(2, FIRST_SLOT + 1, (1,)))
    chain.vote(SetPointTariff(0, FIRST_SLOT + 2, (1,)))
    chain.until(FIRST_SLOT + 2)
    receipt = chain.do("B", SeedValues(1, ValueSource.OWN, FIRST_SLOT, (KWH,) * 3))
    assert [event.lines[0].amount for event in of(receipt.events, GridBooked)] == [RETAIL + ENT + RETAIL]


def test_ga4_a_point_without_a_tariff_is_not_charged() -> None:
    chain = after(default=0)
    assert not of(chain.values(FIRST_SLOT, {1: KWH}), GridBooked)


def test_ga1_voters_name_another_operator() -> None:
    chain = after()
    chain.vote(SetGridTerms(address("C"), CURRENCY_ASSET, 0, False))
    chain.values(FIRST_SLOT, {1: KWH})
    assert chain.has("C") == 100 * ENT + RETAIL + FEE + LEVY
    assert code(chain, "C", AssignTariff(0, FIRST_SLOT + 9, (1,))) == ""
    assert is_grid_operator(context_of(chain), address("C"))
    assert not is_grid_operator(context_of(chain), address("O"))


# --- debts -----------------------------------------------------------------------------------------------------------


def test_ga7_who_cannot_pay_owes_and_what_comes_in_pays_it_first() -> None:
    chain = after(money=0)
    (booked,) = of(chain.values(FIRST_SLOT, {1: KWH}), GridBooked)
    due = RETAIL + FEE + LEVY
    assert (booked.paid, booked.owes) == (0, due)
    receipt = chain.do("bank", MintCurrency(CURRENCY_ASSET, address("B"), RETAIL))
    assert of(receipt.events, GridDebtPaid) == [GridDebtPaid(address("B"), CHARGES.account, CURRENCY_ASSET, RETAIL)]
    chain.block()
    assert of(chain.own_events(), GridClaimPaid) == [
        GridClaimPaid(address("O"), CHARGES.account, CURRENCY_ASSET, RETAIL)
    ]
    assert (chain.has("B"), chain.has("O"), debt_to(chain.state, address("B"), CHARGES)) == (0, RETAIL, FEE + LEVY)


def test_ga7_what_could_not_be_paid_is_the_last_lines() -> None:
    chain = after(money=0)
    chain.do("bank", MintCurrency(CURRENCY_ASSET, address("B"), RETAIL + FEE // 2))
    events = of(chain.values(FIRST_SLOT, {1: KWH}), GridBooked)
    lines = [line for line in chain.registry.postings_of(events[0], CURRENCY_ASSET) if line.holder == address("B")]
    assert [(line.line, line.bucket, line.amount) for line in lines] == [
        ("retail", AVAILABLE, -RETAIL), ("grid_fee:grid>", AVAILABLE, -(FEE // 2)),
    ]  # fmt: skip
    assert line_name(events[0].lines[2]) == "levy:green"


def test_ga8_what_the_operator_cannot_pay_it_owes_and_pays_first_from_what_members_pay() -> None:
    chain = after(money=0)
    (booked,) = of(chain.values(FIRST_SLOT, {3: 10 * KWH}), GridBooked)
    assert booked.is_owed == claim_on(chain.state, address("D"), CREDITS) == 10 * FEED_IN
    chain.do("bank", MintCurrency(CURRENCY_ASSET, address("B"), ENT))
    chain.values(FIRST_SLOT, {1: KWH})
    assert (chain.has("O"), chain.has("D")) == (0, RETAIL + FEE + LEVY)


def test_ga9_from_the_mark_on_nothing_is_bound_until_it_is_paid() -> None:
    chain = after(money=0, modules=MARKET_MODULES)
    chain.mark(RETAIL)
    blocked = of(chain.values(FIRST_SLOT, {1: KWH}), GridUnpaid)
    due = RETAIL + FEE + LEVY
    assert blocked == [GridUnpaid(address("B"), CURRENCY_ASSET, due, RETAIL, True)]
    order = PlaceOrder(1, Side.BUY, OrderKind.LIMIT, ENT // 5, ENT, 0)
    for payload in (order, OpenSession(address("U1"), ENT, 0), LockWithdrawal(CURRENCY_ASSET, 1)):
        assert code(chain, "B", payload) == "grid_unpaid"
    receipt = chain.do("bank", MintCurrency(CURRENCY_ASSET, address("B"), FEE + LEVY + 1))
    assert of(receipt.events, GridUnpaid) == [GridUnpaid(address("B"), CURRENCY_ASSET, RETAIL - 1, RETAIL, False)]
    assert code(chain, "B", LockWithdrawal(CURRENCY_ASSET, 1)) == "insufficient_balance"


def test_ga9_released_locks_pay_the_debt_first() -> None:
    chain = after(modules=MARKET_MODULES)
    chain.do("B", LockWithdrawal(CURRENCY_ASSET, 60 * ENT))
    chain.do("B", PlaceOrder(1, Side.BUY, OrderKind.LIMIT, ENT, 30 * ENT, chain.time_ms + 60_000))
    chain.values(FIRST_SLOT, {1: 100 * KWH})
    owed = 100 * (RETAIL + FEE + LEVY) - 10 * ENT
    assert debt_to(chain.state, address("B"), CHARGES) == owed
    chain.block(after_ms=60_000)
    assert debt_to(chain.state, address("B"), CHARGES) == 0 == owed - 28 * ENT
    assert chain.has("B") == 2 * ENT
    chain.do("bank", UnlockCurrency(CURRENCY_ASSET, address("B"), 60 * ENT))
    assert chain.has("B") == 62 * ENT
    chain.work_off()
    assert chain.has("O") == 100 * ENT + 38 * ENT


# --- other modes, the market -----------------------------------------------------------------------------------------


def test_ga10_a_supplier_that_bills_by_itself_has_the_same_figures_and_nothing_moves() -> None:
    ours, theirs = after(), after(mode=GridMode.EXTERNAL)
    values = {1: 2 * KWH, 3: KWH}
    ours.values(FIRST_SLOT, values)
    events = of(theirs.values(FIRST_SLOT, values), GridBooked)
    assert all(event.external and not event.paid and not event.owes for event in events)
    assert theirs.lines("B") == ours.lines("B")
    assert [theirs.has(name) for name in "BDO"] == [100 * ENT] * 3
    assert not [line for event in events for line in theirs.registry.postings_of(event, CURRENCY_ASSET)]


def test_ga10_on_an_island_what_is_drawn_beyond_what_is_shared_raises_an_alarm() -> None:
    chain = GridChain(mode=GridMode.ISLAND)
    chain.open(terms(participants(p1=(1,), p3=())))
    chain.until(FIRST_SLOT)
    events = chain.values(FIRST_SLOT, {1: 3 * KWH, 2: KWH, 3: 2 * KWH})
    assert of(events, GridExcess) == [
        GridExcess(address("C"), 2, 0, FIRST_SLOT, 1, KWH), GridExcess(address("B"), 1, 1, FIRST_SLOT, 1, KWH),
    ]  # fmt: skip
    assert not of(events, GridBooked)


def test_ga11_voters_bind_prices_of_energy_to_the_band() -> None:
    chain = after(modules=MARKET_MODULES)
    low = PlaceOrder(1, Side.BUY, OrderKind.LIMIT, ENT // 100, ENT, 0)
    assert code(chain, "B", low) == ""
    chain.mark(0, band=True)
    assert code(chain, "B", low) == "price_out_of_band"
    assert code(chain, "B", replace(low, price=ENT)) == "price_out_of_band"
    assert code(chain, "B", replace(low, price=ENT // 5)) == ""


def test_ga1_a_section_that_contradicts_itself_is_refused() -> None:
    chain = GridChain()
    section = GRID_SECTION.of(chain.genesis)
    for made in (replace(section, asset=1), replace(section, default=2), replace(section, tariffs=(tariff(asset=1),))):
        with pytest.raises(GenesisError):
            GRID_SECTION.check(chain.genesis, made)


def test_ga7_a_transfer_to_who_owes_pays_the_grid_before_the_scheme() -> None:
    chain = GridChain(money=0)
    chain.open(terms(participants(p1=(1,), p3=())))
    chain.until(FIRST_SLOT)
    chain.values(FIRST_SLOT, {1: 2 * KWH, 3: KWH})
    chain.do("bank", MintCurrency(CURRENCY_ASSET, address("C"), ENT))
    receipt = chain.do("C", Transfer(CURRENCY_ASSET, address("B"), RETAIL))
    assert [type(event) for event in receipt.events if "DebtPaid" in type(event).__name__][-1] is GridDebtPaid


def test_ga2_a_vote_switches_the_module_on_and_slots_before_are_not_charged() -> None:
    on = GRID_SECTION.of(GridChain().genesis)
    chain = SharingChain()
    chain.until(FIRST_SLOT - 1)
    chain.values(FIRST_SLOT - 1, {1: KWH})
    height = chain.blocks[-1].header.height + 3
    chain.vote(PlanUpgrade(height, 1, "grid", encode(on), ""))
    for _ in range(3):
        chain.block()
    chain.until(FIRST_SLOT + 1)
    assert not of(chain.values(FIRST_SLOT - 1, {1: 5 * KWH}), GridBooked)
    (booked,) = of(chain.values(FIRST_SLOT + 1, {1: KWH}), GridBooked)
    assert booked.paid == RETAIL + FEE + LEVY
