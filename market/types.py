"""The values of the market (rule Y1): orders, trades, what came of an order. No rule stands here, and no account.

Prices are base units of currency per whole token, quantities base units of the token, times milliseconds since the
Unix epoch. Where genesis sets a price offset, a price here is the stored one (real price + offset, never negative):
matching only compares and averages, so it need not know (with an offset that is a multiple of two ticks, ties of
the average go the same way).
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final

from ledger.encoding.codec import Name, Value
from ledger.encoding.quantities import Address, AssetId, BaseAmount, Number, Plain, Price, TimeMs

FIRST_PRODUCT: Final = 1
"""The product that is meant where none is named: every chain has it."""

MAX_PRODUCT: Final = 2**32 - 1
"""Its number has 4 bytes in keys; 0 is no product."""


class Side(IntEnum):
    """What an order does; the number is the first byte of its place in the book."""

    BUY = 0
    SELL = 1


class OrderKind(IntEnum):
    """How long an order may stay, and whether it may trade on arrival.

    LIMIT: trades, then rests till it is filled, cancelled or expired. IOC: trades what it can, never rests. FOK:
    trades whole on arrival or not at all. POST_ONLY: rests, refused where it would trade on arrival.
    """

    LIMIT = 0
    IOC = 1
    FOK = 2
    POST_ONLY = 3


class Reason(IntEnum):
    """Why an order, or what was left of it, neither traded nor rests. Names in lower case are codes for receipts.

    Up to 7, and REST_TOO_SMALL: what matching decides. CANCELLED by its owner, EXPELLED with its owner, GRID_CHANGED
    by a vote on lot or tick.
    """

    NONE = 0
    IOC_UNFILLED = 1
    FOK_UNFILLABLE = 2
    POST_ONLY_CROSSES = 3
    SELF_TRADE = 4
    EXPIRED = 5
    TOO_MANY_TRADES = 6
    TOO_MANY_DROPPED = 7
    CANCELLED = 8
    EXPELLED = 9
    GRID_CHANGED = 10
    REST_TOO_SMALL = 11

    @property
    def code(self) -> str:
        """The reason as a word of receipts and events."""
        return self.name.lower()


class Product(Value, frozen=True, tag=1):
    """`base` is bought and sold for `quote` (numbers of assets), at once: a spot product; by `mechanism`.

    `scale`: base units of one whole token of `base`. Prices are base units of `quote` per whole token of `base`,
    quantities base units of `base`. The tag leaves room for products of other kinds.
    """

    number: Number
    mechanism: Name
    base: AssetId
    quote: AssetId
    scale: Plain


class Order(Value, frozen=True):
    """An order, incoming or resting.

    `number` is given by the ledger in order of (block, index in block), so it is both the order's id and its time
    priority: a larger number came later. `quantity` is what is still open. `expires_ms`: the order lives while
    now < expires_ms; 0 means till cancelled.
    """

    number: Number
    owner: Address
    side: Side
    kind: OrderKind
    price: Price
    quantity: BaseAmount
    expires_ms: TimeMs


class Trade(Value, frozen=True):
    """`quantity` went from `seller` to `buyer` at `price`; `buy` and `sell` are the numbers of their orders.

    `bid` and `ask` are the two limits: the buyer had locked `bid`, so (bid - price) x quantity is released at once.
    """

    buy: Number
    sell: Number
    buyer: Address
    seller: Address
    price: Price
    quantity: BaseAmount
    bid: Price
    ask: Price


BUY: Final = Side.BUY


SELL: Final = Side.SELL


def with_quantity(order: Order, quantity: int) -> Order:
    """The same order with another open quantity."""
    return Order(order.number, order.owner, order.side, order.kind, order.price, quantity, order.expires_ms)
