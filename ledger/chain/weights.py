"""What work costs against a block's weight limit (rule W1).

A unit is about 5 us of CPU on one core of a server of 2026 (decision 0010, `python -m bench.weights`): all that a
validator does for a block, from decoding and verifying to the state root. The kinds of work lie within a factor of
1.5 of each other, so that a full block takes the same time whatever it is filled with.
"""

from __future__ import annotations

from typing import Final

TRANSACTION: Final = 20
"""With its first signature, its nonce, its receipt and two changed accounts."""

SIGNATURE: Final = 12
"""Each further signature that is verified, whatever it is under."""

TWO_READINGS: Final = 3
PRODUCTION: Final = 3
"""ENT minted for energy put into a unit."""

DRAW: Final = 4
"""Energy taken out of a session."""

LEVEL: Final = 1
"""What a unit holds, noted or compared with its books."""

BATCH_ITEM: Final = 3
REPORTED_CONSUMPTION: Final = 7
"""A report of consumption by hand, beside what it draws."""

PAST_COSTS: Final = 8
"""Hours or days of past costs that one unit pays for."""

SESSION_OPENING: Final = 8
SESSION_END: Final = 14
LOCK_RETURN: Final = 8
"""The lock of a session that ended before, given back."""

VOTE_OPENING: Final = 1
VOTE_END: Final = 1
BINDING_LOOK: Final = 1
"""A binding looked at to see whether its meter has reported."""

JUDGEMENT: Final = 2
"""An open vote looked at because the voters changed."""

UNBINDING: Final = 8
ORDER_RESTING: Final = 10
ORDER_END: Final = 10
ORDER_VISIT: Final = 1
"""A resting order that was looked at and neither traded nor removed."""

TRADE: Final = 14
EXPIRY: Final = 5
SWEEP_STEP: Final = 1
