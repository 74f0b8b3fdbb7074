"""What work of points weighs, in the unit of `ledger.chain.weights` (rule W1)."""

from __future__ import annotations

from typing import Final

BOARD_CHANGE: Final = 5
"""Somebody who joins the board, or leaves it."""

POINTS_CHANGE: Final = 3
"""What a participant earned is noted; for who takes no part nothing but the look is done."""

TOGETHER_TERMS: Final = 4
SEASON_CLOSE: Final = 10
RANKED_A_UNIT: Final = 2
"""Participants that are ranked at a season's end weigh one more, so many together."""

PRIZE_PAID: Final = 6
