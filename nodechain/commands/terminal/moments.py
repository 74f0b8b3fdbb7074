"""Times as people write them in commands."""

from __future__ import annotations

from contextlib import suppress

from nodechain.errors import UsageError
from nodechain.formats.local_time import iso_instant


def moment_ms(text: str) -> int:
    """A time with its zone, in ms since 1970; raises `UsageError`."""
    found: object = None
    with suppress(ValueError):
        found = iso_instant(text)
    if not isinstance(found, int):
        raise UsageError(f"{text}: no time with its zone", advice="Write it like 2026-11-28T08:00+01:00.")
    return found
