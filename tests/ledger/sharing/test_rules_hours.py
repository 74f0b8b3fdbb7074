"""Rules by the hour: which slots are settled together, and how an hour is laid on its slots (rule SR21)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.chain import ENT, address
from ledger.chain.parameters import HOUR_MS as HOUR
from ledger.chain.parameters import MINUTE_MS
from ledger.sharing.allocation_rules import AllocationMethod, AllocationRule, Delivery, Dynamic, Static
from ledger.sharing.allocation_rules import StaticRedistributed as Redistributed
from ledger.sharing.completeness import unsettled_slots, waiting_slots
from ledger.sharing.events import ShareBooked, SlotSettled
from ledger.sharing.hourly import computed_together, outcomes_of
from ledger.sharing.hours import together_with
from ledger.sharing.outcome import roster_of
from ledger.sharing.payloads import ChangeScheme, SetScheme
from ledger.sharing.preview import OwnContract
from ledger.sharing.price_rules import MidMarket
from ledger.sharing.proposal import previewed
from ledger.sharing.queries import settled_run
from ledger.sharing.schema import QUEUED_SLOTS, SchemeMember, SlotInput
from ledger.sharing.slot_flows import SlotFlows
from ledger.slots.clock import SlotClock
from ledger.slots.schema import Direction, OffsetChange, SlotState, ValueSource
from ledger.state.table import big_endian
from tests.ledger.sharing import slow_twin
from tests.support.sharing_chain import FIRST_SLOT, HOUR_MS, KWH, SLOT_MS, SharingChain, participants, terms

MEMBERS = participants(p1=(1,), p2=(1,), p3=())
HOURLY = AllocationRule(Dynamic(), hourly=True)
DAY = [{1: 0, 2: 0, 3: 4 * KWH}, {1: KWH, 2: 0, 3: 0}, {1: KWH, 2: 0, 3: 0}, {1: 0, 2: KWH, 3: 2 * KWH}]
"""In none of the first three slots the plant and a home have energy at once; over the hour 3 of its 6 kWh are used."""


def hour_chain(**changes: Any) -> SharingChain:
    chain = SharingChain()
    chain.open(terms(MEMBERS, rule=HOURLY, **changes))
    chain.until(FIRST_SLOT + 3)
    return chain


def bring(chain: SharingChain, slots: Sequence[int] = (0, 1, 2, 3)) -> list[Any]:
    return [event for slot in slots for event in chain.values(FIRST_SLOT + slot, DAY[slot])]


def of(events: Sequence[Any], kind: type[Any]) -> list[Any]:
    return [event for event in events if isinstance(event, kind)]


def test_sr21_an_hour_is_settled_when_all_its_slots_are_there_and_as_one() -> None:
    chain = hour_chain()
    assert of(bring(chain, (0, 1, 3)), SlotSettled) == []
    assert chain.state.first(QUEUED_SLOTS, big_endian(1)) is None
    events = bring(chain, (2,))
    settled = of(events, SlotSettled)
    assert [(event.slot - FIRST_SLOT, event.run, event.day_run) for event in settled] == [
        (0, 1, 1), (1, 1, 1), (2, 1, 1), (3, 1, 1),
    ]  # fmt: skip
    assert [event.shared_mwh for event in settled] == [0, KWH, KWH, KWH]
    booked = {event.account: event for event in of(events, ShareBooked)}
    assert (booked[address("B")].bought_mwh, booked[address("C")].bought_mwh) == (2 * KWH, KWH)
    assert (booked[address("D")].sold_mwh, booked[address("D")].revenue) == (3 * KWH, 3 * ENT // 10)


def test_sr21_each_part_is_laid_on_the_slots_by_what_the_point_had_in_them() -> None:
    chain = hour_chain()
    bring(chain)
    runs = [settled_run(chain.context(), 1, FIRST_SLOT + slot) for slot in range(4)]
    rows = [run.rows for run in runs if run is not None]
    assert [tuple(row.shared_mwh for row in of_slot) for of_slot in rows] == [
        (0, 0, 2 * KWH), (KWH, 0, 0), (KWH, 0, 0), (0, KWH, KWH),
    ]  # fmt: skip
    assert [tuple(row.amount for row in of_slot) for of_slot in rows] == [
        (0, 0, ENT // 5), (ENT // 10, 0, 0), (ENT // 10, 0, 0), (0, ENT // 10, ENT // 10),
    ]  # fmt: skip


def test_sr21_a_correction_of_one_slot_settles_its_hour_anew_and_posts_the_difference_alone() -> None:
    chain = hour_chain()
    bring(chain)
    events = chain.values(FIRST_SLOT + 1, {1: 3 * KWH})
    settled = of(events, SlotSettled)
    assert [(event.slot - FIRST_SLOT, event.run) for event in settled] == [(0, 2), (1, 2), (2, 2), (3, 2)]
    booked = {event.account: event for event in of(events, ShareBooked)}
    assert set(booked) == {address("B"), address("D")}
    assert (booked[address("B")].bought_mwh, booked[address("D")].sold_mwh) == (2 * KWH, 2 * KWH)
    # By the slot nothing could have been shared in the second one: the plant gave nothing in it.
    assert settled[1].shared_mwh == 3 * KWH
    assert of(chain.values(FIRST_SLOT + 1, {1: 3 * KWH}), SlotSettled) == []


def test_sr21_what_an_hour_still_misses_at_the_cut_off_is_substituted_and_the_hour_settled() -> None:
    chain = hour_chain()
    bring(chain, (0, 1, 2))
    context = chain.context()
    waits = unsettled_slots(context, FIRST_SLOT, FIRST_SLOT + 4)
    assert [(one.first_slot - FIRST_SLOT, one.count, len(one.points)) for one in waits] == [(0, 4, 3)]
    events = chain.until(FIRST_SLOT + 95, after_ms=72 * HOUR_MS)
    first = [event for event in of(events, SlotSettled) if event.slot < FIRST_SLOT + 4]
    assert [(event.run, event.substituted) for event in first] == [(1, 0), (1, 0), (1, 0), (1, 3)]


def test_sr21_slots_of_an_hour_that_is_not_over_do_not_wait() -> None:
    chain = SharingChain()
    chain.open(terms(MEMBERS, rule=HOURLY))
    chain.until(FIRST_SLOT + 2)
    assert waiting_slots(chain.context()).count == 0
    chain.until(FIRST_SLOT + 3)
    assert waiting_slots(chain.context()).count == 4


def test_sr21_terms_by_the_hour_begin_and_end_with_a_full_hour() -> None:
    chain = SharingChain()
    by_slot = terms(MEMBERS)
    by_hour = terms(MEMBERS, rule=HOURLY)
    for from_slot in (FIRST_SLOT + 1, FIRST_SLOT + 3):
        assert chain.try_("D", ChangeScheme(0, from_slot, by_hour)).code == "bad_scheme"
    chain.open(by_slot)
    assert chain.try_("D", ChangeScheme(1, FIRST_SLOT + 5, by_slot)).code == ""
    assert chain.try_("D", ChangeScheme(1, FIRST_SLOT + 8, by_hour)).code == ""
    assert chain.try_("D", ChangeScheme(1, FIRST_SLOT + 14, by_slot)).code == "bad_scheme"
    assert chain.try_("D", ChangeScheme(1, FIRST_SLOT + 16, by_slot)).code == ""
    chain.until(FIRST_SLOT + 15)
    settled = [slot for slot in range(16) for _ in of(chain.values(FIRST_SLOT + slot, DAY[slot % 4]), SlotSettled)]
    assert settled == [*range(8), 11, 11, 11, 11, 15, 15, 15, 15]


def test_sr21_the_hour_of_a_vote_that_changes_the_rule_is_refused_before_it_is_opened() -> None:
    chain = SharingChain()
    vote = SetScheme(0, FIRST_SLOT + 2, terms(MEMBERS, rule=HOURLY))
    with pytest.raises(AssertionError, match="bad_scheme"):
        chain.vote(vote)


@pytest.mark.parametrize("minutes", [60, 330, 345, -210])
def test_sr21_hours_are_the_local_days_and_lie_in_one_day(minutes: int) -> None:
    """Zones that are a half or a quarter of an hour off, and a change of the clock by half an hour."""
    changes = (OffsetChange(0, minutes), OffsetChange(40 * HOUR + 30 * MINUTE_MS, minutes + 30))
    clock = SlotClock(SLOT_MS, changes, ())
    seen: dict[int, range] = {}
    for slot in range(30, 400):
        hour = together_with(clock, HOURLY, slot).slots
        assert slot in hour
        assert len({clock.local_day(each) for each in hour}) == 1
        assert len(hour) == 4 or clock.local_day(hour.stop) != clock.local_day(slot)
        assert all(seen.setdefault(each, hour) == hour for each in hour)
    assert together_with(clock, AllocationRule(Dynamic()), 77).slots == range(77, 78)


METHODS: tuple[AllocationMethod, ...] = (Dynamic(), Static(), Redistributed())
ENERGIES = st.one_of(st.integers(0, 5), st.integers(0, 3 * KWH), st.just(2**40 - 1))


@given(
    method=st.sampled_from(METHODS),
    delivery=st.sampled_from(Delivery),
    energies=st.lists(st.lists(ENERGIES, min_size=5, max_size=5), min_size=4, max_size=4),
    keys=st.lists(st.integers(0, 5), min_size=3, max_size=3),
    number=st.integers(0, 9),
    fee=st.sampled_from([0, ENT // 100]),
)
def test_sr21_an_hour_is_what_a_slow_twin_says_and_conserves_energy_and_money(
    method: AllocationMethod,
    delivery: Delivery,
    energies: list[list[int]],
    keys: list[int],
    number: int,
    fee: int,
) -> None:
    rule = AllocationRule(method, delivery, hourly=True)
    made = terms((), rule=rule, fee=fee, fee_account=address("A") if fee else b"", prices=MidMarket(ENT // 3, ENT // 7))
    members = [
        SchemeMember(place, bytes(20), Direction.INJECTION if place < 2 else Direction.OFFTAKE, place,
                     () if place < 2 else (keys[place - 2],), 10**9)
        for place in range(5)
    ]  # fmt: skip
    roster = roster_of(made, members)
    found = computed_together(made, roster, number, energies, [frozenset()] * 4)
    hour = [sum(slot[place] for slot in energies) for place in range(5)]
    flows = SlotFlows(hour[:2], hour[2:])
    taken, given_, _matrix = slow_twin.share(rule, flows, roster.keys, number)
    for place, part in enumerate([*given_, *taken]):
        laid = slow_twin.divide(part, [slot[place] for slot in energies], number)
        assert laid == [one.shared[place] for one in found]
        assert all(0 <= one.shared[place] <= slot[place] for one, slot in zip(found, energies, strict=True))
    assert sum(taken) == sum(given_) == sum(one.sums.shared_mwh for one in found)
    received = sum(one.amounts[place] for one in found for place in (0, 1))
    assert received == sum(one.sums.paid for one in found) == sum(sum(one.amounts[2:]) for one in found)
    assert sum(one.sums.fees for one in found) == sum(taken) * fee // KWH


def test_sr21_a_point_keeps_its_key_in_an_hour_of_which_it_has_a_slot() -> None:
    """Closed in the last slots it still shares in what it took before; closed in all it has no key."""
    made = terms((), rule=AllocationRule(Static(), hourly=True))
    members = [
        SchemeMember(1, address("B"), Direction.OFFTAKE, 0, (1,), 10**9),
        SchemeMember(2, address("C"), Direction.OFFTAKE, 0, (1,), 10**9),
        SchemeMember(3, address("D"), Direction.INJECTION, 0, (), 10**9),
    ]

    def shared(states: Sequence[SlotState]) -> list[int]:
        inputs = [
            [_input(KWH if state else 0, state), _input(4 * KWH), _input(2 * KWH)] for state in states
        ]  # fmt: skip
        found = outcomes_of(made, members, 0, inputs)
        return [sum(one.rows[place].shared_mwh for one in found) for place in range(3)]

    there, gone = SlotState.MEASURED, SlotState.MISSING
    assert shared([there, there, gone, gone]) == [2 * KWH, 4 * KWH, 6 * KWH]
    assert shared([gone] * 4) == [0, 8 * KWH, 8 * KWH]


def _input(energy: int, state: SlotState = SlotState.MEASURED) -> SlotInput:
    return SlotInput(state, ValueSource.OWN, energy, energy)


def test_sr20_a_rule_by_the_hour_is_previewed_over_whole_hours() -> None:
    chain = SharingChain()
    chain.open(terms(MEMBERS))
    chain.until(FIRST_SLOT + 7)
    bring(chain)
    chain.values(FIRST_SLOT + 4, DAY[1])
    action = SetScheme(1, FIRST_SLOT + 96, terms(MEMBERS, rule=HOURLY))
    found = previewed(chain.context(), action, OwnContract(ENT // 3, ENT // 20), FIRST_SLOT, FIRST_SLOT + 8)
    assert (found.slots, found.missing_slots) == (4, 4)
    by_point = {change.before.point: change for change in found.changes}
    assert (by_point[1].before.shared_mwh, by_point[1].after.shared_mwh) == (0, 2 * KWH)
    assert by_point[3].after.shared_mwh == 3 * KWH
