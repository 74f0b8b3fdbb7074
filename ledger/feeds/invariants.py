"""What must hold of feeds in every state (rule FE9)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ledger.chain.expiries import expiry_key
from ledger.chain.invariants import entries, expiries_of
from ledger.chain.schema import COUNTERS, SWEEPS
from ledger.errors import require
from ledger.feeds.median import evaluate
from ledger.feeds.schema import (
    FEED_AGEING_DUE,
    FEED_DAYS,
    FEED_FORGET_DUE,
    FEED_REPORTS,
    FEED_SWEEP,
    FEEDS,
    OPEN_FEEDS,
    REPORTED_FEEDS,
    Feed,
    FeedDay,
    FeedReport,
)
from ledger.feeds.terms import forgotten_ms
from ledger.state.overlay import Reader
from ledger.state.table import big_endian


def check_feeds(state: Reader) -> None:
    """What is in force is what the reports come to, each feed waits for its time, and reporters are listed."""
    reports: dict[bytes, list[FeedReport]] = {}
    reported = set()
    for key, report in entries(state, FEED_REPORTS):
        reports.setdefault(key[:8], []).append(report)
        reported.add(key[8:] + key[:8])
    due, listed, opened = set(), set(), 0
    for key, found in entries(state, FEEDS):
        require(key == big_endian(found.number), "a feed stands at another number")
        if found.ended_ms:
            due.add(expiry_key(forgotten_ms(found.ended_ms), FEED_FORGET_DUE, found.number))
            require(not found.known and not found.due_ms and key not in reports, "an ended feed has a value")
            continue
        opened += 1
        listed |= {reporter + key for reporter in found.terms.reporters}
        if found.due_ms:
            due.add(expiry_key(found.due_ms, FEED_AGEING_DUE, found.number))
        _check_value(found, reports.get(key, []))
    require(set(expiries_of(state, FEED_AGEING_DUE, FEED_FORGET_DUE)) == due, "a feed does not wait for its time")
    require({key for key, _link in entries(state, REPORTED_FEEDS)} == listed, "the list of reporters is another")
    require(reported <= listed, "a report is of nobody who reports the feed")
    counted = sum(value.value for key, value in entries(state, COUNTERS) if key == OPEN_FEEDS)
    require(counted == opened, "open feeds are miscounted")


def _check_value(found: Feed, reports: list[FeedReport]) -> None:
    """Until the first report gets too old the value is that of all that count (FE5)."""
    at_ms = found.due_ms - 1 if found.due_ms else found.since_ms
    seen = evaluate(found.terms, reports, at_ms)
    says = (found.known, found.value) if found.due_ms else (False, 0)
    require((found.known, found.value) == says, "a feed has a value by no report")
    require(not found.due_ms or seen.due_ms == found.due_ms, "a feed waits for another report than its oldest")
    if found.due_ms:
        require((seen.value is not None, seen.value or 0) == says, "a feed's value is not what its reports come to")
    inside = all(found.terms.least <= report.value <= found.terms.most for report in reports)
    require(inside, "a report lies outside of its feed's bounds")


def check_feed_days(state: Reader) -> None:
    """The history of a feed rises, changes with each step, and ends with what is in force (FE7)."""
    feeds = dict(entries(state, FEEDS))
    sweeping = {sweep.subject for _key, sweep in entries(state, SWEEPS) if sweep.kind == FEED_SWEEP.number}
    newest: dict[bytes, FeedDay] = {}
    for key, day in entries(state, FEED_DAYS):
        newest.setdefault(key[:8], day)
        places = [step.place for step in day.steps]
        require(bool(places) and places == sorted(set(places)), "steps of a feed's day do not rise")
        require(all(step.known or not step.value for step in day.steps), "a step without a value has one")
    for key, day in newest.items():
        found, last = feeds.get(key), day.steps[-1]
        if found is None:
            require(key in sweeping, "a history is of no feed")
        else:
            require((last.known, last.value) == (found.known, found.value), "a history ends with another value")
    for key, found in feeds.items():
        require(key in newest or not found.known, "a feed with a value has no history")


FEED_INVARIANTS: Final[tuple[Callable[[Reader], None], ...]] = (check_feeds, check_feed_days)
