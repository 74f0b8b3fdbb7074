"""A chain with feeds: A votes; B, C, D, E and F report a price in the currency."""

from __future__ import annotations

from typing import Any, Final

from msgspec.structs import replace

from harness.chain import ENT, ChainFixture, address, make_genesis
from ledger.bank.assets import CURRENCY_ASSET
from ledger.chain.context import Context
from ledger.chain.genesis import Genesis
from ledger.chain.header import Receipt
from ledger.chain.protocol import context_at
from ledger.chain.section import sections_of
from ledger.feeds.genesis import FEEDS_SECTION, FeedsSection
from ledger.feeds.payloads import FeedKind, FeedTerms, RegisterFeed, ReportFeed
from ledger.feeds.queries import FeedStanding, feed_of, feed_standing
from ledger.feeds.schema import Feed

REPORTERS: Final = "BCDEF"
AGE_MS: Final = 3_600_000
STEP_MS: Final = 300_000


def feed_terms(**changes: Any) -> FeedTerms:
    """A price that five report, of whom three make a value; a report counts for an hour."""
    made = FeedTerms(
        "spot", FeedKind.PRICE, CURRENCY_ASSET, "per kWh", 0, tuple(address(name) for name in REPORTERS), 3, AGE_MS,
        -ENT, 10 * ENT,
    )  # fmt: skip
    return replace(made, **changes)


def feed_genesis(*feeds: FeedTerms, **changes: Any) -> Genesis:
    """With the section of feeds."""
    made = make_genesis(**changes)
    return replace(made, sections=sections_of(*made.sections, FEEDS_SECTION.holding(FeedsSection(feeds))))


class FeedChain(ChainFixture):
    """Feed 1 of `feed_terms`, unless others are given. Blocks are a second apart unless it is said otherwise."""

    def __init__(self, *feeds: FeedTerms, **changes: Any) -> None:
        super().__init__(feed_genesis(*(feeds or (feed_terms(),)), **changes))

    def report(self, name: str, value: int, *, feed: int = 1, age_ms: int = 0, after_ms: int = 1_000) -> Receipt:
        """A report for a time so long before its block, whatever becomes of it."""
        payload = ReportFeed(feed, value, self.time_ms + after_ms - age_ms, b"")
        return self.try_(name, payload, after_ms=after_ms)

    def register(self, **changes: Any) -> Receipt:
        """By a vote."""
        return self.vote(RegisterFeed(feed_terms(**changes)))

    def feed(self, number: int = 1) -> Feed:
        """As it stands in the state."""
        found = feed_of(self.state, number)
        assert found is not None
        return found

    def context(self, time_ms: int = 0) -> Context:
        """What rules and queries would see in the next block."""
        height = self.blocks[-1].header.height + 1
        return context_at(self.registry, self.state, self.genesis, height, time_ms or self.time_ms)

    def standing(self, number: int = 1, time_ms: int = 0) -> FeedStanding:
        """As people see it."""
        return feed_standing(self.context(time_ms), self.feed(number))

    def value(self, number: int = 1) -> int | None:
        """What is in force."""
        return self.standing(number).value

    def own_events(self) -> list[Any]:
        """What the newest block did by itself."""
        return list(self.blocks[-1].executed.receipts[0].events)
