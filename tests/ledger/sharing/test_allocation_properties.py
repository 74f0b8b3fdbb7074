"""Every invariant of allocation over generated cases, exactly, and agreement with the slow twin (SR1 to SR11, SR18)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from operator import sub

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.sharing.allocation import allocate
from ledger.sharing.allocation_rules import (
    AllocationRule,
    Credit,
    Delivery,
    Dynamic,
    PairShare,
    Static,
    StaticRedistributed,
)
from ledger.sharing.apportion import apportion, apportion_sparse
from ledger.sharing.participation import split_over_schemes
from ledger.sharing.slot_flows import AllocationKeys, CreditClaim, SlotFlows, summed
from ledger.sharing.water_filling import fill
from tests.ledger.sharing import slow_twin
from tests.ledger.sharing.cases import ENERGY, SLOT, WEIGHT, Case, cases, rows

MANY = settings(max_examples=120, deadline=None)
WEIGHTS = st.lists(WEIGHT, max_size=12)


@MANY
@given(ENERGY, WEIGHTS, SLOT)
def test_apportion_is_the_twins(total: int, weights: list[int], slot: int) -> None:
    assert list(apportion(total, weights, slot)) == slow_twin.divide(total, weights, slot)


@MANY
@given(ENERGY, WEIGHTS, SLOT)
def test_apportion_loses_nothing_and_is_within_one_unit(total: int, weights: list[int], slot: int) -> None:
    parts = apportion(total, weights, slot)
    whole = sum(weights)
    assert sum(parts) == (total if whole else 0)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Fraction(total * weight, whole or 1)) < 1
        assert weight or not part


@MANY
@given(st.data(), WEIGHTS, SLOT)
def test_with_caps_as_weights_nobody_exceeds_its_cap(data: st.DataObject, caps: list[int], slot: int) -> None:
    parts = apportion(data.draw(st.integers(0, sum(caps))), caps, slot)
    assert all(part <= cap for part, cap in zip(parts, caps, strict=True))


@MANY
@given(ENERGY, WEIGHTS.filter(bool), SLOT)
def test_sparse_weights_give_what_dense_ones_do(total: int, weights: list[int], slot: int) -> None:
    places = [place for place, weight in enumerate(weights) if weight]
    parts = apportion_sparse(total, places, [weights[place] for place in places], len(weights), slot)
    dense = [0] * len(weights)
    for place, part in zip(places, parts, strict=True):
        dense[place] = part
    assert tuple(dense) == apportion(total, weights, slot)


@MANY
@given(cases())
def test_every_rule_is_the_twins(case: Case) -> None:
    found = allocate(case.rule, case.flows, case.keys, case.slot)
    shares, delivered, matrix = slow_twin.share(case.rule, case.flows, case.keys, case.slot)
    assert list(found.shares) == shares
    assert list(found.delivered) == delivered
    pairs = [(j, i, part) for j, row in enumerate(matrix or []) for i, part in enumerate(row) if part]
    assert list(found.pairs) == pairs


@MANY
@given(cases())
def test_every_milliwatthour_is_conserved(case: Case) -> None:
    found = allocate(case.rule, case.flows, case.keys, case.slot)
    assert all(0 <= a <= d for a, d in zip(found.shares, case.flows.offtakes, strict=True))
    assert all(0 <= given <= g for given, g in zip(found.delivered, case.flows.injections, strict=True))
    assert sum(found.shares) == sum(found.delivered)
    for producer, consumer, part in found.pairs:
        assert part > 0
        if case.rule.no_self_share:
            assert case.keys.producer_owners[producer] != case.keys.consumer_owners[consumer]
    if found.pairs:
        assert sum(part for _producer, _consumer, part in found.pairs) == sum(found.shares)
        assert list(found.pairs) == sorted(found.pairs)


@MANY
@given(cases(("dynamic",)))
def test_dynamic_shares_all_that_can_be_shared(case: Case) -> None:
    rule = AllocationRule(Dynamic(), case.rule.delivery)
    found = allocate(rule, case.flows, case.keys, case.slot)
    assert sum(found.shares) == min(sum(case.flows.injections), sum(case.flows.offtakes))


@MANY
@given(cases(("redistributed",)))
def test_redistribution_fills_to_one_level(case: Case) -> None:
    """Sum as the rule says; nobody who has less than its offtake lies a unit or more below one who has more by key."""
    keys, offtakes = case.keys.weights, case.flows.offtakes
    shares = fill(sum(case.flows.injections), offtakes, keys, case.slot)
    live = sum(offtake for offtake, key in zip(offtakes, keys, strict=True) if key)
    assert sum(shares) == min(sum(case.flows.injections), live)
    levels = [Fraction(share - 1, key) for share, key in zip(shares, keys, strict=True) if key]
    for share, offtake, key in zip(shares, offtakes, keys, strict=True):
        if key and share < offtake:
            assert all(Fraction(share + 1, key) > level for level in levels)


@MANY
@given(cases(("redistributed",)))
def test_without_self_share_nothing_is_left_that_another_one_lacks(case: Case) -> None:
    """After all rounds a producer has something left only where everybody else's with a key is full (SR11)."""
    rule = AllocationRule(StaticRedistributed(), no_self_share=True)
    found = allocate(rule, case.flows, case.keys, case.slot)
    rest = list(map(sub, case.flows.injections, found.delivered))
    lacks = list(map(sub, case.flows.offtakes, found.shares))
    for producer, left in enumerate(rest):
        for consumer, lack in enumerate(lacks):
            is_own = case.keys.producer_owners[producer] == case.keys.consumer_owners[consumer]
            assert not (left and lack and case.keys.weights[consumer]) or is_own


@MANY
@given(cases(("redistributed",)))
def test_rounds_share_as_much_as_one_basin_where_nobody_has_a_plant_and_an_offtake(case: Case) -> None:
    apart = AllocationKeys(
        weights=case.keys.weights,
        producer_owners=[b"plant"] * len(case.flows.injections),
        consumer_owners=[b"home"] * len(case.flows.offtakes),
    )
    rounds = allocate(AllocationRule(StaticRedistributed(), no_self_share=True), case.flows, apart, case.slot)
    basin = allocate(AllocationRule(StaticRedistributed()), case.flows, apart, case.slot)
    assert sum(rounds.shares) == sum(basin.shares)


@given(st.lists(ENERGY, min_size=1, max_size=8), st.integers(0, 10**6), st.integers(1, 10**9), SLOT)
def test_equal_keys_are_per_head(offtakes: list[int], supply: int, key: int, slot: int) -> None:
    assert fill(supply, offtakes, [key] * len(offtakes), slot) == fill(supply, offtakes, [1] * len(offtakes), slot)


@MANY
@given(cases(("static", "redistributed", "dynamic")))
def test_the_order_of_points_is_of_no_account_but_for_ties(case: Case) -> None:
    """Turned in the ring by k places, with the slot turned too, everything turns along."""
    count = len(case.flows.offtakes)
    rule = AllocationRule(case.rule.method)
    found = allocate(rule, case.flows, case.keys, case.slot)
    for turn in range(count):
        keys = AllocationKeys(weights=_turned(case.keys.weights, turn))
        flows = SlotFlows(case.flows.injections, _turned(case.flows.offtakes, turn))
        again = allocate(rule, flows, keys, case.slot % count - turn + count)
        assert list(again.shares) == _turned(found.shares, turn)


def _turned(values: Sequence[int], turn: int) -> list[int]:
    return [*values[turn:], *values[:turn]]


@MANY
@given(st.lists(st.tuples(ENERGY, WEIGHT), min_size=1, max_size=7), ENERGY, st.permutations(range(7)), SLOT)
def test_exact_parts_do_not_depend_on_order(
    members: list[tuple[int, int]], supply: int, order: list[int], slot: int
) -> None:
    """No tie decides where all remainders differ or none is; then any order gives each member the same."""
    chosen = [place for place in order if place < len(members)]
    keys = [key for _offtake, key in members]
    whole = sum(keys) or 1
    remainders = [supply * key % whole for key in keys if supply * key % whole]
    if len(set(remainders)) == len(remainders):
        parts = apportion(supply, keys, slot)
        assert apportion(supply, [keys[place] for place in chosen], slot) == tuple(parts[place] for place in chosen)


@given(ENERGY, ENERGY, st.sampled_from([Static(), StaticRedistributed(), Dynamic()]), SLOT)
def test_a_member_alone_gets_all_that_can_be_shared(supply: int, demand: int, method: Static, slot: int) -> None:
    found = allocate(AllocationRule(method), SlotFlows([supply], [demand]), AllocationKeys(weights=[5]), slot)
    assert found.shares == found.delivered == (min(supply, demand),)


@MANY
@given(cases(("static", "redistributed", "dynamic")))
def test_the_oldest_deliver_first(case: Case) -> None:
    found = allocate(AllocationRule(case.rule.method, Delivery.BY_AGE), case.flows, case.keys, case.slot)
    ages, injections = case.keys.commissioned, case.flows.injections
    for j, given_ in enumerate(found.delivered):
        if given_ < injections[j]:
            younger = [k for k in range(len(ages)) if (ages[k], k) > (ages[j], j)]
            assert not any(found.delivered[k] for k in younger)


@st.composite
def credit_cases(draw: st.DrawFn) -> tuple[SlotFlows, AllocationKeys, Credit, int]:
    producers, consumers, slot = draw(st.integers(1, 3)), draw(st.integers(1, 4)), draw(st.integers(5, 9))
    flows = SlotFlows(
        draw(st.lists(ENERGY, min_size=producers, max_size=producers)),
        draw(st.lists(ENERGY, min_size=consumers, max_size=consumers)),
    )
    claims = draw(
        st.lists(
            st.builds(CreditClaim, st.integers(0, consumers - 1), st.integers(3, 9), st.integers(1, 50)), max_size=6
        )
    )
    by_place = draw(rows(producers, consumers))
    fixed = tuple(PairShare(1 + row[0], 10 + row[1], row[2]) for row in by_place)
    keys = AllocationKeys(
        weights=draw(st.lists(WEIGHT, min_size=consumers, max_size=consumers)),
        producers=range(1, 1 + producers),
        consumers=range(10, 10 + consumers),
        claims=claims,
    )
    return flows, keys, Credit(fixed if draw(st.booleans()) else (), draw(st.integers(1, 4))), slot


@MANY
@given(credit_cases())
def test_credit_conserves_and_uses_the_oldest_first(made: tuple[SlotFlows, AllocationKeys, Credit, int]) -> None:
    flows, keys, method, slot = made
    found = allocate(AllocationRule(method), flows, keys, slot)
    offers = slow_twin.offered(
        AllocationRule(method), method, flows.injections, flows.offtakes, keys.weights, keys, slot
    )
    assert list(found.delivered) == [sum(row) for row in offers]
    for consumer, offtake in enumerate(flows.offtakes):
        part = sum(row[consumer] for row in offers)
        usable = sum(claim.energy_mwh for claim in keys.claims if claim.consumer == consumer and claim.until >= slot)
        lost = sum(claim.energy_mwh for claim in keys.claims if claim.consumer == consumer and claim.until < slot)
        assert found.shares[consumer] == min(offtake, usable + part)
        kept = [claim for claim in found.claims if claim.consumer == consumer]
        gone = [claim for claim in found.expired if claim.consumer == consumer]
        assert sum(claim.energy_mwh for claim in (*kept, *gone)) == usable + lost + part - found.shares[consumer]
        assert all(claim.until > slot for claim in kept)
        assert all(claim.until <= slot for claim in gone)
        new = sum(claim.energy_mwh for claim in kept if claim.until == slot + method.lifetime)
        assert new >= part - max(0, offtake - usable)


@MANY
@given(ENERGY, st.lists(st.integers(0, 10**9 // 4), max_size=4), SLOT)
def test_a_point_in_several_schemes_is_never_counted_twice(energy: int, factors: list[int], slot: int) -> None:
    parts = split_over_schemes(energy, factors, slot)
    assert sum(parts) <= energy
    assert list(parts) == slow_twin.divide(energy, [*factors, 10**9 - sum(factors)], slot)[:-1]
    if sum(factors) == 10**9:
        assert sum(parts) == energy


@given(st.lists(st.tuples(ENERGY, ENERGY, ENERGY), min_size=1, max_size=4))
def test_an_hour_is_the_sum_of_its_slots(quarters: list[tuple[int, int, int]]) -> None:
    hour = summed(SlotFlows([a], [b, c]) for a, b, c in quarters)
    assert list(hour.injections) == [sum(quarter[0] for quarter in quarters)]
    assert list(hour.offtakes) == [sum(quarter[place] for quarter in quarters) for place in (1, 2)]
