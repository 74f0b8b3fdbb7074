"""What work of points and slots weighs, in the unit of `ledger.chain.weights` (rule W1)."""

from __future__ import annotations

from typing import Final

SLOT_DAY: Final = 8
"""A day of a point's values that is read, or read, changed and written."""

SLOTS_A_UNIT: Final = 4
"""Slots that come into a day weigh one more, so many together."""

SLOTS_HELD_A_UNIT: Final = 3
"""Slots of a day that had values before weigh one more, so many together, when others come in."""

SLOTS_READ_A_UNIT: Final = 16
"""Slots of a day that is only read weigh one more, so many together."""

POINT_CHANGE: Final = 4
"""A point that is registered, changed or closed; signatures come beside it."""

IMPORT_ROW: Final = 2
"""All rows of a part of a file together, before any of them is looked at."""

SLOT_READING: Final = 1
"""A reading that is cut at boundaries."""

FORGOTTEN_DAY: Final = 3
"""A day of a point's values that is kept no longer."""
