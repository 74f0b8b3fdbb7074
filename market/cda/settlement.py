"""What came of matching, carried out on accounts (rules Y6-Y8), after it was checked.

A payment is computed once per trade; the same integer is debited and credited. The incoming order's owner is settled
once for all its trades: what it needs whole was seen to be available before (`market.escrow.require_funds`), so what
trades at once is paid from there, and only what rests is locked. For the resting orders' owners it is lock by lock.
"""

from __future__ import annotations

from ledger.bank.balances import credit, debit, lock
from ledger.bank.points import commission_in_force, tell_came_in, tell_commission_paid, tell_sold
from ledger.chain.context import Context
from market.cda.types import MatchResult
from market.delegation import forget_agent, forget_filled, tell_resting_sale
from market.escrow import ORDER_LOCK, asset_of, end, report_end
from market.events import Traded
from market.settlement import funded, pay_buyer, pay_seller, remember, take_commission
from market.terms import locked, payment
from market.types import BUY, Order, Product, Reason, Trade, with_quantity
from market.weights import ORDER_END, ORDER_RESTING, ORDER_VISIT, TRADE


def charge(context: Context, result: MatchResult) -> None:
    """Count the work that an order made against the block's weight (Y8)."""
    trades, dropped = len(result.trades), len(result.dropped)
    looked_at = result.visited - trades - dropped
    resting = ORDER_RESTING if result.rested else 0
    context.charge(trades * TRADE + dropped * ORDER_END + max(looked_at, 0) * ORDER_VISIT + resting)


def settle(
    context: Context, product: Product, order: Order, amount: int, result: MatchResult, retired: int
) -> None:  # fmt: skip
    """Move the tokens of the trades, lock what rests, report everything in the order in which it happened.

    `amount`: what the whole order would lock, which is available.
    """
    if result.trades:
        _settle_trades(context, product, order, result.trades)
    rested, cancelled = result.rested, result.cancelled
    if rested:
        if rested != order.quantity:
            amount = locked(with_quantity(order, rested), product.scale)
        lock(context.state, order.owner, asset_of(product, order.side), ORDER_LOCK, amount)
    for dropped in result.dropped:
        reason = Reason.GRID_CHANGED if dropped.order.number <= retired else dropped.reason
        forget_agent(context, product, dropped.order.number)
        end(context, product, dropped.order, reason)
    if cancelled:
        if cancelled != order.quantity:
            amount = locked(with_quantity(order, cancelled), product.scale)
        report_end(context, product, order, cancelled, amount, result.reason)


def _settle_trades(context: Context, product: Product, order: Order, trades: tuple[Trade, ...]) -> None:
    """Both sides of an order's trades."""
    state, owner, scale = context.state, order.owner, product.scale
    paid = quantity = brought = 0
    buying, commission = order.side is BUY, commission_in_force(context)
    settle_resting = pay_seller if buying else pay_buyer
    with funded():
        for trade in trades:
            amount = payment(trade.price, trade.quantity, scale)
            released = 0 if trade.price == trade.bid else payment(trade.bid, trade.quantity, scale) - amount
            kept = commission.on(amount) if commission.parts else 0
            paid += amount
            brought += kept
            quantity += trade.quantity
            settle_resting(state, product, trade, amount - kept if buying else amount, released)
            context.events.append(
                Traded(
                    product.number, product.base, product.quote, trade.buy, trade.sell, trade.buyer, trade.seller,
                    trade.price, trade.quantity, amount, released,
                )
            )  # fmt: skip
            if kept:
                take_commission(context, product, trade, commission, kept)
            if buying or released:
                tell_came_in(context, trade.seller if buying else trade.buyer, product.quote)
            if buying:
                tell_resting_sale(context, product, trade.sell, trade.seller, amount - kept)
        if buying:
            debit(state, owner, product.quote, paid)
            credit(state, owner, product.base, quantity)
        else:
            debit(state, owner, product.base, quantity)
            credit(state, owner, product.quote, paid - brought)
            tell_came_in(context, owner, product.quote)
            if context.agent:
                tell_sold(context, owner, context.agent, product.quote, paid - brought)
    forget_filled(context, product, {trade.sell if buying else trade.buy for trade in trades})
    if brought:
        tell_commission_paid(context, product.quote, brought)
    remember(context, product, trades)
