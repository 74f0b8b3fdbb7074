"""Reports, and what is in force by them (rules FE3 to FE6)."""

from __future__ import annotations

import msgspec

from ledger.chain.context import Context
from ledger.chain.expiries import cancel_expiry, schedule
from ledger.errors import Refused
from ledger.feeds.events import FeedReported, FeedSilent, FeedValueChanged
from ledger.feeds.history import record, reports_of
from ledger.feeds.limits import MAX_AHEAD_MS, MIN_REPORT_GAP_MS
from ledger.feeds.median import Evaluation, evaluate
from ledger.feeds.payloads import ReportFeed
from ledger.feeds.schema import FEED_AGEING_DUE, FEED_REPORTS, FEEDS, Feed, FeedReport
from ledger.feeds.weights import FEED_CHANGE, REPORTERS_A_UNIT
from ledger.state.table import big_endian

HASH_BYTES = 32


def open_feed(context: Context, number: int) -> Feed:
    """One that voters have not ended; refuses others."""
    found = context.state.get(FEEDS, big_endian(number))
    if found is None or found.ended_ms:
        raise Refused(f"no feed {number} is open", code="unknown_feed")
    return found


def do_report_feed(context: Context, payload: ReportFeed) -> None:
    """A reporter's latest report (FE3)."""
    found, reporter = open_feed(context, payload.feed), context.sender
    if reporter not in found.terms.reporters:
        raise Refused("only a reporter of the feed reports it", code="not_a_reporter")
    if len(payload.document) not in (0, HASH_BYTES):
        raise Refused("the document's hash has 32 bytes", code="bad_document")
    if not found.terms.least <= payload.value <= found.terms.most:
        raise Refused(f"the feed has values from {found.terms.least} to {found.terms.most}", code="feed_out_of_bounds")
    time_ms = _time_of(context, found, payload.time_ms)
    key = big_endian(found.number) + reporter
    before = context.state.get(FEED_REPORTS, key)
    if before is not None and time_ms <= before.time_ms:
        raise Refused("the reporter has reported for this time, or a later one", code="report_not_newer")
    if before is not None and context.time_ms < before.received_ms + MIN_REPORT_GAP_MS:
        raise Refused("a reporter reports once in ten seconds", code="report_too_soon")
    found = bring_up_to_date(context, found)
    context.state.put(FEED_REPORTS, key, FeedReport(payload.value, time_ms, context.time_ms, payload.document))
    context.emit(FeedReported(found.number, reporter, payload.value, time_ms, payload.document))
    follow_reports(context, found, context.time_ms)


def _time_of(context: Context, found: Feed, time_ms: int) -> int:
    """The time that a report counts for: none ahead of the block's (FE3)."""
    if time_ms > context.time_ms + MAX_AHEAD_MS:
        raise Refused("the report's time lies ahead of the chain's", code="report_ahead")
    if time_ms + found.terms.oldest_age_ms < context.time_ms:
        raise Refused("the report is older than the feed allows", code="report_too_old")
    return min(time_ms, context.time_ms)


def feed_ageing_due(context: Context, key: bytes) -> None:
    """A report got too old: another value is in force, or none (FE6)."""
    found = context.get(FEEDS, key)
    follow_reports(context, found, found.due_ms)


def bring_up_to_date(context: Context, found: Feed) -> Feed:
    """What got too old before this block and waits to be handled is handled first, each at its time (FE6)."""
    while 0 < found.due_ms <= context.time_ms:
        found = follow_reports(context, found, found.due_ms)
    return found


def follow_reports(context: Context, found: Feed, at_ms: int) -> Feed:
    """What the latest reports come to at an instant is in force from then on (FE5)."""
    context.charge(FEED_CHANGE + len(found.terms.reporters) // REPORTERS_A_UNIT)
    seen = evaluate(found.terms, reports_of(context.state, found.number), at_ms)
    if found.due_ms:
        cancel_expiry(context, found.due_ms, FEED_AGEING_DUE, found.number)
    if seen.due_ms:
        schedule(context, seen.due_ms, FEED_AGEING_DUE, found.number, big_endian(found.number))
    after = msgspec.structs.replace(found, due_ms=seen.due_ms)
    if (found.known, found.value) != (seen.value is not None, seen.value or 0):
        after = msgspec.structs.replace(after, known=seen.value is not None, value=seen.value or 0, since_ms=at_ms)
        record(context, found.number, at_ms, seen.value)
        _tell(context, after, seen)
    context.state.put(FEEDS, big_endian(found.number), after)
    return after


def _tell(context: Context, after: Feed, seen: Evaluation) -> None:
    if seen.value is None:
        context.emit(FeedSilent(after.number, after.since_ms, seen.reports))
    else:
        context.emit(FeedValueChanged(after.number, seen.value, after.since_ms, seen.reports))
