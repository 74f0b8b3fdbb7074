"""What work of orders weighs, in the unit of `ledger.chain.weights` (rule W1)."""

from __future__ import annotations

from typing import Final

ORDER_RESTING: Final = 10
ORDER_END: Final = 10
ORDER_VISIT: Final = 1
"""A resting order that was looked at and neither traded nor removed."""

TRADE: Final = 14
