"""Open orders in the ledger's state, whatever mechanism holds them (rule Y1).

This file alone writes and removes the entries of an order that all mechanisms share: the order by product and number,
its owner's index, its expiry, its owner's count. Tokens are `market.escrow`'s. Every step is O(log n) in what rests.
"""

from __future__ import annotations

from ledger.chain.context import Context
from ledger.chain.counters import change_count
from ledger.chain.expiries import cancel_expiry, schedule
from ledger.errors import BrokenInvariant, require
from ledger.state.overlay import State
from market.delegation import note_agent
from market.escrow import OPEN_ORDERS
from market.schema import LISTED, ORDER_DUE, ORDERS, ORDERS_BY_OWNER, order_key
from market.types import Order, Product, Reason, with_quantity


def keep(context: Context, product: Product, order: Order) -> None:
    """Write down an order that rests from now on."""
    state, key = context.state, order_key(product.number, order.number)
    state.put(ORDERS, key, order)
    state.put(ORDERS_BY_OWNER, order.owner + key, LISTED)
    if order.expires_ms:
        schedule(context, order.expires_ms, ORDER_DUE, order.number, key)
    change_count(state, order.owner, OPEN_ORDERS, 1)
    note_agent(context, product, order.number)


def forget(context: Context, product: Product, number: int) -> Order:
    """Remove all entries of an order; returns it as it stood."""
    state, key = context.state, order_key(product.number, number)
    order = stored(state, key)
    state.delete(ORDERS, key)
    state.delete(ORDERS_BY_OWNER, order.owner + key)
    if order.expires_ms:
        cancel_expiry(context, order.expires_ms, ORDER_DUE, number)
    change_count(state, order.owner, OPEN_ORDERS, -1)
    return order


def reduce(context: Context, product: Product, number: int, quantity: int) -> int:
    """Set the open quantity of an order to less, at least 1; returns what went."""
    state, key = context.state, order_key(product.number, number)
    order = stored(state, key)
    require(0 < quantity <= order.quantity, "an order is reduced to nothing, or to more than it had")
    state.put(ORDERS, key, with_quantity(order, quantity))
    return order.quantity - quantity


def stored(state: State, key: bytes) -> Order:
    """The order of a key that an index names."""
    order = state.get(ORDERS, key)
    if order is None:
        raise BrokenInvariant("an index names an order that is not there")
    return order


def end_reason(order: Order, retired: int, now_ms: int) -> Reason:
    """Why an order that is still kept is dead, or `Reason.NONE` (Y11, Y15)."""
    if order.number <= retired:
        return Reason.GRID_CHANGED
    return Reason.EXPIRED if 0 < order.expires_ms <= now_ms else Reason.NONE
