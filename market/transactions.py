"""What traders say, one struct a type (rule Y3). Prices in base units of eEuro per whole ENT, quantities in base
units of ENT, times in ms since the Unix epoch."""

from __future__ import annotations

from enum import IntEnum

from ledger.encoding.codec import Value
from ledger.encoding.quantities import PositiveBaseAmount, PositiveNumber, Price, TimeMs
from market.types import OrderKind, Side


class MarketTypeNumber(IntEnum):
    """The numbers of the market's transaction types, part of the protocol."""

    PLACE_ORDER = 216
    CANCEL_ORDER = 217
    REPLACE_ORDER = 218


class PlaceOrder(Value, frozen=True):
    """Buy or sell `quantity` at `price` or better. `expires_ms` 0: till cancelled, else later than the block."""

    side: Side
    kind: OrderKind
    price: Price
    quantity: PositiveBaseAmount
    expires_ms: TimeMs


class CancelOrder(Value, frozen=True):
    """Take back what is left of the sender's order `number`."""

    number: PositiveNumber


class ReplaceOrder(Value, frozen=True):
    """Give the sender's order `number` other terms; `quantity` is what it shall have open from now on."""

    number: PositiveNumber
    price: Price
    quantity: PositiveBaseAmount
    expires_ms: TimeMs
