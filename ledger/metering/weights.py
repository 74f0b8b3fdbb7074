"""What work of meters weighs, in the unit of `ledger.chain.weights` (rule W1)."""

from __future__ import annotations

from typing import Final

TWO_READINGS: Final = 3
UNBINDING: Final = 8
