"""What the codes of feeds mean to people (`ledger.codes`)."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ledger.codes import Codes

FEED_CODES: Final = Codes(
    refused=MappingProxyType(
        {
            "unknown_feed": "No feed has this number, or it has ended.",
            "bad_feed": "The terms of the feed contradict themselves.",
            "feed_kind_fixed": "What a feed counts stays; register another feed.",
            "too_many_feeds": "As many feeds are open as may be.",
            "not_a_reporter": "Only a reporter of the feed reports it; voters name them.",
            "feed_out_of_bounds": "The value lies outside of the feed's bounds.",
            "report_ahead": "The report's time lies ahead of the chain's; check the clock.",
            "report_too_old": "The report is older than the feed allows.",
            "report_not_newer": "The reporter has already reported for this time, or a later one.",
            "report_too_soon": "The reporter's last report for this feed was a moment ago.",
            "bad_document": "A document's hash has 32 bytes, or is left out.",
        }
    ),
)
