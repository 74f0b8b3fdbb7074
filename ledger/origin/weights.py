"""What work of origin lots weighs, in the unit of `ledger.chain.weights` (rule W1)."""

from __future__ import annotations

from typing import Final

ORIGIN_ADDED: Final = 5
"""Energy that comes into a unit: its lot, and the unit's sums."""

ORIGIN_TAKEN: Final = 3
"""Energy that leaves a unit."""

ORIGIN_LOT: Final = 3
"""A lot that it is taken of, or that becomes one with another."""

ORIGIN_RESERVED: Final = 6
"""What is renewable is reserved for a session."""

ORIGIN_SUM: Final = 2
"""A source that a consumer's month sums."""
