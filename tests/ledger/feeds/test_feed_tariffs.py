"""Tariffs by a feed: what a slot costs is what was in force when it began, however late it comes (rule GA14)."""

from __future__ import annotations

from typing import Any, Final

import pytest

from harness.chain import ENT, address
from ledger.bank.assets import CURRENCY_ASSET
from ledger.chain.parameters import PARTS
from ledger.encoding.codec import encode
from ledger.errors import GenesisError, Refused
from ledger.feeds.genesis import FEEDS_SECTION, FeedsSection
from ledger.feeds.payloads import ChangeFeed, EndFeed, FeedKind, RegisterFeed, ReportFeed
from ledger.governance.payloads import CastVote
from ledger.grid.checks import price_band
from ledger.grid.payloads import SetTariff
from ledger.grid.schema import LineKind
from ledger.grid.tariffs import FeedRate, RateStep, TimeRate, check_tariff, constant
from tests.support.feed_chain import feed_terms
from tests.support.grid_chain import GridChain
from tests.support.grid_tariffs import FEED_IN, RETAIL, tariff
from tests.support.sharing_chain import FIRST_SLOT, KWH, SLOT_MS, participants, terms

SPOT: Final = feed_terms(reporters=tuple(address(name) for name in "BCD"), quorum=2, oldest_age_ms=SLOT_MS)
BY_SPOT: Final = FeedRate(1, 12 * PARTS // 10, ENT // 100, ENT // 10, ENT // 2)
"""1.2 times the feed and 0.01, from 0.10 to 0.50."""


def by_feed(**changes: Any) -> TimeRate:
    """Retail by the feed; in slots without a value 0.30 from midnight and 0.40 from six on."""
    steps = (RateStep(0, RETAIL), RateStep(24, 4 * ENT // 10))
    return TimeRate(steps, by_feed=(FeedRate(**{**_fields(BY_SPOT), **changes}),))


def _fields(rate: FeedRate) -> dict[str, int]:
    return {name: getattr(rate, name) for name in rate.__struct_fields__}


def bare(**changes: Any) -> Any:
    """Only retail and feed-in."""
    return tariff(**{"retail": by_feed(), "zone_fees": (), "levies": (), **changes})


def street(*tariffs: Any, feeds: tuple[Any, ...] = (SPOT,)) -> GridChain:
    section = (FEEDS_SECTION.name, encode(FeedsSection(feeds)))
    return _FeedGrid(tariffs or (bare(),), section)


class _FeedGrid(GridChain):
    """The sections of feeds and of the grid beside those of the street."""

    def __init__(self, tariffs: tuple[Any, ...], section: tuple[str, bytes]) -> None:
        super().__init__(tariffs=tariffs, more=(section,))

    def spot(self, value: int, *, at_ms: int) -> None:
        """Two reporters say so in two blocks that end at a time."""
        self.time_ms = max(self.time_ms, at_ms - 20_000)
        for name, left_ms in (("B", 10_000), ("C", 0)):
            at = at_ms - left_ms
            self.do(name, ReportFeed(1, value, at, b""), after_ms=at - self.time_ms)


def begin(slot: int) -> int:
    return slot * SLOT_MS


def retail(chain: GridChain, name: str = "B") -> int:
    return chain.lines(name).get((LineKind.RETAIL, ""), (0, 0))[1]


@pytest.fixture(scope="module")
def spotted() -> _FeedGrid:
    """0.20 before the first slot, 0.25 in it, nothing new in the second: too old before the fourth begins."""
    chain = street()
    assert isinstance(chain, _FeedGrid)
    chain.spot(2 * ENT // 10, at_ms=begin(FIRST_SLOT) - 1_000)
    chain.spot(25 * ENT // 100, at_ms=begin(FIRST_SLOT) + 60_000)
    chain.until(FIRST_SLOT + 3)
    return chain


def test_ga14_a_slot_costs_what_the_feed_said_when_it_began_and_a_correction_the_same(spotted: _FeedGrid) -> None:
    chain = spotted
    at_begin = 2 * ENT // 10 * 12 // 10 + ENT // 100
    chain.values(FIRST_SLOT, {1: 2 * KWH})
    assert retail(chain) == 2 * at_begin
    chain.spot(9 * ENT // 10, at_ms=chain.time_ms + 30_000)
    chain.values(FIRST_SLOT, {1: 3 * KWH})
    assert retail(chain) == 3 * at_begin, "a correction goes by the same value, whatever is in force now"
    chain.values(FIRST_SLOT, {1: 0})
    assert retail(chain) == 0
    chain.values(FIRST_SLOT + 1, {1: KWH})
    later = 25 * ENT // 100 * 12 // 10 + ENT // 100
    assert retail(chain) == later
    chain.values(FIRST_SLOT + 1, {1: 0})


def test_ga14_without_a_value_the_table_counts_and_a_correction_the_same(spotted: _FeedGrid) -> None:
    chain = spotted
    chain.values(FIRST_SLOT + 2, {2: KWH})
    assert retail(chain, "C") == RETAIL, "too old when the slot began, by the table until six o'clock"
    chain.vote(ChangeFeed(1, feed_terms(reporters=SPOT.reporters, quorum=1)))
    chain.values(FIRST_SLOT + 2, {2: 2 * KWH})
    assert retail(chain, "C") == 2 * RETAIL
    chain.values(FIRST_SLOT + 2, {2: 0})


@pytest.mark.parametrize(
    ("value", "rate"),
    [(ENT, ENT // 2), (-ENT, ENT // 10), (10 * ENT // 100 + 1, 10 * ENT // 100 * 12 // 10 + ENT // 100 + 1)],
)
def test_ga14_a_rate_is_bounded_and_rounded_down(value: int, rate: int) -> None:
    assert BY_SPOT.rate(value) == rate


def test_ga14_the_band_goes_by_the_feed_too() -> None:
    chain = street(bare(feed_in=by_feed(factor=PARTS // 10, addend=0, least=0)))
    assert isinstance(chain, _FeedGrid)
    chain.until(FIRST_SLOT - 4)
    band = price_band(chain.context())
    assert band is not None
    assert (band.feed_in, band.retail) == (4 * ENT // 10, 4 * ENT // 10), "no value yet: by the tables, before midnight"
    chain.spot(3 * ENT // 10, at_ms=begin(FIRST_SLOT) - 60_000)
    chain.block(after_ms=60_000)
    band = price_band(chain.context())
    assert band is not None
    assert (band.feed_in, band.retail) == (3 * ENT // 100, 37 * ENT // 100)


def test_ga14_a_scheme_s_rest_goes_by_the_feed() -> None:
    chain = street()
    assert isinstance(chain, _FeedGrid)
    chain.open(terms(participants(p1=(1,), p3=())))
    chain.spot(2 * ENT // 10, at_ms=begin(FIRST_SLOT) - 1_000)
    chain.until(FIRST_SLOT)
    chain.values(FIRST_SLOT, {1: 3 * KWH, 3: KWH})
    assert retail(chain) == 2 * (24 * ENT // 100 + ENT // 100)
    chain.values(FIRST_SLOT, {3: 2 * KWH})
    assert retail(chain) == 24 * ENT // 100 + ENT // 100


def test_ga14_an_ended_feed_leaves_the_table_from_then_on() -> None:
    chain = street()
    assert isinstance(chain, _FeedGrid)
    chain.spot(2 * ENT // 10, at_ms=begin(FIRST_SLOT) - 1_000)
    chain.block(after_ms=5_000)
    chain.vote(EndFeed(1))
    chain.until(FIRST_SLOT + 1)
    chain.values(FIRST_SLOT, {1: KWH})
    assert retail(chain) == 25 * ENT // 100
    chain.values(FIRST_SLOT + 1, {1: KWH})
    assert retail(chain) == 25 * ENT // 100 + RETAIL


@pytest.mark.parametrize(
    ("number", "kind", "code"), [(2, FeedKind.PRICE, "unknown_feed"), (1, FeedKind.OTHER, "not_a_price_feed")]
)
def test_ga14_a_tariff_goes_by_an_open_feed_that_is_a_price_in_its_currency(
    number: int, kind: FeedKind, code: str
) -> None:
    asset = CURRENCY_ASSET if kind == FeedKind.PRICE else 0
    feed = feed_terms(reporters=SPOT.reporters, quorum=2, kind=kind, asset=asset)
    chain = street(tariff(), feeds=(feed,))
    action = SetTariff(0, FIRST_SLOT + 9, bare(retail=by_feed(feed=number)))
    assert chain.try_("A", CastVote(action, True)).code == code
    with pytest.raises(GenesisError, match="feed"):
        street(bare(retail=by_feed(feed=number)), feeds=(feed,))


def test_ga14_where_feeds_are_off_no_tariff_goes_by_one() -> None:
    chain = GridChain()
    action = SetTariff(0, FIRST_SLOT + 9, bare())
    assert chain.try_("A", CastVote(action, True)).code == "unknown_feed"


def test_ga14_a_tariff_by_a_feed_comes_by_vote() -> None:
    chain = street(tariff(zone_fees=(), levies=()))
    assert isinstance(chain, _FeedGrid)
    chain.vote(RegisterFeed(SPOT))
    chain.vote(SetTariff(1, FIRST_SLOT + 1, bare()))
    chain.spot(2 * ENT // 10, at_ms=begin(FIRST_SLOT + 1) - 1_000)
    chain.until(FIRST_SLOT + 1)
    chain.values(FIRST_SLOT, {1: KWH, 3: KWH})
    chain.values(FIRST_SLOT + 1, {1: KWH})
    assert retail(chain) == RETAIL + 25 * ENT // 100
    assert chain.lines("D")[LineKind.FEED_IN, ""] == (KWH, -FEED_IN)


def test_ga14_the_least_rate_is_not_above_the_most() -> None:
    with pytest.raises(Refused, match="least rate"):
        check_tariff(bare(retail=by_feed(least=2, most=1)), SLOT_MS)
    check_tariff(bare(retail=by_feed(least=1, most=1)), SLOT_MS)
    assert constant(5).by_feed == ()
