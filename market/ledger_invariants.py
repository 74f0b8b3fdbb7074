"""What must hold of the market's part of every state (rules Y18-Y22), over committed state, as the ledger's own."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Callable
from typing import Final

from ledger.bank.balances import lock_key
from ledger.chain.expiries import expiry_key
from ledger.chain.invariants import check_account_counters, check_locks, entries
from ledger.chain.schema import COUNTERS, EXPIRIES, PARAMETERS
from ledger.errors import require
from ledger.state.overlay import Reader
from ledger.state.table import big_endian
from market.book import priority_key
from market.escrow import OPEN_ORDERS, ORDER_LOCK, asset_of
from market.parameters import LOT, SWEEP, TICK
from market.schema import BOOK, GRID, ORDER_COUNTER, ORDER_DUE, ORDERS, ORDERS_BY_OWNER, Grid
from market.terms import fits, locked
from market.types import Order, OrderKind, Side


def check_order_locks(state: Reader) -> None:
    """Each account's order locks equal what its open orders say (Y18)."""
    expected: Tally[bytes] = Tally()
    for _key, order in entries(state, ORDERS):
        expected[lock_key(order.owner, asset_of(order.side), ORDER_LOCK)] += locked(order)
    check_locks(state, ORDER_LOCK, expected)


def check_order_indexes(state: Reader) -> None:
    """Every open order stands in the book, in its owner's index and, if it has one, under its expiry (Y19)."""
    places, owned, due = [], [], []
    for key, order in entries(state, ORDERS):
        require(key == big_endian(order.number), f"order {order.number} stands under another number")
        places.append(priority_key(order))
        owned.append(order.owner + key)
        if order.expires_ms:
            due.append((expiry_key(order.expires_ms, ORDER_DUE, order.number), key))
    require([key for key, _ in entries(state, BOOK)] == sorted(places), "the book does not hold the open orders")
    listed = [key for key, _ in entries(state, ORDERS_BY_OWNER)]
    require(listed == sorted(owned), "the index of orders by owner does not hold the open orders")
    waiting = [
        (key, value.subject)
        for key, value in entries(state, EXPIRIES)
        if key[8] == ORDER_DUE.number and not value.subject.startswith(SWEEP)
    ]
    require(waiting == sorted(due), "the expiries do not hold the open orders that expire")


def check_order_counts(state: Reader) -> None:
    """Accounts count their open orders right, and no number is above the last one given out (Y20)."""
    opened: Tally[bytes] = Tally()
    last = sum(value.value for key, value in entries(state, COUNTERS) if key == ORDER_COUNTER)
    for _key, order in entries(state, ORDERS):
        opened[order.owner] += 1
        require(0 < order.number <= last, f"order {order.number} was never given out")
    check_account_counters(state, OPEN_ORDERS, opened)


def check_book_not_crossed(state: Reader) -> None:
    """The best bid is below the best ask, dead orders included (Y21)."""
    bids = [order.price for _key, order in entries(state, ORDERS) if order.side is Side.BUY]
    asks = [order.price for _key, order in entries(state, ORDERS) if order.side is Side.SELL]
    if bids and asks:
        require(max(bids) < min(asks), f"the book is crossed: bid {max(bids)}, ask {min(asks)}")


def check_open_orders(state: Reader) -> None:
    """No order rests with quantity 0, of a kind that may not rest, or off the grid unless it is retired (Y22)."""
    grids = [grid for _key, grid in entries(state, GRID)]
    for _key, order in entries(state, ORDERS):
        require(order.quantity > 0, f"order {order.number} rests with quantity 0")
        require(order.kind in (OrderKind.LIMIT, OrderKind.POST_ONLY), f"order {order.number} may not rest")
        require(bool(grids) and _on_grid(order, grids[0]), f"order {order.number} is off the grid")
    values = {key: value.value for key, value in entries(state, PARAMETERS)}
    for grid in grids:
        require(fits(grid.lot, grid.tick), "payments are not exact on the grid")
        require(
            (grid.lot, grid.tick) == (values[LOT.encode()], values[TICK.encode()]), "the grid is not that of the vote"
        )


def _on_grid(order: Order, grid: Grid) -> bool:
    return order.number <= grid.retired or (order.price % grid.tick == 0 and order.quantity % grid.lot == 0)


MARKET_INVARIANTS: Final[tuple[Callable[[Reader], None], ...]] = (
    check_order_locks,
    check_order_indexes,
    check_order_counts,
    check_book_not_crossed,
    check_open_orders,
)
