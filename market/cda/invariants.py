"""What matching must satisfy for each incoming order (rule Y8), in O(its trades)."""

from __future__ import annotations

from typing import Final

from ledger.errors import BrokenInvariant, require
from market.cda.types import MatchResult
from market.invariants import check_trade
from market.types import BUY, Order, OrderKind

_LIMIT: Final = OrderKind.LIMIT


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
