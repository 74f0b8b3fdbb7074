"""What work of meters weighs, in the unit of `ledger.chain.weights` (rule W1)."""

from __future__ import annotations

from typing import Final

TWO_READINGS: Final = 3
"""All readings of a transaction together, before anything of them is looked at."""

UNBINDING: Final = 8
