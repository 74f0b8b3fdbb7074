"""The market's tables of the state (rules Y1-Y2): the only place that knows which bytes stand where.

It holds no rule: the entries of one order belong together, and `market.state_book` alone
writes and removes them.
"""

from __future__ import annotations

from typing import Any, Final

from ledger.chain.schema import DueKind
from ledger.encoding.codec import Value
from ledger.encoding.quantities import BaseAmount, Count, Number, Price, TimeMs
from ledger.state.table import Table
from market.types import Order


class Listed(Value, frozen=True):
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


LISTED: Final = Listed()
ORDER_COUNTER: Final = b"order"
"""The ledger's counter that numbers orders."""

ORDERS: Final = Table(72, "orders", "number", Order, group=0)
BOOK: Final = Table(73, "book", "side price number", Listed, group=1)
ORDERS_BY_OWNER: Final = Table(74, "orders_by_owner", "address number", Listed, group=20)
GRID: Final = Table(75, "grid", "", Grid)
LAST_TRADE: Final = Table(76, "last_trade", "", LastTrade)

MARKET_TABLES: Final[tuple[Table[Any], ...]] = (ORDERS, BOOK, ORDERS_BY_OWNER, GRID, LAST_TRADE)

ORDER_DUE: Final = DueKind(72, "order")
