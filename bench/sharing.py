"""What allocating and pricing a day costs: `python -m bench.sharing [--points 10000] [--slots 96] [--runs 3]`.

The pure rules alone (no state, no events): a community of which one point in four injects, a summer's day of flows in
mWh drawn by a seed. CPU per slot, per point in V (one Ed25519 verification by libsodium, measured before each run and
after), and the share of one core's day. Pairs are measured with a fixed row of three consumers for each producer.
Medians over runs.
"""

from __future__ import annotations

import argparse
import math
import os
import platform
import random
import statistics
import time
from collections.abc import Sequence
from typing import Final

from bench.ratios import verification_us
from ledger.chain.parameters import PARTS
from ledger.sharing.allocation import allocate
from ledger.sharing.allocation_rules import (
    AllocationRule,
    Cascade,
    Delivery,
    Dynamic,
    Pairs,
    PairShare,
    Static,
    StaticRedistributed,
)
from ledger.sharing.limits import MAX_ALLOCATION_PAIRS, MAX_RULE_ROWS
from ledger.sharing.price_rules import MidMarket
from ledger.sharing.prices import priced
from ledger.sharing.slot_flows import AllocationKeys, SlotFlows

DAY_US: Final = 86_400 * 10**6
PRICE: Final = MidMarket(retail=300_000, feed_in=80_000)
FIRST_SLOT: Final = 1_983_456


def day(producers: int, consumers: int, slots: int, chance: random.Random) -> list[SlotFlows]:
    """Offtake about 100 Wh a slot; injection after the sun, none at night, at noon twice what is taken."""
    flows = []
    for slot in range(slots):
        sun = max(0.0, -math.cos(2 * math.pi * slot / slots))
        injections = [int(sun * chance.randint(300_000, 900_000)) for _ in range(producers)]
        flows.append(SlotFlows(injections, [chance.randint(5_000, 200_000) for _ in range(consumers)]))
    return flows


def keys_of(producers: int, consumers: int, chance: random.Random) -> AllocationKeys:
    """Keys of two kinds for a cascade: one consumer in ten stands in the first level."""
    weights = [chance.randint(1, PARTS) for _ in range(consumers)]
    return AllocationKeys(
        weights=weights,
        levels=[[weight if place % 10 == 0 else 0 for place, weight in enumerate(weights)], weights],
        commissioned=[chance.randint(0, 10**12) for _ in range(producers)],
        producers=range(1, 1 + producers),
        consumers=range(1 + producers, 1 + producers + consumers),
    )


def rules_of(producers: int, consumers: int) -> dict[str, AllocationRule]:
    """By name; a producer's three consumers are its neighbours in number."""
    rows = [
        PairShare(1 + producer, 1 + producers + (3 * producer + near) % consumers, PARTS // 4)
        for producer in range(min(producers, MAX_RULE_ROWS // 3))
        for near in range(3)
    ]
    pairs = Pairs(tuple(sorted(rows, key=lambda row: (row.producer, row.consumer))))
    return {
        "static": AllocationRule(Static()),
        "static-redistributed": AllocationRule(StaticRedistributed()),
        "dynamic": AllocationRule(Dynamic()),
        "dynamic, by age": AllocationRule(Dynamic(), Delivery.BY_AGE),
        "cascade of two": AllocationRule(Cascade((StaticRedistributed(), Dynamic()))),
        "pairs, three each": AllocationRule(pairs),
    }


def most_pairs(slots: int, chance: random.Random) -> tuple[str, AllocationRule, list[SlotFlows], AllocationKeys]:
    """As many pairs as one allocation may have: no self-share, 100 producers, every consumer with a key."""
    producers, consumers = 100, MAX_ALLOCATION_PAIRS // 100
    keys = AllocationKeys(
        weights=[chance.randint(1, PARTS) for _ in range(consumers)],
        producer_owners=[b"%d" % place for place in range(producers)],
        consumer_owners=[b"%d" % place for place in range(consumers)],
    )
    name = f"no self-share, {producers} x {consumers}"
    return name, AllocationRule(Static(), no_self_share=True), day(producers, consumers, slots, chance), keys


def slot_us(rule: AllocationRule, flows: Sequence[SlotFlows], keys: AllocationKeys) -> tuple[float, float]:
    """CPU microseconds of a slot: allocation with its invariants, and the price; means over the day."""
    allocating = pricing = 0
    for place, slot in enumerate(flows):
        start = time.process_time_ns()
        allocated = allocate(rule, slot, keys, FIRST_SLOT + place)
        middle = time.process_time_ns()
        priced(PRICE, slot, keys, allocated, FIRST_SLOT + place)
        allocating += middle - start
        pricing += time.process_time_ns() - middle
    return allocating / len(flows) / 1_000, pricing / len(flows) / 1_000


def main() -> None:
    parser = argparse.ArgumentParser(description="measure allocation and prices of a day's slots")
    parser.add_argument("--points", type=int, default=10_000)
    parser.add_argument("--slots", type=int, default=96)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", default="", help="only rules whose name has this in it")
    chosen = parser.parse_args()
    chance = random.Random(15)
    producers = chosen.points // 4
    consumers = chosen.points - producers
    flows, keys = day(producers, consumers, chosen.slots, chance), keys_of(producers, consumers, chance)
    print(
        f"{time.strftime('%Y-%m-%d')}, {platform.processor() or platform.machine()}, {os.cpu_count()} cores, "
        f"load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}, {producers} producers and {consumers} "
        f"consumers, {chosen.slots} slots, medians of {chosen.runs} runs"
    )
    measured = [(name, rule, flows, keys) for name, rule in rules_of(producers, consumers).items()]
    measured.append(most_pairs(chosen.slots, chance))
    for name, rule, flows, keys in measured:
        if chosen.only not in name:
            continue
        points = len(flows[0].injections) + len(flows[0].offtakes)
        rows = []
        for _ in range(chosen.runs):
            before = verification_us()
            allocating, pricing = slot_us(rule, flows, keys)
            verification = (before + verification_us()) / 2
            rows.append((allocating, pricing, (allocating + pricing) / points / verification, verification))
        allocating, pricing, in_v, verification = (statistics.median(column) for column in zip(*rows, strict=True))
        whole_day = (allocating + pricing) * chosen.slots / DAY_US
        print(
            f"{name:26} {allocating / 1_000:6.2f} ms a slot, price {pricing / 1_000:5.2f} ms; "
            f"{in_v:.4f} V a point and slot (V {verification:.1f} us); {whole_day:.4%} of a core's day",
            flush=True,
        )


if __name__ == "__main__":
    main()
