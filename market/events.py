"""Every change that the market makes, as an event (rule Y17): account statements can be built from these alone.

Prices in base units of eEuro per whole ENT; `quantity` and `remaining` in base units of ENT; `locked`, `unlocked`,
`released` and `payment` in base units of the asset that the order locks: eEuro for a buy, ENT for a sale (a payment
is always eEuro). `side`, `kind` and `reason` are numbers of `market.types`.
"""

from __future__ import annotations

from typing import Final

from ledger.chain.header import Event
from ledger.encoding.codec import Address, Uint


class OrderPlaced(Event, frozen=True, tag=100):
    """`owner` placed order `number`: `locked` went from available into its lock for orders."""

    number: Uint
    owner: Address
    side: Uint
    kind: Uint
    price: Uint
    quantity: Uint
    expires_ms: Uint
    locked: Uint


class Traded(Event, frozen=True, tag=101):
    """`quantity` ENT went from the lock of `seller`'s order `sell` to `buyer`'s available balance.

    `payment` eEuro went from the lock of the buyer's order `buy` to the seller's available balance; `released` eEuro,
    which a better price than the buyer's limit saved, went from that lock back to the buyer.
    """

    buy: Uint
    sell: Uint
    buyer: Address
    seller: Address
    price: Uint
    quantity: Uint
    payment: Uint
    released: Uint


class OrderCancelled(Event, frozen=True, tag=102):
    """The last `remaining` of order `number` was cancelled, `unlocked` is available again. `reason`: see `Reason`."""

    number: Uint
    owner: Address
    side: Uint
    remaining: Uint
    unlocked: Uint
    reason: Uint


class OrderReplaced(Event, frozen=True, tag=103):
    """`owner` gave order `previous` other terms: `unlocked` of its lock came back, then `locked` was locked anew.

    `number` is `previous` where the order keeps its place, else the order's new number.
    """

    previous: Uint
    number: Uint
    owner: Address
    side: Uint
    kind: Uint
    price: Uint
    quantity: Uint
    expires_ms: Uint
    unlocked: Uint
    locked: Uint


class OrderExpired(Event, frozen=True, tag=104):
    """Order `number` was past its expiry: the last `remaining` is gone, `unlocked` is available again."""

    number: Uint
    owner: Address
    side: Uint
    remaining: Uint
    unlocked: Uint


MARKET_EVENTS: Final[tuple[type[Event], ...]] = (OrderPlaced, Traded, OrderCancelled, OrderReplaced, OrderExpired)
