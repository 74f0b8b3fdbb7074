"""What voters decide of feeds (rules FE1, FE2, FE8)."""

from __future__ import annotations

from typing import Final

from ledger.chain.decision import Decision
from ledger.feeds.payloads import ChangeFeed, EndFeed, RegisterFeed
from ledger.feeds.terms import (
    change_feed,
    check_change_feed,
    check_end_feed,
    check_register_feed,
    end_feed,
    register_feed,
)

FEED_DECISIONS: Final[tuple[Decision, ...]] = (
    Decision(RegisterFeed, check_register_feed, register_feed),
    Decision(ChangeFeed, check_change_feed, change_feed),
    Decision(EndFeed, check_end_feed, end_feed),
)
