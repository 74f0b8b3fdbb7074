"""Feeds: what is in force, how old it is, who has reported, what was in force."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from ledger.chain.parameters import DAY_MS
from ledger.encoding.amounts import format_amount
from ledger.encoding.quantities import TimeMs
from ledger.feeds.median import tolerated_liars
from ledger.feeds.payloads import FeedKind, FeedTerms
from ledger.feeds.queries import FeedStanding, ReporterStanding, feed_history, feed_of, feed_standing, feeds
from ledger.feeds.schema import Feed
from ledger.keys.address import format_address
from nodechain.api.http import requests
from nodechain.api.http.models import ApiModel, At
from nodechain.api.http.rights import MEMBERS, Right
from nodechain.api.http.route import AT, PAGE, POINT, Route
from nodechain.api.reading import CommittedState, Work, cursor_text, ledger
from nodechain.errors import NotFound
from nodechain.node import Node


class FeedFigureView(ApiModel):
    """A value in the feed's smallest unit, and as people write it in its unit."""

    base: int
    text: str


class ReporterView(ApiModel):
    """A reporter and its latest report, null where there is none; `counts`: it is young enough now.

    `document`: SHA-256 in hex, or empty.
    """

    account: str
    value: FeedFigureView | None
    time_ms: TimeMs
    received_ms: TimeMs
    document: str
    counts: bool


class FeedView(ApiModel):
    """A feed. `counts`: price (in `asset` per kWh), co2 (grams per kWh) or other. `value` is null where too few reports
    are young enough, since `since_ms`; `oldest_ms`: the time of the oldest report that counts, 0 where none does.

    `quorum` reports make a value, which `liars` of them cannot move. `ended_ms`: 0 while it goes on.
    """

    number: int
    name: str
    counts: str
    asset: str | None
    unit: str
    decimals: int
    quorum: int
    liars: int
    oldest_age_ms: int
    least: FeedFigureView
    most: FeedFigureView
    value: FeedFigureView | None
    since_ms: TimeMs
    counting: int
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


class FeedStepView(ApiModel):
    """A value in force from a time on until the next row's; null: none."""

    from_ms: TimeMs
    value: FeedFigureView | None


class FeedHistory(At):
    """What was in force from `from_ms` to before `to_ms`, at most a day, in steps of five minutes."""

    feed: int
    unit: str
    from_ms: TimeMs
    to_ms: TimeMs
    steps: list[FeedStepView]


class _Shown:
    """How a feed's figures are written: a price in its currency, all else in the feed's own decimals."""

    def __init__(self, at: CommittedState, terms: FeedTerms) -> None:
        self.asset = at.chain.name(terms.asset) if terms.asset else None
        self.decimals = at.chain.assets[terms.asset - 1].decimals if terms.asset else terms.decimals

    def figure(self, value: int) -> FeedFigureView:
        """A value."""
        return FeedFigureView(base=value, text=format_amount(value, self.decimals))

    def perhaps(self, value: int | None) -> FeedFigureView | None:
        """A value, or none."""
        return None if value is None else self.figure(value)


def _reporter(shown: _Shown, found: ReporterStanding) -> ReporterView:
    report = found.report
    return ReporterView(
        account=format_address(found.reporter),
        value=None if report is None else shown.figure(report.value),
        time_ms=0 if report is None else report.time_ms,
        received_ms=0 if report is None else report.received_ms,
        document="" if report is None else report.document.hex(),
        counts=found.counts,
    )


def _feed(at: CommittedState, found: FeedStanding) -> FeedView:
    terms = found.feed.terms
    shown = _Shown(at, terms)
    return FeedView(
        number=found.feed.number,
        name=terms.name,
        counts=FeedKind(terms.kind).name.lower(),
        asset=shown.asset,
        unit=terms.unit,
        decimals=shown.decimals,
        quorum=terms.quorum,
        liars=tolerated_liars(terms.quorum),
        oldest_age_ms=terms.oldest_age_ms,
        least=shown.figure(terms.least),
        most=shown.figure(terms.most),
        value=shown.perhaps(found.value),
        since_ms=found.since_ms,
        counting=found.counting,
        oldest_ms=found.oldest_ms,
        ended_ms=found.feed.ended_ms,
        reporters=[_reporter(shown, each) for each in found.reporters],
    )


def _known(at: CommittedState, number: int) -> Feed:
    found = feed_of(at.state, number)
    if found is None:
        raise NotFound(f"there is no feed {number}, or its history is no longer kept", code="unknown_feed")
    return found


def read_feeds(at: CommittedState, cursor: bytes | None, limit: int) -> Feeds:
    """A page of feeds."""
    page = feeds(at.reader, cursor, limit)
    views = [_feed(at, feed_standing(at.view, found)) for _key, found in page.entries]
    return Feeds(height=at.height, time_ms=at.view.time_ms, feeds=views, next=cursor_text(page.cursor))


def read_feed(at: CommittedState, number: int) -> FeedAnswer:
    """One feed; raises `NotFound`."""
    found = feed_standing(at.view, _known(at, number))
    return FeedAnswer(height=at.height, time_ms=at.view.time_ms, feed=_feed(at, found))


def read_history(at: CommittedState, number: int, first_ms: int | None) -> FeedHistory:
    """What was in force for a day; raises `NotFound`."""
    found = _known(at, number)
    shown, now_ms = _Shown(at, found.terms), at.view.time_ms
    from_ms = max(0, now_ms - DAY_MS) if first_ms is None else first_ms
    steps = feed_history(at.view, number, from_ms, from_ms + DAY_MS)
    return FeedHistory(
        height=at.height,
        feed=number,
        unit=found.terms.unit,
        from_ms=from_ms,
        to_ms=min(from_ms + DAY_MS, max(now_ms, from_ms)),
        steps=[FeedStepView(from_ms=step_ms, value=shown.perhaps(value)) for step_ms, value in steps],
    )


async def get_feeds(node: Node, request: web.Request) -> Work:
    """Feeds."""
    cursor, limit = requests.cursor(request), requests.limit(request)
    return ledger(node, request, lambda at: read_feeds(at, cursor, limit))


async def get_feed(node: Node, request: web.Request) -> Work:
    """A feed."""
    number = requests.path_number(request)
    return ledger(node, request, lambda at: read_feed(at, number))


async def get_history(node: Node, request: web.Request) -> Work:
    """What was in force."""
    number, first_ms = requests.path_number(request), requests.moment(request, "from")
    return ledger(node, request, lambda at: read_history(at, number, first_ms))


_FROM: Final = ("from", "the first time: ms since 1970, a date, or a time with its zone (default: a day ago)")

ROUTES: Final = (
    Route("GET", "/v1/feeds", "Feeds: values in force, their age, who reports", Feeds, get_feeds, query=(*AT, *PAGE)),
    Route(
        "GET",
        "/v1/feeds/{number}",
        "A feed: terms, the value in force, reports",
        FeedAnswer,
        get_feed,
        query=AT,
        kind=POINT,
    ),
    Route(
        "GET",
        "/v1/feeds/{number}/history",
        "What a feed had in force over a day, in steps of five minutes",
        FeedHistory,
        get_history,
        query=(_FROM, *AT),
        kind=POINT,
    ),
)

RIGHTS: Final[dict[str, Right]] = {
    "/v1/feeds": MEMBERS,
    "/v1/feeds/{number}": MEMBERS,
    "/v1/feeds/{number}/history": MEMBERS,
}
