"""SIGKILLs of a real node under load, many of them: `python -m bench.kill --kills 50`.

The short version is a test (tests/process/test_kill.py); this one prints the figures of docs/performance.md.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from pathlib import Path

from harness.kills.node import Killing, check_nothing_lost_or_doubled
from harness.processes import run


def main() -> None:
    """Kill, check, audit, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        killing = Killing(Path(folder), options.seed)
        killing.play(options.kills)
        check_nothing_lost_or_doubled(killing)
        audited = run("audit", "--output", "json", environment=killing.environment).data
        decided = sum(told.height is not None for told in killing.told)
        times = sorted(killing.recoveries_s)
        print(f"kills {options.kills}, blocks {audited['height']}, transactions {audited['transactions']}")
        print(f"acknowledged as decided {decided}, as durable {len(killing.told) - decided}; lost 0, twice 0")
        print(f"start to first answer: median {statistics.median(times):.2f} s, longest {times[-1]:.2f} s; audit sound")


if __name__ == "__main__":
    main()
