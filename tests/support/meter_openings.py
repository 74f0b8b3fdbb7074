"""A simulated meter on a socket and what it says when it is bound, by the commands that people type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from harness.forked import run
from harness.processes import NodeProcess, Outcome

PROFILE = "schneider-iem3155"


@contextmanager
def simulated_meter(opening_wh: int) -> Iterator[str]:
    """A meter that shows so many Wh; where it is, as `--at` takes it."""
    process = NodeProcess(["meter", "simulate", PROFILE, "--tcp", "0", "--opening", str(opening_wh)], {}, forked=True)
    try:
        yield str(process.ready()["data"]["meters"][0]["at"])
    finally:
        process.stop()


def opening(
    file: Path, at: str, *, key: str, unit: str, account: str, environment: Mapping[str, str], **options: Any
) -> Outcome:
    """`meter opening` with JSON output; `options`: `kind` (default consumption), `max_power`, `node`, `factor`."""
    chosen = {"kind": "consumption", "max_power": 11_000, **options}
    flags = [part for name, value in chosen.items() for part in (f"--{name.replace('_', '-')}", str(value))]
    return run(
        "meter", "opening", PROFILE, str(file), "--at", at, "--key", key, "--unit", unit, "--account", account, *flags,
        "--output", "json", environment=environment,
    )  # fmt: skip
