"""What is sent and decided of feeds, for the vectors of `make_vectors`."""

from __future__ import annotations

import hashlib

from msgspec.structs import replace

from harness.chain import START_MS
from ledger.bank.assets import CURRENCY_ASSET
from ledger.encoding.codec import Value
from ledger.feeds import payloads as f
from ledger.grid.tariffs import FeedRate, RateStep, TimeRate
from tests.support.world import address_named


def feed_samples() -> dict[str, tuple[str, Value, int]]:
    """What is reported: a price below 0 with its document, and one without."""
    shown = hashlib.sha256(b"exchange, 12:00").digest()
    return {
        "report_feed": ("B", f.ReportFeed(300, -1_234_567, START_MS, shown), 31),
        "report_feed/bare": ("B", f.ReportFeed(1, 2**33, START_MS, b""), 32),
    }


def spot_feed() -> f.FeedTerms:
    """A price that three report."""
    reporters = tuple(address_named(name) for name in ("A", "B", "X"))
    return f.FeedTerms("spöt", f.FeedKind.PRICE, CURRENCY_ASSET, "€/kWh", 0, reporters, 3, 5_400_000, -(10**9), 10**12)


def spot_rate() -> TimeRate:
    """By a feed, less a bonus; by a table where it has no value."""
    return TimeRate((RateStep(0, 3 * 10**8),), by_feed=(FeedRate(300, 1_190_000_000, -(10**7), 0, 10**10),))


def feed_actions() -> dict[str, Value]:
    """Registered, changed, ended."""
    return {
        "register_feed": f.RegisterFeed(spot_feed()),
        "change_feed": f.ChangeFeed(300, replace(spot_feed(), kind=f.FeedKind.CO2, asset=0, decimals=3)),
        "end_feed": f.EndFeed(2**40),
    }
