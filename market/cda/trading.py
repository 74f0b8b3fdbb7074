"""The continuous double auction on the ledger: match, check, settle, on one page (rules Y6-Y8).

Matching decides (`market.cda.matching`), the state keeps (`market.cda.state_book`), accounts pay
(`market.cda.settlement`).
"""

from __future__ import annotations

from ledger.chain.context import Context
from market.cda.invariants import check_match
from market.cda.matching import match, replace
from market.cda.parameters import matching_rules
from market.cda.settlement import charge, settle
from market.cda.state_book import StateBook
from market.cda.types import MatchResult
from market.errors import PostOnlyCrosses
from market.limits import MAX_TRADES_PER_ORDER
from market.schema import Grid
from market.types import Order, Product, Reason


def enter_order(context: Context, product: Product, order: Order, amount: int, grid: Grid) -> None:
    """Let an order trade on arrival; what is left of it rests or ends."""
    book = StateBook(context, product, grid.retired)
    result = match(book, order, matching_rules(context, grid.tick), context.time_ms)
    _apply(context, product, book, order, amount, result, grid)


def replace_order(
    context: Context, product: Product, resting: Order, changed: Order, amount: int, grid: Grid
) -> None:  # fmt: skip
    """Give an order its new terms in its place, or let it enter anew."""
    book = StateBook(context, product, grid.retired)
    result = replace(book, resting, changed, matching_rules(context, grid.tick), context.time_ms)
    _apply(context, product, book, changed, amount, result, grid)


def remove_order(context: Context, product: Product, order: Order) -> None:
    """Take an order out of the book."""
    StateBook(context, product, 0).side(order.side).remove(order)


def _apply(
    context: Context, product: Product, book: StateBook, order: Order, amount: int, result: MatchResult, grid: Grid
) -> None:
    """Check what matching made of an order, then settle it."""
    charge(context, result)
    if result.reason is Reason.POST_ONLY_CROSSES:
        raise PostOnlyCrosses("the order would trade at once; lower a bid, raise an ask, or place a limit order")
    check_match(order, result, MAX_TRADES_PER_ORDER)
    book.check(context, order, result)
    settle(context, product, order, amount, result, grid.retired)
