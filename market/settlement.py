"""What came of matching, carried out on accounts (rules Y6-Y8), after it was checked.

A payment is computed once per trade; the same integer is debited and credited. The incoming order's owner is settled
once for all its trades: what it needs whole was seen to be available before (`market.escrow.require_funds`), so what
trades at once is paid from there, and only what rests is locked. For the resting orders' owners it is lock by lock.
"""

from __future__ import annotations

from typing import Final

from ledger.accounts import credit, debit, spend_locked, unlock
from ledger.context import Context
from ledger.errors import BrokenInvariant, Refused
from ledger.rules.weights import CLOSING, TRADE
from ledger.schema import Asset, Purpose
from market.book import with_quantity
from market.escrow import end, hold, report_end
from market.events import Traded
from market.schema import LAST_TRADE, LastTrade
from market.terms import locked, payment
from market.types import BUY, MatchResult, Order, Reason, Trade

VISIT: Final = 1
"""Weight of a resting order that was looked at and neither traded nor removed."""


def charge(context: Context, result: MatchResult) -> None:
    """Count the work that an order made against the block's weight (Y8)."""
    trades, dropped = len(result.trades), len(result.dropped)
    looked_at = max(result.visited - trades - dropped, 0)
    context.charge(trades * TRADE + dropped * CLOSING + looked_at * VISIT)


def settle(context: Context, order: Order, result: MatchResult, retired: int) -> None:
    """Move the tokens of the trades, lock what rests, report everything in the order in which it happened."""
    paid = bought = 0
    for trade in result.trades:
        paid += _settle_resting(context, order, trade)
        bought += trade.quantity
    try:
        _settle_incoming(context, order, paid, bought)
        if result.rested:
            hold(context, with_quantity(order, result.rested))
    except Refused as refusal:
        raise BrokenInvariant(f"an order was let in without its funds: {refusal.detail}") from refusal
    for dropped in result.dropped:
        end(context, dropped.order, Reason.GRID_CHANGED if dropped.order.number <= retired else dropped.reason)
    if result.cancelled:
        rest = with_quantity(order, result.cancelled)
        report_end(context, order, result.cancelled, locked(rest), result.reason)
    if result.trades:
        _remember(context, result.trades)


def _settle_resting(context: Context, order: Order, trade: Trade) -> int:
    """The side of a trade that had rested; returns the payment."""
    state = context.state
    paid = payment(trade.price, trade.quantity)
    released = payment(trade.bid, trade.quantity) - paid
    try:
        if order.side is BUY:
            spend_locked(state, trade.seller, Asset.ENT, Purpose.ORDER, trade.quantity)
            credit(state, trade.seller, Asset.EEURO, paid)
        else:
            spend_locked(state, trade.buyer, Asset.EEURO, Purpose.ORDER, paid)
            unlock(state, trade.buyer, Asset.EEURO, Purpose.ORDER, released)
            credit(state, trade.buyer, Asset.ENT, trade.quantity)
    except Refused as refusal:
        raise BrokenInvariant(f"a resting order had no lock behind it: {refusal.detail}") from refusal
    context.emit(
        Traded(
            trade.buy, trade.sell, trade.buyer, trade.seller, trade.price, trade.quantity, paid, released
        )
    )  # fmt: skip
    return paid


def _settle_incoming(context: Context, order: Order, paid: int, bought: int) -> None:
    state = context.state
    if order.side is BUY:
        debit(state, order.owner, Asset.EEURO, paid)
        credit(state, order.owner, Asset.ENT, bought)
    else:
        debit(state, order.owner, Asset.ENT, bought)
        credit(state, order.owner, Asset.EEURO, paid)


def _remember(context: Context, trades: tuple[Trade, ...]) -> None:
    before = context.state.get(LAST_TRADE, b"")
    count = len(trades) + (0 if before is None else before.trades)
    last = trades[-1]
    context.state.put(LAST_TRADE, b"", LastTrade(last.price, last.quantity, context.time_ms, count))
