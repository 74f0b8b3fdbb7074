"""Every limit of validators that all nodes share; each has a test in `tests/ledger/test_limits.py`."""

from __future__ import annotations

from typing import Final

MAX_EVIDENCE_AGE: Final = 100_000
"""Heights for which an equivocation can be proven, and for which the state remembers who validated."""
