"""`python -m tests.flakiness --runs 1-10`: the gate again and again beside a load of two busy processes.

A gate that is red without a change teaches people to look away. Each run is `make test` with what `--arguments` adds;
beside it two processes count for ever, and a stranger listens on the node's usual ports where they are free. The result
is one more line of docs/flakiness.csv: date, runs, commit, load, how many passed, and which tests failed how often.
"""

from __future__ import annotations

import argparse
import re
import shlex
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from nodechain.home.config import Config
from tests.support.fake_node import FakeNode

ROOT: Final = Path(__file__).resolve().parent.parent
TABLE: Final = ROOT / "docs" / "flakiness.csv"
HEADER: Final = "date,runs,commit,load,passed,failed\n"
BUSY: Final = 2
FAILED: Final = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)


def main() -> int:
    """Run, record, report; 1 if a run failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.flakiness", description=__doc__)
    parser.add_argument("--runs", default="1-10", help="a range a-b, or one run; the numbers only name the line")
    parser.add_argument("--arguments", default="", help="for pytest, as in `make test ARGS=...`")
    parser.add_argument("--record", type=Path, default=TABLE, help="the table to add to")
    given = parser.parse_args()
    first, _, last = given.runs.partition("-")
    numbers = range(int(first), int(last or first) + 1)
    failures: Counter[str] = Counter()
    passed = 0
    with busy(BUSY), strangers():
        for number in numbers:
            failed = run_gate(given.arguments)
            failures.update(failed)
            passed += not failed
            print(f"run {number}: {'passed' if not failed else ' '.join(failed)}", flush=True)
    record(given.record, row(given.runs, passed, failures))
    return 0 if passed == len(numbers) else 1


@contextmanager
def busy(count: int) -> Iterator[None]:
    """As many processes that count for ever; ended by their ids."""
    processes = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


@contextmanager
def strangers() -> Iterator[None]:
    """Somebody else's programs on the ports that a node takes by default, unless they are taken already."""
    with ExitStack() as stack:
        for port in (Config().api_port, Config().p2p_port):
            try:
                stack.enter_context(FakeNode({}, port=port).serving())
            except OSError:
                print(f"port {port} is taken already", flush=True)
        yield


def run_gate(arguments: str) -> list[str]:
    """The tests that failed, or what else did; empty for a green run."""
    command = ["make", "-C", str(ROOT), "test", f"ARGS={' '.join(shlex.split(arguments))}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return []
    return FAILED.findall(done.stdout) or [f"make:{done.returncode}"]


def row(runs: str, passed: int, failures: Counter[str]) -> str:
    """One line of the table."""
    commit = subprocess.run(
        ["git", "-C", str(ROOT), "describe", "--always", "--dirty"], capture_output=True, text=True, check=True
    )
    failed = " ".join(f"{test}:{count}" for test, count in sorted(failures.items()))
    today = datetime.now(UTC).date().isoformat()
    return ",".join([today, runs, commit.stdout.strip(), f"{BUSY} busy processes", str(passed), failed]) + "\n"


def record(path: Path, line: str) -> None:
    """Add a line; the table is begun if there is none."""
    if not path.exists():
        path.write_text(HEADER, encoding="utf-8")
    with path.open("a", encoding="utf-8") as file:
        file.write(line)


if __name__ == "__main__":
    sys.exit(main())
