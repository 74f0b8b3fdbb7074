"""Limits of what is agreed about reading, the same on every chain; tested in `tests/ledger/test_privacy.py`."""

from __future__ import annotations

from typing import Final

MAX_READERS: Final = 64
"""Accounts that a genesis names as readers of everything."""
