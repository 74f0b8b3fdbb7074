"""Limits of debts; each has a test in `tests/ledger/test_rules_debts.py`."""

from __future__ import annotations

from typing import Final

MAX_CLAIMS_AT_ONCE: Final = 64
"""Claims that one step of a pool's division pays."""
