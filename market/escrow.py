"""What orders lock, and how it comes back (rules Y4-Y5). All tokens move through the ledger's accounts."""

from __future__ import annotations

from typing import Final

from ledger.bank.balances import balance, unlock
from ledger.bank.points import tell_came_in
from ledger.chain.context import Context
from ledger.chain.schema import AccountCounter, Purpose
from ledger.errors import Refused
from market.events import OrderCancelled, OrderExpired
from market.terms import locked
from market.types import BUY, Order, Product, Reason, Side

ORDER_LOCK: Final = Purpose(72, "order")
"""What an order would pay or deliver."""

OPEN_ORDERS: Final = AccountCounter(72, "open_orders")


def asset_of(product: Product, side: Side) -> int:
    """What an order of this side locks: a buy what it pays with, a sale what it sells."""
    return product.quote if side is BUY else product.base


def require_funds(context: Context, product: Product, order: Order) -> int:
    """What `order` would lock whole; refused (insufficient_balance) unless it is available (Y4)."""
    amount = locked(order, product.scale)
    if balance(context.state, order.owner, asset_of(product, order.side)).available < amount:
        raise Refused("the available balance does not cover the order", code="insufficient_balance")
    return amount


def release(context: Context, product: Product, order: Order) -> int:
    """Give back all that an order still locks; returns the amount."""
    amount = locked(order, product.scale)
    unlock(context.state, order.owner, asset_of(product, order.side), ORDER_LOCK, amount)
    return amount


def end(context: Context, product: Product, order: Order, reason: Reason) -> None:
    """Release an order that is kept no longer, and report it (Y5)."""
    amount = release(context, product, order)
    report_end(context, product, order, order.quantity, amount, reason)
    if amount:
        tell_came_in(context, order.owner, asset_of(product, order.side))


def report_end(
    context: Context, product: Product, order: Order, remaining: int, unlocked: int, reason: Reason
) -> None:  # fmt: skip
    """Tell the owner that the last `remaining` of an order is gone."""
    asset = asset_of(product, order.side)
    if reason is Reason.EXPIRED:
        context.emit(OrderExpired(product.number, order.number, order.owner, order.side, remaining, asset, unlocked))
    else:
        context.emit(
            OrderCancelled(product.number, order.number, order.owner, order.side, remaining, asset, unlocked, reason)
        )
