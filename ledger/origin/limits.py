"""Limits of origin lots, the same on every chain; each has a test in `tests/ledger/origin_limits.py`."""

from __future__ import annotations

from typing import Final

MAX_ORIGIN_LOTS: Final = 256
"""Lots of one unit: with one more, its two oldest of a class become one."""

KEPT_ORIGIN_MONTHS: Final = 37
"""Months (UTC), the running one included, for which an account's draws are summed by source."""
