"""A measured week of a sharing community on four validators that are killed: `python -m bench.sharing_week`.

The test plays a day of four households (tests/process/test_sharing_kills.py); `make sharing-week` plays the week of 24.
Bills are PDFs where the extra `billing` is installed (or `make peers` was run), else HTML.
"""

from __future__ import annotations

import argparse
import csv
import os
import platform
import subprocess
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from harness.kills.sharing import SharingKilling
from harness.kills.sharing_bills import FORM, KilledBills
from nodechain.demo.sharing.week import WEEK_DAYS, Season, load_week

COLUMNS = (
    "date", "commit", "season", "days", "seed", "points", "readings", "blocks", "kills", "imports_begun_again",
    "members", "form", "receipts", "digits_found", "block_median_ms", "validators_cpu_s", "seconds", "load",
)  # fmt: skip


def main() -> None:
    """Play, kill, join, correct, bill, check, print; with `--record` a row for the table."""
    options = _options()
    stamp, commit = datetime.now(UTC).strftime("%Y-%m-%d"), _commit()
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
            killing.timed("bills made final, written", bills.issue)
            members = killing.timed("compared with the ledger", bills.check_sums)
            height = max(killing.cluster.heights())
            killing.close()
            assert len(bills.files) == members, "a file for each member"
            receipts = killing.timed("verified one by one", bills.verify)
            codes = killing.timed("a changed digit in each", lambda: bills.find_changed_digits(options.seed))
        finally:
            killing.close()
    row = _row(killing, time.monotonic() - started, height)
    row |= {"date": stamp, "commit": commit, "season": options.season, "seed": options.seed, "members": members,
            "form": FORM, "receipts": receipts, "digits_found": codes.total()}  # fmt: skip
    _report(row, codes)
    if options.record is not None:
        _record(options.record, row)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--days", type=int, default=WEEK_DAYS)
    parser.add_argument("--season", choices=[season.value for season in Season], default=Season.SUMMER.value)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pause", type=float, default=8.0, help="seconds between kills, half to one and a half of it")
    parser.add_argument("--record", type=Path, help="add a row to this table (docs/sharing-week.csv)")
    return parser.parse_args()


def _row(killing: SharingKilling, seconds: float, height: int) -> dict[str, object]:
    week, times = killing.week, killing.cluster.block_intervals_ms()
    return {
        "days": week.days,
        "points": len(killing.points),
        "readings": len(killing.points) * week.slots,
        "blocks": height,
        "kills": killing.killer.kills,
        "imports_begun_again": killing.retries,
        "block_median_ms": times[len(times) // 2],
        "validators_cpu_s": round(killing.cluster.cpu_s),
        "seconds": round(seconds),
        "load": f"{os.getloadavg()[0]:.1f}",
    }


def _commit() -> str:
    found = subprocess.run(["git", "rev-parse", "--short=12", "HEAD"], capture_output=True, text=True, check=False)
    return found.stdout.strip() or "unknown"


def _report(row: dict[str, object], codes: Counter[str]) -> None:
    print("{days} days, {points} points, {readings} signed readings, {blocks} blocks in {seconds} s; {kills} kills, "
          "imports begun again {imports_begun_again} times; load {load}".format(**row))  # fmt: skip
    print("four validators used {validators_cpu_s} s of processor time; between blocks: median {block_median_ms} ms"
          .format(**row))  # fmt: skip
    print("{members} members: sums and bills are the ledger's to the base unit on all four validators; {members} bills "
          "({form}) verified with the genesis alone, {receipts} receipts proven; a changed digit found in "
          "{digits_found} of them".format(**row), dict(codes))  # fmt: skip


def _record(file: Path, row: dict[str, object]) -> None:
    is_new = not file.exists()
    with file.open("a", newline="") as sink:
        writer = csv.DictWriter(sink, COLUMNS, lineterminator="\n")
        if is_new:
            writer.writeheader()
        writer.writerow(row)


if __name__ == "__main__":
    main()
