"""What came of matching, carried out on accounts (rules Y6-Y8), after it was checked.

A payment is computed once per trade; the same integer is debited and credited. The incoming order's owner is settled
once for all its trades: what it needs whole was seen to be available before (`market.escrow.require_funds`), so what
trades at once is paid from there, and only what rests is locked. For the resting orders' owners it is lock by lock.
"""

from __future__ import annotations

from ledger.bank.balances import credit, debit, lock, spend_locked, unlock
from ledger.bank.schema import Asset
from ledger.chain.context import Context
from ledger.errors import BrokenInvariant, Refused
from ledger.state.overlay import State
from market.book import with_quantity
from market.escrow import ORDER_LOCK, end, report_end
from market.events import Traded
from market.schema import LAST_TRADE, LastTrade
from market.terms import locked, payment
from market.types import BUY, MatchResult, Order, Reason, Trade
from market.weights import ORDER_END, ORDER_RESTING, ORDER_VISIT, TRADE


def charge(context: Context, result: MatchResult) -> None:
    """Count the work that an order made against the block's weight (Y8)."""
    trades, dropped = len(result.trades), len(result.dropped)
    looked_at = result.visited - trades - dropped
    resting = ORDER_RESTING if result.rested else 0
    context.charge(trades * TRADE + dropped * ORDER_END + max(looked_at, 0) * ORDER_VISIT + resting)


def settle(context: Context, order: Order, amount: int, result: MatchResult, retired: int) -> None:
    """Move the tokens of the trades, lock what rests, report everything in the order in which it happened.

    `amount`: what the whole order would lock, which is available.
    """
    if result.trades:
        _settle_trades(context, order, result.trades)
    rested, cancelled = result.rested, result.cancelled
    if rested:
        if rested != order.quantity:
            amount = locked(with_quantity(order, rested))
        lock(context.state, order.owner, Asset.EEURO if order.side is BUY else Asset.ENT, ORDER_LOCK, amount)
    for dropped in result.dropped:
        end(context, dropped.order, Reason.GRID_CHANGED if dropped.order.number <= retired else dropped.reason)
    if cancelled:
        if cancelled != order.quantity:
            amount = locked(with_quantity(order, cancelled))
        report_end(context, order, cancelled, amount, result.reason)


def _settle_trades(context: Context, order: Order, trades: tuple[Trade, ...]) -> None:
    """Both sides of an order's trades. That somebody cannot pay is our fault: the funds were seen or locked before."""
    state, owner = context.state, order.owner
    paid = quantity = 0
    settle_resting = _pay_seller if order.side is BUY else _pay_buyer
    try:
        for trade in trades:
            amount = payment(trade.price, trade.quantity)
            paid += amount
            quantity += trade.quantity
            released = settle_resting(state, trade, amount)
            context.events.append(
                Traded(
                    trade.buy, trade.sell, trade.buyer, trade.seller, trade.price, trade.quantity, amount, released
                )
            )  # fmt: skip
        if order.side is BUY:
            debit(state, owner, Asset.EEURO, paid)
            credit(state, owner, Asset.ENT, quantity)
        else:
            debit(state, owner, Asset.ENT, quantity)
            credit(state, owner, Asset.EEURO, paid)
    except Refused as refusal:
        raise BrokenInvariant(f"a trade had no funds behind it: {refusal.detail}") from refusal
    _remember(context, trades)


def _pay_seller(state: State, trade: Trade, amount: int) -> int:
    """A resting sale gives its tokens and gets the payment; returns what a better price saves the incoming buyer."""
    spend_locked(state, trade.seller, Asset.ENT, ORDER_LOCK, trade.quantity)
    credit(state, trade.seller, Asset.EEURO, amount)
    return 0 if trade.price == trade.bid else payment(trade.bid, trade.quantity) - amount


def _pay_buyer(state: State, trade: Trade, amount: int) -> int:
    """A resting buy pays from its lock, gets tokens, and back what a better price saves it, which is returned."""
    released = 0 if trade.price == trade.bid else payment(trade.bid, trade.quantity) - amount
    spend_locked(state, trade.buyer, Asset.EEURO, ORDER_LOCK, amount)
    unlock(state, trade.buyer, Asset.EEURO, ORDER_LOCK, released)
    credit(state, trade.buyer, Asset.ENT, trade.quantity)
    return released


def _remember(context: Context, trades: tuple[Trade, ...]) -> None:
    before = context.state.get(LAST_TRADE, b"")
    count = len(trades) + (0 if before is None else before.trades)
    last = trades[-1]
    context.state.put(LAST_TRADE, b"", LastTrade(last.price, last.quantity, context.time_ms, count))
