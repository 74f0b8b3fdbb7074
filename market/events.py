"""Every change that the market makes, as an event (rule Y17): account statements can be built from these alone.

Prices in base units of eEuro per whole ENT; `quantity` and `remaining` in base units of ENT; `locked`, `unlocked`,
`released` and `payment` in base units of the asset that the order locks: eEuro for a buy, ENT for a sale (a payment
is always eEuro). `side`, `kind` and `reason` are numbers of `market.types`.
"""

from __future__ import annotations

from typing import Annotated, Final

from ledger.chain.header import Event
from ledger.encoding.codec import Uint
from ledger.encoding.quantities import Address, BaseAmount, Number, OrderAmount, Price, QuoteAmount, TimeMs
from market.types import OrderKind, Reason, Side


class OrderPlaced(Event, frozen=True, tag=216):
    """`owner` placed order `number`: `locked` went from available into its lock for orders."""

    number: Number
    owner: Address
    side: Annotated[Uint, Side]
    kind: Annotated[Uint, OrderKind]
    price: Price
    quantity: BaseAmount
    expires_ms: TimeMs
    locked: OrderAmount


class Traded(Event, frozen=True, tag=217):
    """`quantity` ENT went from the lock of `seller`'s order `sell` to `buyer`'s available balance.

    `payment` eEuro went from the lock of the buyer's order `buy` to the seller's available balance; `released` eEuro,
    which a better price than the buyer's limit saved, went from that lock back to the buyer.
    """

    buy: Number
    sell: Number
    buyer: Address
    seller: Address
    price: Price
    quantity: BaseAmount
    payment: QuoteAmount
    released: QuoteAmount


class OrderCancelled(Event, frozen=True, tag=218):
    """The last `remaining` of order `number` was cancelled, `unlocked` is available again. `reason`: see `Reason`."""

    number: Number
    owner: Address
    side: Annotated[Uint, Side]
    remaining: BaseAmount
    unlocked: OrderAmount
    reason: Annotated[Uint, Reason]


class OrderReplaced(Event, frozen=True, tag=219):
    """`owner` gave order `previous` other terms: `unlocked` of its lock came back, then `locked` was locked anew.

    `number` is `previous` where the order keeps its place, else the order's new number.
    """

    previous: Number
    number: Number
    owner: Address
    side: Annotated[Uint, Side]
    kind: Annotated[Uint, OrderKind]
    price: Price
    quantity: BaseAmount
    expires_ms: TimeMs
    unlocked: OrderAmount
    locked: OrderAmount


class OrderExpired(Event, frozen=True, tag=220):
    """Order `number` was past its expiry: the last `remaining` is gone, `unlocked` is available again."""

    number: Number
    owner: Address
    side: Annotated[Uint, Side]
    remaining: BaseAmount
    unlocked: OrderAmount


MARKET_EVENTS: Final[tuple[type[Event], ...]] = (OrderPlaced, Traded, OrderCancelled, OrderReplaced, OrderExpired)
