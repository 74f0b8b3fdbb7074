"""Schemes, runs, corrections, money (rules SC1 to SC12)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

import pytest
from msgspec.structs import replace

from harness.chain import ENT, address
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.payloads import MintCurrency, Transfer
from ledger.chain.context import Context
from ledger.chain.header import Event
from ledger.chain.parameters import DAY_MS, PARTS
from ledger.chain.registry import Module
from ledger.encoding.codec import encode
from ledger.sharing.allocation_rules import AllocationRule, Cascade, Credit, Dynamic, PairsEachSlot, Static
from ledger.sharing.events import ClaimPaid, DebtPaid, SchemeChanged, ShareBooked, SlotSettled, SourcesDiffer
from ledger.sharing.payloads import ChangeScheme, SetScheme
from ledger.sharing.points import POINTS_SETTLED, PointRest
from ledger.sharing.price_rules import FixedByProducer, ProducerPrice
from ledger.sharing.queries import settled_run
from ledger.sharing.schema import FOLDED_DAYS, SCHEME_SUMS, FoldedDay
from ledger.sharing.scheme_terms import SchemeTerms, Settlement, SourceOrder
from ledger.sharing.versions import pool_of, version_at
from ledger.slots.payloads import ClosePoint
from ledger.slots.schema import Direction, SlotState, ValueSource
from ledger.state.merkle import list_root
from ledger.state.table import big_endian
from tests.support.free_places import FREE
from tests.support.sharing_chain import (
    FIRST_SLOT,
    HOUR_MS,
    KWH,
    LAST_SLOT,
    SeedPoint,
    SharingChain,
    participants,
    terms,
)

E = TypeVar("E", bound=Event)
MEMBERS = participants(p1=(1,), p2=(1,), p3=())
FULL = {1: 2 * KWH, 2: KWH, 3: 6 * KWH}


def of(events: Iterable[Event], kind: type[E]) -> list[E]:
    return [event for event in events if isinstance(event, kind)]


def test_sc5_a_slot_is_settled_when_all_its_values_are_there_and_money_moves_at_once() -> None:
    chain = SharingChain()
    chain.open(terms(MEMBERS))
    chain.until(FIRST_SLOT)
    assert of(chain.values(FIRST_SLOT, {1: 2 * KWH, 3: 6 * KWH}), SlotSettled) == []
    settled = of(chain.values(FIRST_SLOT, {2: KWH}), SlotSettled)
    assert [(event.run, event.substituted, event.shared_mwh, event.paid) for event in settled] == [
        (1, 0, 3 * KWH, 3 * ENT // 10)
    ]
    assert (chain.has("B"), chain.has("C"), chain.has("D")) == (
        100 * ENT - ENT // 5, 100 * ENT - ENT // 10, 100 * ENT + 3 * ENT // 10,
    )  # fmt: skip


def test_sc8_a_later_value_makes_another_run_that_posts_the_difference_alone() -> None:
    chain = SharingChain()
    chain.open(terms(MEMBERS))
    chain.until(FIRST_SLOT)
    chain.values(FIRST_SLOT, FULL)
    events = chain.values(FIRST_SLOT, {1: KWH})
    booked = {event.account: event for event in of(events, ShareBooked)}
    assert [event.run for event in of(events, SlotSettled)] == [2]
    assert set(booked) == {address("B"), address("D")}
    assert (booked[address("B")].cost, booked[address("B")].received) == (-ENT // 10, ENT // 10)
    assert chain.has("B") == chain.has("C") == 100 * ENT - ENT // 10
    assert of(chain.values(FIRST_SLOT, {1: KWH}), SlotSettled) == []


def test_sc8_who_bills_what_is_not_shared_hears_of_each_point_s_rest_before_and_after_a_run() -> None:
    heard: list[tuple[int, tuple[int, ...], tuple[PointRest, ...]]] = []

    def listen(_context: Context, scheme: int, slots: tuple[int, ...], rests: tuple[PointRest, ...]) -> None:
        heard.append((scheme, slots, rests))

    chain = SharingChain(modules=(Module("listener", FREE, hooks=(POINTS_SETTLED.by(listen),)),))
    chain.open(terms(MEMBERS))
    chain.until(FIRST_SLOT)
    chain.values(FIRST_SLOT, FULL)
    owners = [(1, address("B"), Direction.OFFTAKE), (2, address("C"), Direction.OFFTAKE)]
    first = (
        *(PointRest(*owner, (0,), (0,)) for owner in owners),
        PointRest(3, address("D"), Direction.INJECTION, (0,), (3 * KWH,)),
    )
    assert (1, (FIRST_SLOT,), first) in heard
    chain.values(FIRST_SLOT, {1: 9 * KWH})
    scheme, slots, rests = heard[-1]
    assert (scheme, slots) == (1, (FIRST_SLOT,))
    assert [(rest.point, rest.before, rest.after) for rest in rests] == [
        (1, (0,), (3_600_000,)), (2, (0,), (400_000,)), (3, (3 * KWH,), (0,)),
    ]  # fmt: skip


def test_sc7_at_the_cut_off_what_is_missing_is_substituted_and_marked() -> None:
    chain = SharingChain()
    chain.open(terms(MEMBERS))
    chain.do("D", ChangeScheme(1, FIRST_SLOT + 1, terms(())))
    chain.until(FIRST_SLOT)
    chain.values(FIRST_SLOT, {1: 2 * KWH, 3: 6 * KWH})
    assert of(chain.until(LAST_SLOT, after_ms=72 * HOUR_MS - 1), SlotSettled) == []
    settled = of(chain.until(LAST_SLOT, after_ms=72 * HOUR_MS), SlotSettled)
    assert [(event.slot, event.run, event.substituted) for event in settled] == [(FIRST_SLOT, 1, 1)]
    run = settled_run(chain.context(), 1, FIRST_SLOT)
    assert run is not None
    assert [found.state for found in run.inputs] == [SlotState.MEASURED, SlotState.SUBSTITUTED, SlotState.MEASURED]
    late = of(chain.values(FIRST_SLOT, {2: KWH}), SlotSettled)
    assert [(event.run, event.substituted, event.shared_mwh) for event in late] == [(2, 0, 3 * KWH)]


def test_sc7_slots_without_any_value_are_settled_together_at_the_cut_off_of_their_day() -> None:
    chain = SharingChain()
    chain.open(terms(MEMBERS), from_slot=LAST_SLOT - 3)
    events = chain.until(LAST_SLOT + 96, after_ms=72 * HOUR_MS)
    settled = [(event.slot, event.day_run, event.substituted) for event in of(events, SlotSettled)]
    assert settled == [(slot, 1, 3) for slot in range(LAST_SLOT - 3, LAST_SLOT + 97)]


def test_sc2_a_change_holds_from_a_slot_to_come_and_a_correction_keeps_the_old_rule() -> None:
    chain = SharingChain()
    chain.open(terms(MEMBERS))
    chain.until(FIRST_SLOT)
    chain.values(FIRST_SLOT, FULL | {3: 2 * KWH})
    by_key = terms(participants(p1=(3,), p2=(1,), p3=()), Static())
    with pytest.raises(AssertionError, match="slot_not_to_come"):
        chain.do("D", ChangeScheme(1, FIRST_SLOT + 1, by_key))
    chain.do("D", ChangeScheme(1, FIRST_SLOT + 2, by_key))
    version = version_at(chain.state, 1, FIRST_SLOT + 1)
    assert version is not None
    assert version.version == 1
    chain.until(FIRST_SLOT + 2)
    later = of(chain.values(FIRST_SLOT + 2, FULL | {3: 2 * KWH}), ShareBooked)
    assert {event.account: event.bought_mwh for event in later if event.bought_mwh} == {
        address("B"): 3 * KWH // 2, address("C"): KWH // 2,
    }  # fmt: skip
    corrected = chain.values(FIRST_SLOT, {3: 3 * KWH})
    assert [(event.version, event.run, event.shared_mwh) for event in of(corrected, SlotSettled)] == [(1, 2, 3 * KWH)]


def test_sc12_who_is_short_owes_and_pays_first_from_what_comes_in() -> None:
    chain = SharingChain(balances=())
    chain.open(terms(MEMBERS))
    chain.until(FIRST_SLOT)
    booked = {event.account: event for event in of(chain.values(FIRST_SLOT, FULL), ShareBooked)}
    assert (booked[address("B")].owes, booked[address("D")].is_owed) == (ENT // 5, 3 * ENT // 10)
    receipt = chain.do("bank", MintCurrency(CURRENCY_ASSET, address("B"), ENT // 20))
    assert of(receipt.events, DebtPaid) == [DebtPaid(address("B"), pool_of(1), CURRENCY_ASSET, 1, ENT // 20)]
    chain.block()
    assert of(chain.own_events(), ClaimPaid) == [ClaimPaid(address("D"), pool_of(1), CURRENCY_ASSET, 1, ENT // 20)]
    assert (chain.has("B"), chain.has("D")) == (0, ENT // 20)
    chain.do("bank", MintCurrency(CURRENCY_ASSET, address("C"), ENT))
    chain.do("C", Transfer(CURRENCY_ASSET, address("B"), ENT // 2))
    chain.block()
    assert (chain.has("B"), chain.has("C"), chain.has("D")) == (
        ENT // 20 + ENT // 2 - ENT // 5, ENT - ENT // 10 - ENT // 2, 3 * ENT // 10,
    )  # fmt: skip


def test_sc9_by_period_runs_add_up_and_no_money_moves() -> None:
    chain = SharingChain()
    chain.open(terms(MEMBERS, settlement=Settlement.PERIOD, fee=ENT // 100, fee_account=address("A")))
    chain.until(FIRST_SLOT + 1)
    chain.values(FIRST_SLOT, FULL)
    chain.values(FIRST_SLOT + 1, FULL)
    assert chain.has("B") == 100 * ENT
    sums = {key[16:]: value for key, value in ((key, chain.state.get(SCHEME_SUMS, key)) for key in month_keys(chain))}
    assert {key: (value.cost, value.fee, value.revenue) for key, value in sums.items() if value} == {
        address("A"): (0, 0, 6 * ENT // 100),
        address("B"): (4 * ENT // 10, 4 * ENT // 100, 0),
        address("C"): (2 * ENT // 10, 2 * ENT // 100, 0),
        address("D"): (0, 0, 6 * ENT // 10),
    }


def month_keys(chain: SharingChain) -> list[bytes]:
    return [key for key, _value in chain.reader.scan(SCHEME_SUMS.number, b"", None)]


def test_sc10_the_operators_value_corrects_ours_and_a_difference_is_told() -> None:
    chain = SharingChain()
    chain.open(terms(MEMBERS, sources=SourceOrder.OWN_THEN_OPERATOR))
    chain.until(FIRST_SLOT)
    chain.values(FIRST_SLOT, FULL)
    same = chain.values(FIRST_SLOT, {2: KWH + 1_000}, source=ValueSource.OPERATOR)
    assert of(same, SourcesDiffer) == []
    assert [event.run for event in of(same, SlotSettled)] == [2]
    other = chain.values(FIRST_SLOT, {1: 2 * KWH - 1_001}, source=ValueSource.OPERATOR)
    assert of(other, SourcesDiffer) == [SourcesDiffer(address("B"), 1, 1, FIRST_SLOT, 2 * KWH, 2 * KWH - 1_001)]
    assert [(event.run, event.shared_mwh) for event in of(other, SlotSettled)] == [(3, 3 * KWH - 1)]


def refused(chain: SharingChain, made: SchemeTerms, *, scheme: int = 0, from_slot: int = FIRST_SLOT) -> str:
    return chain.try_("D", ChangeScheme(scheme, from_slot, made)).code


@pytest.mark.parametrize(
    "made",
    [
        terms(participants(p1=(1,), p2=(1,), p3=(1,))),
        terms(participants(p1=(), p3=())),
        terms(participants(p1=(1, 2), p3=())),
        terms(participants(p1=(1,), p3=()), Cascade((Dynamic(), Static()))),
        terms((*MEMBERS, MEMBERS[0])),
        terms(MEMBERS[::-1]),
        terms(MEMBERS, rule=AllocationRule(PairsEachSlot(), hourly=True)),
        terms(MEMBERS, Credit((), 1)),
        terms(participants(p1=(1, 1), p2=(1, 1), p3=()), Cascade((PairsEachSlot(), PairsEachSlot()))),
        terms(MEMBERS, fee=1),
        terms(MEMBERS, fee_account=address("A")),
        terms(MEMBERS, fee=1, fee_account=b"short"),
        terms(MEMBERS, bound_mwh=999),
        terms(()),
    ],
)
def test_sc1_terms_that_contradict_themselves_are_refused(made: SchemeTerms) -> None:
    assert refused(SharingChain(), made) == "bad_scheme"


def test_sc1_a_scheme_in_which_a_producer_has_no_price_is_refused_before_a_slot_would_be() -> None:
    chain = SharingChain()
    assert refused(chain, terms(MEMBERS, prices=FixedByProducer((ProducerPrice(2, 5),)))) == "unpriced_producer"
    assert refused(chain, terms(MEMBERS, prices=FixedByProducer((ProducerPrice(3, 5),)))) == ""


def test_sc1_managers_and_voters_open_and_change_schemes_and_nobody_else() -> None:
    chain = SharingChain()
    assert chain.try_("B", ChangeScheme(0, FIRST_SLOT, terms(MEMBERS))).code == "not_a_sharing_manager"
    receipt = chain.do("D", ChangeScheme(0, FIRST_SLOT, terms(MEMBERS)))
    assert of(receipt.events, SchemeChanged) == [SchemeChanged(1, 1, FIRST_SLOT, address("D"), 3)]
    assert refused(chain, terms(MEMBERS), scheme=2) == "unknown_scheme"
    assert refused(chain, terms(participants(p9=(1,)))) == "point_not_open"
    voted = chain.open(terms(MEMBERS), scheme=1)
    assert of(voted.events, SchemeChanged) == [SchemeChanged(1, 2, FIRST_SLOT, b"", 3)]


def test_sc2_a_scheme_that_has_not_begun_may_be_changed_but_begins_no_earlier() -> None:
    chain = SharingChain()
    chain.open(terms(MEMBERS), from_slot=FIRST_SLOT + 2)
    assert refused(chain, terms(MEMBERS), scheme=1, from_slot=FIRST_SLOT + 1) == "bad_scheme"
    chain.do("D", ChangeScheme(1, FIRST_SLOT + 2, terms(MEMBERS, cut_off_ms=HOUR_MS)))
    chain.do("D", ChangeScheme(1, FIRST_SLOT + 3, terms(MEMBERS, Static())))
    chain.do("D", ChangeScheme(1, FIRST_SLOT + 4, terms(())))
    settled = of(chain.until(LAST_SLOT, after_ms=72 * HOUR_MS), SlotSettled)
    assert [(event.slot, event.version) for event in settled] == [(FIRST_SLOT + 2, 2), (FIRST_SLOT + 3, 3)]


def test_sc1_a_closed_scheme_settles_no_later_slot_and_stays_closed() -> None:
    chain = SharingChain()
    chain.open(terms(MEMBERS))
    chain.do("D", ChangeScheme(1, FIRST_SLOT + 1, terms(())))
    chain.until(FIRST_SLOT + 1)
    assert len(of(chain.values(FIRST_SLOT, FULL), SlotSettled)) == 1
    assert of(chain.values(FIRST_SLOT + 1, FULL), SlotSettled) == []
    assert refused(chain, terms(MEMBERS), scheme=1, from_slot=FIRST_SLOT + 9) == "scheme_closed"


def test_sc3_a_point_in_two_schemes_is_divided_and_its_shares_are_at_most_the_whole() -> None:
    chain = SharingChain()
    parts = tuple(replace(member, factor=PARTS // 4) for member in MEMBERS)
    chain.open(terms(parts))
    assert refused(chain, terms(MEMBERS)) == "point_shares"
    chain.open(terms(tuple(replace(member, factor=3 * PARTS // 4) for member in MEMBERS)))
    chain.until(FIRST_SLOT)
    settled = of(chain.values(FIRST_SLOT, FULL), SlotSettled)
    assert [(event.scheme, event.shared_mwh) for event in settled] == [(1, 3 * KWH // 4), (2, 9 * KWH // 4)]
    assert refused(chain, terms(MEMBERS), scheme=1, from_slot=FIRST_SLOT + 4) == "point_shares"
    chain.do("D", ChangeScheme(2, FIRST_SLOT + 4, terms(())))
    assert refused(chain, terms(MEMBERS), scheme=1, from_slot=FIRST_SLOT + 3) == "point_shares"
    chain.do("D", ChangeScheme(1, FIRST_SLOT + 4, terms(MEMBERS)))


def test_sc4_a_point_that_changes_its_owner_is_closed_and_from_then_on_its_key_is_the_others() -> None:
    """B moves out: its point ends at a slot, the next owner's own point joins by a change; past slots stay B's."""
    chain = SharingChain()
    chain.open(terms(MEMBERS, rule=AllocationRule(Static())))
    chain.until(FIRST_SLOT)
    chain.do("B", ClosePoint(1, FIRST_SLOT + 2))
    chain.do("A", SeedPoint(4, Direction.OFFTAKE, 4))
    joined = participants(p2=(1,), p3=(), p4=(1,))
    chain.vote(SetScheme(1, FIRST_SLOT + 3, terms(joined, rule=AllocationRule(Static()))))
    chain.until(FIRST_SLOT + 3)
    for slot, energies in enumerate(({1: 4, 2: 4, 3: 6}, {1: 4, 2: 4, 3: 6}, {2: 4, 3: 6}, {2: 4, 3: 6, 4: 4})):
        chain.values(FIRST_SLOT + slot, {point: energy * KWH for point, energy in energies.items()})
    chain.until(LAST_SLOT, after_ms=72 * HOUR_MS)
    runs = [settled_run(chain.context(), 1, slot) for slot in range(FIRST_SLOT, FIRST_SLOT + 4)]
    outcomes = [run.outcome for run in runs if run is not None and run.outcome is not None]
    shared = [{row.point: row.shared_mwh // KWH for row in outcome.rows} for outcome in outcomes]
    # By equal keys 3 kWh each; of the third slot, in which nobody has point 1, C may take all that it needs.
    assert shared == [{1: 3, 2: 3, 3: 6}, {1: 3, 2: 3, 3: 6}, {1: 0, 2: 4, 3: 4}, {2: 3, 3: 6, 4: 3}]
    chain.values(FIRST_SLOT, {1: 2 * KWH}, source=ValueSource.OWN)
    again = settled_run(chain.context(), 1, FIRST_SLOT)
    assert again is not None
    assert (again.entry.run, again.members[0].account) == (2, address("B"))


def test_sc11_a_day_is_folded_when_its_values_are_kept_no_longer_and_no_value_makes_a_run_then() -> None:
    chain = SharingChain(parameters=(("correction_limit", 40 * DAY_MS),))
    chain.open(terms(MEMBERS))
    chain.until(FIRST_SLOT + 1)
    chain.values(FIRST_SLOT, FULL)
    chain.values(FIRST_SLOT + 1, FULL)
    chain.do("D", ChangeScheme(1, FIRST_SLOT + 8, terms(())))
    chain.until(FIRST_SLOT + 34 * 96)
    late = chain.values(FIRST_SLOT, {1: KWH})
    assert [(event.slot, event.run) for event in of(late, SlotSettled)] == [(FIRST_SLOT, 2)]
    chain.until(FIRST_SLOT + 35 * 96)
    kept = [chain.run(FIRST_SLOT + at) for at in range(8)]
    assert of(chain.values(FIRST_SLOT, {1: 3 * KWH}), SlotSettled) == []
    assert [chain.run(FIRST_SLOT + at) for at in range(8)] == kept
    chain.until(FIRST_SLOT + 39 * 96)
    assert chain.run(FIRST_SLOT) is None
    folded = chain.state.get(FOLDED_DAYS, big_endian(1) + big_endian(FIRST_SLOT // 96 + 1))
    leaves = [big_endian(FIRST_SLOT + at) + encode(entry) for at, entry in enumerate(kept) if entry is not None]
    assert folded == FoldedDay(8, list_root(leaves), folded.settled if folded else 0)
    chain.until(FIRST_SLOT + 44 * 96)
    assert chain.state.get(FOLDED_DAYS, big_endian(1) + big_endian(FIRST_SLOT // 96 + 1)) is None
