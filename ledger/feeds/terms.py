"""Feeds registered, changed and ended by voters (rules FE1, FE2, FE8)."""

from __future__ import annotations

import msgspec

from ledger.chain.context import Context, in_range
from ledger.chain.expiries import cancel_expiry, schedule
from ledger.chain.parameters import DAY_MS
from ledger.chain.schema import Link
from ledger.chain.sweeps import begin_sweep
from ledger.errors import Refused
from ledger.feeds.events import FeedChanged, FeedEnded, FeedSilent
from ledger.feeds.genesis import FEEDS_SECTION, check_terms
from ledger.feeds.history import record
from ledger.feeds.limits import FORGOTTEN_FEED_DAYS, KEPT_FEED_DAYS, MAX_OPEN_FEEDS
from ledger.feeds.payloads import ChangeFeed, EndFeed, FeedTerms, RegisterFeed
from ledger.feeds.rules import bring_up_to_date, follow_reports, open_feed
from ledger.feeds.schema import (
    FEED_AGEING_DUE,
    FEED_DAYS,
    FEED_FORGET_DUE,
    FEED_NUMBERS,
    FEED_REPORTS,
    FEED_SWEEP,
    FEEDS,
    OPEN_FEEDS,
    REPORTED_FEEDS,
    Feed,
)
from ledger.feeds.weights import FEED_CHANGE, FEED_DAY, REPORTERS_A_UNIT
from ledger.governance.members import check_no_meter
from ledger.state.table import big_endian


def begin_feeds(context: Context) -> None:
    """The section's feeds, numbered from 1."""
    for terms in FEEDS_SECTION.of(context.genesis).feeds:
        _register(context, terms)


def is_reporter(context: Context, address: bytes) -> bool:
    """Whether an address is a reporter of an open feed, and a member by that (N2, M11)."""
    return context.state.first(REPORTED_FEEDS, address) is not None


def check_register_feed(context: Context, action: RegisterFeed) -> None:
    """Refuse what cannot be carried out now (FE1, FE2)."""
    _check(context, action.terms)
    if context.count(OPEN_FEEDS) >= MAX_OPEN_FEEDS:
        raise Refused(f"at most {MAX_OPEN_FEEDS} feeds are open", code="too_many_feeds")


def _check(context: Context, terms: FeedTerms) -> None:
    context.charge(FEED_CHANGE + len(terms.reporters) // REPORTERS_A_UNIT)
    check_terms(context.genesis, terms)
    for reporter in terms.reporters:
        check_no_meter(context, reporter)


def register_feed(context: Context, action: RegisterFeed) -> None:
    """Carry out a vote (FE1)."""
    check_register_feed(context, action)
    _register(context, action.terms)


def _register(context: Context, terms: FeedTerms) -> None:
    for reporter in terms.reporters:
        check_no_meter(context, reporter)
    number = context.next_number(FEED_NUMBERS)
    context.change_count(OPEN_FEEDS, 1)
    context.state.put(FEEDS, big_endian(number), Feed(number, terms, False, 0, context.time_ms, 0, 0))
    _list_reporters(context, number, (), terms.reporters)
    context.emit(FeedChanged(number, terms.name))


def _list_reporters(context: Context, number: int, before: tuple[bytes, ...], after: tuple[bytes, ...]) -> None:
    """Who is a reporter no more has no report that counts (FE2)."""
    feed = big_endian(number)
    for reporter in sorted(set(before) - set(after)):
        context.state.delete(REPORTED_FEEDS, reporter + feed)
        context.state.delete(FEED_REPORTS, feed + reporter)
    for reporter in sorted(set(after) - set(before)):
        context.state.put(REPORTED_FEEDS, reporter + feed, Link(b""))


def check_change_feed(context: Context, action: ChangeFeed) -> None:
    """Refuse what cannot be carried out now, or changes nothing (FE2)."""
    found = open_feed(context, action.feed)
    _check(context, action.terms)
    old, new = found.terms, action.terms
    if (old.kind, old.asset, old.decimals) != (new.kind, new.asset, new.decimals):
        raise Refused("what a feed counts stays; register another one", code="feed_kind_fixed")
    if old == new:
        raise Refused("the feed has these terms already", code="unchanged")


def change_feed(context: Context, action: ChangeFeed) -> None:
    """Carry out a vote: reports that the new terms would refuse count no more (FE2)."""
    check_change_feed(context, action)
    found = bring_up_to_date(context, open_feed(context, action.feed))
    _list_reporters(context, found.number, found.terms.reporters, action.terms.reporters)
    for key in context.state.keys(FEED_REPORTS, big_endian(found.number)):
        if not action.terms.least <= context.get(FEED_REPORTS, key).value <= action.terms.most:
            context.state.delete(FEED_REPORTS, key)
    changed = msgspec.structs.replace(found, terms=action.terms)
    context.emit(FeedChanged(found.number, action.terms.name))
    follow_reports(context, changed, context.time_ms)


def check_end_feed(context: Context, action: EndFeed) -> None:
    """Refuse where it is ended already (FE8)."""
    context.charge(FEED_CHANGE)
    open_feed(context, action.feed)


def end_feed(context: Context, action: EndFeed) -> None:
    """Carry out a vote: no value any more; what was in force before stays as long as a slot may be corrected (FE8)."""
    check_end_feed(context, action)
    found = bring_up_to_date(context, open_feed(context, action.feed))
    key = big_endian(found.number)
    if found.due_ms:
        cancel_expiry(context, found.due_ms, FEED_AGEING_DUE, found.number)
    _list_reporters(context, found.number, found.terms.reporters, ())
    context.change_count(OPEN_FEEDS, -1)
    ended = msgspec.structs.replace(found, known=False, value=0, due_ms=0, ended_ms=context.time_ms)
    if found.known:
        ended = msgspec.structs.replace(ended, since_ms=context.time_ms)
        record(context, found.number, context.time_ms, None)
        context.emit(FeedSilent(found.number, context.time_ms, 0))
    context.state.put(FEEDS, key, ended)
    schedule(context, forgotten_ms(context.time_ms), FEED_FORGET_DUE, found.number, key)
    context.emit(FeedEnded(found.number))


def forgotten_ms(ended_ms: int) -> int:
    """When the history of an ended feed goes (FE8)."""
    return in_range(ended_ms + KEPT_FEED_DAYS * DAY_MS)


def feed_forget_due(context: Context, key: bytes) -> None:
    """No correction reaches back to an ended feed any more (FE8)."""
    context.charge(FEED_CHANGE)
    context.state.delete(FEEDS, key)
    if context.state.first(FEED_DAYS, key) is not None:
        begin_sweep(context, FEED_SWEEP, key)


def feed_days_step(context: Context, key: bytes) -> bool:
    """Forget days of its history; whether there are more (FE8)."""
    for _ in range(FORGOTTEN_FEED_DAYS):
        day = context.state.first(FEED_DAYS, key)
        if day is None:
            return False
        context.charge(FEED_DAY)
        context.state.delete(FEED_DAYS, day)
    return context.state.first(FEED_DAYS, key) is not None
