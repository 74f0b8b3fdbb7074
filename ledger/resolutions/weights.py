"""What work of resolutions weighs, in the unit of `ledger.chain.weights` (rule W1)."""

from __future__ import annotations

from typing import Final

RESOLUTION_CHANGE: Final = 8
"""One opened, withdrawn or closed."""

BALLOT: Final = 3
"""A ballot counted, or made void."""

BALLOT_FORGOTTEN: Final = 1
