"""Every change that the market makes, as an event (rule Y17): account statements can be built from these alone.

Each names its product. Prices in base units of the product's quote asset per whole token of its base asset; `quantity`
and `remaining` in base units of the base asset; `locked`, `unlocked` in base units of `asset`, which the order locks:
the quote asset for a buy, the base asset for a sale; `released` and `payment` in base units of the quote asset.
`side`, `kind` and `reason` are numbers of `market.types`.
"""

from __future__ import annotations

from typing import Annotated, Final

from ledger.chain.header import Event
from ledger.encoding.codec import Uint
from ledger.encoding.quantities import (
    Address,
    Amount,
    AssetId,
    BaseAmount,
    Number,
    Price,
    ProductId,
    QuoteAmount,
    TimeMs,
)
from market.types import OrderKind, Reason, Side


class OrderPlaced(Event, frozen=True, tag=216):
    """`owner` placed order `number`: `locked` went from available into its lock for orders."""

    product: ProductId
    number: Number
    owner: Address
    side: Annotated[Uint, Side]
    kind: Annotated[Uint, OrderKind]
    price: Price
    quantity: BaseAmount
    expires_ms: TimeMs
    asset: AssetId
    locked: Amount


class Traded(Event, frozen=True, tag=217):
    """`quantity` of `base` went from the lock of `seller`'s order `sell` to `buyer`'s available balance.

    `payment` of `quote` went from the lock of the buyer's order `buy` to the seller's available balance;
    `released`, which a better price than the buyer's limit saved, went from that lock back to the buyer.
    """

    product: ProductId
    base: AssetId
    quote: AssetId
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

    product: ProductId
    number: Number
    owner: Address
    side: Annotated[Uint, Side]
    remaining: BaseAmount
    asset: AssetId
    unlocked: Amount
    reason: Annotated[Uint, Reason]


class OrderReplaced(Event, frozen=True, tag=219):
    """`owner` gave order `previous` other terms: `unlocked` of its lock came back, then `locked` was locked anew.

    `number` is `previous` where the order keeps its place, else the order's new number.
    """

    product: ProductId
    previous: Number
    number: Number
    owner: Address
    side: Annotated[Uint, Side]
    kind: Annotated[Uint, OrderKind]
    price: Price
    quantity: BaseAmount
    expires_ms: TimeMs
    asset: AssetId
    unlocked: Amount
    locked: Amount


class OrderExpired(Event, frozen=True, tag=220):
    """Order `number` was past its expiry: the last `remaining` is gone, `unlocked` is available again."""

    product: ProductId
    number: Number
    owner: Address
    side: Annotated[Uint, Side]
    remaining: BaseAmount
    asset: AssetId
    unlocked: Amount


class CommissionPaid(Event, frozen=True, tag=221):
    """Of what the trade of orders `buy` and `sell` brought `seller`, `amount` went to `recipient` as commission."""

    product: ProductId
    buy: Number
    sell: Number
    seller: Address
    recipient: Address
    asset: AssetId
    amount: Amount


MARKET_EVENTS: Final[tuple[type[Event], ...]] = (
    OrderPlaced, Traded, OrderCancelled, OrderReplaced, OrderExpired, CommissionPaid,
)  # fmt: skip
