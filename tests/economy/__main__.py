"""`python -m tests.economy --seeds 1-1000 --jobs 2 --record FILE.csv`: play seeds, print what breaks a bound."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from harness.chain import ENT
from tests.economy.driver import Tally, record, results


def main() -> int:
    """Read the arguments, play, report; 1 if a seed broke a bound."""
    parser = argparse.ArgumentParser(prog="python -m tests.economy", description=__doc__)
    parser.add_argument("--seeds", default="1-200", help="a range a-b, or one seed")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--record", type=Path, help="add the result to a table of runs")
    arguments = parser.parse_args()
    first, _, last = arguments.seeds.partition("-")
    seeds = range(int(first), int(last or first) + 1)
    started, tally = time.monotonic(), Tally()
    for result in results(seeds, arguments.jobs):
        tally.add(result)
        for violation in result.violations:
            print(f"seed {result.seed}: {violation}", flush=True)
    seconds = time.monotonic() - started
    print(
        f"{tally.sequences} sequences, {tally.sent} commands (at least {tally.fewest} each), "
        f"{tally.share:.1%} accepted, worst {tally.worst / ENT:.9f} ENT below, "
        f"{len(tally.failed)} broke a bound, {seconds:.0f} s"
    )
    if arguments.record is not None:
        record(arguments.record, seeds, tally, seconds)
    return int(bool(tally.failed))


if __name__ == "__main__":
    sys.exit(main())
