"""What a rule, its rows and a slot's energies must be, each limit at it and one above (SR3, SR4, SR8, SR11)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from ledger.chain.parameters import PARTS
from ledger.encoding.codec import Codec, encode
from ledger.encoding.quantities import fields_without_unit
from ledger.errors import BrokenInvariant, MalformedInput, Refused
from ledger.limits import MAX_INTEGER
from ledger.sharing.allocation import allocate, check_allocated
from ledger.sharing.allocation_rules import (
    AllocationRule,
    Cascade,
    Credit,
    Delivery,
    Dynamic,
    Pairs,
    PairsEachSlot,
    PairShare,
    Static,
    StaticRedistributed,
    check_allocation_rule,
)
from ledger.sharing.apportion import apportion, apportion_sparse
from ledger.sharing.limits import (
    MAX_ALLOCATION_PAIRS,
    MAX_CASCADE_LEVELS,
    MAX_CREDIT_SLOTS,
    MAX_RULE_ROWS,
    MAX_SCHEME_POINTS,
    MAX_SCHEME_ROWS,
    MAX_SHARE_ROUNDS,
    MAX_SHARING_RATE,
)
from ledger.sharing.pairing import check_pairs
from ledger.sharing.participation import split_over_schemes
from ledger.sharing.price_rules import (
    BillSharing,
    FixedByProducer,
    FixedPrice,
    MidMarket,
    PriceRule,
    ProducerPrice,
    SupplyDemandRatio,
    check_every_price,
    check_price_rule,
)
from ledger.sharing.prices import MWH_PER_KWH
from ledger.sharing.schemes import check_computable
from ledger.sharing.slot_flows import Allocated, AllocationKeys, SlotFlows
from ledger.slots.limits import MAX_SLOT_MWH
from tests.support.sharing_chain import participants, terms

RULE: Codec[AllocationRule] = Codec(AllocationRule, 200_000)
PRICE_RULE: Codec[PriceRule] = Codec(PriceRule, 200_000)

METHODS = [
    Static(),
    StaticRedistributed(),
    Dynamic(),
    Pairs((PairShare(1, 2, PARTS), PairShare(2, 2, 5))),
    PairsEachSlot(),
    Cascade((Pairs((PairShare(1, 2, 3),)), Dynamic())),
    Credit((PairShare(1, 2, 3),), 12),
]


@pytest.mark.parametrize("method", METHODS, ids=lambda method: type(method).__name__)
def test_a_rule_has_one_encoding(method: Static) -> None:
    rule = AllocationRule(method, Delivery.PROPORTIONAL, no_self_share=True, hourly=True)
    check_allocation_rule(rule)
    assert RULE.decode(encode(rule)) == rule


@pytest.mark.parametrize(
    "rule",
    [
        FixedPrice(1),
        FixedByProducer((ProducerPrice(1, 2), ProducerPrice(2, 1))),
        MidMarket(2, 1),
        SupplyDemandRatio(2, 2),
        BillSharing(2, 0),
    ],
    ids=lambda rule: type(rule).__name__,
)
def test_a_price_rule_has_one_encoding(rule: PriceRule) -> None:
    check_price_rule(rule)
    assert PRICE_RULE.decode(encode(rule)) == rule


@pytest.mark.parametrize(
    "kind", [AllocationRule, *dict.fromkeys(type(method) for method in METHODS), FixedPrice, MidMarket, ProducerPrice]
)
def test_every_number_of_a_rule_says_its_unit(kind: type) -> None:
    assert fields_without_unit(kind) == ()


def test_delivery_by_age_is_not_for_pairs() -> None:
    for method in (Pairs(()), PairsEachSlot(), Credit((), 1), Cascade((PairsEachSlot(),))):
        with pytest.raises(Refused, match="by age"):
            check_allocation_rule(AllocationRule(method, Delivery.BY_AGE))
    with pytest.raises(Refused, match="by age"):
        check_allocation_rule(AllocationRule(Static(), Delivery.BY_AGE, no_self_share=True))
    check_allocation_rule(AllocationRule(Cascade((PairsEachSlot(), Static())), Delivery.BY_AGE))


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ((PairShare(1, 3, 1), PairShare(1, 2, 1)), "rising order"),
        ((PairShare(1, 2, 1), PairShare(1, 2, 1)), "stands twice"),
        ((PairShare(1, 2, PARTS), PairShare(1, 3, 1)), "producer 1 sum to more than the whole"),
    ],
)
def test_rows_that_cannot_hold_are_refused(rows: tuple[PairShare, ...], words: str) -> None:
    for method in (Pairs(rows), Credit(rows, 1), Cascade((Static(), Pairs(rows)))):
        with pytest.raises(Refused, match=words):
            check_allocation_rule(AllocationRule(method))


@pytest.mark.parametrize(
    "rows",
    [
        [(0, 1, 1), (0, 0, 1)],
        [(0, 0, 1), (0, 0, 1)],
        [(0, 0, PARTS), (0, 1, 1)],
        [(0, 2, 1)],
        [(1, 0, 1)],
        [(-1, 0, 1)],
        [(0, 0, -1)],
    ],
)
def test_rows_of_a_slot_that_cannot_hold_are_refused(rows: list[tuple[int, int, int]]) -> None:
    with pytest.raises(Refused):
        allocate(AllocationRule(PairsEachSlot()), SlotFlows([5], [5, 5]), AllocationKeys(rows=rows), 0)


def test_a_row_of_a_point_that_takes_no_part_is_the_producers_rest() -> None:
    rule = AllocationRule(Pairs((PairShare(1, 2, PARTS // 2), PairShare(1, 9, PARTS // 2), PairShare(8, 2, PARTS))))
    found = allocate(rule, SlotFlows([100], [70]), AllocationKeys(producers=[1], consumers=[2]), 0)
    assert found == Allocated((50,), (50,), ((0, 0, 50),))


def test_reference_prices_stand_the_right_way_round() -> None:
    for rule in (MidMarket(1, 2), SupplyDemandRatio(1, 2), BillSharing(1, 2)):
        with pytest.raises(Refused, match="must not be below"):
            check_price_rule(rule)
    with pytest.raises(Refused, match="stands twice"):
        check_price_rule(FixedByProducer((ProducerPrice(1, 2), ProducerPrice(1, 2))))


def test_a_rate_is_one_by_which_no_slot_is_beyond_the_ledgers_numbers() -> None:
    assert PRICE_RULE.decode(encode(FixedPrice(MAX_SHARING_RATE))) == FixedPrice(MAX_SHARING_RATE)
    for rule in (FixedPrice(MAX_SHARING_RATE + 1), MidMarket(MAX_SHARING_RATE + 1, 0), FixedPrice(-1)):
        with pytest.raises(MalformedInput):
            PRICE_RULE.decode(encode(rule))
    assert MAX_SCHEME_ROWS * MAX_SLOT_MWH * MAX_SHARING_RATE // MWH_PER_KWH <= MAX_INTEGER
    least = MAX_INTEGER * MWH_PER_KWH // (MAX_SLOT_MWH * MAX_SCHEME_POINTS)
    dear = terms(participants(p1=(1,)), prices=FixedPrice(least))
    check_computable(dear, 1, MAX_SCHEME_POINTS - 1, 1)
    with pytest.raises(Refused, match="so many points at such prices"):
        check_computable(replace(dear, fee=1, prices=FixedPrice(least + 1)), 1, MAX_SCHEME_POINTS - 1, 1)
    with pytest.raises(Refused, match="so many points at such prices"):
        check_computable(dear, 1, MAX_SCHEME_POINTS - 1, 4)


def test_every_producer_has_a_price_before_a_slot_is_settled() -> None:
    rule = FixedByProducer((ProducerPrice(3, 1), ProducerPrice(5, 0)))
    check_every_price(rule, [3, 5])
    check_every_price(FixedPrice(1), [3, 4])
    with pytest.raises(Refused, match="point 4 injects and has no price"):
        check_every_price(rule, [3, 4, 5])


def test_energies_fill_the_ledgers_numbers_and_no_more() -> None:
    rule, keys = AllocationRule(Dynamic()), AllocationKeys()
    at = allocate(rule, SlotFlows([MAX_INTEGER - 1, 1], [MAX_INTEGER]), keys, 0)
    assert at.delivered == (MAX_INTEGER - 1, 1)
    for flows in (SlotFlows([MAX_INTEGER, 1], [5]), SlotFlows([5], [MAX_INTEGER, 1]), SlotFlows([-1, 3], [5])):
        with pytest.raises(Refused) as refused:
            allocate(rule, flows, keys, 0)
        assert refused.value.code == "out_of_range"


def test_as_many_pairs_as_may_be() -> None:
    rule, count = AllocationRule(Static(), no_self_share=True), 100
    producers = MAX_ALLOCATION_PAIRS // count
    owners = [b"p"] * producers
    for more in (0, 1):
        consumers = [b"c"] * (count + more)
        keys = AllocationKeys(weights=[1] * len(consumers), producer_owners=owners, consumer_owners=consumers)
        flows = SlotFlows([count] * producers, [producers] * len(consumers))
        if more:
            with pytest.raises(Refused) as refused:
                allocate(rule, flows, keys, 0)
            assert refused.value.code == "too_heavy"
        else:
            assert len(allocate(rule, flows, keys, 0).pairs) == MAX_ALLOCATION_PAIRS


def test_pairs_are_counted_over_all_levels_and_whatever_the_slot() -> None:
    wide = 100, MAX_ALLOCATION_PAIRS // 200
    no_own = AllocationRule(Cascade((Static(), Pairs((PairShare(1, 2, 3),)), Dynamic())), no_self_share=True)
    with pytest.raises(Refused) as refused:
        check_pairs(no_own, *wide)
    assert refused.value.code == "too_heavy"
    assert f"{MAX_ALLOCATION_PAIRS + 1} pairs" in refused.value.detail
    check_pairs(AllocationRule(Cascade((Static(), Dynamic())), no_self_share=True), *wide)
    check_pairs(AllocationRule(Dynamic()), 5_000, 5_000)
    rounds = AllocationRule(StaticRedistributed(), no_self_share=True)
    check_pairs(rounds, MAX_ALLOCATION_PAIRS // (50 * MAX_SHARE_ROUNDS), 50)
    check_pairs(rounds, MAX_ALLOCATION_PAIRS // (9 * 10), 9)
    for producers, consumers in ((MAX_ALLOCATION_PAIRS // (50 * MAX_SHARE_ROUNDS) + 1, 50), (1_112, 9)):
        with pytest.raises(Refused, match="divide the scheme"):
            check_pairs(rounds, producers, consumers)
    check_pairs(AllocationRule(Pairs((PairShare(1, 2, 3),)), no_self_share=True), 5_000, 5_000)
    check_pairs(AllocationRule(PairsEachSlot()), 5_000, 5_000, MAX_ALLOCATION_PAIRS)
    for rule, rows in ((AllocationRule(PairsEachSlot()), MAX_ALLOCATION_PAIRS + 1), (AllocationRule(Credit((), 1)), 0)):
        with pytest.raises(Refused, match="divide the scheme"):
            check_pairs(rule, 5_000, 5_000, rows)


def test_levels_rows_and_lifetimes_have_bounds() -> None:
    good = [
        AllocationRule(Cascade((Static(),) * MAX_CASCADE_LEVELS)),
        AllocationRule(Pairs(tuple(PairShare(1 + n, 1, 1) for n in range(MAX_RULE_ROWS)))),
        AllocationRule(Credit((), MAX_CREDIT_SLOTS)),
    ]
    bad = [
        AllocationRule(Cascade((Static(),) * (MAX_CASCADE_LEVELS + 1))),
        AllocationRule(Cascade(())),
        AllocationRule(Pairs(tuple(PairShare(1 + n, 1, 1) for n in range(MAX_RULE_ROWS + 1)))),
        AllocationRule(Credit((), MAX_CREDIT_SLOTS + 1)),
        AllocationRule(Credit((), 0)),
        AllocationRule(Static(), 2),
        AllocationRule(Pairs((PairShare(1, 1, PARTS + 1),))),
    ]
    for rule in good:
        assert RULE.decode(encode(rule)) == rule
    for rule in bad:
        with pytest.raises(MalformedInput):
            RULE.decode(encode(rule))


def test_factors_sum_to_at_most_the_whole() -> None:
    assert split_over_schemes(10, [PARTS // 2, PARTS // 2], 0) == (5, 5)
    for factors in ([PARTS // 2, PARTS // 2 + 1], [-1, 5]):
        with pytest.raises(Refused, match="participation factors"):
            split_over_schemes(10, factors, 0)


def test_what_would_break_an_invariant_halts() -> None:
    flows, keys = SlotFlows([10], [6, 4]), AllocationKeys()
    check_allocated(flows, keys, Allocated((6, 4), (10,)))
    broken = [
        Allocated((7, 3), (10,)),
        Allocated((6, 4), (9,)),
        Allocated((-1, 4), (3,)),
        Allocated((6,), (6,)),
    ]
    for allocated in broken:
        with pytest.raises(BrokenInvariant):
            check_allocated(flows, keys, allocated)


@pytest.mark.parametrize(("total", "weights"), [(-1, [1, 2]), (5, [3, -1])])
def test_nothing_below_zero_is_apportioned(total: int, weights: list[int]) -> None:
    with pytest.raises(BrokenInvariant):
        apportion(total, weights)
    with pytest.raises(BrokenInvariant):
        apportion_sparse(total, [0, 1], weights, 2)


def test_keys_that_are_missing_are_our_fault() -> None:
    flows = SlotFlows([10], [6, 4])
    cases = [
        (AllocationRule(Static()), AllocationKeys(weights=[1])),
        (AllocationRule(StaticRedistributed()), AllocationKeys(weights=[1])),
        (AllocationRule(Static(), no_self_share=True), AllocationKeys(weights=[1, 1])),
        (AllocationRule(Static(), Delivery.BY_AGE), AllocationKeys(weights=[1, 1])),
        (AllocationRule(Cascade((Static(), Static()))), AllocationKeys(levels=[[1, 1]])),
        (AllocationRule(Pairs(())), AllocationKeys(weights=[1, 1])),
    ]
    for rule, keys in cases:
        with pytest.raises(BrokenInvariant):
            allocate(rule, flows, keys, 0)


TOO_MUCH = (PairShare(1, 2, PARTS), PairShare(1, 3, 1))


@pytest.mark.parametrize(
    ("check", "code"),
    [
        (lambda: check_allocation_rule(AllocationRule(Pairs(()), Delivery.BY_AGE)), "bad_delivery"),
        (lambda: check_allocation_rule(AllocationRule(Pairs((PairShare(1, 2, 1),) * 2))), "bad_rule_rows"),
        (
            lambda: check_allocation_rule(AllocationRule(Pairs((PairShare(1, 2, PARTS), PairShare(1, 3, 1))))),
            "rule_shares",
        ),
        (lambda: _allocate_rows([(0, 0, 1), (0, 0, 1)]), "bad_rule_rows"),
        (lambda: _allocate_rows([(0, 2, 1)]), "bad_rule_rows"),
        (lambda: _allocate_rows([(0, 0, PARTS), (0, 1, 1)]), "rule_shares"),
        (lambda: check_price_rule(FixedByProducer((ProducerPrice(1, 2),) * 2)), "bad_price_rows"),
        (lambda: check_price_rule(MidMarket(1, 2)), "retail_below_feed_in"),
        (lambda: check_every_price(FixedByProducer((ProducerPrice(1, 2),)), [3]), "unpriced_producer"),
        (lambda: split_over_schemes(5, (PARTS, 1), 0), "point_shares"),
    ],
)
def test_each_refusal_of_a_rule_has_a_code_of_its_own(check: Callable[[], object], code: str) -> None:
    with pytest.raises(Refused) as refused:
        check()
    assert refused.value.code == code


def _allocate_rows(rows: list[tuple[int, int, int]]) -> None:
    allocate(AllocationRule(PairsEachSlot()), SlotFlows([5], [5, 5]), AllocationKeys(rows=rows), 0)
