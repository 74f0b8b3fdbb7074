"""What work of the validator set weighs, in the unit of `ledger.chain.weights` (rule W1)."""

from __future__ import annotations

from typing import Final

SIGN_OF_LIFE: Final = 2
"""That a proposer is running, noted."""
