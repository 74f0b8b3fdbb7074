"""The tables of the state that all mechanisms share (rules Y1-Y2, Y23): products, open orders, last trades.

A mechanism brings its own tables beside these. The keys of all that belongs to a product begin with its number, in 4
bytes. It holds no rule: the entries of one order belong together, and
`market.open_orders` alone writes and removes them.
"""

from __future__ import annotations

from typing import Any, Final

from ledger.chain.schema import DueKind
from ledger.encoding.codec import Value
from ledger.encoding.quantities import Address, BaseAmount, Count, Number, Price, TimeMs
from ledger.state.table import Table
from market.types import Order, Product


class IndexEntry(Value, frozen=True):
    """An entry of an index whose key says everything."""


class Grid(Value, frozen=True):
    """The lot and tick under which orders rest; the orders numbered up to `retired` were cancelled by a change of it.

    It is written with the first order ever placed, and follows the parameters of these names from then on.
    """

    lot: BaseAmount
    tick: Price
    retired: Number


class LastTrade(Value, frozen=True):
    """The latest trade, and how many there have been; what was traded when follows from events."""

    price: Price
    quantity: BaseAmount
    time_ms: TimeMs
    trades: Count


class OrderAgent(Value, frozen=True):
    """Who placed an order for its owner."""

    agent: Address


LISTED: Final = IndexEntry()
ORDER_COUNTER: Final = b"order"
"""The ledger's counter that numbers orders, of all products."""

ORDERS: Final = Table(72, "orders", "product number", Order, group=4)
ORDERS_BY_OWNER: Final = Table(73, "orders_by_owner", "address product number", IndexEntry, group=20)
GRID: Final = Table(74, "grid", "", Grid)
LAST_TRADE: Final = Table(75, "last_trade", "product", LastTrade)
PRODUCTS: Final = Table(76, "products", "product", Product, group=0)
ORDER_AGENTS: Final = Table(77, "order_agents", "product number", OrderAgent, group=4)
"""Of those open orders that an agent placed; `market.delegation` alone writes and removes them."""

MARKET_TABLES: Final[tuple[Table[Any], ...]] = (ORDERS, ORDERS_BY_OWNER, GRID, LAST_TRADE, PRODUCTS, ORDER_AGENTS)

ORDER_DUE: Final = DueKind(72, "order")


def product_key(product: int) -> bytes:
    """The number of a product as it begins keys: 4 bytes in which byte order is numeric order."""
    return product.to_bytes(4, "big")


def product_in(place: bytes) -> int:
    """The number of the product with which a key begins."""
    return int.from_bytes(place[:4], "big")


def order_key(product: int, number: int) -> bytes:
    """The key of an order in `ORDERS`."""
    return ((product << 64) | number).to_bytes(12, "big")
