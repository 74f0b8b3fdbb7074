"""Every limit of tokens that all nodes share; each has a test in `tests/ledger/test_limits.py`."""

from __future__ import annotations

from typing import Final

MAX_ASSETS: Final = 18
"""Energy, the currency, and up to 16 more; an asset's number is one byte of keys."""
