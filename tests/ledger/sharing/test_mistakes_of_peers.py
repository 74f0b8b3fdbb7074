"""What other programs get wrong, as far as it is a matter of allocation and prices: each is a test."""

from __future__ import annotations

from fractions import Fraction

import pytest

from ledger.chain.parameters import PARTS
from ledger.errors import Refused
from ledger.sharing.allocation import allocate
from ledger.sharing.allocation_rules import (
    AllocationRule,
    Dynamic,
    LevelMethod,
    PairsEachSlot,
    Static,
    StaticRedistributed,
)
from ledger.sharing.apportion import apportion
from ledger.sharing.participation import split_over_schemes
from ledger.sharing.price_rules import (
    FixedByProducer,
    FixedPrice,
    MidMarket,
    PriceRule,
    ProducerPrice,
    SupplyDemandRatio,
)
from ledger.sharing.prices import MWH_PER_KWH, priced
from ledger.sharing.slot_flows import AllocationKeys, SlotFlows
from ledger.sharing.water_filling import fill

KWH = 10**6
THREE = AllocationKeys(weights=[1, 1, 1])


def test_redistribution_is_done_at_once_however_finely_it_halves() -> None:
    """Offtakes that halve with keys that double: rounds over what is left would go on until the numbers run out."""
    offtakes = [2**62 >> place for place in range(62)]
    keys = [1 << place for place in range(62)]
    for supply in (1, 2**20 + 1, 2**61 - 7, sum(offtakes) - 1, sum(offtakes)):
        shares = fill(supply, offtakes, keys)
        assert sum(shares) == supply
        assert all(share <= offtake for share, offtake in zip(shares, offtakes, strict=True))


def test_a_share_of_nothing_goes_on_to_nobody_and_ends() -> None:
    flows = SlotFlows([5 * KWH], [0, 0, 0])
    for method in (Static(), StaticRedistributed(), Dynamic()):
        found = allocate(AllocationRule(method), flows, THREE, 0)
        assert (found.shares, found.delivered) == ((0, 0, 0), (0,))


def test_thirds_sum_to_the_whole() -> None:
    """Coefficients of 0.333333 leave a millionth with nobody; keys are relative, so a third is a third."""
    found = allocate(AllocationRule(Static()), SlotFlows([KWH], [KWH] * 3), THREE, 0)
    assert sum(found.shares) == KWH
    assert sorted(found.shares) == [333_333, 333_333, 333_334]


def test_rows_of_thirds_leave_the_producer_what_they_say() -> None:
    """In rows the rest is the producer's and stated: a billionth of it, not a millionth, and never lost."""
    rows = [(0, consumer, PARTS // 3) for consumer in range(3)]
    found = allocate(AllocationRule(PairsEachSlot()), SlotFlows([KWH], [KWH] * 3), AllocationKeys(rows=rows), 0)
    assert sum(found.shares) == sum(found.delivered) == KWH
    found = allocate(AllocationRule(PairsEachSlot()), SlotFlows([10**9], [10**9] * 3), AllocationKeys(rows=rows), 0)
    assert sum(found.shares) == 10**9 - 1


@pytest.mark.parametrize("method", [Static(), StaticRedistributed(), Dynamic()])
def test_three_equal_members_get_all_and_in_turn_the_same(method: LevelMethod) -> None:
    sums = [0, 0, 0]
    for slot in range(96):
        found = allocate(AllocationRule(method), SlotFlows([100], [1_000] * 3), THREE, slot)
        assert sum(found.shares) == 100
        sums = [before + share for before, share in zip(sums, found.shares, strict=True)]
    assert sums == [3_200, 3_200, 3_200]


def test_energy_is_not_rounded_before_the_price() -> None:
    """4,999 mWh are 0.00 kWh to two places; at 0.30 a kWh in millionths they cost 1,499 all the same."""
    energies, price = [4_999, 14_999, 994_999], 300_000
    flows = SlotFlows([sum(energies)], energies)
    allocated = allocate(AllocationRule(Dynamic()), flows, AllocationKeys(), 0)
    found = priced(FixedPrice(price), flows, AllocationKeys(), allocated, 0)
    assert sum(found.bought) == sum(energies) * price // MWH_PER_KWH == 304_499
    for paid, energy in zip(found.bought, energies, strict=True):
        assert abs(paid - Fraction(energy * price, MWH_PER_KWH)) < 1
    in_cents = sum(round(energy / KWH, 2) * price for energy in energies)
    assert in_cents != sum(found.bought)


@pytest.mark.parametrize(
    "rule",
    [FixedPrice(123_457), MidMarket(300_001, 80_000), SupplyDemandRatio(300_001, 80_000)],
    ids=lambda rule: type(rule).__name__,
)
def test_what_buyers_pay_is_what_sellers_get_over_a_day(rule: PriceRule) -> None:
    bought = sold = 0
    for slot in range(96):
        flows = SlotFlows([7 * slot, 11 * slot + 5], [13 * slot, 101, 977 - slot])
        allocated = allocate(AllocationRule(Dynamic()), flows, AllocationKeys(), slot)
        found = priced(rule, flows, AllocationKeys(), allocated, slot)
        assert sum(found.bought) == sum(found.sold)
        bought, sold = bought + sum(found.bought), sold + sum(found.sold)
    assert bought == sold > 0


def test_a_point_without_a_tariff_stops_the_slot() -> None:
    flows, keys = SlotFlows([KWH, KWH], [2 * KWH]), AllocationKeys(producers=[11, 12])
    allocated = allocate(AllocationRule(Dynamic()), flows, keys, 0)
    with pytest.raises(Refused, match="point 12"):
        priced(FixedByProducer((ProducerPrice(11, 5),)), flows, keys, allocated, 0)


def test_nobody_takes_part_with_more_than_was_said() -> None:
    """A factor of 40 % is 40 % of every slot; without a second scheme the rest is in none."""
    assert split_over_schemes(1_001, [4 * PARTS // 10], 0) == (400,)
    assert split_over_schemes(1_001, [], 0) == ()
    assert sum(split_over_schemes(1_001, [4 * PARTS // 10, 6 * PARTS // 10], 0)) == 1_001


def test_one_unit_more_may_take_one_from_somebody() -> None:
    """Known of largest remainders, and said on the page: with ten units the small one has two, with eleven one."""
    assert apportion(10, [6, 6, 2]) == (4, 4, 2)
    assert apportion(11, [6, 6, 2]) == (5, 5, 1)
