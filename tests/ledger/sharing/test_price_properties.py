"""Prices over generated cases: paid is received to the base unit, and each rule is the twin's (SR12 to SR17, SR19)."""

from __future__ import annotations

from fractions import Fraction
from math import floor

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ledger.errors import Refused
from ledger.sharing.allocation import allocate
from ledger.sharing.price_rules import (
    BillSharing,
    FixedByProducer,
    FixedPrice,
    MidMarket,
    PriceRule,
    ProducerPrice,
    SupplyDemandRatio,
)
from ledger.sharing.prices import MWH_PER_KWH, charged, priced, ratio_total
from ledger.sharing.slot_flows import Allocated, AllocationKeys, SlotFlows
from ledger.sharing.zones import by_zone
from tests.ledger.sharing import slow_twin
from tests.ledger.sharing.cases import Case, cases

MANY = settings(max_examples=120, deadline=None)
PRICE = st.one_of(st.integers(0, 40), st.integers(0, 10**9))


@st.composite
def rules(draw: st.DrawFn) -> PriceRule:
    low, high = sorted((draw(PRICE), draw(PRICE)))
    prices = tuple(ProducerPrice(7 * place + 3, draw(PRICE)) for place in range(4))
    made: list[PriceRule] = [
        FixedPrice(high),
        FixedByProducer(prices),
        MidMarket(high, low),
        SupplyDemandRatio(high, low),
        BillSharing(high, low),
    ]
    return draw(st.sampled_from(made))


def moderate(case: Case) -> bool:
    """Energies of a slot of which every price fits into the ledger's numbers."""
    return sum(case.flows.injections) < 10**13 and sum(case.flows.offtakes) < 10**13


@MANY
@given(cases(), rules())
def test_what_is_paid_is_received_and_is_the_twins(case: Case, rule: PriceRule) -> None:
    assume(moderate(case))
    flows, slot = case.flows, case.slot
    allocated = allocate(case.rule, flows, case.keys, slot)
    found = priced(rule, flows, case.keys, allocated, slot)
    assert sum(found.bought) == sum(found.sold)
    assert all(paid == 0 for paid, share in zip(found.bought, allocated.shares, strict=True) if share == 0)
    bought, sold = expected(rule, case, allocated)
    assert list(found.sold) == sold
    assert list(found.bought) == bought
    assert [list(found.rest_bought), list(found.rest_sold)] == expected_rests(rule, case, allocated)


def expected(rule: PriceRule, case: Case, allocated: Allocated) -> tuple[list[int], list[int]]:
    flows, slot = case.flows, case.slot
    if isinstance(rule, FixedByProducer):
        return expected_by_producer(rule, case, allocated)
    if isinstance(rule, FixedPrice):
        price = Fraction(rule.price)
    elif isinstance(rule, MidMarket):
        price = Fraction(rule.retail + rule.feed_in, 2)
    elif isinstance(rule, SupplyDemandRatio):
        price = slow_twin.ratio_price(sum(allocated.shares), sum(flows.offtakes), rule.retail, rule.feed_in)
    else:
        price = Fraction(0)

    def total(energy: int) -> Fraction:
        return energy * price / MWH_PER_KWH

    return slow_twin.paid(total, allocated.shares, slot), slow_twin.paid(total, allocated.delivered, slot)


def expected_by_producer(rule: FixedByProducer, case: Case, allocated: Allocated) -> tuple[list[int], list[int]]:
    sold = [
        floor(Fraction(energy * row.price, MWH_PER_KWH))
        for energy, row in zip(allocated.delivered, rule.prices, strict=False)
    ]
    if not allocated.pairs:
        return slow_twin.divide(sum(sold), allocated.shares, case.slot), sold
    bought = [0 for _ in allocated.shares]
    for j, total in enumerate(sold):
        column = [0 for _ in bought]
        for producer, consumer, energy in allocated.pairs:
            if producer == j:
                column[consumer] = energy
        for consumer, part in enumerate(slow_twin.divide(total, column, case.slot)):
            bought[consumer] += part
    return bought, sold


def expected_rests(rule: PriceRule, case: Case, allocated: Allocated) -> list[list[int]]:
    flows, slot = case.flows, case.slot
    if isinstance(rule, FixedPrice | FixedByProducer):
        return [[0] * len(flows.offtakes), [0] * len(flows.injections)]
    rest = [d - a for d, a in zip(flows.offtakes, allocated.shares, strict=True)]
    surplus = [g - given_ for g, given_ in zip(flows.injections, allocated.delivered, strict=True)]
    cost = floor(Fraction(sum(rest) * rule.retail, MWH_PER_KWH))
    income = floor(Fraction(sum(surplus) * rule.feed_in, MWH_PER_KWH))
    joint = isinstance(rule, BillSharing)
    return [
        slow_twin.divide(cost, flows.offtakes if joint else rest, slot),
        slow_twin.divide(income, flows.injections if joint else surplus, slot),
    ]


@MANY
@given(st.integers(0, 10**12), st.integers(0, 10**12), PRICE, PRICE)
def test_the_ratio_price_lies_between_the_references(shared: int, more: int, one: int, other: int) -> None:
    feed_in, retail = sorted((one, other))
    total = ratio_total(shared, shared + more, retail, feed_in)
    assert total <= Fraction(shared * retail, MWH_PER_KWH)
    if feed_in:
        assert total + 1 > Fraction(shared * feed_in, MWH_PER_KWH)
        assert more or total == shared * feed_in // MWH_PER_KWH
    else:
        assert total == 0


@MANY
@given(st.integers(1, 10**12), st.integers(0, 10**12), PRICE, PRICE)
def test_the_ratio_rule_is_the_known_identity(shared: int, more: int, one: int, other: int) -> None:
    """buy = sell r + retail (1 - r) on all demand is sell on the shared part and retail on the rest."""
    feed_in, retail = sorted((one, other))
    demand = shared + more
    sell, ratio = slow_twin.ratio_price(shared, demand, retail, feed_in), Fraction(shared, demand)
    buy = sell * ratio + retail * (1 - ratio)
    assert buy * demand == sell * shared + retail * more


@MANY
@given(cases(), st.data())
def test_energy_by_zone_is_the_share(case: Case, data: st.DataObject) -> None:
    allocated = allocate(case.rule, case.flows, case.keys, case.slot)
    count = len(case.flows.injections)
    zones = data.draw(st.lists(st.integers(0, 2), min_size=count, max_size=count))
    found = by_zone(allocated, zones, 3, case.slot)
    assert [sum(row) for row in found] == list(allocated.shares)
    if allocated.pairs:
        delivered = [sum(e for e, zone in zip(allocated.delivered, zones, strict=True) if zone == z) for z in range(3)]
        assert [sum(row[zone] for row in found) for zone in range(3)] == delivered


@given(st.lists(st.integers(0, 10**9), max_size=6), PRICE, st.integers(0, 50))
def test_a_fee_is_rounded_once(energies: list[int], price: int, slot: int) -> None:
    parts = charged(energies, price, slot)
    assert sum(parts) == sum(energies) * price // MWH_PER_KWH


TWO = SlotFlows([10**6, 10**6], [2 * 10**6])
KEYS = AllocationKeys(producers=[3, 4])
BOTH = Allocated((2 * 10**6,), (10**6, 10**6))


def test_a_producer_without_a_price_is_never_passed_over() -> None:
    with pytest.raises(Refused, match="point 4 delivered energy and has no price"):
        priced(FixedByProducer((ProducerPrice(3, 5),)), TWO, KEYS, BOTH, 0)


def test_one_without_a_price_that_delivered_nothing_costs_nothing() -> None:
    only = Allocated((10**6,), (10**6, 0))
    found = priced(FixedByProducer((ProducerPrice(3, 5),)), SlotFlows([10**6, 0], [10**6]), KEYS, only, 0)
    assert found.sold == (5, 0)


@pytest.mark.parametrize(
    "rule", [FixedPrice(2**63 - 1), FixedByProducer((ProducerPrice(3, 2**63 - 1), ProducerPrice(4, 1)))]
)
def test_a_total_beyond_the_ledgers_numbers_is_refused(rule: PriceRule) -> None:
    at = SlotFlows([10**6, 0], [10**6])
    assert sum(priced(rule, at, KEYS, Allocated((10**6,), (10**6, 0)), 0).sold) == 2**63 - 1
    with pytest.raises(Refused) as refused:
        priced(rule, TWO, KEYS, BOTH, 0)
    assert refused.value.code == "out_of_range"
