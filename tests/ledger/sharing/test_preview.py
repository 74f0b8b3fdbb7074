"""What a vote would change: the same slots under other terms, point by point (SR20)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from ledger.errors import BrokenInvariant, Refused
from ledger.sharing.allocation import allocate
from ledger.sharing.allocation_rules import AllocationRule, Credit, Dynamic, Static, StaticRedistributed
from ledger.sharing.hours import Together
from ledger.sharing.preview import OwnContract, PastSlot, PastTerms, PointChange, PointTotals, PreviewTerms, preview
from ledger.sharing.preview import replayed as replayed_side
from ledger.sharing.price_rules import BillSharing, FixedByProducer, FixedPrice, MidMarket, ProducerPrice
from ledger.sharing.prices import priced
from ledger.sharing.slot_flows import AllocationKeys, SlotFlows
from tests.ledger.sharing.cases import Case, cases

KWH = 10**6
POINTS = AllocationKeys(weights=[1, 1], producers=[4], consumers=[2, 9])
OWN = OwnContract(retail=300_000, feed_in=100_000)
MID = MidMarket(retail=300_000, feed_in=100_000)


def past(flows: SlotFlows, slot: int, keys: AllocationKeys = POINTS) -> PastSlot:
    return PastSlot(slot, flows, keys)


def hour_of(slot: int) -> Together:
    return Together(range(slot // 4 * 4, slot // 4 * 4 + 4), slot // 4)


def changes(
    in_force: PreviewTerms, proposed: PreviewTerms, slots: list[PastSlot], after: list[PastSlot] | None = None
) -> tuple[PointChange, ...]:
    """Of quarter hours, the same slots under both terms unless others are given for the proposed ones."""
    return preview(
        PastTerms([(in_force, slots)]), PastTerms([(proposed, slots if after is None else after)]), OWN, hour_of
    )


def replayed(terms: PreviewTerms, slots: list[PastSlot]) -> tuple[PointTotals, ...]:
    return replayed_side(PastTerms([(terms, slots)]), OWN, hour_of)


TWO_SLOTS = [past(SlotFlows([2 * KWH], [KWH // 2, 4 * KWH]), 8), past(SlotFlows([0], [KWH, KWH]), 9)]


def test_a_rule_that_redistributes_gains_who_takes_more() -> None:
    in_force, proposed = (PreviewTerms(AllocationRule(rule), MID) for rule in (Static(), StaticRedistributed()))
    small, plant, large = changes(in_force, proposed, TWO_SLOTS)
    assert [change.before.point for change in (small, plant, large)] == [2, 4, 9]
    assert (small.before, small.gain) == (small.after, 0)
    # Half a kWh more is shared at 0.20: the large one saves 0.10 a kWh on it, the plant gets 0.10 more.
    assert (large.before.shared_mwh, large.after.shared_mwh) == (KWH, 3 * KWH // 2)
    assert (large.gain, plant.gain) == (50_000, 50_000)
    assert large.before.energy_mwh == large.after.energy_mwh == 5 * KWH


def test_a_key_changes_what_its_owner_gets() -> None:
    terms = PreviewTerms(AllocationRule(Static()), MID)
    keys = AllocationKeys(weights=[0, 1], producers=[4], consumers=[2, 9])
    small, plant, large = changes(terms, terms, TWO_SLOTS, [past(slot.flows, slot.slot, keys) for slot in TWO_SLOTS])
    assert (small.after.shared_mwh, large.after.shared_mwh) == (0, 2 * KWH)
    assert (small.gain, large.gain, plant.gain) == (-50_000, 100_000, 50_000)


def test_a_price_moves_between_buyers_and_sellers_only() -> None:
    rule = AllocationRule(Dynamic())
    found = changes(PreviewTerms(rule, FixedPrice(200_000)), PreviewTerms(rule, FixedPrice(250_000)), TWO_SLOTS)
    assert sum(change.gain for change in found) == 0
    assert [change.gain for change in found] == [-11_112, 100_000, -88_888]


def test_the_rest_costs_the_same_under_rules_with_other_references_or_none() -> None:
    """From one fixed price to the same price as a middle nothing changes, whatever the rules say of the rest."""
    rule = AllocationRule(Dynamic())
    for fixed, middle in ((FixedPrice(200_000), MID), (FixedPrice(400_000), MidMarket(800_000, 0))):
        found = changes(PreviewTerms(rule, fixed), PreviewTerms(rule, middle), TWO_SLOTS)
        assert [change.gain for change in found] == [0, 0, 0]
        assert found[2].before.rest_amount == (5 * KWH - found[2].before.shared_mwh) * 300_000 // KWH


def test_bill_sharing_divides_the_rest_itself() -> None:
    terms = PreviewTerms(AllocationRule(Static()), BillSharing(300_000, 100_000))
    small, plant, large = changes(terms, terms, TWO_SLOTS)
    # Of 3 and then 2 kWh from the grid, by offtake: a ninth and eight ninths of 900,000, halves of 600,000.
    assert (small.before.rest_amount, large.before.rest_amount) == (100_000 + 300_000, 800_000 + 300_000)
    assert (plant.before.amount, plant.before.rest_amount) == (0, 50_000)


def test_by_the_hour_a_plant_of_one_quarter_reaches_the_demand_of_another() -> None:
    slots = [past(SlotFlows([KWH], [0, 0]), 8), past(SlotFlows([0], [KWH, 0]), 9), past(SlotFlows([0], [KWH, 0]), 12)]
    in_force, proposed = (PreviewTerms(AllocationRule(Dynamic(), hourly=hourly), MID) for hourly in (False, True))
    small, _plant, _large = changes(in_force, proposed, slots)
    assert (small.before.shared_mwh, small.after.shared_mwh) == (0, KWH)
    assert small.gain == 100_000


def test_credit_is_carried_from_slot_to_slot_and_expires() -> None:
    terms = PreviewTerms(AllocationRule(Credit((), 1)), FixedPrice(0))
    keys = AllocationKeys(weights=[1], producers=[4], consumers=[2])
    flows = [SlotFlows([5], [0]), SlotFlows([0], [3]), SlotFlows([0], [3])]
    home, plant = replayed(terms, [PastSlot(slot, found, keys) for slot, found in enumerate(flows)])
    assert (home.shared_mwh, home.expired_mwh, plant.shared_mwh) == (3, 2, 5)
    # In kWh: three from the grid at 0.30, two lapsed at 0.10.
    found = [
        PastSlot(slot, SlotFlows([g * KWH for g in f.injections], [d * KWH for d in f.offtakes]), keys)
        for slot, f in enumerate(flows)
    ]
    home, plant = replayed(terms, found)
    assert (home.rest_amount, home.balance, plant.balance) == (700_000, -700_000, 0)


def test_terms_that_cannot_be_computed_are_refused() -> None:
    rule = AllocationRule(Dynamic())
    with pytest.raises(Refused, match="point 4"):
        changes(PreviewTerms(rule, MID), PreviewTerms(rule, FixedByProducer((ProducerPrice(5, 1),))), TWO_SLOTS)
    other = AllocationKeys(weights=[1, 1], producers=[4], consumers=[2, 8])
    with pytest.raises(BrokenInvariant):
        changes(PreviewTerms(rule, MID), PreviewTerms(rule, MID), TWO_SLOTS, [past(TWO_SLOTS[0].flows, 8, other)])


def test_a_fee_is_paid_by_who_takes_and_what_does_not_count_is_the_same_on_both_sides() -> None:
    """A home that leaves the scheme has its energy from the grid; what never counted in it is priced with the rest."""
    rule = AllocationRule(Dynamic())
    without = AllocationKeys(weights=[1], producers=[4], consumers=[9])
    beside = [PointTotals(2, False, energy_mwh=3 * KWH // 2)]
    stays = PastTerms([(PreviewTerms(rule, MID, fee=10_000), TWO_SLOTS)], [PointTotals(9, False, energy_mwh=KWH)])
    leaves = PastTerms(
        [(PreviewTerms(rule, MID), [past(SlotFlows(p.flows.injections, p.flows.offtakes[1:]), p.slot, without)
                                    for p in TWO_SLOTS])],
        [*beside, PointTotals(9, False, energy_mwh=KWH)],
    )  # fmt: skip
    small, plant, large = preview(stays, leaves, OWN, hour_of)
    assert (small.before.energy_mwh, small.after.energy_mwh, small.after.shared_mwh) == (3 * KWH // 2, 3 * KWH // 2, 0)
    assert (small.before.shared_mwh, small.before.fee, small.after.fee) == (222_222, 2_222, 0)
    assert (small.before.amount, small.before.rest_amount, small.after.rest_amount) == (44_444, 383_333, 450_000)
    assert small.gain == 44_444 + 2_222 + 383_333 - 450_000
    assert large.before.energy_mwh == large.after.energy_mwh == 6 * KWH
    assert (plant.before.fee, plant.gain) == (0, 0)


def test_spans_under_other_terms_add_up() -> None:
    rule = AllocationRule(Dynamic())
    cheap, dear = PreviewTerms(rule, FixedPrice(100_000)), PreviewTerms(rule, FixedPrice(200_000))
    one = PastTerms([(cheap, TWO_SLOTS[:1]), (dear, [past(TWO_SLOTS[0].flows, 9)])])
    small, plant, _large = replayed_side(one, OWN, hour_of)
    assert (plant.amount, plant.shared_mwh) == (600_000, 4 * KWH)
    assert small.shared_mwh == 2 * 222_222


def test_no_slots_change_nothing() -> None:
    terms = PreviewTerms(AllocationRule(Dynamic()), MID)
    assert changes(terms, terms, []) == ()


@settings(max_examples=60, deadline=None)
@given(cases())
def test_the_same_terms_change_nothing_and_are_what_was_settled(case: Case) -> None:
    price = FixedPrice(123)
    terms = PreviewTerms(case.rule, price)
    found = changes(terms, terms, [PastSlot(case.slot, case.flows, case.keys)])
    assert all(change.gain == 0 for change in found)
    allocated = allocate(case.rule, case.flows, case.keys, case.slot)
    paid = priced(price, case.flows, case.keys, allocated, case.slot)
    assert [change.before.amount for change in found] == [*paid.sold, *paid.bought]
    assert [change.before.shared_mwh for change in found] == [*allocated.delivered, *allocated.shares]
