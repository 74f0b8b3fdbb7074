"""Rule Y8 over many orders and all of their trades: what a run must satisfy, whatever mechanism made it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ledger.errors import require, require_present
from market.invariants import check_trade
from market.types import BUY, SELL, Order, Trade


def check_clearing(orders: Mapping[int, Order], trades: Iterable[Trade], leftovers: Mapping[int, int]) -> None:
    """Check trades against the orders they were made from, by number, as these stood before the clearing.

    `leftovers`: for every order what did not trade (resting or cancelled), by number; what is missing counts as 0.
    Raises `BrokenInvariant`.
    """
    filled = dict.fromkeys(orders, 0)
    for trade in trades:
        check_trade(trade)
        buy = require_present(orders.get(trade.buy), f"a trade of an unknown order: {trade}")
        sell = require_present(orders.get(trade.sell), f"a trade of an unknown order: {trade}")
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
