"""What every clearing must satisfy (rule Y8), whatever mechanism made it; checked where it is made and applied.

Bought = sold; no buyer pays more and no seller gets less than its limit; no order is filled beyond its quantity;
leftovers = orders - fills; nobody trades with itself. Paid = received holds because a payment is computed once.
A violation is `BrokenInvariant`: the mechanism is wrong, so the block must not be.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from ledger.errors import BrokenInvariant, require
from market.types import BUY, SELL, MatchResult, Order, OrderKind, Trade

_LIMIT: Final = OrderKind.LIMIT


def check_clearing(orders: Mapping[int, Order], trades: Iterable[Trade], leftovers: Mapping[int, int]) -> None:
    """Check trades against the orders they were made from, by number, as these stood before the clearing.

    `leftovers`: for every order what did not trade (resting or cancelled), by number; what is missing counts as 0.
    Raises `BrokenInvariant`.
    """
    filled = dict.fromkeys(orders, 0)
    for trade in trades:
        check_trade(trade)
        buy, sell = orders.get(trade.buy), orders.get(trade.sell)
        require(buy is not None and sell is not None, f"a trade of unknown orders: {trade}")
        if buy is None or sell is None:
            return
        require(buy.side is BUY and sell.side is SELL, f"a trade of the wrong sides: {trade}")
        require(buy.owner == trade.buyer and sell.owner == trade.seller, f"a trade for the wrong owners: {trade}")
        require(buy.price == trade.bid and sell.price == trade.ask, f"a trade with other limits: {trade}")
        filled[trade.buy] += trade.quantity
        filled[trade.sell] += trade.quantity
    bought = sum(filled[number] for number, order in orders.items() if order.side is BUY)
    require(bought * 2 == sum(filled.values()), "bought and sold differ")
    require(all(number in orders for number in leftovers), "a leftover of an unknown order")
    for number, order in orders.items():
        require(filled[number] <= order.quantity, f"order {number} is filled beyond its quantity")
        left = leftovers.get(number, 0)
        require(left == order.quantity - filled[number], f"order {number}: {left} left is not orders - fills")


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
