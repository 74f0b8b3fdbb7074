"""Every limit of points and slots that all nodes share; each has a test in `tests/ledger/slot_limits.py`."""

from __future__ import annotations

from typing import Final

MAX_OFFSETS: Final = 512
"""Changes of the time zone's offset that a genesis, or all votes after it, may list: 256 years of two a year."""

MAX_HOLIDAYS: Final = 1_024
"""Holidays that are listed, likewise."""

MAX_CUSTODIANS: Final = 16
"""Accounts that may import operators' files at a time."""

MAX_REGISTRARS: Final = 16
"""Accounts that a genesis names to register points."""

KEPT_DAYS: Final = 35
"""For so many whole UTC days before the block's own the values of slots are kept, and may come in."""

MAX_SLOT_MWH: Final = 2**40 - 1
"""Energy of one slot in mWh: 1.1 GWh."""
