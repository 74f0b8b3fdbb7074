"""What people ask of the market: products, open orders, price levels. Reads only; no rule stands here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ledger.encoding.codec import Value
from ledger.encoding.quantities import BaseAmount, Count, Price
from ledger.state.full_key import split_key
from ledger.state.overlay import Reader, State
from ledger.state.paging import page_of
from market.mechanisms import mechanism_of
from market.open_orders import end_reason, stored
from market.schema import GRID, LAST_TRADE, ORDERS, ORDERS_BY_OWNER, LastTrade, order_key, product_in, product_key
from market.types import Order, Product, Side


class PriceLevel(Value, frozen=True):
    """What is open at one price on one side of a product."""

    price: Price
    quantity: BaseAmount
    orders: Count


@dataclass(frozen=True, slots=True)
class OrdersPage:
    """Orders of a page, each after its product; it may hold fewer than its limit with more to come."""

    orders: tuple[tuple[int, Order], ...]
    cursor: bytes | None


def open_order(state: State, product: int, number: int) -> Order | None:
    """The order of a number as it stands, also one that is dead and waits to be worked off."""
    return state.get(ORDERS, order_key(product, number))


def is_entry_of_order(full_key: bytes, owners: Iterable[bytes], state: State) -> bool:
    """Whether a state key is that of an open order of these accounts: the key names none, the index by owner does."""
    table, key = split_key(full_key)
    if table != ORDERS.number:
        return False
    return any(state.get(ORDERS_BY_OWNER, owner + key) is not None for owner in owners)


def orders_of(state: State, owner: bytes) -> tuple[tuple[int, Order], ...]:
    """All open orders of an account with their products, in this order: at most `ledger.limits.MAX_OPEN_ORDERS`."""
    places = (key[20:] for key in state.scan(ORDERS_BY_OWNER, owner))
    return tuple((product_in(place), stored(state, place)) for place in places)


def orders_page(
    reader: Reader,
    state: State,
    now_ms: int | None,
    *,
    product: int | None,
    owner: bytes | None,
    cursor: bytes | None,
    limit: int,
) -> OrdersPage:
    """A page of the orders that can trade at this time, of a product, an account, both or all (D1).

    `now_ms` None: also those that are dead and wait to be worked off. `state` is what `reader` reads.
    """
    of_product = b"" if product is None else product_key(product)
    if owner is None:
        page = page_of(reader, ORDERS, of_product, cursor, limit)
        found = [(product_in(key), order) for key, order in page.entries]
        following = page.cursor
    else:
        links = page_of(reader, ORDERS_BY_OWNER, owner + of_product, cursor, limit)
        found = [(product_in(key[20:]), stored(state, key[20:])) for key, _listed in links.entries]
        following = links.cursor
    live = found if now_ms is None else [each for each in found if not is_dead(state, each[1], now_ms)]
    return OrdersPage(tuple(live), following)


def live_order(state: State, product: int, number: int, now_ms: int) -> Order | None:
    """The order of a number if it can trade at this time."""
    order = open_order(state, product, number)
    return None if order is None or is_dead(state, order, now_ms) else order


def is_dead(state: State, order: Order, now_ms: int) -> bool:
    """Whether an open order can no longer trade at this time and only waits to be worked off."""
    return bool(end_reason(order, _retired(state), now_ms))


def live_orders(state: State, product: Product, side: Side, now_ms: int) -> Iterator[Order]:
    """The orders of a side that can trade at this time, best first."""
    retired = _retired(state)
    for order in mechanism_of(product).queue(state, product, side):
        if not end_reason(order, retired, now_ms):
            yield order


def levels(state: State, product: Product, side: Side, now_ms: int, count: int) -> tuple[PriceLevel, ...]:
    """The best `count` price levels of a side."""
    found: list[PriceLevel] = []
    for order in live_orders(state, product, side, now_ms):
        if found and found[-1].price == order.price:
            last = found.pop()
            found.append(PriceLevel(order.price, last.quantity + order.quantity, last.orders + 1))
        elif len(found) == count:
            break
        else:
            found.append(PriceLevel(order.price, order.quantity, 1))
    return tuple(found)


def last_trade(state: State, product: int) -> LastTrade | None:
    """A product's latest trade, or None before the first."""
    return state.get(LAST_TRADE, product_key(product))


def _retired(state: State) -> int:
    grid = state.get(GRID, b"")
    return 0 if grid is None else grid.retired
