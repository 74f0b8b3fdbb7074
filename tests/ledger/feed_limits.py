"""Tests of the limits of feeds; `test_limits.py` runs them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pytest

from harness.chain import address
from ledger.chain.context import Context
from ledger.chain.parameters import DAY_MS
from ledger.encoding.codec import Codec, Value, encode
from ledger.errors import MalformedInput, Refused
from ledger.feeds import limits
from ledger.feeds.history import record, values_at
from ledger.feeds.payloads import FeedTerms, RegisterFeed, ReportFeed
from ledger.feeds.schema import FEED_DAYS
from ledger.feeds.terms import feed_days_step
from ledger.governance.payloads import CastVote
from ledger.grid import limits as grid_limits
from ledger.grid.tariffs import FeedRate, Levy, RateStep, TimeRate, check_tariff
from ledger.limits import MAX_TRANSACTION_BYTES
from ledger.state.table import big_endian
from tests.support.feed_chain import FeedChain, feed_terms
from tests.support.grid_tariffs import tariff


def _decodes(kind: type[Value], at: Value, above: Value) -> None:
    codec: Codec[Any] = Codec(kind, MAX_TRANSACTION_BYTES)
    assert codec.decode(encode(at)) == at
    with pytest.raises(MalformedInput):
        codec.decode(encode(above))


def _terms_decode(at: dict[str, Any], above: dict[str, Any]) -> None:
    _decodes(FeedTerms, feed_terms(**at), feed_terms(**above))


def max_open_feeds() -> None:
    chain = FeedChain(*[feed_terms()] * (limits.MAX_OPEN_FEEDS - 1))
    assert chain.register().code == ""
    assert chain.try_("A", CastVote(RegisterFeed(feed_terms()), True)).code == "too_many_feeds"


def max_reporters() -> None:
    names = tuple(address(f"R{number}") for number in range(limits.MAX_REPORTERS + 1))
    _terms_decode({"reporters": names[:-1]}, {"reporters": names})
    _terms_decode({"quorum": limits.MAX_REPORTERS}, {"quorum": limits.MAX_REPORTERS + 1})


def max_feed_value() -> None:
    most = limits.MAX_FEED_VALUE
    for sign in (1, -1):
        _decodes(ReportFeed, ReportFeed(1, sign * most, 0, b""), ReportFeed(1, sign * (most + 1), 0, b""))
        _terms_decode({"least": sign * most}, {"least": sign * (most + 1)})


def max_feed_decimals() -> None:
    _terms_decode({"decimals": limits.MAX_FEED_DECIMALS}, {"decimals": limits.MAX_FEED_DECIMALS + 1})


def max_unit_characters() -> None:
    most = limits.MAX_UNIT_CHARACTERS
    _terms_decode({"unit": "é" * most}, {"unit": "é" * (most + 1)})


def oldest_age() -> None:
    least, most = limits.MIN_OLDEST_AGE_MS, limits.MAX_OLDEST_AGE_MS
    for age_ms, code in ((least - 1, "bad_feed"), (least, ""), (most, ""), (most + 1, "bad_feed")):
        action = RegisterFeed(feed_terms(oldest_age_ms=age_ms))
        assert FeedChain().try_("A", CastVote(action, True)).code == code, age_ms


def min_report_gap() -> None:
    chain, gap_ms = FeedChain(), limits.MIN_REPORT_GAP_MS
    assert chain.report("B", 1).code == ""
    assert chain.report("B", 1, after_ms=gap_ms - 1).code == "report_too_soon"
    assert chain.report("B", 1, after_ms=1).code == ""


def max_ahead() -> None:
    for ahead_ms, code in ((limits.MAX_AHEAD_MS, ""), (limits.MAX_AHEAD_MS + 1, "report_ahead")):
        assert FeedChain().report("B", 1, age_ms=-ahead_ms).code == code


def history_step() -> None:
    """Values between two steps of five minutes: the last one stands at the second."""
    context, step_ms = FeedChain().context(), limits.HISTORY_STEP_MS
    begin = 100_000 * step_ms
    for at_ms, value in ((begin, 1), (begin + 1, 2), (begin + step_ms, 3), (begin + step_ms + 1, 4)):
        record(context, 7, at_ms, value)
    instants = [begin + number * step_ms for number in range(-1, 3)]
    assert values_at(context.state, 7, instants) == [None, 1, 3, 4]


def _days(count: int) -> Context:
    context = FeedChain().context()
    for day in range(count):
        record(context, 7, (19_000 + day) * DAY_MS, day)
    return context


def kept_feed_days() -> None:
    most = limits.KEPT_FEED_DAYS
    context = _days(3)
    for day, kept in ((2 + most, 3), (3 + most, 3), (4 + most, 4)):
        record(context, 7, (19_000 + day) * DAY_MS, day)
        assert len(context.state.keys(FEED_DAYS, big_endian(7))) == kept, day


def forgotten_feed_days() -> None:
    context, key = _days(limits.FORGOTTEN_FEED_DAYS + 1), big_endian(7)
    assert feed_days_step(context, key), "one is left"
    assert not feed_days_step(context, key)
    assert context.state.first(FEED_DAYS, key) is None


def max_feed_factor() -> None:
    most = grid_limits.MAX_FEED_FACTOR
    _decodes(FeedRate, FeedRate(1, most, 0, 0, 1), FeedRate(1, most + 1, 0, 0, 1))


def max_feed_rates() -> None:
    by_feed = TimeRate((RateStep(0, 1),), by_feed=(FeedRate(1, 1, 0, 0, 1),))
    levies = tuple(Levy(f"levy {number}", by_feed, False) for number in range(grid_limits.MAX_FEED_RATES))
    check_tariff(tariff(levies=levies), 900_000)
    with pytest.raises(Refused, match="go by feeds"):
        check_tariff(tariff(levies=levies, retail=by_feed), 900_000)


FEED_LIMITS: Final[dict[str, tuple[Callable[[], None], ...]]] = {
    "MAX_OPEN_FEEDS": (max_open_feeds,),
    "MAX_REPORTERS": (max_reporters,),
    "MAX_FEED_VALUE": (max_feed_value,),
    "MAX_FEED_DECIMALS": (max_feed_decimals,),
    "MAX_UNIT_CHARACTERS": (max_unit_characters,),
    "MIN_OLDEST_AGE_MS": (oldest_age,),
    "MAX_OLDEST_AGE_MS": (oldest_age,),
    "MIN_REPORT_GAP_MS": (min_report_gap,),
    "MAX_AHEAD_MS": (max_ahead,),
    "HISTORY_STEP_MS": (history_step,),
    "KEPT_FEED_DAYS": (kept_feed_days,),
    "FORGOTTEN_FEED_DAYS": (forgotten_feed_days,),
    "MAX_FEED_FACTOR": (max_feed_factor,),
    "MAX_FEED_RATES": (max_feed_rates,),
}
