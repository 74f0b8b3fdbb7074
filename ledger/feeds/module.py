"""Feeds on one page: what the module `feeds` brings."""

from __future__ import annotations

from typing import Final

from ledger.chain.numbers import Places
from ledger.chain.points import FIRST_STATE
from ledger.chain.registry import Module, TransactionType
from ledger.feeds import limits, weights
from ledger.feeds.codes import FEED_CODES
from ledger.feeds.decisions import FEED_DECISIONS
from ledger.feeds.events import FEED_EVENTS
from ledger.feeds.genesis import FEEDS_SECTION
from ledger.feeds.invariants import FEED_INVARIANTS
from ledger.feeds.payloads import FeedTypeNumber, ReportFeed
from ledger.feeds.postings import FEED_POSTINGS
from ledger.feeds.rules import do_report_feed, feed_ageing_due
from ledger.feeds.schema import (
    FEED_AGEING_DUE,
    FEED_FORGET_DUE,
    FEED_NUMBERS,
    FEED_SWEEP,
    FEED_TABLES,
    OPEN_FEEDS,
)
from ledger.feeds.terms import begin_feeds, feed_days_step, feed_forget_due, is_reporter
from ledger.governance.admission import MEMBER
from ledger.governance.points import ACCOUNT_KNOWN, ROLE_HELD

FEEDS_MODULE: Final = Module(
    name="feeds",
    places=Places(25),
    section=FEEDS_SECTION,
    types=(TransactionType(FeedTypeNumber.REPORT_FEED, "report_feed", ReportFeed, do_report_feed, MEMBER),),
    tables=FEED_TABLES,
    events=FEED_EVENTS,
    series=(FEED_NUMBERS, OPEN_FEEDS),
    decisions=FEED_DECISIONS,
    due=((FEED_AGEING_DUE, feed_ageing_due), (FEED_FORGET_DUE, feed_forget_due)),
    sweeps=((FEED_SWEEP, feed_days_step),),
    hooks=(FIRST_STATE.by(begin_feeds), ROLE_HELD.by(is_reporter), ACCOUNT_KNOWN.by(is_reporter)),
    invariants=FEED_INVARIANTS,
    postings=FEED_POSTINGS,
    limits=limits,
    weights=weights,
    codes=FEED_CODES,
)
