"""How long the page takes to stand, on a slow processor: `python -m bench.page [--url U --address A] [--runs N]`.

Chromium slows its processor six times down, which is what a Raspberry Pi 4 is taken to be beside this machine (as in
`bench.weights`; an assumption); the node runs beside it at full speed. Each run has nothing kept. *Painted* is the
first contentful paint; *stands* is when the screen shows its figures instead of their places, and the main thread is
free to answer. Without `--url` a node of a development chain is started; with it, a node that runs already (`make demo
ARGS=--keep`) and a household there, whose day is drawn.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from harness.node import HomeFixture
from harness.processes import NodeProcess, password_file
from ledger.keys.address import format_address

APP: Final = Path(__file__).resolve().parents[1] / "web" / "app"
SLOWER: Final = 6
DEADLINE_S: Final = 540.0


@contextmanager
def development_node(folder: Path) -> Iterator[tuple[str, str]]:
    """The address of a node's interface, and an account there."""
    home = HomeFixture(folder / "home")
    environment = {"NODECHAIN_HOME": str(home.path), "NODECHAIN_PASSWORD_FILE": str(password_file(folder))}
    process = NodeProcess(["validate", "--api-port", "0"], environment)
    try:
        yield process.url, format_address(home.address("alice"))
    finally:
        process.stop()


def measured(folder: Path, url: str, address: str, runs: int, slower: int) -> dict[str, list[dict[str, Any]]]:
    """The runs of each visit."""
    node, chromium = shutil.which("node"), shutil.which("chromium")
    if node is None or chromium is None or not (APP / "node_modules").is_dir():
        sys.exit("this needs Node, chromium, and npm ci --prefix web/app")
    watched = [{"address": address, "label": "Home"}]
    visits = [
        {"name": "a newcomer", "url": f"{url}/#/today"},
        {"name": "a household's day", "url": f"{url}/#/today", "watched": watched},
        {"name": "the market", "url": f"{url}/#/market", "watched": watched},
    ]
    plan = folder / "plan.json"
    plan.write_text(json.dumps({"chromium": chromium, "cpu": slower, "runs": runs, "visits": visits}))
    done = subprocess.run(
        [node, "test/timing.mjs", str(plan)], cwd=APP, capture_output=True, text=True, timeout=DEADLINE_S, check=False
    )
    if done.returncode:
        sys.exit(done.stderr)
    found: dict[str, list[dict[str, Any]]] = json.loads(done.stdout)
    return found


def show(found: dict[str, list[dict[str, Any]]], slower: int) -> None:
    print(f"load {os.getloadavg()[0]:.1f}; medians (least to most), ms, processor {slower} times slower")
    print("| screen | painted | stands | main thread blocked | files | kB over the wire |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, runs in found.items():
        cells = [
            f"{statistics.median(times):.0f} ({min(times):.0f} to {max(times):.0f})"
            for times in ([run[part] for run in runs] for part in ("painted", "drawn", "blocked"))
        ]
        files = {file: size for run in runs for file, size in run["files"]}
        print(f"| {name} | {' | '.join(cells)} | {len(files)} | {sum(files.values()) / 1_000:.1f} |")
    print("\nwhat each screen loads, bytes over the wire:")
    for name, runs in found.items():
        sizes = sorted(dict(runs[0]["files"]).items(), key=lambda each: -each[1])
        parts = [f"{file.rpartition('-')[0]} {size}" for file, size in sizes]
        print(f"{name}: {', '.join(parts)}")


def main() -> None:
    parser = argparse.ArgumentParser(description="measure how long the page takes on a slow processor")
    parser.add_argument("--url")
    parser.add_argument("--address")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--slower", type=int, default=SLOWER, help="how many times slower the processor is made")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if chosen.url and chosen.address:
            show(measured(folder, chosen.url, chosen.address, chosen.runs, chosen.slower), chosen.slower)
            return
        with development_node(folder) as (url, address):
            show(measured(folder, url, address, chosen.runs, chosen.slower), chosen.slower)


if __name__ == "__main__":
    main()
