"""Feeds as TOML: a file of its own, or the table `[feeds]` of a template; and values as people write them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field

from ledger.bank.assets import CURRENCY_ASSET, Assets
from ledger.encoding.amounts import parse_amount, parse_duration_ms
from ledger.feeds.genesis import FEEDS_SECTION, FeedsSection
from ledger.feeds.limits import MAX_FEED_DECIMALS, MAX_FEED_VALUE
from ledger.feeds.payloads import FeedKind, FeedTerms
from nodechain.home.file_tables import FileTable, by_text
from nodechain.home.terms_file import TermsFile

MAX_FEED_FILE_BYTES: Final = 64 * 1024
_FILE: Final = TermsFile("feed file", MAX_FEED_FILE_BYTES, "bad_feed_file", "docs/feeds.md")
_HOUR_MS: Final = 3_600_000


class FeedFile(FileTable):
    """A feed; `least` and `most` in its unit. Without a quorum: more than half of the reporters."""

    name: str
    counts: Literal["price", "co2", "other"] = "price"
    currency: str | None = None
    unit: str = ""
    decimals: int = Field(default=0, ge=0, le=MAX_FEED_DECIMALS)
    reporters: tuple[str, ...]
    quorum: int | None = None
    oldest_age: Annotated[int, by_text(parse_duration_ms)] = _HOUR_MS
    least: str
    most: str


class FeedsTable(FileTable):
    """The table `[feeds]`: the first feeds, numbered from 1."""

    feeds: tuple[FeedFile, ...] = ()


def read_feed_file(
    path: Path, assets: Assets, number_of: Callable[[str], int], address_of: Callable[[str], bytes]
) -> FeedTerms:
    """The terms that a file says; raises `UsageError` (bad_feed_file)."""
    return _FILE.read(path, lambda tables: feed_terms(FeedFile(**tables), assets, number_of, address_of))


def feed_terms(
    file: FeedFile, assets: Assets, number_of: Callable[[str], int], address_of: Callable[[str], bytes]
) -> FeedTerms:
    """A feed as the ledger has it; raises `InvalidInput` (bad_amount)."""
    kind = FeedKind[file.counts.upper()]
    is_price = kind == FeedKind.PRICE
    asset = 0 if not is_price else CURRENCY_ASSET if file.currency is None else number_of(file.currency)
    decimals = assets[asset - 1].decimals if is_price else file.decimals
    usual = {FeedKind.PRICE: f"{assets[asset - 1].symbol}/kWh", FeedKind.CO2: "g CO2/kWh", FeedKind.OTHER: ""}
    return FeedTerms(
        file.name,
        kind,
        asset,
        file.unit or usual[kind] or file.name,
        0 if is_price else file.decimals,
        tuple(address_of(name) for name in file.reporters),
        len(file.reporters) // 2 + 1 if file.quorum is None else file.quorum,
        file.oldest_age,
        parse_figure(file.least, decimals),
        parse_figure(file.most, decimals),
    )


def parse_figure(text: str, decimals: int) -> int:
    """A value of so many decimals, perhaps below 0, in its smallest unit; raises `InvalidInput` (bad_amount)."""
    below = text.startswith("-")
    value = parse_amount(text[1:] if below else text, decimals)
    return -min(value, MAX_FEED_VALUE + 1) if below else min(value, MAX_FEED_VALUE + 1)


def feeds_section(
    table: FeedsTable | None, assets: Assets, number_of: Callable[[str], int], address_of: Callable[[str], bytes]
) -> tuple[tuple[str, bytes], ...]:
    """The section of a template's table; none without it."""
    if table is None:
        return ()
    made = tuple(feed_terms(file, assets, number_of, address_of) for file in table.feeds)
    return (FEEDS_SECTION.holding(FeedsSection(made)),)
