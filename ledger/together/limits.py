"""Every limit of points and prizes that all nodes share; each has a test in `tests/ledger/together_limits.py`."""

from __future__ import annotations

from typing import Final

MAX_PARTICIPANTS: Final = 500
"""On the board: the end of a season reads all of them in one piece."""

MAX_NICKNAME_CHARACTERS: Final = 24
MAX_POINT_RATE: Final = 10_000
"""Points for a kWh, a day or a ballot."""

MAX_POINTS_A_KIND: Final = 1_000_000
"""The most that one kind may bring in a season."""

MAX_PRIZES: Final = 10
MIN_GRACE_DAYS: Final = 1
MAX_GRACE_DAYS: Final = 20
"""After a month's end, until its season is closed: before the next one ends."""

MIN_ON_TIME_MS: Final = 60_000
MAX_ON_TIME_MS: Final = 86_400_000
KEPT_SEASONS: Final = 24
"""So many closed seasons are remembered."""
