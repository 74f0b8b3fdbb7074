"""What was in force when (rule FE7): one value for every five minutes, for who settles slots later or corrects them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Final

from ledger.chain.context import Context
from ledger.chain.parameters import DAY_MS
from ledger.errors import require
from ledger.feeds.limits import HISTORY_STEP_MS, KEPT_FEED_DAYS
from ledger.feeds.median import evaluate
from ledger.feeds.schema import FEED_DAYS, FEED_REPORTS, FEEDS, FeedDay, FeedReport, FeedStep
from ledger.feeds.weights import FEED_DAY
from ledger.state.overlay import State
from ledger.state.table import big_endian, newest_first

PLACES_PER_DAY: Final = DAY_MS // HISTORY_STEP_MS


def reports_of(state: State, feed: int) -> list[FeedReport]:
    """The latest report of each reporter that has reported."""
    found = (state.get(FEED_REPORTS, key) for key in state.keys(FEED_REPORTS, big_endian(feed)))
    return [report for report in found if report is not None]


def record(context: Context, feed: int, at_ms: int, value: int | None) -> None:
    """From an instant on another value is in force, or none: what stands at the next five minutes is the last one."""
    day, place = divmod(-(-at_ms // HISTORY_STEP_MS), PLACES_PER_DAY)
    known, group = value is not None, big_endian(feed)
    step = FeedStep(place, known, value or 0)
    newest = context.state.first(FEED_DAYS, group)
    before: tuple[FeedStep, ...] = ()
    if newest is not None:
        before = context.get(FEED_DAYS, newest).steps
    key = group + newest_first(day)
    if key != newest:
        last = before[-1] if before else FeedStep(0, False, 0)
        before = (FeedStep(0, last.known, last.value),) if place else ()
        _forget(context, group, day)
    elif before[-1].place == place:
        before = before[:-1]
    require(not before or before[-1].place < place, "a feed's history goes back")
    context.state.put(FEED_DAYS, key, FeedDay((*before, step)))


def _forget(context: Context, group: bytes, day: int) -> None:
    """With each new day the oldest ones go, so that what is kept is bounded; the last one before the horizon stays: it
    says what was in force there (FE7).
    """
    horizon = group + newest_first(max(0, day - KEPT_FEED_DAYS))
    older = [key for _number, key in zip(range(3), context.state.scan(FEED_DAYS, group, after=horizon), strict=False)]
    for key in older[1:]:
        context.charge(FEED_DAY)
        context.state.delete(FEED_DAYS, key)


def values_at(state: State, feed: int, instants_ms: Sequence[int]) -> list[int | None]:
    """The value in force at each of some instants, multiples of five minutes that are not after the block; None where
    there was none. What got too old and waits to be handled is taken as handled (D1).
    """
    return list(_values(state, feed, instants_ms))


def _values(state: State, feed: int, instants_ms: Sequence[int]) -> Iterator[int | None]:
    found, reports = state.get(FEEDS, big_endian(feed)), None
    steps: tuple[FeedStep, ...] = ()
    places: list[int] = []
    read_day = -1
    for instant in instants_ms:
        if found is not None and 0 < found.due_ms <= instant:
            reports = reports_of(state, feed) if reports is None else reports
            yield evaluate(found.terms, reports, instant).value
            continue
        day, place = divmod(instant // HISTORY_STEP_MS, PLACES_PER_DAY)
        if day != read_day:
            read_day, steps = day, _steps_of(state, feed, day)
            places = [step.place for step in steps]
        at = bisect_right(places, place)
        yield steps[at - 1].value if at and steps[at - 1].known else None


def _steps_of(state: State, feed: int, day: int) -> tuple[FeedStep, ...]:
    """A day's steps; of a day without an entry what the last one before it ended with."""
    group = big_endian(feed)
    key = next(state.scan(FEED_DAYS, group, after=group + newest_first(day + 1)), None)
    entry = None if key is None else state.get(FEED_DAYS, key)
    if key is None or entry is None:
        return ()
    last = entry.steps[-1]
    return entry.steps if key == group + newest_first(day) else (FeedStep(0, last.known, last.value),)
