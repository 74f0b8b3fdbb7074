"""What every trade must satisfy (rule Y8), whatever mechanism made it; checked before it is settled.

No buyer pays more and no seller gets less than its limit; nobody trades with itself. Bought = sold and paid = received
hold because a trade has one quantity and one payment. The tests compare whole runs of orders
(`tests/market/clearing.py`).

A violation is `BrokenInvariant`: the mechanism is wrong, so the block must not be.
"""

from __future__ import annotations

from ledger.errors import BrokenInvariant
from market.types import Trade


def check_trade(trade: Trade) -> None:
    """Check what a trade says of itself: a quantity, a price within both limits, two parties."""
    if trade.quantity <= 0:
        raise BrokenInvariant(f"a trade of nothing: {trade}")
    if not trade.ask <= trade.price <= trade.bid:
        raise BrokenInvariant(f"a trade outside of its limits: {trade}")
    if trade.buyer == trade.seller or trade.buy == trade.sell:
        raise BrokenInvariant(f"a trade with itself: {trade}")
