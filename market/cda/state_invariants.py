"""What must hold of the order book in every state (rules Y19, Y21), over committed state, as the ledger's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ledger.chain.invariants import entries
from ledger.errors import require
from ledger.state.overlay import Reader
from market.cda.book import priority_key
from market.cda.schema import BOOK
from market.ledger_invariants import products_of, traded_in
from market.schema import ORDERS, product_in
from market.types import Order, Side

_CDA: Final = "cda"


def check_book(state: Reader) -> None:
    """Every open order of the mechanism's products stands in the book, and nothing else does (Y19)."""
    traded = products_of(state)
    places = [
        priority_key(product.number, order)
        for key, order in entries(state, ORDERS)
        if (product := traded_in(traded, key)).mechanism == _CDA
    ]
    require([key for key, _ in entries(state, BOOK)] == sorted(places), "the book does not hold the open orders")


def check_book_not_crossed(state: Reader) -> None:
    """The best bid of a product is below its best ask, dead orders included (Y21)."""
    traded = products_of(state)
    sides: dict[tuple[int, int], list[Order]] = {}
    for key, order in entries(state, ORDERS):
        if traded_in(traded, key).mechanism == _CDA:
            sides.setdefault((product_in(key), order.side), []).append(order)
    for number in traded:
        bids = [order.price for order in sides.get((number, Side.BUY), [])]
        asks = [order.price for order in sides.get((number, Side.SELL), [])]
        if bids and asks:
            require(max(bids) < min(asks), f"the book is crossed: bid {max(bids)}, ask {min(asks)}")


CDA_INVARIANTS: Final[tuple[Callable[[Reader], None], ...]] = (check_book, check_book_not_crossed)
