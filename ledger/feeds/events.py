"""What happened to feeds."""

from __future__ import annotations

from typing import Final

from ledger.chain.header import Event
from ledger.encoding.quantities import Address, Count, Number, PlainSigned, TimeMs


class FeedChanged(Event, frozen=True, tag=600):
    """Voters, or the section, gave a feed its terms."""

    feed: Number
    name: str


class FeedReported(Event, frozen=True, tag=601):
    """`reporter` says what the value is for a time; `document`: the hash of what shows it, or empty."""

    feed: Number
    reporter: Address
    value: PlainSigned
    time_ms: TimeMs
    document: bytes


class FeedValueChanged(Event, frozen=True, tag=602):
    """Another value is in force since `since_ms`, or one again: the median of so many reports."""

    feed: Number
    value: PlainSigned
    since_ms: TimeMs
    reports: Count


class FeedSilent(Event, frozen=True, tag=603):
    """A feed has no value since `since_ms`: too few of its reports are young enough. Who goes by it uses what it states
    for that.
    """

    feed: Number
    since_ms: TimeMs
    reports: Count


class FeedEnded(Event, frozen=True, tag=604):
    """Voters ended a feed."""

    feed: Number


FEED_EVENTS: Final[tuple[type[Event], ...]] = (
    FeedChanged, FeedReported, FeedValueChanged, FeedSilent, FeedEnded,
)  # fmt: skip
