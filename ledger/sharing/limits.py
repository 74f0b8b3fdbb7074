"""Every limit of sharing that all nodes share; each has a test in `tests/ledger/sharing/`."""

from __future__ import annotations

from typing import Final

MAX_CASCADE_LEVELS: Final = 8

MAX_RULE_ROWS: Final = 4_096
"""Rows that stand in a rule: pairs of a producer and a consumer, or prices of producers."""

MAX_ALLOCATION_PAIRS: Final = 100_000
"""Pairs of a producer and a consumer that one allocation computes; every one costs as much as a point."""

MAX_CREDIT_SLOTS: Final = 120
"""For how many slots (months) what was not taken stays a claim."""
