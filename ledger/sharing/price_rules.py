"""The rules by which shared energy is priced, as values; prices are base units of the scheme's asset per kWh (SR12)."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated

import msgspec

from ledger.encoding.codec import Uint, Value
from ledger.encoding.quantities import FieldUnit, Of, PositiveNumber, Quantity
from ledger.errors import Refused
from ledger.sharing.limits import MAX_RULE_ROWS

SharingRate = Annotated[Uint, FieldUnit(Quantity.RATE, Of.FIELD)]
"""Base units of the scheme's asset per kWh."""


class FixedPrice(Value, frozen=True, tag=1):
    """One price for all that is shared (SR13)."""

    price: SharingRate


class ProducerPrice(Value, frozen=True):
    """What the energy of one producer (by its point's number) costs."""

    producer: PositiveNumber
    price: SharingRate


class FixedByProducer(Value, frozen=True, tag=2):
    """A price for each producer; one that delivers without a price is refused, never passed over (SR14)."""

    prices: Annotated[tuple[ProducerPrice, ...], msgspec.Meta(min_length=1, max_length=MAX_RULE_ROWS)]


class MidMarket(Value, frozen=True, tag=3):
    """The middle of what the grid takes and what it pays (SR15)."""

    retail: SharingRate
    feed_in: SharingRate


class SupplyDemandRatio(Value, frozen=True, tag=4):
    """Between the two reference prices by the share of demand that is shared (SR16)."""

    retail: SharingRate
    feed_in: SharingRate


class BillSharing(Value, frozen=True, tag=5):
    """Nothing for what is shared, and the scheme's rest divided among all; for jointly owned plants only (SR17).

    While demand exceeds supply it pays producers nothing.
    """

    retail: SharingRate
    feed_in: SharingRate


PriceRule = FixedPrice | FixedByProducer | MidMarket | SupplyDemandRatio | BillSharing


def check_price_rule(rule: PriceRule) -> None:
    """Raises `Refused` where the reference prices are the wrong way round, or a producer is priced twice."""
    if isinstance(rule, FixedByProducer):
        numbers = [row.producer for row in rule.prices]
        if any(here >= there for here, there in pairwise(numbers)):
            raise Refused("the producers' prices are not in rising order of their points, or one stands twice")
    elif not isinstance(rule, FixedPrice) and rule.retail < rule.feed_in:
        raise Refused("the retail price must not be below the feed-in price")
