"""What work of units and sessions weighs, in the unit of `ledger.chain.weights` (rule W1)."""

from __future__ import annotations

from typing import Final

PRODUCTION: Final = 1
"""ENT minted for energy put into a unit."""

UNIT_BOOKS: Final = 2
"""What minting reads and writes of a unit and a producer: for the first of a meter's readings, and for one after
another that set the rate, or booked more than what was put in."""

DRAW: Final = 3
"""Energy taken out of a session."""

LEVEL: Final = 1
"""What a unit holds, noted or compared with its books."""

LEVEL_LOSS: Final = 2
"""What a level finds missing, in the records of losses."""

BATCH_ITEM: Final = 3
"""All items of a batch together, before any of them is looked at."""

REPORTED_CONSUMPTION: Final = 10
"""A report of consumption by hand, beside what it draws."""

PAST_COSTS: Final = 8
"""Hours or days of past costs that one unit pays for."""

SESSION_OPENING: Final = 8
SESSION_END: Final = 10
LOCK_RETURN: Final = 8
"""The lock of a session that ended before, given back."""

BINDING_LOOK: Final = 1
"""A binding looked at to see whether its meter has reported."""
