"""What a genesis, or a vote that switches the module on, says of the grid account."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated, Final

import msgspec

from ledger.bank.assets import AssetNumber, SupplyRule
from ledger.bank.genesis import assets_of
from ledger.chain.genesis import Genesis
from ledger.chain.section import Section
from ledger.encoding.codec import Bytes20, Value
from ledger.encoding.quantities import Count
from ledger.errors import GenesisError, Refused
from ledger.grid.limits import MAX_GENESIS_TARIFFS
from ledger.grid.tariffs import TariffTerms, check_tariff
from ledger.sharing.scheme_terms import SourceOrder
from ledger.slots.genesis import SLOTS_SECTION


class GridMode(IntEnum):
    """What becomes of the figures."""

    ACCOUNT = 1
    """Money moves between members and the grid operator."""

    EXTERNAL = 2
    """A supplier bills by itself: the same figures, shown and not moved."""

    ISLAND = 3
    """No grid: whatever is drawn beyond what is shared raises an alarm."""


class GridSection(Value, frozen=True):
    """`asset`: the currency of all tariffs; `operator`: the first grid operator; `sources`: whose values count for
    points outside of schemes; `tariffs`: the first ones, numbered from 1; `default`: that of points to which nobody
    gave one (0: none).
    """

    mode: Annotated[int, msgspec.Meta(ge=1, le=3), GridMode]
    asset: AssetNumber
    operator: Bytes20
    sources: Annotated[int, msgspec.Meta(ge=1, le=3), SourceOrder]
    tariffs: Annotated[tuple[TariffTerms, ...], msgspec.Meta(max_length=MAX_GENESIS_TARIFFS)]
    default: Count


def _check(genesis: Genesis, section: GridSection) -> None:
    if not SLOTS_SECTION.is_in(genesis):
        raise GenesisError("the grid account goes by slots: the genesis needs a section of slots too")
    assets = assets_of(genesis)
    if section.asset > len(assets) or assets[section.asset - 1].supply != SupplyRule.BANKER:
        raise GenesisError("tariffs are in a currency that the genesis names")
    if section.default > len(section.tariffs):
        raise GenesisError(f"there is no tariff {section.default} that points could have by default")
    for terms in section.tariffs:
        if terms.asset != section.asset:
            raise GenesisError(f"the tariff {terms.name} is in another currency than the section's")
        try:
            check_tariff(terms, SLOTS_SECTION.of(genesis).slot_ms)
        except Refused as refusal:
            raise GenesisError(f"the tariff {terms.name}: {refusal.detail}") from refusal


GRID_SECTION: Final = Section("grid", GridSection, _check, optional=True)
