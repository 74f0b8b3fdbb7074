"""A wrong wall clock for a program that is started: what its `time.time_ns` says is off."""

from __future__ import annotations

from pathlib import Path

SITE = Path(__file__).with_name("wrong_clock_site")


def wrong_clock(ahead_ms: int) -> dict[str, str]:
    """Environment variables for the program; none if its clock is right."""
    return {"PYTHONPATH": str(SITE), "TEST_CLOCK_AHEAD_MS": str(ahead_ms)} if ahead_ms else {}
