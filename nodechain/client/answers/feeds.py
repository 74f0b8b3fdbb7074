"""Feeds: the shapes of a node's answers, made from the page of this name in `nodechain/api`, never by hand.

Written by `python -m tests.makers.make_client_answers`.
"""

from __future__ import annotations

from typing import TypedDict

from ledger.encoding.quantities import TimeMs
from nodechain.client.answers.models import At, Int


class FeedFigureView(TypedDict):
    """A value in the feed's smallest unit, and as people write it in its unit."""

    base: Int
    text: str


class ReporterView(TypedDict):
    """A reporter and its latest report, null where there is none; `counts`: it is young enough now.

    `document`: SHA-256 in hex, or empty.
    """

    account: str
    value: FeedFigureView | None
    time_ms: TimeMs
    received_ms: TimeMs
    document: str
    counts: bool


class FeedView(TypedDict):
    """A feed. `counts`: price (in `asset` per kWh), co2 (grams per kWh) or other. `value` is null where too few reports
    are young enough, since `since_ms`; `oldest_ms`: the time of the oldest report that counts, 0 where none does.

    `quorum` reports make a value, which `liars` of them cannot move. `ended_ms`: 0 while it goes on.
    """

    number: Int
    name: str
    counts: str
    asset: str | None
    unit: str
    decimals: Int
    quorum: Int
    liars: Int
    oldest_age_ms: Int
    least: FeedFigureView
    most: FeedFigureView
    value: FeedFigureView | None
    since_ms: TimeMs
    counting: Int
    oldest_ms: TimeMs
    ended_ms: TimeMs
    reporters: list[ReporterView]


class Feeds(At):
    """A page of feeds by number, at the time of the block."""

    time_ms: TimeMs
    feeds: list[FeedView]
    next: str | None


class FeedAnswer(At):
    """One feed, at the time of the block."""

    time_ms: TimeMs
    feed: FeedView


class FeedStepView(TypedDict):
    """A value in force from a time on until the next row's; null: none."""

    from_ms: TimeMs
    value: FeedFigureView | None


class FeedHistory(At):
    """What was in force from `from_ms` to before `to_ms`, at most a day, in steps of five minutes."""

    feed: Int
    unit: str
    from_ms: TimeMs
    to_ms: TimeMs
    steps: list[FeedStepView]
