"""Limits of rows that come with each slot; each has a test in `tests/ledger/rows_limits.py`."""

from __future__ import annotations

from typing import Final

MAX_SPAN_SLOTS: Final = 672
"""Slots whose rows one transaction brings: a week of quarter hours; its bytes bound it as well."""
