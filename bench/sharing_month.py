"""What settling a month costs on the ledger: `python -m bench.sharing_month [--points 10000] [--producers 10]`.

A scheme by the month whose points have all values: first what it costs to follow a day of a point's values beside what
the values themselves cost, then the month's run over blocks, then a correction of one point, by what the sweep is at
when a block begins (`cut-offs`: it looks for gaps in days whose cut-off has come). CPU time is all that a validator
does for these blocks (`bench.execution.stages`).
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import time
from typing import Final

from msgspec.structs import replace

from bench.execution import METERS_IN_BLOCK, Community, stages
from bench.slot_days import QUARTER_MS, SLOTS
from ledger.bank.assets import CURRENCY_ASSET
from ledger.chain.context import Context
from ledger.chain.protocol import context_at
from ledger.chain.schema import COUNTERS, ONLY, PARAMETERS, PROTOCOL, SWEEPS, Counter, Link, Parameter, ProtocolInForce
from ledger.chain.section import sections_of
from ledger.keys.crypto import tagged_hash
from ledger.sharing.allocation_rules import AllocationRule, Credit
from ledger.sharing.credit_following import follow_months, month_key, note_sum
from ledger.sharing.credit_schema import CREDIT_RUNS, CREDIT_TABLES, MONTH_SUMS, CreditPhase, MonthSum
from ledger.sharing.credit_terms import first_slot_of_month, slots_of_month
from ledger.sharing.genesis import SHARING_SECTION, SharingSection
from ledger.sharing.limits import MAX_SCHEME_ROWS
from ledger.sharing.parameters import SHARING_PARAMETERS
from ledger.sharing.payloads import ChangeScheme, SharingTypeNumber
from ledger.sharing.price_rules import MidMarket
from ledger.sharing.scheme_terms import Participant, SchemeTerms, Settlement, SourceOrder
from ledger.sharing.versions import version_of
from ledger.slots.clock import clock_of
from ledger.slots.packing import SlotValue
from ledger.slots.registration import OPEN_POINTS, POINT_NUMBERS
from ledger.slots.schema import OWNER_POINTS, POINTS, Direction, MeteringPoint, SlotState, ValueSource
from ledger.state.overlay import State
from ledger.state.table import big_endian
from nodechain.modules import REGISTRY

MEMBERS: Final = 2_500
DEFAULT_BLOCK_WEIGHT: Final = 100_000
FOLLOWED: Final = 200
"""Days of points of which following is measured."""


class SharingMonth:
    """Points 1 to `points` of members in turn in one scheme, from the next month on; the first ones inject."""

    def __init__(self, points: int, producers: int, settlement: Settlement, block_weight: int) -> None:
        self.points, self.producers = points, producers
        self.community = community = Community(max(METERS_IN_BLOCK, min(points, MEMBERS)))
        genesis, sharing = community.genesis, SharingSection(CURRENCY_ASSET, (community.addresses[0],))
        community.genesis = replace(genesis, sections=sections_of(*genesis.sections, SHARING_SECTION.holding(sharing)))
        self._register()
        clock = clock_of(self.context(State(community.reader)))
        self.month = clock.local_month(community.time_ms // QUARTER_MS) + 1
        self.slots = slots_of_month(clock, self.month)
        for first in range(0, points, MAX_SCHEME_ROWS):
            numbers = range(first + 1, min(first + MAX_SCHEME_ROWS, points) + 1)
            more = (True,) if first else ()
            change = ChangeScheme(1 if first else 0, self.slots.start, self._terms(settlement, numbers), *more)
            community.run([community.signed(community.members[0], SharingTypeNumber.CHANGE_SCHEME, change)])
        community.genesis = replace(community.genesis, block_weight=block_weight)
        community.time_ms = self.slots.stop * QUARTER_MS

    def context(self, state: State) -> Context:
        """Of its own each: its weight is bounded by a block's."""
        community = self.community
        return context_at(REGISTRY, state, community.genesis, community.height + 1, community.time_ms)

    def _register(self) -> None:
        state, community = State(self.community.reader), self.community
        names = tuple(name for name, _section in community.genesis.sections)
        state.put(PROTOCOL, ONLY, ProtocolInForce(community.genesis.version, 0, names))
        for rule in SHARING_PARAMETERS:
            state.put(PARAMETERS, rule.name.encode(), Parameter(rule.default))
        for number in range(1, self.points + 1):
            owner = community.addresses[number % community.accounts]
            name = tagged_hash(b"nodechain/bench-point", big_endian(number))
            point = MeteringPoint(number, owner, int(self._direction(number)), "", number, name, False, 0, 0)
            state.put(POINTS, big_endian(number), point)
            state.put(OWNER_POINTS, owner + big_endian(number), Link(big_endian(number)))
        for counter in (OPEN_POINTS, POINT_NUMBERS):
            state.put(COUNTERS, counter, Counter(self.points))
        community.commit(state.changes())

    def _direction(self, number: int) -> Direction:
        return Direction.INJECTION if number <= self.producers else Direction.OFFTAKE

    def _terms(self, settlement: Settlement, numbers: range) -> SchemeTerms:
        members = tuple(
            Participant(number, () if self._direction(number) == Direction.INJECTION else (1 + number % 97,))
            for number in numbers
        )
        return SchemeTerms(
            "bench", CURRENCY_ASSET, members, AllocationRule(Credit((), 12)), MidMarket(300_000, 80_000), 10_000,
            self.community.addresses[0], SourceOrder.OPERATOR, 1_000, 72 * 3_600_000, settlement,
        )  # fmt: skip

    def follow(self) -> tuple[float, float]:
        """CPU in us and weight of following one point's day of values."""
        state, chance = State(self.community.reader), random.Random(1)
        before = (SlotValue(0, SlotState.MISSING),) * SLOTS
        days = [tuple(SlotValue(chance.randint(0, 10**6), SlotState.IMPORTED) for _ in range(SLOTS)) for _ in range(9)]
        begun, weight = time.process_time(), 0
        for number in range(FOLLOWED):
            context = self.context(state)
            point = 1 + number % self.points
            follow_months(context, point, ValueSource.OPERATOR, self.slots.start, before, days[number % 9])
            weight += context.weight
        return (time.process_time() - begun) * 1e6 / FOLLOWED, weight / FOLLOWED

    def bring(self, points: range) -> None:
        """Sums of the month of some points, all values there."""
        state, chance = State(self.community.reader), random.Random(len(points))
        clock = clock_of(self.context(state))
        version = version_of(state, 1, first_slot_of_month(clock, self.month))
        for number in points:
            context = self.context(state)
            most = 10**9 * self.points // self.producers if number <= self.producers else 10**9
            made = MonthSum(chance.randint(0, most), len(self.slots), 0, self.slots.stop)
            key = month_key(1, self.month) + big_endian(number)
            held = state.get(MONTH_SUMS, key) or MonthSum(0, 0, 0, 0)
            state.put(MONTH_SUMS, key, made)
            note_sum(context, version, (number, self.month), held, made)
        self.community.commit(state.changes())

    def settle(self) -> None:
        """Blocks until nothing waits; what each phase came to."""
        found: dict[str, list[tuple[float, int]]] = {}
        while State(self.community.reader).first(SWEEPS) is not None:
            run = State(self.community.reader).get(CREDIT_RUNS, big_endian(1))
            name = "cut-offs" if run is None else CreditPhase(run.phase).name.lower()
            taken = sum(cpu_us for _stage, cpu_us in stages(self.community, []))
            found.setdefault(name, []).append((taken, self.community.last_weight))
        for name, blocks in found.items():
            cpu_us, weight = (sum(column) for column in zip(*blocks, strict=True))
            print(
                f"  {name:8} {cpu_us / 1e6:6.2f} s in {len(blocks):4} blocks, {weight:9,} units"
                f" ({cpu_us / max(1, weight):5.2f} us each); longest block {max(blocks)[0] / 1e3:7.1f} ms"
            )
        total = sum(cpu_us for blocks in found.values() for cpu_us, _weight in blocks)
        print(f"  all      {total / 1e6:6.2f} s of CPU")

    def held(self) -> int:
        """Bytes in the tables of schemes by the month."""
        scans = (self.community.reader.scan(table.number, b"", None) for table in CREDIT_TABLES)
        return sum(len(key) + len(value) + 1 for scan in scans for key, value in scan)


def main() -> None:
    parser = argparse.ArgumentParser(description="measure what settling a month costs on the ledger")
    parser.add_argument("--points", type=int, default=10_000)
    parser.add_argument("--producers", type=int, default=10)
    parser.add_argument("--settlement", choices=("slot", "period"), default="slot")
    parser.add_argument("--block-weight", type=int, default=DEFAULT_BLOCK_WEIGHT)
    chosen = parser.parse_args()
    settlement = Settlement[chosen.settlement.upper()]
    month = SharingMonth(chosen.points, chosen.producers, settlement, chosen.block_weight)
    print(
        f"{time.strftime('%Y-%m-%d')}, {platform.processor() or platform.machine()}, {os.cpu_count()} cores, "
        f"load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}: {chosen.points} points, of which"
        f" {chosen.producers} inject, a month, settled by {chosen.settlement}, block weight {chosen.block_weight}",
        flush=True,
    )
    cpu_us, weight = month.follow()
    print(f"  to follow a point's day of values: {cpu_us:.0f} us, {weight:.0f} units")
    month.bring(range(1, month.points + 1))
    month.settle()
    print(f"  tables hold {month.held():,} bytes")
    month.bring(range(month.points, month.points + 1))
    print(" then another value of one point:")
    month.settle()


if __name__ == "__main__":
    main()
