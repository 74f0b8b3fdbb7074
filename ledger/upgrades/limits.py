"""Limits of upgrades, the same on every chain; each has a test in `tests/ledger/test_limits.py`."""

from __future__ import annotations

from typing import Final

MAX_VOTED_SECTION_BYTES: Final = 8 * 1024
"""Of the section with which a vote switches on a module."""
