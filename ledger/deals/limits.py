"""Limits of deals and swaps, the same on every chain; each has a test in `tests/ledger/deal_limits.py`."""

from __future__ import annotations

from typing import Final

MAX_OPEN_DEALS: Final = 64
"""Deals that one account may have opened and not seen end; of others' deals it may be in any number."""

MAX_OPEN_SWAPS: Final = 64
"""Swaps that one account may offer at a time."""

MAX_DEAL_MS: Final = 400 * 86_400_000
"""How far ahead the deadline of a deal, or the expiry of a swap, may be."""

RULING_MS: Final = 14 * 86_400_000
"""How long after a dispute the arbiter may rule; then the buyer has its tokens back."""
