"""What people ask of feeds: terms, the value in force, its age, who has reported, what was in force. Reads only."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from ledger.chain.context import Context
from ledger.chain.parameters import DAY_MS
from ledger.feeds.history import values_at
from ledger.feeds.limits import HISTORY_STEP_MS
from ledger.feeds.median import evaluate
from ledger.feeds.schema import FEED_REPORTS, FEEDS, Feed, FeedReport
from ledger.state.overlay import Reader, State
from ledger.state.paging import Page, page_of
from ledger.state.table import big_endian


class ReporterStanding(msgspec.Struct, frozen=True):
    """A reporter with its latest report, where it has one; `counts`: it is young enough now."""

    reporter: bytes
    report: FeedReport | None
    counts: bool


class FeedStanding(msgspec.Struct, frozen=True):
    """A feed at a time: the value in force (None: there is none) since when, and how many reports count.

    `oldest_ms`: the time of the oldest report that counts, 0 where none does.
    """

    feed: Feed
    value: int | None
    since_ms: int
    counting: int
    oldest_ms: int
    reporters: tuple[ReporterStanding, ...]


def feed_of(state: State, number: int) -> Feed | None:
    """A feed, ended ones too while their history is kept."""
    return state.get(FEEDS, big_endian(number))


def feeds(reader: Reader, cursor: bytes | None, limit: int) -> Page[Feed]:
    """A page of feeds by number."""
    return page_of(reader, FEEDS, b"", cursor, limit)


def feed_standing(context: Context, found: Feed) -> FeedStanding:
    """How a feed stands at the context's time; what got too old and waits to be handled counts no more (D1)."""
    reporters = []
    for reporter in found.terms.reporters if not found.ended_ms else ():
        report = context.state.get(FEED_REPORTS, big_endian(found.number) + reporter)
        counts = report is not None and report.time_ms + found.terms.oldest_age_ms >= context.time_ms
        reporters.append(ReporterStanding(reporter, report, counts))
    reports = [each.report for each in reporters if each.report is not None]
    seen = evaluate(found.terms, reports, context.time_ms)
    waits = 0 < found.due_ms <= context.time_ms
    since_ms = found.due_ms if waits and seen.value != found.value else found.since_ms
    times = [each.report.time_ms for each in reporters if each.report is not None and each.counts]
    return FeedStanding(found, seen.value, since_ms, seen.reports, min(times, default=0), tuple(reporters))


def open_feeds(context: Context) -> Iterator[FeedStanding]:
    """How all feeds that are not ended stand; a limit keeps them few."""
    for key in context.state.keys(FEEDS):
        found = context.get(FEEDS, key)
        if not found.ended_ms:
            yield feed_standing(context, found)


def feed_history(context: Context, number: int, first_ms: int, end_ms: int) -> list[tuple[int, int | None]]:
    """What was in force, with the five minutes that each value began with, from one time to before another, at most a
    day; the first row says what held there.
    """
    begin = first_ms - first_ms % HISTORY_STEP_MS
    end = min(end_ms, begin + DAY_MS, context.time_ms + 1)
    instants = range(begin, end, HISTORY_STEP_MS)
    rows: list[tuple[int, int | None]] = []
    for instant, value in zip(instants, values_at(context.state, number, instants), strict=True):
        if not rows or rows[-1][1] != value:
            rows.append((instant, value))
    return rows
