"""Every limit of feeds that all nodes share; each has a test in `tests/ledger/feed_limits.py`."""

from __future__ import annotations

from typing import Final

MAX_OPEN_FEEDS: Final = 32
MAX_REPORTERS: Final = 16
"""Of one feed: each change of its value reads all of their reports."""

MAX_FEED_VALUE: Final = 10**12
"""A value lies between this and the same below 0."""

MAX_FEED_DECIMALS: Final = 9
MAX_UNIT_CHARACTERS: Final = 32

MIN_OLDEST_AGE_MS: Final = 60_000
MAX_OLDEST_AGE_MS: Final = 40 * 86_400_000
"""A report counts for at least a minute and at most 40 days."""

MIN_REPORT_GAP_MS: Final = 10_000
"""Between two reports of one reporter for one feed."""

MAX_AHEAD_MS: Final = 60_000
"""How far a report's time may lie after the block's; it counts from the block's on."""

HISTORY_STEP_MS: Final = 300_000
"""The history has one value for every five minutes: the shortest slots, which the others are multiples of."""

KEPT_FEED_DAYS: Final = 3_697
"""So many days of a feed's history are kept: as long as a correction of a slot may come."""

FORGOTTEN_FEED_DAYS: Final = 32
"""Days of an ended feed's history that one step removes."""
