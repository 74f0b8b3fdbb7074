"""Limits of bills, the same on every chain; each has a test in `tests/ledger/test_rules_billing.py`."""

from __future__ import annotations

from typing import Final

MAX_TREASURERS: Final = 16
"""Accounts that may number bills at a time."""

MAX_BILLS_PER_RUN: Final = 100_000
"""So that the proof of a bill in its run stays short, and a run fits into a file."""
