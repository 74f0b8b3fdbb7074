"""What a unit of block weight costs in CPU time, by kind of work: `python -m bench.weights [--accounts N] [--runs N]`.

The weights of `ledger.chain.weights` are right when the kinds' figures lie within a factor of 1.5 of each other: then
a full block takes the same time whatever it is filled with. Each figure is all that a validator does for a block:
decoding, verifying every signature (also those that the pool has verified), execution, changes, and the roots of
transactions, receipts and state; divided by the weight that the receipts say. Medians of blocks
after one to warm up; each block is timed between two runs of a fixed piece of work, since shared machines change
their speed.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import platform
import statistics
import time
from typing import Final

from bench.execution import Community, stages
from bench.kinds_of_work import KINDS, PAUSE_MS, Make
from consensus.pacing import Timeouts
from ledger.encoding.codec import encode
from ledger.origin.genesis import ORIGIN_SECTION, OriginSection
from ledger.origin.terms import TakingOrder

SLOWEST: Final = 6
"""How much slower the slowest machine that is supported is taken to be, a Raspberry Pi 4: an assumption."""

ROUND_MS: Final = Timeouts().first_ms


def reference_us() -> float:
    """CPU microseconds of a fixed piece of work, beside which blocks are timed: the machine's speed at that moment."""
    start = time.process_time_ns()
    table: dict[bytes, tuple[int, bytes]] = {}
    for number in range(4_000):
        key = hashlib.sha256(b"%d" % number).digest()
        table[key] = number, key[:20]
    encode(tuple(sorted(table)))
    return (time.process_time_ns() - start) / 1_000


def cost(community: Community, make: Make, pause_ms: int, run: int) -> tuple[float, int]:
    """CPU in units of the reference's, and the weight, of one block of a kind; `pause_ms` passes before it."""
    *before, measured = make(community, run)
    for block in before:
        community.run(block)
    community.time_ms += pause_ms
    beside = reference_us()
    taken = sum(cpu_us for _stage, cpu_us in stages(community, measured))
    beside += reference_us()
    return taken / (beside / 2), community.last_weight


def main() -> None:
    parser = argparse.ArgumentParser(description="measure what a unit of weight costs, by kind of work")
    parser.add_argument("--accounts", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", help="only kinds whose name has this in it")
    parser.add_argument("--origins", action="store_true", help="storage units note of which source their energy is")
    chosen = parser.parse_args()
    sections = (ORIGIN_SECTION.holding(OriginSection(TakingOrder.OLDEST)),) if chosen.origins else ()
    quiet_us = min(reference_us() for _ in range(50))
    print(
        f"{time.strftime('%Y-%m-%d')}, {platform.processor() or platform.machine()}, {os.cpu_count()} cores, "
        f"load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}, {chosen.accounts} accounts, "
        f"medians of {chosen.runs} blocks, CPU time at the speed at which the reference takes {quiet_us / 1000:.2f} ms"
    )
    figures: dict[str, float] = {}
    for name, make in KINDS.items():
        if chosen.only and chosen.only not in name:
            continue
        community = Community(chosen.accounts, sections)
        costs = [cost(community, make, PAUSE_MS.get(name, 0), run) for run in range(chosen.runs + 1)][1:]
        figures[name] = statistics.median(taken / weight for taken, weight in costs) * quiet_us
        cpu_ms = statistics.median(taken for taken, _weight in costs) * quiet_us / 1000
        print(
            f"{name:30} {figures[name]:6.2f} us a unit   ({costs[0][1]:7,} units a block, {cpu_ms:7.1f} ms)", flush=True
        )
    middle, dearest, cheapest = statistics.median(figures.values()), max(figures.values()), min(figures.values())
    print(
        f"median {middle:.2f} us a unit; dearest kind {dearest / middle:.2f} times the median, cheapest "
        f"{cheapest / middle:.2f}, one to the other {dearest / cheapest:.2f}"
    )
    full = int(ROUND_MS * 1000 / 3 / SLOWEST / dearest)
    print(
        f"a third of a round of {ROUND_MS} ms on a machine {SLOWEST} times slower: {full:,} units of the dearest kind; "
        f"on this machine {full * SLOWEST:,}"
    )


if __name__ == "__main__":
    main()
