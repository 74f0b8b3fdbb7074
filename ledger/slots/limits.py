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

MAX_POINTS: Final = 20_000
"""Points that are not closed."""

MAX_POINTS_PER_OWNER: Final = 64
"""The same of one owner."""

MAX_ZONE_CHARACTERS: Final = 64
"""Of a grid zone's name."""

KEPT_FILE_DAYS: Final = 37
"""For so long after its last part a file is known: longer than any value that it could bring is kept."""

MAX_START_DAYS: Final = 366
"""How far ahead of the block a point's first slot may lie."""

MAX_CONSENT_AGE_DAYS: Final = 30
"""How long after its signing a point's consent may be used."""

MAX_ROWS: Final = 1_000
"""Rows in one part of a file; the byte limit of transactions bounds them as well."""

MAX_ROW_SLOTS: Final = 2_976
"""Slots in one row: a month of 31 days in quarter hours."""

MAX_QUALITY: Final = 255
"""Of the number by which a custodian calls an operator's quality."""
