"""Every limit of meters that all nodes share; each has a test in `tests/ledger/test_limits.py`."""

from __future__ import annotations

from typing import Final

MAX_READINGS: Final = 800
"""Readings in one transaction of a meter; the byte limit bounds them as well."""

MAX_SEQUENCE_STEP: Final = 2**20
"""How far a meter's sequence may jump from one reading to the next."""

MAX_METERS_PER_UNIT: Final = 1_000
"""Meters bound at one storage unit at a time."""

MAX_REGISTER_FACTOR: Final = 1_000_000
"""Of a meter behind transformers: current ratio x voltage ratio."""

MAX_OPENING_AGE_MS: Final = 3_600_000
"""How long before the block that binds it a meter may have been read (M2)."""
