"""Every limit of tokens that all nodes share; each has a test in `tests/ledger/test_limits.py`."""

from __future__ import annotations

from typing import Final

MAX_ASSETS: Final = 18
"""Energy, the currency, and up to 16 more; an asset's number is one byte of keys."""

MAX_OPEN_MARKS: Final = 64
"""Open marks of one account and asset, those that lapsed among them."""

MARK_LIFETIME_MS: Final = 7 * 86_400_000
"""How long the banker has to pay what it marked, and to burn it or give it back (BK4)."""
