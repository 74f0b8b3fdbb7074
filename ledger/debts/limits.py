"""Limits of debts; each has a test in `tests/ledger/test_rules_debts.py`."""

from __future__ import annotations

from typing import Final

MAX_CLAIMS_AT_ONCE: Final = 64
"""Claims that one step of a pool's division pays."""

LEAST_DIVISION: Final = 256
"""What lies in a pool waits for more until it is one part in so many of what the pool owes: a unit that goes round in a
circle of debts would be divided once for each unit owed, and ends after so many rounds."""
