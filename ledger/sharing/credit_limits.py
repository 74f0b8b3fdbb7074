"""Limits of schemes by the month; each has a test in `tests/ledger/sharing/`."""

from __future__ import annotations

from typing import Final

MONTH_ROWS_KEPT: Final = 13
"""Local months whose rows and inputs are kept by point: last year's same month can still be looked at."""

MAX_FORGOTTEN_AT_ONCE: Final = 64
"""Rows of an old month that one step forgets."""
