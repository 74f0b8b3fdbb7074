"""The table `together` of a genesis template: rules of points and prizes from the start."""

from __future__ import annotations

from typing import Annotated, Final

from ledger.bank.assets import CURRENCY_ASSET, Assets, number_of
from ledger.encoding.amounts import parse_amount, parse_duration_ms
from ledger.together.genesis import TOGETHER_SECTION, TogetherSection
from ledger.together.terms import Prize, TogetherTerms
from nodechain.home.file_tables import FileTable, by_text

DEFAULT_WITHIN: Final = "1h"
DEFAULT_GRACE_DAYS: Final = 3
DEFAULT_MOST: Final = 1_000


class TogetherTable(FileTable):
    """Points for a kWh used and given, a day on time, a ballot; `most` a kind; prizes of the fund in an asset."""

    used: int = 0
    given: int = 0
    on_time: int = 0
    ballots: int = 0
    most: int = DEFAULT_MOST
    within: Annotated[int, by_text(parse_duration_ms)] = parse_duration_ms(DEFAULT_WITHIN)
    grace_days: int = DEFAULT_GRACE_DAYS
    asset: str | None = None
    prizes: tuple[str, ...] = ()


def together_section(table: TogetherTable, assets: Assets) -> tuple[str, bytes]:
    """The module's section; raises `AmountError`, `InvalidInput` for an asset or amount that is none."""
    asset = CURRENCY_ASSET if table.asset is None else number_of(assets, table.asset)
    prizes = tuple(Prize(asset, parse_amount(text, assets[asset - 1].decimals)) for text in table.prizes)
    terms = TogetherTerms(
        table.used, table.given, table.on_time, table.ballots, table.most, table.within, table.grace_days, prizes
    )
    return TOGETHER_SECTION.holding(TogetherSection(terms))
