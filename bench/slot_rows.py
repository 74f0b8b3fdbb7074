"""Rows that come with each slot: what a day of them costs: `python -m bench.slot_rows [--points 1000] [--rows 1000]`.

A community as in `bench.sharing_day` whose scheme goes by rows of each slot: every slot has so many, of all producers
in turn. First the operator's file comes in, then the rows of a few slots at a time, each in a transaction; then the run
goes over blocks until nothing waits. For the weight of the transaction: `bench.weights --only rows`.
"""

from __future__ import annotations

import argparse
import os
import platform
import time
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from bench.execution import Community
from bench.sharing_day import PRODUCER_EVERY, Figures, SharingDay, work_off
from bench.slot_days import SLOTS
from ledger.chain.envelope import Transaction
from ledger.chain.parameters import PARTS
from ledger.keys.crypto import tagged_hash
from ledger.limits import MIN_BLOCK_WEIGHT
from ledger.sharing.allocation_rules import PairsEachSlot
from ledger.sharing.rows_import import most_weight
from ledger.sharing.rows_payloads import ImportSlotRows, PairSeries, RowsTypeNumber
from ledger.sharing.rows_schema import SLOT_ROWS
from ledger.sharing.scheme_terms import Settlement

ROWS: Final = 1_000
BLOCK_ROWS: Final = 4
"""Transactions of the block that `bench.weights` measures."""


class RowsDay(SharingDay):
    """A day whose slots have rows, of each producer for consumers in turn."""

    def __init__(self, points: int, rows: int, block_weight: int, community: Community | None = None) -> None:
        super().__init__(points, PairsEachSlot(), Settlement.PERIOD, block_weight, community=community)
        producers = [number for number in range(1, points + 1) if not number % PRODUCER_EVERY]
        consumers = [number for number in range(1, points + 1) if number % PRODUCER_EVERY]
        each = -(-rows // len(producers))
        found = {
            (producer, consumers[(place * each + near) % len(consumers)])
            for place, producer in enumerate(producers)
            for near in range(each)
        }
        self.pairs = sorted(found)[:rows]
        self.share = PARTS // each
        self.at_once = max(1, (48 * 1024 // len(self.pairs) - 14) // 5)
        while most_weight(self.at_once, len(self.pairs)) > min(block_weight, MIN_BLOCK_WEIGHT) // 2 > 1:
            self.at_once -= 1
            if self.at_once == 1:
                break

    def rows_of(self, first: int, count: int) -> Iterator[Transaction]:
        """The rows of slots of the day, so many slots at a time as fit."""
        community = self.community
        for start in range(first, first + count, self.at_once):
            slots = range(start, min(start + self.at_once, first + count))
            series = []
            for producer, consumer in self.pairs:
                shares = [self.share - (slot * 7_919 + consumer) % 99_991 for slot in slots]
                steps = tuple(after - before for before, after in pairwise(shares))
                series.append(PairSeries(producer, consumer, shares[0], steps))
            file = tagged_hash(b"nodechain/bench-rows", b"%d" % start)
            payload = ImportSlotRows(
                1, self.first_slot + slots[0], len(slots), file, community.genesis.time_ms, tuple(series)
            )
            yield community.signed(community.members[0], RowsTypeNumber.IMPORT_SLOT_ROWS, payload)


_DAYS: dict[int, RowsDay] = {}
"""The day of the community that `bench.weights` measures, by the community."""


def imported_rows(community: Community, run: int) -> list[list[Transaction]]:
    """Four transactions of rows of a scheme of a thousand points."""
    if not run:
        _DAYS.clear()
        _DAYS[id(community)] = RowsDay(ROWS, ROWS, community.genesis.block_weight, community)
    day = _DAYS[id(community)]
    count = BLOCK_ROWS * day.at_once
    return [list(day.rows_of(run * count % (SLOTS - count), count))]


def main() -> None:
    parser = argparse.ArgumentParser(description="measure what a day of rows that come with each slot costs")
    parser.add_argument("--points", type=int, default=ROWS)
    parser.add_argument("--rows", type=int, default=ROWS, help="of each slot")
    parser.add_argument("--block-weight", type=int, default=MIN_BLOCK_WEIGHT)
    chosen = parser.parse_args()
    day = RowsDay(chosen.points, chosen.rows, chosen.block_weight)
    print(
        f"{time.strftime('%Y-%m-%d')}, {platform.processor() or platform.machine()}, {os.cpu_count()} cores, "
        f"load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}: {chosen.points} points x {SLOTS} slots "
        f"of {len(day.pairs)} rows, {day.at_once} slots a transaction, block weight {chosen.block_weight}",
        flush=True,
    )
    values, rows, runs = Figures(), Figures(), Figures()
    for part in day.parts_of(0, SLOTS, 0, day.points):
        values.send(day, part)
    sent = 0
    for part in day.rows_of(0, SLOTS - 1):
        sent += len(part.raw)
        rows.send(day, part)
    held = sum(len(key) + len(value) + 1 for key, value in day.community.reader.scan(SLOT_ROWS.number, b"", None))
    for part in day.rows_of(SLOTS - 1, 1):
        rows.send(day, part)
    work_off(day, runs)
    for name, figures in (("the operator's values", values), ("rows", rows), ("what the sweep does after them", runs)):
        print(f" {name}:")
        figures.tell()
    print(f" {sent / 1e6:.2f} MB sent for the rows of {SLOTS - 1} slots; the state holds {held / 1e6:.2f} MB of them")


if __name__ == "__main__":
    main()
