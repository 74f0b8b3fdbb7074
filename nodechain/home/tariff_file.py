"""Tariffs of the grid as TOML: a file of its own, or the table `[grid]` of a template."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import ConfigDict, Field

from ledger.bank.assets import CURRENCY_ASSET, Assets
from ledger.encoding.amounts import parse_amount
from ledger.errors import InvalidInput
from ledger.grid.genesis import GRID_SECTION, GridMode, GridSection
from ledger.grid.limits import MAX_FEED_FACTOR, MAX_GRID_RATE
from ledger.grid.tariffs import FeedRate, Levy, RateStep, TariffTerms, TimeRate, ZoneFee
from ledger.sharing.scheme_terms import SourceOrder
from nodechain.errors import UsageError
from nodechain.home.file_tables import FileTable
from nodechain.home.terms_file import TermsFile

MAX_TARIFF_FILE_BYTES: Final = 1024 * 1024
_FILE: Final = TermsFile("tariff file", MAX_TARIFF_FILE_BYTES, "bad_tariff_file", "docs/grid.md")
QUARTER_MINUTES: Final = 15
_TIME: Final = re.compile(r"([01]?[0-9]|2[0-3]):(00|15|30|45)")

Steps = str | tuple[tuple[str, str], ...]
"""One rate, or `[time, rate]` from midnight on, at quarter hours."""


class ByFeed(FileTable):
    """A rate by a feed that is a price: times a factor, plus an addend, and from there into bounds."""

    feed: Annotated[int, Field(ge=1)]
    factor: str = "1"
    plus: str = "0"
    least: str = "0"
    most: str


class Days(FileTable):
    """Rates by the kind of day; what is left out is as on workdays. With `by_feed` they count where it has no value."""

    workday: Steps
    saturday: Steps = ()
    sunday: Steps = ()
    by_feed: ByFeed | None = None


Rates = Steps | Days


class LevyTable(FileTable):
    """A named levy."""

    name: str
    rate: Rates
    on_shared: bool = False


class ZoneFeeTable(FileTable):
    """A grid fee from a zone (`grid`: from outside; `*`: any zone of points) to another."""

    model_config = ConfigDict(populate_by_name=True)

    source: Annotated[str, Field(alias="from")] = "grid"
    to: str = "*"
    rate: Rates


class TariffFile(FileTable):
    """A tariff; rates in the currency per kWh."""

    name: str
    retail: Rates
    feed_in: Rates = "0"
    zone_fees: tuple[ZoneFeeTable, ...] = ()
    levies: tuple[LevyTable, ...] = ()


class GridTable(FileTable):
    """The table `[grid]`: what becomes of the figures, who the operator is, the first tariffs, and which is everybody's
    (by its name).
    """

    mode: Literal["account", "external", "island"] = "account"
    operator: str
    asset: str | None = None
    sources: Literal["own", "operator", "own-then-operator"] = "own"
    default: str = ""
    tariffs: tuple[TariffFile, ...] = ()


def read_tariff_file(path: Path, asset: int, decimals: int) -> TariffTerms:
    """The terms that a file says, in a currency of so many decimals; raises `UsageError` (bad_tariff_file)."""
    return _FILE.read(path, lambda tables: tariff_terms(TariffFile(**tables), asset, decimals))


def tariff_terms(file: TariffFile, asset: int, decimals: int) -> TariffTerms:
    """A tariff as the ledger has it; raises `InvalidInput` (bad_amount), `UsageError` (bad_tariff_file)."""
    fees = (ZoneFee(fee.source, fee.to, _rates(fee.rate, decimals)) for fee in file.zone_fees)
    levies = (Levy(levy.name, _rates(levy.rate, decimals), levy.on_shared) for levy in file.levies)
    retail, feed_in = _rates(file.retail, decimals), _rates(file.feed_in, decimals)
    return TariffTerms(file.name, asset, retail, feed_in, tuple(fees), tuple(levies))


def grid_section(
    table: GridTable | None, assets: Assets, number_of: Callable[[str], int], address_of: Callable[[str], bytes]
) -> tuple[tuple[str, bytes], ...]:
    """The section of a template's table; none without it. Raises `UsageError` (bad_genesis, bad_tariff_file)."""
    if table is None:
        return ()
    asset = CURRENCY_ASSET if table.asset is None else number_of(table.asset)
    names = [tariff.name for tariff in table.tariffs]
    if table.default and table.default not in names:
        raise UsageError(f"grid.default: no tariff of the table is called {table.default}", code="bad_genesis")
    tariffs = tuple(tariff_terms(tariff, asset, assets[asset - 1].decimals) for tariff in table.tariffs)
    section = GridSection(
        GridMode[table.mode.upper()],
        asset,
        address_of(table.operator),
        SourceOrder[table.sources.upper().replace("-", "_")],
        tariffs,
        names.index(table.default) + 1 if table.default else 0,
    )
    return (GRID_SECTION.holding(section),)


def _rates(rates: Rates, decimals: int) -> TimeRate:
    if isinstance(rates, Days):
        workday, saturday, sunday = (_steps(part, decimals) for part in (rates.workday, rates.saturday, rates.sunday))
        by_feed = () if rates.by_feed is None else (_by_feed(rates.by_feed, decimals),)
        return TimeRate(workday, saturday, sunday, by_feed)
    return TimeRate(_steps(rates, decimals))


def _by_feed(table: ByFeed, decimals: int) -> FeedRate:
    below = table.plus.startswith("-")
    plus = parse_amount(table.plus[1:] if below else table.plus, decimals)
    factor, least, most = (
        parse_amount(table.factor, 9), parse_amount(table.least, decimals), parse_amount(table.most, decimals)
    )  # fmt: skip
    if factor > MAX_FEED_FACTOR or max(plus, least, most) > MAX_GRID_RATE:
        raise InvalidInput("the factor of a rate by a feed is at most 100, and rates are bounded")
    return FeedRate(table.feed, factor, -plus if below else plus, least, most)


def _steps(steps: Steps, decimals: int) -> tuple[RateStep, ...]:
    if isinstance(steps, str):
        return (RateStep(0, parse_amount(steps, decimals)),)
    return tuple(RateStep(_quarter(time), parse_amount(rate, decimals)) for time, rate in steps)


def _quarter(time: str) -> int:
    found = _TIME.fullmatch(time)
    if found is None:
        raise _FILE.wrong(f"{time!r} is no quarter hour of a day: write 06:00 or 22:15")
    return (int(found[1]) * 60 + int(found[2])) // QUARTER_MINUTES
