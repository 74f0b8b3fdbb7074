"""What voters decide of feeds, and what reporters send (rules FE1 to FE3)."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated

import msgspec

from ledger.bank.limits import MAX_ASSETS
from ledger.encoding.codec import Bytes20, Name, Value
from ledger.encoding.quantities import FieldUnit, IsAddress, PositiveNumber, Quantity
from ledger.encoding.times import DurationMs, Millis
from ledger.feeds.limits import MAX_FEED_DECIMALS, MAX_FEED_VALUE, MAX_REPORTERS, MAX_UNIT_CHARACTERS


class FeedTypeNumber(IntEnum):
    """The numbers of these transaction types, part of the protocol."""

    REPORT_FEED = 600


class FeedKind(IntEnum):
    """What a feed's values count."""

    PRICE = 1
    """Base units of an asset per kWh: tariffs may go by it."""

    CO2 = 2
    """Grams of CO2 per kWh."""

    OTHER = 3
    """As its unit says."""


FeedFigure = Annotated[int, msgspec.Meta(ge=-MAX_FEED_VALUE, le=MAX_FEED_VALUE), FieldUnit(Quantity.PLAIN)]
"""A value in the feed's smallest unit; it may lie below 0, as prices do."""

Reporter = Annotated[Bytes20, IsAddress()]


class FeedTerms(Value, frozen=True):
    """`unit`: for people. `asset`: the price's (0: no price); `decimals`: how many of a value's digits stand behind the
    point (of a price 0: its asset says). `quorum`: so many reports must count, or there is no value. A report counts
    until it is older than `oldest_age_ms`; one outside of `least` to `most` is refused.
    """

    name: Name
    kind: Annotated[int, msgspec.Meta(ge=1, le=3), FeedKind]
    asset: Annotated[int, msgspec.Meta(ge=0, le=MAX_ASSETS), FieldUnit(Quantity.ASSET)]
    unit: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_UNIT_CHARACTERS)]
    decimals: Annotated[int, msgspec.Meta(ge=0, le=MAX_FEED_DECIMALS), FieldUnit(Quantity.PLAIN)]
    reporters: Annotated[tuple[Reporter, ...], msgspec.Meta(min_length=1, max_length=MAX_REPORTERS)]
    quorum: Annotated[int, msgspec.Meta(ge=1, le=MAX_REPORTERS), FieldUnit(Quantity.COUNT)]
    oldest_age_ms: DurationMs
    least: FeedFigure
    most: FeedFigure


class RegisterFeed(Value, frozen=True, tag=600):
    """Begin a feed; it gets the next number."""

    terms: FeedTerms


class ChangeFeed(Value, frozen=True, tag=601):
    """Give a feed other terms; what it counts (kind, asset, decimals) stays."""

    feed: PositiveNumber
    terms: FeedTerms


class EndFeed(Value, frozen=True, tag=602):
    """A feed has no value any more; who goes by it uses what it states for that."""

    feed: PositiveNumber


class ReportFeed(Value, frozen=True):
    """What a reporter knows: a value and the time it is for. `document`: SHA-256 of what shows it, or empty."""

    feed: PositiveNumber
    value: FeedFigure
    time_ms: Millis
    document: Annotated[bytes, msgspec.Meta(max_length=32)]
