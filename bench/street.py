"""A measured week of 24 meters on serial buses, a gateway and TCP, all of it killed: `python -m bench.street`.

The test plays some hours of it (tests/process/test_street_kills.py); `make soak` plays the week.
"""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from harness.kills.street import StreetKilling


def main() -> None:
    """Play, kill, check, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--intervals", type=int, default=672, help="quarter hours of the week")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--chance", type=float, default=0.06, help="of a kill, in each round of each bus")
    options = parser.parse_args()
    stamp = datetime.now(UTC).strftime("%Y-%m-%d")
    print(f"{stamp}, {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        killing = StreetKilling(Path(folder), options.seed, options.intervals)
        started = time.monotonic()
        try:
            killing.cluster.start_all()
            killing.bind()
            killing.play(chance=options.chance, node_pause_s=5.0)
            seconds = time.monotonic() - started
            total_wh, readings = killing.check()
        finally:
            killing.close()
        kills = ", ".join(f"{count} of a {victim}" for victim, count in killing.kills.items())
        print(f"{options.intervals} quarter hours of {len(killing.meters)} meters in {seconds:.0f} s; kills: {kills}")
        print(f"{total_wh:,} Wh in {readings:,} readings: every one on the ledger once, on all four validators; "
              "no number missing or used twice; audit sound")  # fmt: skip


if __name__ == "__main__":
    main()
