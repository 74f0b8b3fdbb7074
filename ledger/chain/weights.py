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

EXPIRY: Final = 5
SWEEP_STEP: Final = 1
