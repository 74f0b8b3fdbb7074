"""Every limit of units and sessions that all nodes share; each has a test in `tests/ledger/test_limits.py`."""

from __future__ import annotations

from typing import Final

MAX_OPEN_SESSIONS: Final = 16
MAX_WAITING_SESSIONS: Final = 8
"""Sessions of one account at one unit that have ended and wait for their last reading."""

MAX_BATCH_ITEMS: Final = 150
"""Reports in one batch of a storage unit."""

MAX_SUMMED_DAYS: Final = 30
"""Days for which a unit's losses and what it minted are summed."""

COST_HOURS: Final = 48
COST_DAYS: Final = 400
"""For how long the highest minting cost is known by hour and by day; older readings pay M."""

MAX_FLOWS: Final = 256
"""Intervals of energy that are kept of a unit with a storage meter, to know its books at a time that has passed."""

FLOW_MINUTES: Final = 120
"""For how long before a block they are known at least, by minute where there are many."""

MAX_LEVEL_LOSSES: Final = 32
"""Levels that found a loss and are kept of a unit, to know which of it a late draw explains."""

MAX_UNITS: Final = 10_000

MAX_PRIORITY_ACCOUNTS: Final = 256
"""Accounts whose sessions end last where energy is short."""
