"""What an owner lets an agent do: types, amounts a day, prices, what is paid out, commission, until when."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated

import msgspec

from ledger.agents.limits import (
    MAX_AGENT_PRICES,
    MAX_AGENT_SWEEPS,
    MAX_AGENT_TYPES,
    MAX_REFERENCE_CHARACTERS,
)
from ledger.bank.assets import AssetNumber
from ledger.bank.limits import MAX_ASSETS
from ledger.chain.parameters import PARTS
from ledger.encoding.codec import Value
from ledger.encoding.quantities import Amount, FieldUnit, PositiveAmount, PositiveNumber, Price, Quantity
from ledger.encoding.times import Millis

TypeNumber = Annotated[int, msgspec.Meta(ge=0, le=2**16), FieldUnit(Quantity.PLAIN)]
ProductNumber = Annotated[PositiveNumber, FieldUnit(Quantity.PRODUCT)]
Reference = Annotated[
    str, msgspec.Meta(pattern="^[A-Za-z0-9/?:().,'+-][A-Za-z0-9/?:().,'+ -]*\\Z", max_length=MAX_REFERENCE_CHARACTERS)
]
"""The characters that every bank of SEPA carries."""


class OfferSide(IntEnum):
    """What an order does, numbered as the market does."""

    BUY = 0
    SELL = 1


class DayLimit(Value, frozen=True):
    """Of an asset at most `amount` base units a day (UTC, by block time); of one that is not named, nothing."""

    asset: AssetNumber
    amount: PositiveAmount


class PriceBound(Value, frozen=True):
    """Of a product: what a buy pays at most, or a sale gets at least; without it there are no orders on that side."""

    product: ProductNumber
    side: OfferSide
    price: Price


class SweepTerms(Value, frozen=True):
    """Once a day the agent may have paid out what is available of `asset` above `floor`, with this reference."""

    asset: AssetNumber
    floor: Amount
    reference: Reference


class AgentTerms(Value, frozen=True):
    """All that an agent may do for an owner; each list in order of its numbers, no number twice.

    `commission`: the agent's part, in parts of 10^9, of what its sales bring the owner.
    """

    types: Annotated[tuple[TypeNumber, ...], msgspec.Meta(max_length=MAX_AGENT_TYPES)]
    day_limits: Annotated[tuple[DayLimit, ...], msgspec.Meta(max_length=MAX_ASSETS)]
    prices: Annotated[tuple[PriceBound, ...], msgspec.Meta(max_length=MAX_AGENT_PRICES)]
    sweeps: Annotated[tuple[SweepTerms, ...], msgspec.Meta(max_length=MAX_AGENT_SWEEPS)]
    commission: Annotated[int, msgspec.Meta(ge=0, le=PARTS), FieldUnit(Quantity.PARTS)]
    expires_ms: Millis
