"""What matching one order must satisfy (rule Y8), checked before it is settled.

No buyer pays more and no seller gets less than its limit; the order is not filled beyond its quantity; what is left =
order - fills; nobody trades with itself. Bought = sold and paid = received hold because a trade has one quantity and
one payment. The tests compare whole runs of orders (`tests/market/clearing.py`).
A violation is `BrokenInvariant`: the mechanism is wrong, so the block must not be.
"""

from __future__ import annotations

from typing import Final

from ledger.errors import BrokenInvariant, require
from market.types import BUY, MatchResult, Order, OrderKind, Trade

_LIMIT: Final = OrderKind.LIMIT


def check_trade(trade: Trade) -> None:
    """Check what a trade says of itself: a quantity, a price within both limits, two parties."""
    if trade.quantity <= 0:
        raise BrokenInvariant(f"a trade of nothing: {trade}")
    if not trade.ask <= trade.price <= trade.bid:
        raise BrokenInvariant(f"a trade outside of its limits: {trade}")
    if trade.buyer == trade.seller or trade.buy == trade.sell:
        raise BrokenInvariant(f"a trade with itself: {trade}")


def check_match(incoming: Order, result: MatchResult, max_trades: int) -> None:
    """Check one order's result, in O(its trades), before it is settled. Raises `BrokenInvariant`."""
    buying, number, owner, limit = incoming.side is BUY, incoming.number, incoming.owner, incoming.price
    trades, rested, cancelled, kind = result.trades, result.rested, result.cancelled, incoming.kind
    filled = 0
    for trade in trades:
        check_trade(trade)
        own = (trade.buy, trade.buyer, trade.bid) if buying else (trade.sell, trade.seller, trade.ask)
        if own != (number, owner, limit):
            raise BrokenInvariant(f"a trade that is not of the incoming order: {trade}")
        filled += trade.quantity
    require(len(trades) <= max_trades, "more trades than one order may make")
    require(filled + rested + cancelled == incoming.quantity, "fills + rest + cancelled is not the order")
    require(not (rested and cancelled), "an order rests and is cancelled")
    require((cancelled > 0) == (result.reason != 0), "cancelled without a reason, or a reason for nothing")
    if kind is not _LIMIT:
        require(not (kind is OrderKind.FOK and trades and cancelled), "a fill-or-kill order is filled in part")
        require(not (kind is OrderKind.POST_ONLY and trades), "a post-only order trades on arrival")
        require(kind is OrderKind.POST_ONLY or not rested, "an order rests that must not")
