"""The market's transactions and hooks (rules Y3-Y13), the same for all mechanisms: terms, number, funds.

What an order then meets is its product's mechanism's business (`market.mechanism`).
"""

from __future__ import annotations

from typing import Final

from ledger.bank.points import check_binding, check_offer_price, tell_came_in
from ledger.chain.context import Context
from ledger.chain.counters import counted
from ledger.chain.envelope import Transaction
from market.delegation import forget_agent
from market.errors import (
    NotYourOrder,
    OrderAlreadyExpired,
    OrderKindRefused,
    OrderTooSmall,
    TooManyOrders,
    UnknownOrder,
)
from market.escrow import OPEN_ORDERS, asset_of, end, release, require_funds
from market.events import OrderPlaced, OrderReplaced
from market.limits import MAX_OPEN_ORDERS
from market.mechanisms import mechanism_of
from market.open_orders import end_reason
from market.parameters import SWEEP, grid_in_force, minimum_order, schedule_sweep
from market.products import product_of, products
from market.schema import ORDER_COUNTER, ORDERS, ORDERS_BY_OWNER, Grid, order_key, product_in, product_key
from market.terms import check_terms, keeps_priority
from market.transactions import CancelOrder, PlaceOrder, ReplaceOrder
from market.types import Order, OrderKind, Product, Reason
from market.weights import ORDER_END

_RESTING_KINDS: Final = (OrderKind.LIMIT, OrderKind.POST_ONLY)


def do_place_order(context: Context, payload: PlaceOrder) -> None:
    """Let an order in; what becomes of it, its product's mechanism says (Y3, Y4)."""
    product = product_of(context.state, payload.product)
    mechanism = mechanism_of(product)
    if payload.kind not in mechanism.kinds:
        raise OrderKindRefused(f"product {product.number} takes no {payload.kind.name.lower()} orders")
    check_binding(context, context.sender)
    grid = grid_in_force(context)
    _check_new_terms(context, product, grid, payload.price, payload.quantity, payload.expires_ms)
    owner = context.sender
    if payload.kind in _RESTING_KINDS and counted(context.state, owner, OPEN_ORDERS) >= MAX_OPEN_ORDERS:
        raise TooManyOrders(f"at most {MAX_OPEN_ORDERS} orders of an account may be open; cancel one first")
    order = Order(
        context.next_number(ORDER_COUNTER), owner, payload.side, payload.kind, payload.price, payload.quantity,
        payload.expires_ms,
    )  # fmt: skip
    amount = require_funds(context, product, order)
    context.emit(
        OrderPlaced(
            product.number, order.number, owner, order.side, order.kind, order.price, order.quantity,
            order.expires_ms, asset_of(product, order.side), amount,
        )
    )  # fmt: skip
    mechanism.enter(context, product, order, amount, grid)


def do_cancel_order(context: Context, payload: CancelOrder) -> None:
    """Take back an order, also one that is dead and only waits to be worked off (Y9)."""
    product = product_of(context.state, payload.product)
    order = _own_order(context, product, payload.number)
    retired = grid_in_force(context).retired
    _take_out(context, product, order, end_reason(order, retired, context.time_ms) or Reason.CANCELLED)


def takes_order_along(context: Context, transaction: Transaction) -> bool:
    """Whether the sender takes back an order of its own (N7)."""
    payload = transaction.payload
    if not isinstance(payload, CancelOrder):
        return False
    order = context.state.get(ORDERS, order_key(payload.product, payload.number))
    return order is not None and order.owner == transaction.sender


def do_replace_order(context: Context, payload: ReplaceOrder) -> None:
    """Other terms for an order; its place is kept only for less quantity at the same price and time (Y10)."""
    product = product_of(context.state, payload.product)
    resting = _own_order(context, product, payload.number)
    grid = grid_in_force(context)
    if end_reason(resting, grid.retired, context.time_ms):
        raise UnknownOrder("the order has expired, or ended with a change of lot or tick")
    check_binding(context, context.sender)
    price, quantity, expires_ms = payload.price, payload.quantity, payload.expires_ms
    _check_new_terms(context, product, grid, price, quantity, expires_ms)
    unlocked = release(context, product, resting)
    kept = keeps_priority(resting, price, quantity, expires_ms)
    number = resting.number if kept else context.next_number(ORDER_COUNTER)
    changed = Order(number, resting.owner, resting.side, resting.kind, price, quantity, expires_ms)
    amount = require_funds(context, product, changed)
    context.emit(
        OrderReplaced(
            product.number, resting.number, number, resting.owner, resting.side, resting.kind, price, quantity,
            expires_ms, asset_of(product, resting.side), unlocked, amount,
        )
    )  # fmt: skip
    mechanism_of(product).replace(context, product, resting, changed, amount, grid)
    if not kept:
        forget_agent(context, product, resting.number)
    tell_came_in(context, changed.owner, asset_of(product, changed.side))


def _check_new_terms(
    context: Context, product: Product, grid: Grid, price: int, quantity: int, expires_ms: int
) -> None:  # fmt: skip
    check_terms(price, quantity, grid.lot, grid.tick, product.scale)
    check_offer_price(context, product.base, product.quote, price)
    smallest = minimum_order(context)
    if quantity < smallest:
        raise OrderTooSmall(f"the smallest order is {smallest} base units, this one is {quantity}")
    if 0 < expires_ms <= context.time_ms:
        raise OrderAlreadyExpired("the expiry must be later than the block's time")


def _own_order(context: Context, product: Product, number: int) -> Order:
    order = context.state.get(ORDERS, order_key(product.number, number))
    if order is None:
        raise UnknownOrder(f"no order {number} of product {product.number} is open")
    if order.owner != context.sender:
        raise NotYourOrder(f"order {number} belongs to somebody else")
    return order


def _take_out(context: Context, product: Product, order: Order, reason: Reason) -> None:
    context.charge(ORDER_END)
    mechanism_of(product).remove(context, product, order)
    forget_agent(context, product, order.number)
    end(context, product, order, reason)


def order_due(context: Context, subject: bytes) -> None:
    """An order has expired, or the next of those that a change of the grid retired is to go (Y11, Y15)."""
    retired = grid_in_force(context).retired
    if not subject.startswith(SWEEP):
        order = context.get(ORDERS, subject)
        _take_out(context, _product_in(context, subject), order, end_reason(order, retired, context.time_ms))
        return
    for product in products(context.state):
        key = context.state.first(ORDERS, product_key(product.number))
        if key is not None and int.from_bytes(key[4:], "big") <= retired:
            _take_out(context, product, context.get(ORDERS, key), Reason.GRID_CHANGED)
            schedule_sweep(context, int.from_bytes(subject[len(SWEEP) :], "big"))
            return


def cancel_orders_of(context: Context, address: bytes) -> None:
    """End all orders of a member that is expelled (Y13)."""
    for key in context.state.scan(ORDERS_BY_OWNER, address):
        place = key[20:]
        _take_out(context, _product_in(context, place), context.get(ORDERS, place), Reason.EXPELLED)


def _product_in(context: Context, place: bytes) -> Product:
    """The product of an order's key."""
    return product_of(context.state, product_in(place))
