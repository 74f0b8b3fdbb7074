"""The market's transactions and hooks (rules Y3-Y13): escrow, match, check, settle, on one page.

Matching decides (`market.matching.cda`), the state keeps (`market.state_book`), accounts pay (`market.settlement`).
"""

from __future__ import annotations

from typing import Final

from ledger.chain.context import Context
from ledger.chain.counters import counted
from ledger.state.table import big_endian
from market.errors import (
    NotYourOrder,
    OrderExpired,
    OrderTooSmall,
    PostOnlyCrosses,
    TooManyOrders,
    UnknownOrder,
)
from market.escrow import OPEN_ORDERS, end, release, require_funds
from market.events import OrderPlaced, OrderReplaced
from market.invariants import check_match
from market.limits import MAX_OPEN_ORDERS, MAX_TRADES_PER_ORDER
from market.matching.cda import keeps_priority, match, replace
from market.parameters import SWEEP, grid_in_force, matching_rules, schedule_sweep
from market.schema import ORDER_COUNTER, ORDERS, ORDERS_BY_OWNER, Grid
from market.settlement import charge, settle
from market.state_book import StateBook, check_book, end_reason
from market.terms import check_terms
from market.transactions import CancelOrder, PlaceOrder, ReplaceOrder
from market.types import MatchingRules, MatchResult, Order, OrderKind, Reason
from market.weights import ORDER_END

"""The name by which a genesis chooses this market."""

_RESTING_KINDS: Final = (OrderKind.LIMIT, OrderKind.POST_ONLY)


def do_place_order(context: Context, payload: PlaceOrder) -> None:
    """Let an order in: it trades, rests or ends (Y3, Y4)."""
    grid = _grid(context)
    rules = matching_rules(context, grid.tick)
    _check_new_terms(context, grid, rules, payload.price, payload.quantity, payload.expires_ms)
    owner = context.sender
    if payload.kind in _RESTING_KINDS and counted(context.state, owner, OPEN_ORDERS) >= MAX_OPEN_ORDERS:
        raise TooManyOrders(f"at most {MAX_OPEN_ORDERS} orders of an account may be open; cancel one first")
    order = Order(
        context.next_number(ORDER_COUNTER), owner, payload.side, payload.kind, payload.price, payload.quantity,
        payload.expires_ms,
    )  # fmt: skip
    amount = require_funds(context, order)
    context.emit(
        OrderPlaced(order.number, owner, order.side, order.kind, order.price, order.quantity, order.expires_ms, amount)
    )
    book = StateBook(context, grid.retired)
    result = match(book, order, rules, context.time_ms)
    _apply(context, book, order, amount, result, grid)


def do_cancel_order(context: Context, payload: CancelOrder) -> None:
    """Take back an order, also one that is dead and only waits to be worked off (Y9)."""
    order = _own_order(context, payload.number)
    grid = _grid(context)
    _take_out(context, order, end_reason(order, grid.retired, context.time_ms) or Reason.CANCELLED)


def do_replace_order(context: Context, payload: ReplaceOrder) -> None:
    """Other terms for an order; its place is kept only for less quantity at the same price and time (Y10)."""
    resting = _own_order(context, payload.number)
    grid = _grid(context)
    if end_reason(resting, grid.retired, context.time_ms):
        raise UnknownOrder("the order has expired, or ended with a change of lot or tick")
    price, quantity, expires_ms = payload.price, payload.quantity, payload.expires_ms
    rules = matching_rules(context, grid.tick)
    _check_new_terms(context, grid, rules, price, quantity, expires_ms)
    unlocked = release(context, resting)
    kept = keeps_priority(resting, price, quantity, expires_ms)
    number = resting.number if kept else context.next_number(ORDER_COUNTER)
    changed = Order(number, resting.owner, resting.side, resting.kind, price, quantity, expires_ms)
    amount = require_funds(context, changed)
    context.emit(
        OrderReplaced(
            resting.number, number, resting.owner, resting.side, resting.kind, price, quantity, expires_ms, unlocked,
            amount,
        )
    )  # fmt: skip
    book = StateBook(context, grid.retired)
    result = replace(book, resting, changed, rules, context.time_ms)
    _apply(context, book, changed, amount, result, grid)


def _apply(context: Context, book: StateBook, order: Order, amount: int, result: MatchResult, grid: Grid) -> None:
    """Check what matching made of an order, then settle it (Y6-Y8)."""
    charge(context, result)
    if result.reason is Reason.POST_ONLY_CROSSES:
        raise PostOnlyCrosses("the order would trade at once; lower a bid, raise an ask, or place a limit order")
    check_match(order, result, MAX_TRADES_PER_ORDER)
    check_book(context, book, order, result)
    settle(context, order, amount, result, grid.retired)


def _grid(context: Context) -> Grid:
    return grid_in_force(context)


def _check_new_terms(
    context: Context, grid: Grid, rules: MatchingRules, price: int, quantity: int, expires_ms: int
) -> None:
    check_terms(price, quantity, grid.lot, grid.tick)
    if quantity < rules.minimum_order:
        raise OrderTooSmall(f"the smallest order is {rules.minimum_order} base units of ENT, this one is {quantity}")
    if 0 < expires_ms <= context.time_ms:
        raise OrderExpired("the expiry must be later than the block's time")


def _own_order(context: Context, number: int) -> Order:
    order = context.state.get(ORDERS, big_endian(number))
    if order is None:
        raise UnknownOrder(f"no order {number} is open")
    if order.owner != context.sender:
        raise NotYourOrder(f"order {number} belongs to somebody else")
    return order


def _take_out(context: Context, order: Order, reason: Reason) -> None:
    context.charge(ORDER_END)
    StateBook(context, 0).side(order.side).remove(order)
    end(context, order, reason)


def order_due(context: Context, subject: bytes) -> None:
    """An order has expired, or the next of those that a change of the grid retired is to go (Y11, Y15)."""
    if not subject.startswith(SWEEP):
        order = context.get(ORDERS, subject)
        _take_out(context, order, end_reason(order, grid_in_force(context).retired, context.time_ms))
        return
    key = context.state.first(ORDERS)
    if key is not None and int.from_bytes(key, "big") <= grid_in_force(context).retired:
        _take_out(context, context.get(ORDERS, key), Reason.GRID_CHANGED)
        schedule_sweep(context, int.from_bytes(subject[len(SWEEP) :], "big"))


def cancel_orders_of(context: Context, address: bytes) -> None:
    """End all orders of a member that is expelled (Y13)."""
    for key in context.state.scan(ORDERS_BY_OWNER, address):
        _take_out(context, context.get(ORDERS, key[20:]), Reason.EXPELLED)
