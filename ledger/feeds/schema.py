"""Tables of feeds, of the latest reports, and of what was in force at each time."""

from __future__ import annotations

from typing import Annotated, Any, Final

from ledger.chain.schema import DueKind, Link, SweepKind
from ledger.encoding.codec import Value
from ledger.encoding.quantities import FieldUnit, Number, PlainSigned, Quantity, TimeMs
from ledger.feeds.payloads import FeedTerms
from ledger.state.table import Table

DayPlace = Annotated[int, FieldUnit(Quantity.NUMBER)]


class Feed(Value, frozen=True):
    """`known`: it has a `value`, the same since `since_ms`; else there is none since then. `due_ms`: when the first
    report that counts gets too old (0: none counts); `ended_ms`: since when it is ended, or 0.
    """

    number: Number
    terms: FeedTerms
    known: bool
    value: PlainSigned
    since_ms: TimeMs
    due_ms: TimeMs
    ended_ms: TimeMs


class FeedReport(Value, frozen=True):
    """The latest of a reporter: a value for a time, and when it came."""

    value: PlainSigned
    time_ms: TimeMs
    received_ms: TimeMs
    document: bytes


class FeedStep(Value, frozen=True):
    """From the five minutes `place` of a UTC day on (0: midnight): the value in force, or none."""

    place: DayPlace
    known: bool
    value: PlainSigned


class FeedDay(Value, frozen=True):
    """What was in force from midnight (UTC) on, until the next day with an entry; changes between two places stand at
    the later one.
    """

    steps: tuple[FeedStep, ...]


FEEDS: Final = Table(200, "feeds", "number", Feed, group=0)
FEED_REPORTS: Final = Table(201, "feed_reports", "feed account", FeedReport, group=8)
FEED_DAYS: Final = Table(202, "feed_days", "feed newest_first", FeedDay, group=8)
REPORTED_FEEDS: Final = Table(203, "reported_feeds", "account feed", Link, group=20)
"""Which feeds an account is a reporter of."""

FEED_TABLES: Final[tuple[Table[Any], ...]] = (FEEDS, FEED_REPORTS, FEED_DAYS, REPORTED_FEEDS)

FEED_AGEING_DUE: Final = DueKind(200, "feed_ageing")
FEED_FORGET_DUE: Final = DueKind(201, "feed_forgotten")
FEED_SWEEP: Final = SweepKind(200, "feed_days_forgotten")

FEED_NUMBERS: Final = b"feed"
OPEN_FEEDS: Final = b"open_feeds"
