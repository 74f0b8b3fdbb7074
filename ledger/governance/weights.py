"""What work of votes weighs, in the unit of `ledger.chain.weights` (rule W1)."""

from __future__ import annotations

from typing import Final

VOTE_OPENING: Final = 1
VOTE_END: Final = 1
JUDGEMENT: Final = 2
"""An open vote looked at because the voters changed."""
