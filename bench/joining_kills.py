"""Joining by a snapshot over many SIGKILLs of the joiner and its two sources: `python -m bench.joining_kills`.

The test plays few of them (tests/process/test_joining.py); `make soak` plays this.
"""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from harness.kills.join import JoinKilling


def main() -> None:
    """Kill, check, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=60, help="a half while chunks come, a half while blocks do")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--accounts", type=int, default=150_000)
    parser.add_argument("--blocks", type=int, default=5_000)
    options = parser.parse_args()
    stamp = datetime.now(UTC).strftime("%Y-%m-%d")
    print(f"{stamp}, {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        joining = JoinKilling(Path(folder), options.seed, options.blocks, options.accounts)
        started = time.monotonic()
        try:
            joining.start_sources()
            given = joining.fetch(options.kills // 2)
            joining.follow(options.kills - options.kills // 2)
            seconds = time.monotonic() - started
            joining.check()
        finally:
            joining.close()
        joiner, source = joining.kills["joiner"], joining.kills["source"]
        print(f"{joiner} kills of the joiner, {source} of its sources in {seconds:.0f} s")
        print(f"a snapshot of {joining.snapshot['entries']:,} entries in {joining.snapshot['chunks']} chunks, "
              f"the command given {given} times; then {options.blocks:,} blocks")  # fmt: skip
        print("the joiner's block and state are the sources', and an audit from its snapshot on is sound")


if __name__ == "__main__":
    main()
