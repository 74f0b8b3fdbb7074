"""Hypothesis cases of sharing: small numbers, where remainders tie, and large ones, where products are long."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

from ledger.sharing.allocation_rules import (
    AllocationMethod,
    AllocationRule,
    Cascade,
    Delivery,
    Dynamic,
    LevelMethod,
    Pairs,
    PairsEachSlot,
    PairShare,
    Static,
    StaticRedistributed,
)
from ledger.sharing.slot_flows import AllocationKeys, SlotFlows

WHOLE = 10**9
MAX_SUM = 2**63 - 1
ENERGY = st.one_of(st.integers(0, 12), st.integers(0, 10**6), st.integers(0, MAX_SUM // 16))
WEIGHT = st.one_of(st.integers(0, 3), st.integers(0, 10**9), st.integers(0, MAX_SUM))
SLOT = st.one_of(st.integers(0, 40), st.integers(0, MAX_SUM))


@dataclass(frozen=True)
class Case:
    rule: AllocationRule
    flows: SlotFlows
    keys: AllocationKeys
    slot: int


@st.composite
def rows(draw: st.DrawFn, producers: int, consumers: int) -> list[tuple[int, int, int]]:
    """By places in rising order; each producer's shares sum to at most the whole, often to it exactly."""
    found = []
    for producer in range(producers):
        left = WHOLE
        for consumer in range(consumers):
            share = draw(st.one_of(st.just(0), st.just(left), st.integers(0, left), st.just(WHOLE // 3)))
            share = min(share, left)
            left -= share
            if share or draw(st.booleans()):
                found.append((producer, consumer, share))
    return found


@st.composite
def cases(
    draw: st.DrawFn, methods: tuple[str, ...] = ("static", "redistributed", "dynamic", "pairs", "slot", "cascade")
) -> Case:
    producers, consumers = draw(st.integers(0, 4)), draw(st.integers(0, 6))
    flows = SlotFlows(
        draw(st.lists(ENERGY, min_size=producers, max_size=producers)),
        draw(st.lists(ENERGY, min_size=consumers, max_size=consumers)),
    )
    name = draw(st.sampled_from(methods))
    no_self_share = draw(st.booleans())
    owner = st.sampled_from([b"a", b"b", b"c"])
    weights = st.lists(WEIGHT, min_size=consumers, max_size=consumers)
    numbers = [7 * place + 3 for place in range(producers + consumers)]
    by_place = draw(rows(producers, consumers))
    fixed = tuple(PairShare(numbers[row[0]], numbers[producers + row[1]], row[2]) for row in by_place)
    plain: dict[str, LevelMethod] = {
        "static": Static(),
        "redistributed": StaticRedistributed(),
        "dynamic": Dynamic(),
        "pairs": Pairs(fixed),
        "slot": PairsEachSlot(),
    }
    levels = draw(st.lists(st.sampled_from(sorted(plain)), min_size=1, max_size=4))
    method: AllocationMethod = Cascade(tuple(plain[level] for level in levels)) if name == "cascade" else plain[name]
    keys = AllocationKeys(
        weights=draw(weights),
        levels=[draw(weights) for _ in levels],
        commissioned=draw(st.lists(st.integers(0, 3), min_size=producers, max_size=producers)),
        producers=numbers[:producers],
        consumers=numbers[producers:],
        producer_owners=draw(st.lists(owner, min_size=producers, max_size=producers)),
        consumer_owners=draw(st.lists(owner, min_size=consumers, max_size=consumers)),
        rows=by_place,
    )
    delivery = draw(st.sampled_from(Delivery))
    return Case(AllocationRule(method, delivery, no_self_share), flows, keys, draw(SLOT))
