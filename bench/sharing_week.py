"""A measured week of a sharing community on four validators that are killed: `python -m bench.sharing_week`.

The test plays a day of four households (tests/process/test_sharing_kills.py); `make sharing-week` plays the week of 24.
Bills are PDFs where the extra `billing` is installed, else HTML.
"""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from harness.kills.sharing import SharingKilling
from harness.kills.sharing_bills import FORM, MAX_BILLS, KilledBills
from nodechain.demo.sharing.week import WEEK_DAYS, Season, load_week


def main() -> None:
    """Play, kill, join, correct, bill, check, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--days", type=int, default=WEEK_DAYS)
    parser.add_argument("--season", choices=[season.value for season in Season], default=Season.SUMMER.value)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pause", type=float, default=8.0, help="seconds between kills, half to one and a half of it")
    parser.add_argument("--bills", type=int, default=MAX_BILLS, help="how many are written and verified at most")
    options = parser.parse_args()
    stamp = datetime.now(UTC).strftime("%Y-%m-%d")
    machine = f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    print(f"{stamp}, {machine}, Python {platform.python_version()}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        week = load_week(Season(options.season), options.days)
        killing = SharingKilling(Path(folder), week, options.seed, pause_s=options.pause)
        started = time.monotonic()
        try:
            killing.play()
            killing.join()
            killing.correct()
            bills = KilledBills(killing)
            bills.issue(options.bills)
            members = bills.check_sums()
            height = max(killing.cluster.heights())
            killing.close()
            receipts = bills.verify()
            code = bills.find_changed_digits()
        finally:
            killing.close()
        _report(killing, time.monotonic() - started, height)
        print(f"{members} members: sums and bills are the ledger's to the base unit on all four validators; "
              f"{len(bills.files)} bills ({FORM}) verified with the genesis alone, {receipts:,} receipts proven; "
              f"a changed digit in each of them: {code}")  # fmt: skip


def _report(killing: SharingKilling, seconds: float, height: int) -> None:
    week, times = killing.week, killing.cluster.block_intervals_ms()
    print(f"{week.days} days, {len(killing.points)} points, {len(killing.points) * week.slots:,} signed readings, "
          f"{height} blocks in {seconds:.0f} s; {killing.killer.kills} kills, imports begun again {killing.retries} "
          f"times; load {os.getloadavg()[0]:.1f}")  # fmt: skip
    print(f"four validators used {killing.cluster.cpu_s:.0f} s of processor time")
    print(f"between blocks: median {times[len(times) // 2]} ms, 99 of 100 within {times[len(times) * 99 // 100]} ms "
          f"({len(times)} measured)")  # fmt: skip


if __name__ == "__main__":
    main()
