"""What a late correction of a large scheme costs (SC14 to SC17): `python -m bench.sharing_late [--points 10000]`.

A day of values is settled, kept in an archive, and folded; then values of some points change in some of its slots.
Timed are keeping a slot (reading the run with its inputs, checking them), making the transactions out of the archive,
and all that a validator does for the blocks that bring and settle them (`bench.sharing_day`). `--hourly`: the rule
works by the hour, so that all slots of each hour come. `--profile`: where the time goes.
"""

from __future__ import annotations

import argparse
import cProfile
import os
import platform
import pstats
import time
import zlib
from typing import Final

from msgspec.structs import replace

from bench.sharing_day import RULES, Figures, SharingDay, work_off
from bench.slot_days import QUARTER_MS, SLOTS
from ledger.chain.context import Context
from ledger.chain.parameters import DAY_MS
from ledger.chain.protocol import context_at
from ledger.encoding.codec import encode
from ledger.errors import require_present
from ledger.keys.crypto import tagged_hash
from ledger.limits import MIN_BLOCK_WEIGHT
from ledger.sharing.allocation_rules import AllocationMethod, AllocationRule
from ledger.sharing.late_archive import ArchivedDay, ArchivedSlot, archived, payloads_of
from ledger.sharing.late_payloads import CorrectFoldedSlot, LateTypeNumber
from ledger.sharing.limits import MAX_SCHEME_ROWS
from ledger.sharing.payloads import ChangeScheme, SharingTypeNumber
from ledger.sharing.queries import settled_run, settled_slot
from ledger.sharing.schema import FOLDED_DAYS
from ledger.sharing.scheme_terms import SchemeTerms, Settlement
from ledger.slots.clock import clock_of
from ledger.state.overlay import State
from ledger.state.table import big_endian
from nodechain.modules import REGISTRY

FILE: Final = tagged_hash(b"nodechain/bench-late", b"")
FOLDED_AFTER_DAYS: Final = 42


class LateDay(SharingDay):
    """A day of a large scheme, which ends with it, and what a custodian keeps of the day."""

    def __init__(
        self, points: int, method: AllocationMethod, settlement: Settlement, block_weight: int, *, hourly: bool
    ) -> None:
        self.hourly = hourly
        super().__init__(points, method, settlement, block_weight)
        self.community.time_ms = self.first_slot * QUARTER_MS
        self._end(method, settlement)
        self.community.time_ms = (self.first_slot + SLOTS) * QUARTER_MS
        for part in self.parts_of(0, SLOTS, 0, points):
            Figures().send(self, part)
        work_off(self, Figures())

    def _terms(self, method: AllocationMethod, settlement: Settlement, numbers: range) -> SchemeTerms:
        made = super()._terms(method, settlement, numbers)
        return replace(made, rule=AllocationRule(method, hourly=self.hourly))

    def _end(self, method: AllocationMethod, settlement: Settlement) -> None:
        """From the next day on nobody takes part."""
        community = self.community
        nobody = self._terms(method, settlement, range(0))
        for first in range(0, self.points, MAX_SCHEME_ROWS):
            leave = tuple(range(first + 1, min(first + MAX_SCHEME_ROWS, self.points) + 1))
            change = ChangeScheme(1, self.first_slot + SLOTS, nobody, True, leave)
            community.run([community.signed(community.members[0], SharingTypeNumber.CHANGE_SCHEME, change)])

    def view(self) -> Context:
        """The state as the next block finds it."""
        community = self.community
        return context_at(REGISTRY, State(community.reader), community.genesis, community.height + 1, community.time_ms)

    def archive(self, slots: int) -> ArchivedDay:
        """The day's runs, of the first slots with inputs."""
        view, kept = self.view(), []
        for slot in range(self.first_slot, self.first_slot + SLOTS):
            if slot < self.first_slot + slots:
                kept.append(archived(slot, require_present(settled_run(view, 1, slot), "a settled slot")))
            else:
                kept.append(ArchivedSlot(slot, require_present(settled_slot(view.state, 1, slot), "a run"), ()))
        return ArchivedDay(1, clock_of(view).local_day(self.first_slot), tuple(kept))

    def fold(self) -> None:
        """Cut-offs, until the day is folded."""
        for _ in range(FOLDED_AFTER_DAYS):
            self.community.time_ms += DAY_MS
            Figures().block(self, [])
            work_off(self, Figures())
        require_present(self.view().state.first(FOLDED_DAYS, big_endian(1)), "a day that is folded")

    def corrected(self, day: ArchivedDay, slots: int, points: int) -> list[CorrectFoldedSlot]:
        """The transactions by which values of some points are others in some slots."""
        energies: dict[int, dict[int, int]] = {}
        for archived_slot in day.slots[:slots]:
            used = archived_slot.energies_of(range(1, points + 1))
            energies[archived_slot.slot] = {point: energy + 1 for point, energy in used.items()}
        return payloads_of(day, FILE, energies, (), self.community.genesis.block_weight)


def measure(day: LateDay, slots: int, corrections: int) -> None:
    """Keep, fold, correct."""
    begun = time.process_time()
    archive = day.archive(slots)
    kept = time.process_time()
    packed = len(zlib.compress(encode(archive), 6))
    print(
        f"  keeping a slot {(kept - begun) / slots:.2f} s of CPU, {packed / slots:,.0f} bytes of the archive",
        flush=True,
    )
    day.fold()
    begun = time.process_time()
    payloads = day.corrected(archive, slots, corrections)
    made = time.process_time() - begun
    community, figures = day.community, Figures()
    sent = [community.signed(community.members[0], LateTypeNumber.CORRECT_FOLDED_SLOT, each) for each in payloads]
    sizes = [len(each.raw) for each in sent]
    print(
        f"  making the transactions {made / slots:.2f} s a slot: {len(sent) / slots:.1f} of them,"
        f" {sum(sizes) / slots:,.0f} bytes, the largest {max(sizes):,}"
    )
    for each in sent:
        figures.send(day, each)
    most = work_off(day, figures)
    figures.tell()
    print(f"  a slot {sum(figures.cpu_us.values()) / 1e6 / slots:.2f} s of CPU; tables held at most {most:,} bytes")


def main() -> None:
    parser = argparse.ArgumentParser(description="measure what a late correction of a large scheme costs")
    parser.add_argument("--points", type=int, default=10_000)
    parser.add_argument("--rule", choices=RULES, default="static-redistributed")
    parser.add_argument("--slots", type=int, default=8)
    parser.add_argument("--corrections", type=int, default=100)
    parser.add_argument("--block-weight", type=int, default=MIN_BLOCK_WEIGHT)
    parser.add_argument("--hourly", action="store_true")
    parser.add_argument("--profile", action="store_true")
    chosen = parser.parse_args()
    print(
        f"{time.strftime('%Y-%m-%d')}, {platform.processor() or platform.machine()}, {os.cpu_count()} cores, "
        f"load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}: {chosen.points} points, {chosen.slots} "
        f"slots of which {chosen.corrections} values are others, {chosen.rule}, hourly: {chosen.hourly}, block weight"
        f" {chosen.block_weight}",
        flush=True,
    )
    day = LateDay(chosen.points, RULES[chosen.rule], Settlement.PERIOD, chosen.block_weight, hourly=chosen.hourly)
    profiler = cProfile.Profile()
    if chosen.profile:
        profiler.enable()
    measure(day, chosen.slots, chosen.corrections)
    if chosen.profile:
        profiler.disable()
        pstats.Stats(profiler).sort_stats("tottime").print_stats(30)


if __name__ == "__main__":
    main()
