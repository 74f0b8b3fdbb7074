"""What work of points and slots weighs, in the unit of `ledger.chain.weights` (rule W1)."""

from __future__ import annotations

from typing import Final

SLOT_DAY: Final = 8
"""A day of a point's values that is read, changed and written."""

SLOTS_A_UNIT: Final = 16
"""Slots of a day that are changed weigh one more, so many together."""

FORGOTTEN_DAY: Final = 3
"""A day of a point's values that is kept no longer."""
