"""Four validators killed at random under load, many times: `make soak`, or `python -m bench.soak --kills 200`.

What must hold afterwards is checked as in the test (tests/process/test_cluster_kill.py): every acknowledged transaction
stands in every chain once, all chains and states are equal, and no validator said two things on the wire.
"""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from harness.kills.cluster import ClusterKilling


def percentile(values: list[float], share: float) -> float:
    """Of the sorted values."""
    return sorted(values)[min(int(share * len(values)), len(values) - 1)]


def main() -> None:
    """Kill, check, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--mode", choices=["pbft", "poa"], default="pbft")
    options = parser.parse_args()
    stamp = datetime.now(UTC).strftime("%Y-%m-%d")
    print(f"{stamp}, {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {options.mode}")
    with tempfile.TemporaryDirectory() as folder:
        killing = ClusterKilling(Path(folder), options.seed, mode=options.mode)
        started = time.monotonic()
        try:
            killing.play(options.kills)
            heights = killing.cluster.heights()
        finally:
            killing.close()
        killing.check()
        times = killing.recoveries_s
        print(f"{killing.kills} kills in {time.monotonic() - started:.0f} s; heights {heights}")
        print(f"acknowledged as decided {killing.decided}, as durable {killing.promised}: 0 lost, 0 twice, roots equal")
        print(f"{killing.recorder.heard} messages on the wire, {len(killing.recorder.votes)} votes: 0 equivocations")
        print(
            f"from the start of the process to voting at the others' height: p50 {percentile(times, 0.5):.2f} s, "
            f"p99 {percentile(times, 0.99):.2f} s, longest {max(times):.2f} s"
        )


if __name__ == "__main__":
    main()
