"""Many seeds, and a table of runs: each line is a range of seeds, what was played and what came of it."""

from __future__ import annotations

import csv
import subprocess
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from harness.chain import ENT
from tests.economy.outcome import Result, judge

HEADINGS = ("seeds", "commit", "sequences", "commands", "fewest", "accepted", "worst_ent", "violations", "seconds")


@dataclass
class Tally:
    """What a range of seeds came to."""

    sequences: int = 0
    sent: int = 0
    fewest: int = 0
    accepted: int = 0
    worst: int = 0
    failed: list[Result] = field(default_factory=list)

    def add(self, result: Result) -> None:
        """Count one seed."""
        self.sequences += 1
        self.sent += result.sent
        self.fewest = min(self.fewest or result.sent, result.sent)
        self.accepted += result.accepted
        self.worst = max(self.worst, result.worst)
        if result.violations:
            self.failed.append(result)

    @property
    def share(self) -> float:
        """The part of the adversary's commands that was accepted."""
        return self.accepted / max(self.sent, 1)


def results(seeds: range, jobs: int) -> Iterator[Result]:
    """Judge seeds, in several processes where `jobs` is above 1."""
    if jobs == 1:
        yield from map(judge, seeds)
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from chain.from_iterable(pool.map(_several, _pieces(seeds)))


def _several(seeds: range) -> list[Result]:
    return [judge(seed) for seed in seeds]


def _pieces(seeds: range, size: int = 50) -> list[range]:
    return [seeds[at : at + size] for at in range(0, len(seeds), size)]


def commit() -> str:
    """The commit that is played, with a mark where the tree differs from it."""
    command = ("git", "describe", "--always", "--dirty", "--abbrev=12")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


def record(file: Path, seeds: range, tally: Tally, seconds: float) -> None:
    """Add a line to the table of runs."""
    fresh = not file.exists()
    with file.open("a", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        if fresh:
            writer.writerow(HEADINGS)
        found = " ".join(str(result.seed) for result in tally.failed) or "none"
        writer.writerow(
            (
                f"{seeds[0]}-{seeds[-1]}", commit(), tally.sequences, tally.sent, tally.fewest, f"{tally.share:.3f}",
                f"{tally.worst / ENT:.9f}", found, round(seconds),
            )
        )  # fmt: skip
