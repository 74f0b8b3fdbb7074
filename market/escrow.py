"""What orders lock, and how it comes back (rules Y4-Y5). All tokens move through the ledger's accounts."""

from __future__ import annotations

from typing import Final

from ledger.bank.balances import balance, unlock
from ledger.bank.schema import Asset
from ledger.chain.context import Context
from ledger.chain.schema import AccountCounter, Purpose
from ledger.errors import Refused
from market.events import OrderCancelled, OrderExpired
from market.terms import locked
from market.types import BUY, Order, Reason, Side

ORDER_LOCK: Final = Purpose(72, "order")
"""What an order would pay or deliver."""

OPEN_ORDERS: Final = AccountCounter(72, "open_orders")


def asset_of(side: Side) -> Asset:
    """What an order of this side locks: a buy eEuro, a sale ENT."""
    return Asset.EEURO if side is BUY else Asset.ENT


def require_funds(context: Context, order: Order) -> int:
    """What `order` would lock whole; refused (insufficient_balance) unless it is available (Y4)."""
    amount = locked(order)
    if balance(context.state, order.owner, asset_of(order.side)).available < amount:
        raise Refused("the available balance does not cover the order", code="insufficient_balance")
    return amount


def release(context: Context, order: Order) -> int:
    """Give back all that an order still locks; returns the amount."""
    amount = locked(order)
    unlock(context.state, order.owner, asset_of(order.side), ORDER_LOCK, amount)
    return amount


def end(context: Context, order: Order, reason: Reason) -> None:
    """Release an order that has left the book, and report it (Y5)."""
    amount = release(context, order)
    report_end(context, order, order.quantity, amount, reason)


def report_end(context: Context, order: Order, remaining: int, unlocked: int, reason: Reason) -> None:
    """Tell the owner that the last `remaining` of an order is gone."""
    if reason is Reason.EXPIRED:
        context.emit(OrderExpired(order.number, order.owner, order.side, remaining, unlocked))
    else:
        context.emit(OrderCancelled(order.number, order.owner, order.side, remaining, unlocked, reason))
