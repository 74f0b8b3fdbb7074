"""What settling a day costs on the ledger: `python -m bench.sharing_day [--points 10000] [--rule dynamic] [--by-slot]`.

A community of which one point in four injects; the operator's file of a summer's day comes in parts, then the scheme's
run goes over blocks until nothing waits. CPU time is all that a validator does for these blocks: decoding, verifying,
rules, events, encoding, roots (`bench.execution.stages`). It is divided by what the sweep is at when a block begins.
`--zones N`: with a grid account that charges shared energy by pairs of zones, of which points have N (0: no grid).
`--by-slot`: the values come slot by slot, as from meters that report each quarter hour. `--corrections N`: then another
file changes the values of N points. `--own-first`: our meters' values are there before, settled, and the
operator's take their place (what their readings cost is in `bench.weights`). `--profile`: where the time goes.
"""

from __future__ import annotations

import argparse
import cProfile
import math
import os
import platform
import pstats
import random
import time
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from msgspec.structs import replace

from bench.execution import METERS_IN_BLOCK, Community, stages
from bench.slot_days import QUARTER_MS, SLOTS
from ledger.bank.assets import CURRENCY_ASSET
from ledger.chain.envelope import Transaction
from ledger.chain.parameters import DAY_MS
from ledger.chain.protocol import context_at
from ledger.chain.schema import COUNTERS, ONLY, PARAMETERS, PROTOCOL, SWEEPS, Counter, Link, Parameter, ProtocolInForce
from ledger.chain.section import sections_of
from ledger.errors import InclusionError
from ledger.grid.genesis import GRID_SECTION, GridMode, GridSection
from ledger.grid.tariffs import Levy, TariffTerms, ZoneFee, constant
from ledger.grid.terms import begin_grid
from ledger.keys.crypto import tagged_hash
from ledger.limits import MIN_BLOCK_WEIGHT
from ledger.sharing.allocation_rules import AllocationMethod, AllocationRule, Dynamic, StaticRedistributed
from ledger.sharing.genesis import SHARING_SECTION, SharingSection
from ledger.sharing.limits import MAX_SCHEME_ROWS
from ledger.sharing.parameters import SHARING_PARAMETERS
from ledger.sharing.payloads import ChangeScheme, SharingTypeNumber
from ledger.sharing.price_rules import MidMarket
from ledger.sharing.schema import DAY_RUNS, RUN_TABLES, SHARING_TABLES, Phase
from ledger.sharing.scheme_terms import Participant, SchemeTerms, Settlement, SourceOrder
from ledger.slots.packing import SlotValue
from ledger.slots.payloads import ImportRow, ImportSlots, SlotsTypeNumber
from ledger.slots.registration import OPEN_POINTS, POINT_NUMBERS
from ledger.slots.schema import OWNER_POINTS, POINTS, SLOT_VALUES, Direction, MeteringPoint, SlotState, ValueSource
from ledger.slots.values import put_values
from ledger.state.overlay import State
from ledger.state.table import big_endian
from nodechain.modules import REGISTRY

RULES: Final[dict[str, AllocationMethod]] = {"dynamic": Dynamic(), "static-redistributed": StaticRedistributed()}
ROWS: Final = 32
"""Points of one part of a file: what half of the smallest block holds."""

PRODUCER_EVERY: Final = 4
TARIFF: Final = TariffTerms(
    "house", CURRENCY_ASSET, constant(300_000), constant(80_000),
    (ZoneFee("grid", "*", constant(70_000)), ZoneFee("*", "*", constant(20_000))),
    (Levy("green", constant(10_000), True),),
)  # fmt: skip
MEMBERS: Final = 2_500


class SharingDay:
    """Points 1 to `points` of members in turn in one scheme, from the next UTC day on."""

    def __init__(
        self, points: int, method: AllocationMethod, settlement: Settlement, block_weight: int, zones: int = 0,
        sources: SourceOrder = SourceOrder.OPERATOR, community: Community | None = None,
    ) -> None:  # fmt: skip
        self.points, self.zones, self.sources = points, zones, sources
        community = community or Community(max(METERS_IN_BLOCK, min(points, MEMBERS)))
        self.community = community
        sharing = SharingSection(CURRENCY_ASSET, (community.addresses[0],))
        genesis = community.genesis
        grid = GridSection(GridMode.ACCOUNT, CURRENCY_ASSET, community.addresses[0], SourceOrder.OPERATOR, (TARIFF,), 1)
        parts = [SHARING_SECTION.holding(sharing), *([GRID_SECTION.holding(grid)] if zones else [])]
        community.genesis = replace(genesis, sections=sections_of(*genesis.sections, *parts))
        self._register()
        self.first_slot = (community.time_ms // DAY_MS + 1) * SLOTS
        for first in range(0, points, MAX_SCHEME_ROWS):
            numbers = range(first + 1, min(first + MAX_SCHEME_ROWS, points) + 1)
            terms = self._terms(method, settlement, numbers)
            change = ChangeScheme(1 if first else 0, self.first_slot, terms, *((True,) if first else ()))
            community.run([community.signed(community.members[0], SharingTypeNumber.CHANGE_SCHEME, change)])
        community.genesis = replace(community.genesis, block_weight=block_weight)
        chance = random.Random(15)
        self.values = [self._day(number, chance) for number in range(1, points + 1)]
        community.time_ms = (self.first_slot + SLOTS) * QUARTER_MS
        self.parts = 0

    def _register(self) -> None:
        state = State(self.community.reader)
        names = tuple(name for name, _section in self.community.genesis.sections)
        state.put(PROTOCOL, ONLY, ProtocolInForce(self.community.genesis.version, 0, names))
        for rule in SHARING_PARAMETERS:
            state.put(PARAMETERS, rule.name.encode(), Parameter(rule.default))
        for number in range(1, self.points + 1):
            owner = self.community.addresses[number // PRODUCER_EVERY % self.community.accounts]
            name = tagged_hash(b"nodechain/bench-point", big_endian(number))
            zone = f"zone {number // PRODUCER_EVERY % self.zones}" if self.zones else ""
            point = MeteringPoint(number, owner, int(_direction(number)), zone, number, name, False, 0, 0)
            state.put(POINTS, big_endian(number), point)
            state.put(OWNER_POINTS, owner + big_endian(number), Link(big_endian(number)))
        for name in (OPEN_POINTS, POINT_NUMBERS):
            state.put(COUNTERS, name, Counter(self.points))
        if self.zones:
            context = context_at(REGISTRY, state, self.community.genesis, 1, self.community.time_ms)
            begin_grid(context)
            context.end_transactions()
        self.community.commit(state.changes())

    def _terms(self, method: AllocationMethod, settlement: Settlement, numbers: range) -> SchemeTerms:
        members = tuple(
            Participant(number, () if _direction(number) == Direction.INJECTION else (1 + number % 97,))
            for number in numbers
        )
        return SchemeTerms(
            "bench", CURRENCY_ASSET, members, AllocationRule(method), MidMarket(300_000, 80_000), 10_000,
            self.community.addresses[0], self.sources, 1_000, 72 * 3_600_000, settlement,
        )  # fmt: skip

    def _day(self, number: int, chance: random.Random) -> list[int]:
        return day_energies(_direction(number), chance)

    def parts_of(self, first: int, count: int, version: int, points: int) -> Iterator[Transaction]:
        """Slots of the day of some points, `version` times corrected, in parts of one file."""
        community = self.community
        file = tagged_hash(b"nodechain/bench-file", big_endian(self.parts))
        self.parts += 1
        for part, start in enumerate(range(0, points, ROWS)):
            rows = []
            for number in range(start + 1, min(start + ROWS, points) + 1):
                energies = [energy + version for energy in self.values[number - 1][first : first + count]]
                steps = tuple(after - before for before, after in pairwise(energies))
                rows.append(ImportRow(number, self.first_slot + first, 0, energies[0], steps))
            payload = ImportSlots(file, community.genesis.time_ms + version, part, tuple(rows))
            yield community.signed(community.members[0], SlotsTypeNumber.IMPORT_SLOTS, payload)

    def measure_own(self) -> None:
        """The day by our meters, at once and without their readings; each value is 1 Wh more than the operator's."""
        community = self.community
        state = State(community.reader)
        for number, energies in enumerate(self.values, 1):
            # A context of its own each: its weight is bounded by a block's.
            context = context_at(REGISTRY, state, community.genesis, community.height + 1, community.time_ms)
            found = [SlotValue(energy + 1_000, SlotState.MEASURED) for energy in energies]
            put_values(context, number, ValueSource.OWN, self.first_slot, found)
        community.commit(state.changes())

    def phase(self) -> str:
        """What the sweep is at."""
        run = State(self.community.reader).get(DAY_RUNS, big_endian(1))
        return "begin" if run is None else Phase(run.phase).name.lower()

    def waits(self) -> bool:
        """Whether any sweep has work."""
        return State(self.community.reader).first(SWEEPS) is not None

    def held(self) -> int:
        """Bytes in the tables of slots and sharing."""
        tables = (SLOT_VALUES, *SHARING_TABLES, *RUN_TABLES)
        scans = (self.community.reader.scan(table.number, b"", None) for table in tables)
        return sum(len(key) + len(value) + 1 for scan in scans for key, value in scan)


def _direction(number: int) -> Direction:
    return Direction.INJECTION if number % PRODUCER_EVERY == 0 else Direction.OFFTAKE


def day_energies(direction: Direction, chance: random.Random) -> list[int]:
    """Offtake about 100 Wh a slot; injection after the sun, none at night, at noon twice what is taken."""
    if direction == Direction.OFFTAKE:
        return [chance.randint(5_000, 200_000) for _ in range(SLOTS)]
    sun = [max(0.0, -math.cos(2 * math.pi * slot / SLOTS)) for slot in range(SLOTS)]
    return [int(share * chance.randint(300_000, 900_000)) for share in sun]


class Figures:
    """CPU and weight by part, the longest block, blocks."""

    def __init__(self) -> None:
        self.cpu_us: dict[str, float] = defaultdict(float)
        self.weight: dict[str, int] = defaultdict(int)
        self.blocks: dict[str, int] = defaultdict(int)
        self.longest_us: dict[str, float] = defaultdict(float)
        self.heaviest: dict[str, int] = defaultdict(int)

    def block(self, day: SharingDay, transactions: list[Transaction]) -> None:
        """Execute and commit a block."""
        name = "import" if transactions else day.phase()
        taken = sum(cpu_us for _stage, cpu_us in stages(day.community, transactions))
        self.cpu_us[name] += taken
        self.weight[name] += day.community.last_weight
        self.blocks[name] += 1
        self.longest_us[name] = max(self.longest_us[name], taken)
        self.heaviest[name] = max(self.heaviest[name], day.community.last_weight)

    def send(self, day: SharingDay, part: Transaction) -> None:
        """A block with a part of a file; the next one where a run that goes on left no room for it."""
        while True:
            try:
                self.block(day, [part])
                return
            except InclusionError:
                self.block(day, [])

    def tell(self) -> None:
        """Part by part."""
        for name, cpu_us in self.cpu_us.items():
            each = cpu_us / max(1, self.weight[name])
            print(
                f"  {name:11} {cpu_us / 1e6:7.2f} s in {self.blocks[name]:5} blocks, {self.weight[name]:9,} units"
                f" ({each:5.2f} us each); longest block {self.longest_us[name] / 1e3:6.1f} ms, heaviest"
                f" {self.heaviest[name]:,}"
            )
        total = sum(self.cpu_us.values())
        print(f"  all         {total / 1e6:7.2f} s of CPU: {total / 1e6 / 86_400:.4%} of a core's day")


def work_off(day: SharingDay, figures: Figures) -> int:
    """Blocks until nothing waits; the most that the tables held meanwhile."""
    most = 0
    while day.waits():
        figures.block(day, [])
        most = max(most, day.held()) if day.points <= MAX_SCHEME_ROWS or figures.blocks["book"] == 1 else most
    return most


def measure(day: SharingDay, *, by_slot: bool, corrections: int) -> None:
    """A day, and its corrections."""
    if day.sources == SourceOrder.OWN_THEN_OPERATOR:
        figures = Figures()
        day.measure_own()
        work_off(day, figures)
        print(" by our meters:")
        figures.tell()
        print(" then the operator's values of all points:")
    figures, before = Figures(), day.held()
    spans = [(slot, 1) for slot in range(SLOTS)] if by_slot else [(0, SLOTS)]
    most = 0
    for first, count in spans:
        for part in day.parts_of(first, count, 0, day.points):
            figures.send(day, part)
        most = max(most, work_off(day, figures))
    after = day.held()
    figures.tell()
    print(f"  tables held {before:,} bytes before, at most {most:,} while the run went on, {after:,} after it")
    if corrections:
        figures = Figures()
        for part in day.parts_of(0, SLOTS, 1, corrections):
            figures.send(day, part)
        work_off(day, figures)
        print(f" then other values of {corrections} points:")
        figures.tell()


def main() -> None:
    parser = argparse.ArgumentParser(description="measure what settling a day of slots costs on the ledger")
    parser.add_argument("--points", type=int, default=10_000)
    parser.add_argument("--rule", choices=RULES, default="dynamic")
    parser.add_argument("--settlement", choices=("slot", "period"), default="slot")
    parser.add_argument("--zones", type=int, default=0)
    parser.add_argument("--by-slot", action="store_true")
    parser.add_argument("--corrections", type=int, default=0)
    parser.add_argument("--own-first", action="store_true")
    parser.add_argument("--block-weight", type=int, default=MIN_BLOCK_WEIGHT)
    parser.add_argument("--profile", action="store_true")
    chosen = parser.parse_args()
    settlement = Settlement[chosen.settlement.upper()]
    sources = SourceOrder.OWN_THEN_OPERATOR if chosen.own_first else SourceOrder.OPERATOR
    day = SharingDay(chosen.points, RULES[chosen.rule], settlement, chosen.block_weight, chosen.zones, sources)
    print(
        f"{time.strftime('%Y-%m-%d')}, {platform.processor() or platform.machine()}, {os.cpu_count()} cores, "
        f"load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}: {chosen.points} points x {SLOTS} slots, "
        f"{chosen.rule}, settled by {chosen.settlement}, block weight {chosen.block_weight}, zones {chosen.zones}",
        flush=True,
    )
    profiler = cProfile.Profile()
    if chosen.profile:
        profiler.enable()
    measure(day, by_slot=chosen.by_slot, corrections=chosen.corrections)
    if chosen.profile:
        profiler.disable()
        pstats.Stats(profiler).sort_stats("tottime").print_stats(40)


if __name__ == "__main__":
    main()
