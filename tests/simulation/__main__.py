"""`python -m tests.simulation --seeds 1-1000`: play seeds, print every failure and how to replay it."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from tests.simulation.plan import Outcome, Plan
from tests.simulation.signatures import stubbed_signatures


def play(seed: int, *, stubbed: bool, malicious: bool) -> Outcome:
    """One seed in this process."""
    with stubbed_signatures(stubbed=stubbed):
        return Plan(seed, malicious_poa=malicious).play()


def replay(seed: int, *, stubbed: bool, malicious: bool) -> Outcome:
    """One seed with its transcript on stdout."""
    with stubbed_signatures(stubbed=stubbed):
        plan = Plan(seed, transcript=True, malicious_poa=malicious)
        outcome = plan.play()
    print("\n".join(plan.world.transcript or []))
    return outcome


def main() -> int:
    """Read the arguments, play, report; 1 if any seed failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", default="1-200", help="a range a-b, or one seed")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--signatures", choices=("real", "stub"), default="stub")
    parser.add_argument("--replay", action="store_true", help="print the transcript, event by event")
    parser.add_argument(
        "--malicious-poa", action="store_true", help="PoA with one authority that lies: what it can do, not a test"
    )
    parser.add_argument("--record", type=Path, help="add the result to a table of runs (docs/simulation.csv)")
    arguments = parser.parse_args()
    first, _, last = arguments.seeds.partition("-")
    seeds = range(int(first), int(last or first) + 1)
    how = {"stubbed": arguments.signatures == "stub", "malicious": arguments.malicious_poa}
    if arguments.replay:
        outcomes = [replay(seed, **how) for seed in seeds]
        started = time.monotonic()
    else:
        started = time.monotonic()
        with ProcessPoolExecutor(arguments.jobs) as pool:
            outcomes = []
            for outcome in pool.map(partial(play, **how), seeds, chunksize=4):
                outcomes.append(outcome)
                if outcome.kind and not arguments.malicious_poa:
                    print(_failure(outcome, arguments.signatures), flush=True)
    seconds = time.monotonic() - started
    if arguments.record is not None:
        _record(arguments.record, arguments, outcomes, seconds)
    return _report(outcomes, seconds)


def _record(path: Path, arguments: argparse.Namespace, outcomes: list[Outcome], seconds: float) -> None:
    """One line more in the table of all runs, and their sum on stdout."""
    mode = "malicious PoA" if arguments.malicious_poa else arguments.signatures
    failed = sum(bool(outcome.kind) for outcome in outcomes)
    counted = [
        len(outcomes),
        sum(outcome.heights for outcome in outcomes),
        sum(outcome.messages for outcome in outcomes),
        sum(outcome.crashes for outcome in outcomes),
        failed,
        round(seconds),
    ]
    today = datetime.now(UTC).date().isoformat()
    with path.open("a", encoding="utf-8") as file:
        file.write(",".join([today, arguments.seeds, mode, *map(str, counted)]) + "\n")
    rows = [line.split(",") for line in path.read_text(encoding="utf-8").splitlines()[1:]]
    same = [[int(cell) for cell in row[3:]] for row in rows if (row[2] == "malicious PoA") == arguments.malicious_poa]
    seeds, heights, messages, crashes, violations, _seconds = (sum(column) for column in zip(*same, strict=True))
    print(f"{path}: {seeds} seeds, {heights} heights, {messages} messages, {crashes} crashes, {violations} violations")


def _failure(outcome: Outcome, signatures: str) -> str:
    again = f"python -m tests.simulation --seeds {outcome.seed} --signatures {signatures} --replay"
    return f"seed {outcome.seed} ({outcome.validators} validators, {outcome.mode}): {outcome.detail}\n  replay: {again}"


def _report(outcomes: list[Outcome], seconds: float) -> int:
    failed = [outcome for outcome in outcomes if outcome.kind]
    heights = sum(outcome.heights for outcome in outcomes)
    print(
        f"{len(outcomes)} seeds, {heights} heights, {sum(outcome.rounds_above_0 for outcome in outcomes)} of them "
        f"decided above round 0, {sum(outcome.messages for outcome in outcomes)} messages, "
        f"{sum(outcome.crashes for outcome in outcomes)} crashes, {len(failed)} violations, 0 seeds excluded; "
        f"{seconds:.0f} s, {len(outcomes) / max(seconds, 0.001) * 60:.0f} seeds a minute"
    )
    for kind, count in sorted(Counter(outcome.kind for outcome in failed).items()):
        print(f"  {kind}: {count}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
