"""Times as people write them in commands."""

from __future__ import annotations

from nodechain.errors import UsageError
from nodechain.formats.local_time import offset_instant


def moment_ms(text: str) -> int:
    """An instant that a person typed, in ms since 1970; raises `UsageError` where it has no zone, or is none."""
    found = offset_instant(text)
    if found is None:
        raise UsageError(f"{text}: no time with its zone", advice="Write it like 2026-11-28T08:00+01:00.")
    return found
