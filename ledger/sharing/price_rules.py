"""The rules by which shared energy is priced, as values; prices are base units of the scheme's asset per kWh (SR12)."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Annotated

import msgspec

from ledger.encoding.codec import Value
from ledger.encoding.quantities import FieldUnit, Of, PositiveNumber, Quantity
from ledger.errors import Refused
from ledger.sharing.limits import MAX_RULE_ROWS, MAX_SHARING_RATE

SharingRate = Annotated[int, msgspec.Meta(ge=0, le=MAX_SHARING_RATE), FieldUnit(Quantity.RATE, Of.FIELD)]
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
            raise Refused(
                "the producers' prices are not in rising order of their points, or one stands twice",
                code="bad_price_rows",
            )
    elif not isinstance(rule, FixedPrice) and rule.retail < rule.feed_in:
        raise Refused("the retail price must not be below the feed-in price", code="retail_below_feed_in")


def check_every_price(rule: PriceRule, producers: Iterable[int]) -> None:
    """Raises `Refused` where a producer (by its number) has no price: before a slot would have to be refused."""
    if isinstance(rule, FixedByProducer):
        known = {row.producer for row in rule.prices}
        missing = [number for number in producers if number not in known]
        if missing:
            raise Refused(
                f"point {missing[0]} injects and has no price; the scheme needs one for it", code="unpriced_producer"
            )


def highest_price(rule: PriceRule) -> int:
    """Base units that a kWh costs at most."""
    match rule:
        case FixedPrice(price):
            return price
        case FixedByProducer(prices):
            return max(row.price for row in prices)
        case _:
            return rule.retail
