"""What people ask of the order book: open orders, price levels. Reads only; no rule stands here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ledger.encoding.codec import Value
from ledger.encoding.quantities import BaseAmount, Count, Price
from ledger.state.overlay import Reader, State
from ledger.state.paging import page_of
from ledger.state.table import big_endian
from market.schema import BOOK, GRID, LAST_TRADE, ORDERS, ORDERS_BY_OWNER, LastTrade
from market.state_book import ASKS, BIDS, end_reason
from market.types import BUY, Order, Side


class Level(Value, frozen=True):
    """What is open at one price on one side of the book."""

    price: Price
    quantity: BaseAmount
    orders: Count


@dataclass(frozen=True, slots=True)
class LiveOrders:
    """A page of orders that can still trade; it may hold fewer than its limit with more to follow."""

    orders: tuple[Order, ...]
    cursor: bytes | None


def open_order(state: State, number: int) -> Order | None:
    """The order of a number as it stands, also one that is dead and waits to be worked off."""
    return state.get(ORDERS, big_endian(number))


def orders_of(state: State, owner: bytes) -> tuple[Order, ...]:
    """All open orders of an account by number: at most `market.limits.MAX_OPEN_ORDERS`."""
    found = (state.get(ORDERS, key[20:]) for key in state.scan(ORDERS_BY_OWNER, owner))
    return tuple(order for order in found if order is not None)


def orders_page(
    reader: Reader, state: State, owner: bytes | None, now_ms: int, cursor: bytes | None, limit: int
) -> LiveOrders:
    """A page of the orders that can trade at this time, of one account or all; `state` is what `reader` reads (D1)."""
    if owner is None:
        page = page_of(reader, ORDERS, b"", cursor, limit)
        found: list[Order | None] = [order for _key, order in page.entries]
        following = page.cursor
    else:
        links = page_of(reader, ORDERS_BY_OWNER, owner, cursor, limit)
        found = [state.get(ORDERS, key[20:]) for key, _listed in links.entries]
        following = links.cursor
    live = tuple(order for order in found if order is not None and not is_dead(state, order, now_ms))
    return LiveOrders(live, following)


def live_order(state: State, number: int, now_ms: int) -> Order | None:
    """The order of a number if it can trade at this time."""
    order = open_order(state, number)
    return None if order is None or is_dead(state, order, now_ms) else order


def is_dead(state: State, order: Order, now_ms: int) -> bool:
    """Whether an open order can no longer trade at this time and only waits to be worked off."""
    return bool(end_reason(order, _retired(state), now_ms))


def live_orders(state: State, side: Side, now_ms: int) -> Iterator[Order]:
    """The orders of a side that can trade at this time, best first."""
    retired = _retired(state)
    for key in state.scan(BOOK, BIDS if side is BUY else ASKS):
        order = state.get(ORDERS, key[9:])
        if order is not None and not end_reason(order, retired, now_ms):
            yield order


def levels(state: State, side: Side, now_ms: int, count: int) -> tuple[Level, ...]:
    """The best `count` price levels of a side."""
    found: list[Level] = []
    for order in live_orders(state, side, now_ms):
        if found and found[-1].price == order.price:
            last = found.pop()
            found.append(Level(order.price, last.quantity + order.quantity, last.orders + 1))
        elif len(found) == count:
            break
        else:
            found.append(Level(order.price, order.quantity, 1))
    return tuple(found)


def last_trade(state: State) -> LastTrade | None:
    """The latest trade, or None before the first."""
    return state.get(LAST_TRADE, b"")


def _retired(state: State) -> int:
    grid = state.get(GRID, b"")
    return 0 if grid is None else grid.retired
