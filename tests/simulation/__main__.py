"""`python -m tests.simulation --seeds 1-1000`: play seeds, print every failure and how to replay it."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial

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
    return _report(outcomes, time.monotonic() - started)


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
