"""What charging a day costs: `python -m bench.grid [--points 10000] [--slots 96] [--runs 3]`.

The rests of a scheme's day, chunk by chunk of 256 points, through the hook that the grid account brings: tariffs by the
clock on the wall, a grid fee, a levy, sums, payments, events, the writes of the overlay; no block around it. First the
day's first run, then one in which every value is another. CPU per point, in units of weight (5 us) too, and the share
of one core's day. Medians over runs.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import statistics
import time
from typing import Final

from harness.chain import ENT, START_MS, address, make_genesis
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.balances import mint
from ledger.chain.context import Context
from ledger.chain.protocol import context_at
from ledger.chain.schema import ONLY, PROTOCOL, ProtocolInForce
from ledger.chain.section import sections_of
from ledger.encoding.codec import encode
from ledger.grid.following import follow_rests
from ledger.grid.genesis import GRID_SECTION, GridMode, GridSection
from ledger.grid.tariffs import Levy, RateStep, TariffTerms, TimeRate, ZoneFee, constant
from ledger.grid.terms import begin_grid
from ledger.keys.crypto import tagged_hash
from ledger.sharing.points import PointRest
from ledger.sharing.scheme_terms import SourceOrder
from ledger.slots.genesis import SLOTS_SECTION, SlotsSection
from ledger.slots.schema import POINTS, Direction, MeteringPoint, OffsetChange
from ledger.state.overlay import MemoryReader, State
from ledger.state.table import big_endian
from nodechain.modules import REGISTRY

CHUNK: Final = 256
QUARTER_MS: Final = 900_000
DAY_US: Final = 86_400 * 10**6
UNIT_US: Final = 5
SCHEME: Final = 1
NIGHT: Final = TimeRate((RateStep(0, ENT // 5), RateStep(24, ENT // 3), RateStep(88, ENT // 5)), (), ())
TARIFF: Final = TariffTerms(
    "house", CURRENCY_ASSET, NIGHT, constant(ENT // 12), (ZoneFee("grid", "*", constant(ENT // 15)),),
    (Levy("green", constant(ENT // 100), False),),
)  # fmt: skip


def owner_of(number: int) -> bytes:
    """An account for each point."""
    return tagged_hash(b"bench/owner", big_endian(number))[:20]


def context_of(points: int) -> Context:
    """A chain with so many points, whose owners have money."""
    made = make_genesis()
    slots = SlotsSection(QUARTER_MS, "Europe/Vienna", (OffsetChange(0, 60),), (), (), ())
    grid = GridSection(GridMode.ACCOUNT, CURRENCY_ASSET, address("O"), SourceOrder.OWN, (TARIFF,), 1)
    parts = sections_of(*made.sections, SLOTS_SECTION.holding(slots), GRID_SECTION.holding(grid))
    genesis = type(made)(**{name: getattr(made, name) for name in made.__struct_fields__} | {"sections": parts})
    state = State(MemoryReader())
    state.put(PROTOCOL, ONLY, ProtocolInForce(1, 0, tuple(sorted(name for name, _content in parts))))
    context = context_at(REGISTRY, state, genesis, 1, START_MS)
    begin_grid(context)
    for number in range(1, points + 1):
        owner, direction = owner_of(number), Direction(2 if number % 4 == 0 else 1)
        point = MeteringPoint(number, owner, direction, "local", 0, bytes(32), False, 0, 0)
        state.put(POINTS, big_endian(number), point)
        mint(state, owner, CURRENCY_ASSET, 1_000 * ENT)
    mint(state, address("O"), CURRENCY_ASSET, 1_000_000 * ENT)
    context.end_transactions()
    return context


def rests_of(points: int, slots: int, chance: random.Random, before: list[tuple[int, ...]]) -> list[PointRest]:
    """A day's rests of all points; `before` are those of the run before."""
    return [
        PointRest(
            number,
            owner_of(number),
            Direction(2 if number % 4 == 0 else 1),
            before[number - 1] if before else (0,) * slots,
            tuple(chance.randint(5_000, 200_000) for _ in range(slots)),
        )
        for number in range(1, points + 1)
    ]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=10_000)
    parser.add_argument("--slots", type=int, default=96)
    parser.add_argument("--runs", type=int, default=3)
    chosen = parser.parse_args()
    print(f"{platform.python_version()}, {os.cpu_count()} CPUs, {chosen.points} points, {chosen.slots} slots")
    first: list[float] = []
    again: list[float] = []
    events, encoded, encoding = 0, 0, 0.0
    for seed in range(chosen.runs):
        chance = random.Random(seed)
        context = context_of(chosen.points)
        slots = tuple(range(START_MS // QUARTER_MS + 4, START_MS // QUARTER_MS + 4 + chosen.slots))
        before: list[tuple[int, ...]] = []
        for figures in (first, again):
            rests = rests_of(chosen.points, chosen.slots, chance, before)
            began, started = len(context.events), time.process_time()
            for place in range(0, len(rests), CHUNK):
                follow_rests(context, SCHEME, slots, tuple(rests[place : place + CHUNK]))
            figures.append((time.process_time() - started) * 1e6)
            events = len(context.events) - began
            before = [rest.after for rest in rests]
        started = time.process_time()
        encoded = sum(len(encode(event)) for event in context.events[-chosen.points :])
        encoding = (time.process_time() - started) * 1e6
    for name, figures in (("first run", first), ("every value corrected", again)):
        took = statistics.median(figures)
        point = took / chosen.points
        print(
            f"{name:22} {took / 1e6:6.2f} s; {point:6.1f} us a point ({point / UNIT_US:.1f} units);"
            f" {took / DAY_US:.4%} of a core's day; {events} events"
        )
    print(f"events: {encoded / chosen.points:.0f} bytes each, {encoding / chosen.points:.1f} us to encode")


if __name__ == "__main__":
    main()
