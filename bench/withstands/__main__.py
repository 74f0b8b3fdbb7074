"""`python -m bench.withstands [NAME ...]`: a line for each load, its pairs alternating on the same network."""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from bench.withstands.attacker import LOADS
from bench.withstands.load import Load
from bench.withstands.scene import Figures, Scene, playing

KEPT = 0.8
GAP_S = 2.0


def pairs(scene: Scene, seconds: float, rounds: int) -> tuple[list[Figures], list[Figures]]:
    """Under attack, and with a dummy that uses as much CPU as the attack did just before."""
    attacked: list[Figures] = []
    dummies: list[Figures] = []
    scene.attacker.order("rest")
    at_rest = scene.measure(seconds).attacker_cpu
    for _ in range(rounds):
        scene.attacker.order("load")
        attacked.append(scene.measure(seconds))
        share = min(max(attacked[-1].attacker_cpu - at_rest, 0.0), 1.0)
        scene.attacker.order("burn", f"{share:.3f}")
        dummies.append(scene.measure(seconds))
    scene.attacker.order("rest")
    return attacked, dummies


def line(load: Load, attacked: list[Figures], dummies: list[Figures]) -> str:
    """What came of it."""
    under = statistics.median(figures.acknowledged for figures in attacked)
    without = statistics.median(figures.acknowledged for figures in dummies)
    gap = max(figures.longest_gap_s for figures in attacked)
    stays = all(figures.in_consensus for figures in attacked)
    kept = under / max(without, 0.001)
    holds = "holds" if kept >= KEPT and gap <= GAP_S and stays else "BROKEN"
    return (
        f"{load.name:<17} {load.stated:<36} {under:>7.1f} /{without:>7.1f} {100 * kept:>5.0f} % {gap:>6.2f} s "
        f"{sum(figures.rss_kib for figures in attacked):>8,} KiB  {'yes' if stays else 'NO':<3} {holds}"
    )


def main() -> None:
    """Run the named loads, or all."""
    parser = argparse.ArgumentParser()
    parser.add_argument("loads", nargs="*", metavar="NAME", help=", ".join(LOADS))
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--history", type=int, metavar="TRANSACTIONS", help="in the chain before; default: the load's")
    options = parser.parse_args()
    stamp = datetime.now(UTC).strftime("%Y-%m-%d %H:%M")
    machine = f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    print(f"{stamp}, {machine}, Python {platform.python_version()}, medians of {options.rounds} pairs")
    print("load              stated                               acknowledged/s, dummy  kept  gap     memory  votes")
    for name in options.loads or LOADS:
        with tempfile.TemporaryDirectory() as folder, playing(Path(folder), LOADS[name], options.history) as scene:
            print(line(LOADS[name], *pairs(scene, options.seconds, options.rounds)), flush=True)


if __name__ == "__main__":
    main()
