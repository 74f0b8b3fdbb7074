"""What must hold of the market's part of every state (rules Y18-Y22), over committed state, as the ledger's own."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Callable, Mapping
from typing import Final

from ledger.bank.balances import lock_key
from ledger.chain.expiries import expiry_key
from ledger.chain.invariants import check_account_counters, check_locks, entries, expiries_of
from ledger.chain.schema import COUNTERS, PARAMETERS
from ledger.errors import BrokenInvariant, require
from ledger.state.overlay import Reader
from market.escrow import OPEN_ORDERS, ORDER_LOCK, asset_of
from market.parameters import LOT, SWEEP, TICK
from market.schema import (
    GRID,
    ORDER_AGENTS,
    ORDER_COUNTER,
    ORDER_DUE,
    ORDERS,
    ORDERS_BY_OWNER,
    PRODUCTS,
    Grid,
    order_key,
    product_in,
    product_key,
)
from market.terms import fits, locked
from market.types import Order, OrderKind, Product


def products_of(state: Reader) -> dict[int, Product]:
    """All products by number."""
    return {product.number: product for _key, product in entries(state, PRODUCTS)}


def traded_in(traded: Mapping[int, Product], key: bytes) -> Product:
    """The product of an order's key."""
    product = traded.get(product_in(key))
    if product is None:
        raise BrokenInvariant(f"an order of product {int.from_bytes(key[:4], 'big')}, which does not exist")
    return product


def check_products(state: Reader) -> None:
    """Products stand under their numbers, which rise from 1; each trades one asset for another (Y23)."""
    for number, (key, product) in enumerate(entries(state, PRODUCTS), 1):
        require(key == product_key(number) and product.number == number, f"product {number} stands elsewhere")
        require(product.base != product.quote, f"product {number} trades an asset for itself")


def check_order_locks(state: Reader) -> None:
    """Each account's order locks equal what its open orders say (Y18)."""
    expected: Tally[bytes] = Tally()
    traded = products_of(state)
    for key, order in entries(state, ORDERS):
        product = traded_in(traded, key)
        expected[lock_key(order.owner, asset_of(product, order.side), ORDER_LOCK)] += locked(order, product.scale)
    check_locks(state, ORDER_LOCK, expected)


def check_order_indexes(state: Reader) -> None:
    """Every open order stands in its owner's index and, if it has one, under its expiry (Y19)."""
    owned, due = [], []
    for key, order in entries(state, ORDERS):
        number = product_in(key)
        require(key == order_key(number, order.number), f"order {order.number} stands under another number")
        owned.append(order.owner + key)
        if order.expires_ms:
            due.append((expiry_key(order.expires_ms, ORDER_DUE, order.number), key))
    listed = [key for key, _ in entries(state, ORDERS_BY_OWNER)]
    require(listed == sorted(owned), "the index of orders by owner does not hold the open orders")
    waiting = [
        (key, value.subject)
        for key, value in expiries_of(state, ORDER_DUE).items()
        if not value.subject.startswith(SWEEP)
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


def check_order_agents(state: Reader) -> None:
    """Only open orders have an agent, and never their owner (AG11)."""
    orders = dict(entries(state, ORDERS))
    for key, found in entries(state, ORDER_AGENTS):
        require(key in orders, "an agent is kept of an order that is not open")
        require(orders[key].owner != found.agent, "an order's owner is its own agent")


def _on_grid(order: Order, grid: Grid) -> bool:
    return order.number <= grid.retired or (order.price % grid.tick == 0 and order.quantity % grid.lot == 0)


MARKET_INVARIANTS: Final[tuple[Callable[[Reader], None], ...]] = (
    check_products,
    check_order_locks,
    check_order_indexes,
    check_order_counts,
    check_open_orders,
    check_order_agents,
)
