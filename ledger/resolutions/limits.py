"""Limits of resolutions, the same on every chain; each has a test in `tests/ledger/resolution_limits.py`."""

from __future__ import annotations

from typing import Final

MAX_OPEN_RESOLUTIONS: Final = 32
"""Of all that are open, so that an expelled member's ballots are found in a bounded time."""

MAX_OPEN_PER_OPENER: Final = 4
MAX_OPTIONS: Final = 10
MAX_OPTION_CHARACTERS: Final = 64
MAX_TITLE_CHARACTERS: Final = 128

MIN_VOTING_MS: Final = 3_600_000
"""A resolution is open for at least an hour: who is asked must hear of it."""

MAX_VOTING_MS: Final = 100 * 86_400_000

KEPT_MS: Final = 400 * 86_400_000
"""How long the outcome stays in the state after the deadline; the blocks have it for ever."""

FORGOTTEN_BALLOTS: Final = 64
"""Ballots that one step removes after the deadline."""
