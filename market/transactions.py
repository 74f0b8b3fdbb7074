"""What traders say, one struct a type (rule Y3). Every order names its product.

Prices in base units of the product's quote asset per whole token of its base asset, quantities in base units of that,
times in ms since the Unix epoch.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated

import msgspec

from ledger.encoding.codec import Value
from ledger.encoding.quantities import FieldUnit, PositiveBaseAmount, PositiveNumber, Price, Quantity, TimeMs
from market.types import MAX_PRODUCT, OrderKind, Side


class MarketTypeNumber(IntEnum):
    """The numbers of the market's transaction types, part of the protocol."""

    PLACE_ORDER = 216
    CANCEL_ORDER = 217
    REPLACE_ORDER = 218


ProductNumber = Annotated[int, msgspec.Meta(ge=1, le=MAX_PRODUCT), FieldUnit(Quantity.PRODUCT)]


class PlaceOrder(Value, frozen=True):
    """Buy or sell `quantity` at `price` or better. `expires_ms` 0: till cancelled, else later than the block."""

    product: ProductNumber
    side: Side
    kind: OrderKind
    price: Price
    quantity: PositiveBaseAmount
    expires_ms: TimeMs


class CancelOrder(Value, frozen=True):
    """Take back what is left of the sender's order `number`."""

    product: ProductNumber
    number: PositiveNumber


class ReplaceOrder(Value, frozen=True):
    """Give the sender's order `number` other terms; `quantity` is what it shall have open from now on."""

    product: ProductNumber
    number: PositiveNumber
    price: Price
    quantity: PositiveBaseAmount
    expires_ms: TimeMs
