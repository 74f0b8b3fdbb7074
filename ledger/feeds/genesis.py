"""What a genesis, or a vote that switches the module on, says of feeds; which terms a feed cannot have (rule FE2)."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from ledger.bank.assets import SupplyRule
from ledger.bank.genesis import assets_of
from ledger.chain.genesis import Genesis
from ledger.chain.section import Section
from ledger.encoding.codec import Value
from ledger.errors import GenesisError, Refused
from ledger.feeds.limits import MAX_OLDEST_AGE_MS, MAX_OPEN_FEEDS, MIN_OLDEST_AGE_MS
from ledger.feeds.payloads import FeedKind, FeedTerms


class FeedsSection(Value, frozen=True):
    """The first feeds, numbered from 1."""

    feeds: Annotated[tuple[FeedTerms, ...], msgspec.Meta(max_length=MAX_OPEN_FEEDS)]


def check_terms(genesis: Genesis, terms: FeedTerms) -> None:
    """Raises `Refused` (bad_feed) where terms contradict themselves, or the chain's assets (FE2)."""
    if len(set(terms.reporters)) < len(terms.reporters):
        raise bad_feed("a reporter is listed twice")
    if terms.quorum > len(terms.reporters):
        raise bad_feed("the quorum is larger than the number of reporters")
    if terms.least > terms.most:
        raise bad_feed("the least value lies above the most")
    if not MIN_OLDEST_AGE_MS <= terms.oldest_age_ms <= MAX_OLDEST_AGE_MS:
        raise bad_feed("a report counts for at least a minute and at most 40 days")
    if not terms.name.strip() or not terms.unit.strip():
        raise bad_feed("the name or the unit shows nothing")
    assets = assets_of(genesis)
    if terms.kind == FeedKind.PRICE:
        if not 1 <= terms.asset <= len(assets) or assets[terms.asset - 1].supply != SupplyRule.BANKER:
            raise bad_feed("a price is in a currency that the genesis names")
        if terms.decimals:
            raise bad_feed("a price has the decimals of its currency")
    elif terms.asset:
        raise bad_feed("only a price names a currency")


def bad_feed(detail: str) -> Refused:
    """A feed that cannot be."""
    return Refused(detail, code="bad_feed")


def _check(genesis: Genesis, section: FeedsSection) -> None:
    for terms in section.feeds:
        try:
            check_terms(genesis, terms)
        except Refused as refusal:
            raise GenesisError(f"the feed {terms.name}: {refusal.detail}") from refusal


FEEDS_SECTION: Final = Section("feeds", FeedsSection, _check, optional=True)
